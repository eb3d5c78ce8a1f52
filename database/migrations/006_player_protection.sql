-- 006 Player protection: the player's own day, limits on losses, and the totals they look at.

set role higgs_owner;

create table public.player_limits (
  user_id uuid not null,
  currency text not null,
  daily_loss_max bigint,
  has_next boolean not null default false,
  next_daily_loss_max bigint,
  next_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint player_limits_pkey primary key (user_id, currency),
  constraint player_limits_user_id_fkey foreign key (user_id) references public.users (id),
  constraint player_limits_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint player_limits_daily_loss_max_not_negative check (daily_loss_max >= 0),
  constraint player_limits_next_daily_loss_max_not_negative check (next_daily_loss_max >= 0),
  constraint player_limits_next_whole check (has_next = (next_at is not null))
);
comment on table public.player_limits is
  'Limits that players set for themselves. A lower one holds at once, a higher one after a day.';
comment on column public.player_limits.user_id is 'The player.';
comment on column public.player_limits.currency is 'Currency that it limits.';
comment on column public.player_limits.daily_loss_max is
  'Most that may be lost in one of the player''s days; null without a limit.';
comment on column public.player_limits.has_next is 'Whether a change waits for next_at.';
comment on column public.player_limits.next_daily_loss_max is
  'The limit that holds from next_at; null: none.';
comment on column public.player_limits.next_at is 'When the waiting change comes into force.';
comment on column public.player_limits.updated_at is 'When the row last changed.';

create table public.player_day_totals (
  user_id uuid not null,
  day date not null,
  currency text not null,
  hands integer not null default 0,
  won bigint not null default 0,
  lost bigint not null default 0,
  constraint player_day_totals_pkey primary key (user_id, day, currency),
  constraint player_day_totals_user_id_fkey foreign key (user_id) references public.users (id),
  constraint player_day_totals_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint player_day_totals_not_negative check (hands >= 0 and won >= 0 and lost >= 0)
)
with (fillfactor = 80);
comment on table public.player_day_totals is
  'What each player won and lost on each of the player''s own days; kept at settlement.';
comment on column public.player_day_totals.user_id is 'The player.';
comment on column public.player_day_totals.day is 'Day in the player''s time zone.';
comment on column public.player_day_totals.currency is 'Currency of the chips.';
comment on column public.player_day_totals.hands is 'Hands played.';
comment on column public.player_day_totals.won is 'Sum of the net wins.';
comment on column public.player_day_totals.lost is 'Sum of the net losses, as a positive number.';

create function public.player_day(player_id uuid, moment timestamptz default now())
returns date
language sql
stable
begin atomic
  select (
    moment at time zone coalesce((
      select
        case when p.time_zone_changes_at <= moment then p.next_time_zone else p.time_zone end
      from public.user_profiles as p
      where p.user_id = player_id), 'UTC'))::date;
end;
comment on function public.player_day(uuid, timestamptz) is
  'The date that it is for a player at a moment, by the time zone of the profile.
Example: select player_day(id) from users limit 1;';

create function public.refuse_unknown_time_zone()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  unknown text := case
    when not public.is_time_zone(new.time_zone) then new.time_zone
    when new.next_time_zone is not null and not public.is_time_zone(new.next_time_zone)
      then new.next_time_zone
  end;
begin
  if unknown is not null then
    raise exception 'time zone % is not known', quote_literal(unknown)
      using errcode = 'invalid_parameter_value', hint = 'Use an IANA name, such as Asia/Jakarta.';
  end if;
  return new;
end
$function$;
comment on function public.refuse_unknown_time_zone() is
  'Trigger of user_profiles: a time zone that is none would stop every settlement of the player''s
hands, since the player''s day could not be told.
Example: create trigger t before insert on p for each row execute function
refuse_unknown_time_zone();';
create trigger refuse_unknown_time_zone
  before insert or update of time_zone, next_time_zone on public.user_profiles
  for each row execute function public.refuse_unknown_time_zone();

create function public.set_player_time_zone(player_id uuid, new_time_zone text)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  old_time_zone text;
  starts_at timestamptz;
begin
  if not public.is_time_zone(new_time_zone) then
    raise exception 'time zone % is not known', coalesce(quote_literal(new_time_zone), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use an IANA name, such as Asia/Jakarta.';
  end if;
  select case when p.time_zone_changes_at <= now() then p.next_time_zone else p.time_zone end
  into old_time_zone
  from public.user_profiles as p
  where p.user_id = player_id
  for no key update;
  if not found then
    raise exception 'player % has no profile', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  starts_at := (public.player_day(player_id) + 1)::timestamp at time zone old_time_zone;
  update public.user_profiles
  set
    time_zone = old_time_zone, next_time_zone = new_time_zone, time_zone_changes_at = starts_at,
    updated_at = now()
  where user_id = player_id;
  return starts_at;
end
$function$;
comment on function public.set_player_time_zone(uuid, text) is
  'Changes a player''s time zone from the player''s next day on, so that no day can be lived twice;
returns when. Locks: the profile.
Example: select set_player_time_zone(id, ''Asia/Makassar'') from users where username = ''ayu'';';

create function public.set_player_limit(player_id uuid, limit_currency text, new_loss_max bigint)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  raise_delay constant interval := interval '24 hours';
  existing public.player_limits;
  holds_from timestamptz := now();
begin
  if new_loss_max < 0 then
    raise exception 'a limit of % is negative', new_loss_max
      using errcode = 'invalid_parameter_value', hint = 'Use 0 to stop losses, null for no limit.';
  end if;
  if not exists (select from public.users as u where u.id = player_id) then
    raise exception 'there is no player %', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  if limit_currency is null or limit_currency not in ('COINS', 'GEMS', 'TOKENS') then
    raise exception '% is not a currency', coalesce(quote_literal(limit_currency), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use COINS, GEMS or TOKENS.';
  end if;
  insert into public.player_limits (user_id, currency)
  values (player_id, limit_currency)
  on conflict (user_id, currency) do nothing;
  select l.* into strict existing
  from public.player_limits as l
  where l.user_id = player_id and l.currency = limit_currency
  for no key update;
  if existing.has_next and existing.next_at <= now() then
    existing.daily_loss_max := existing.next_daily_loss_max;
  end if;
  if existing.daily_loss_max is not null
    and (new_loss_max is null or new_loss_max > existing.daily_loss_max) then
    holds_from := now() + raise_delay;
    update public.player_limits
    set
      daily_loss_max = existing.daily_loss_max, has_next = true,
      next_daily_loss_max = new_loss_max, next_at = holds_from, updated_at = now()
    where user_id = player_id and currency = limit_currency;
  else
    update public.player_limits
    set
      daily_loss_max = new_loss_max, has_next = false, next_daily_loss_max = null,
      next_at = null, updated_at = now()
    where user_id = player_id and currency = limit_currency;
  end if;
  return holds_from;
end
$function$;
comment on function public.set_player_limit(uuid, text, bigint) is
  'Sets how much a player may lose in one day (null: no limit); returns from when it holds. Lower
holds at once, higher after 24 hours. Locks: the row of player_limits.
Example: select set_player_limit(id, ''COINS'', 50000) from users where username = ''ayu'';';

create or replace function public.buy_in_allowed(
  player_id uuid, buy_in_currency text, buy_in bigint)
returns boolean
language sql
stable
begin atomic
  select coalesce((
    select
      case when l.has_next and l.next_at <= now() then l.next_daily_loss_max
        else l.daily_loss_max end
    from public.player_limits as l
    where l.user_id = player_id and l.currency = buy_in_currency
  ) >= buy_in::numeric
    + coalesce((
      select greatest(0, t.lost - t.won)
      from public.player_day_totals as t
      where t.user_id = player_id and t.currency = buy_in_currency
        and t.day = public.player_day(player_id)), 0)
    + coalesce((
      select sum(w.balance)
      from public.game_sessions as s
      join public.user_wallets as w on w.id = s.seat_wallet_id
      where s.user_id = player_id and s.stood_up_at is null
        and w.currency = buy_in_currency), 0),
    true);
end;

create function public.set_self_exclusion(player_id uuid, until timestamptz)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  holds_until timestamptz;
begin
  if until is null or until <= now() then
    raise exception 'a self-exclusion until % is over already', coalesce(until::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give a time in the future, or infinity. It ends by itself, and never earlier.';
  end if;
  select u.self_excluded_until into holds_until
  from public.users as u
  where u.id = player_id
  for no key update;
  if not found then
    raise exception 'there is no player %', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif holds_until >= until then
    return holds_until;
  end if;
  update public.users as u
  set self_excluded_until = until, updated_at = now()
  where u.id = player_id;
  perform public.create_audit_log(
    player_id, 'player.self_excluded', 'user', player_id::text, null,
    jsonb_build_object('before', holds_until, 'after', until));
  return until;
end
$function$;
comment on function public.set_self_exclusion(uuid, timestamptz) is
  'The player asks not to be let play until a time; returns until when it holds. It can be made
longer, by nobody shorter: an earlier time leaves it as it is. It acts at the buy-in and the daily
bonus; who sits at a table may finish and leave. Audited as player.self_excluded.
Locks: the account.
Example: select set_self_exclusion(user_id_of(''ayu''), now() + interval ''30 days'');';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.player_limits, public.player_day_totals to higgs_app;
grant execute on function public.player_day(uuid, timestamptz) to higgs_app, higgs_readonly;
grant execute on function
  public.set_player_time_zone(uuid, text), public.set_player_limit(uuid, text, bigint),
  public.set_self_exclusion(uuid, timestamptz)
to higgs_app;
grant select on public.player_day_totals to higgs_readonly;

-- A time zone is set when a player is made, then changed by set_player_time_zone() only: who could
-- change it at once would live a day twice, and with it lose twice the limit.
revoke update on public.user_profiles from higgs_app;
grant update (
  display_name, avatar, bio, country, locale, show_online, allow_messages, experience, updated_at
) on public.user_profiles to higgs_app;

reset role;

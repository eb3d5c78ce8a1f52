-- 004 Views and final setup: accounts and their wallets, friends, bonuses, achievements, what the
-- players and the operator look at, and maintenance. With this file baseline 1.0 is complete.

do $rights$
begin
  -- "refresh materialized view concurrently" keeps what it compares in a temporary table.
  execute format('grant temporary on database %I to higgs_owner', current_database());
  if not has_database_privilege('higgs_owner', current_database(), 'temporary') then
    raise exception 'higgs_owner may not make temporary tables in database %', current_database()
      using errcode = 'insufficient_privilege',
        hint = format('As a superuser or as the owner of the database run: '
          'grant temporary on database %I to higgs_owner;', current_database());
  end if;
end
$rights$;

set role higgs_owner;

-- Accounts and wallets ---------------------------------------------------------------------------

create function public.user_id_of(name_or_id text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id uuid;
begin
  if name_or_id ~ '^[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){4}-?[0-9A-Fa-f]{8}$' then
    select u.id into found_id from public.users as u where u.id = name_or_id::uuid;
  else
    select u.id into found_id from public.users as u where lower(u.username) = lower(name_or_id);
  end if;
  if found_id is null then
    raise exception 'there is no user %', coalesce(quote_literal(name_or_id), 'null')
      using errcode = 'no_data_found', hint = 'Give a username, or the id of an account.';
  end if;
  return found_id;
end
$function$;
comment on function public.user_id_of(text) is
  'The account with that username (without regard to case) or with that id written out; an error
where there is none.
Example: select public.user_id_of(''ayu'');';

create function public.wallet_of(code text, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id bigint;
begin
  select w.id
  into found_id
  from public.user_wallets as w
  where w.code = wallet_of.code and w.currency = wallet_of.currency;
  if found_id is null then
    raise exception 'there is no wallet % in %',
      coalesce(quote_literal(wallet_of.code), 'null'), coalesce(wallet_of.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'List them: select code, currency from user_wallets where code is not null;';
  end if;
  return found_id;
end
$function$;
comment on function public.wallet_of(text, text) is
  'The pool or system wallet of that name and currency, such as issue, rake, burn or bonus; an
error where there is none.
Example: select public.wallet_of(''issue'', ''COINS'');';

create function public.get_user_wallet(user_id uuid, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id bigint;
begin
  select w.id
  into found_id
  from public.user_wallets as w
  where w.user_id = get_user_wallet.user_id and w.currency = get_user_wallet.currency;
  if found_id is null then
    raise exception 'user % has no wallet in %',
      coalesce(get_user_wallet.user_id::text, 'null'), coalesce(get_user_wallet.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'Accounts made by create_player() have one in COINS, GEMS and TOKENS each; what a '
          'statement makes is seen by the next one, so make the account first.';
  end if;
  return found_id;
end
$function$;
comment on function public.get_user_wallet(uuid, text) is
  'The number of a player''s own wallet in a currency; an error where there is none.
Example: select public.get_user_wallet(user_id_of(''ayu''), ''COINS'');';

create function public.get_user_balance(user_id uuid, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_balance bigint;
begin
  select w.balance
  into found_balance
  from public.user_wallets as w
  where w.user_id = get_user_balance.user_id and w.currency = get_user_balance.currency;
  if found_balance is null then
    raise exception 'user % has no wallet in %',
      coalesce(get_user_balance.user_id::text, 'null'),
      coalesce(get_user_balance.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'Accounts made by create_player() have one in COINS, GEMS and TOKENS each; what a '
          'statement makes is seen by the next one, so make the account first.';
  end if;
  return found_balance;
end
$function$;
comment on function public.get_user_balance(uuid, text) is
  'What a player''s own wallet holds in a currency; chips at tables are not in it (user_summary has
them). An error for an unknown user or currency, so that a slip never reads as an empty wallet.
Example: select public.get_user_balance(user_id_of(''ayu''), ''COINS'');';

create function public.get_wallet_history(
  wallet_id bigint, before_id uuid default null, rows_max integer default 50)
returns table (
  id uuid, kind text, signed_amount bigint, balance_after bigint, other_wallet_id bigint,
  reverses uuid, reference_type text, reference_id text, posted_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 200;
  -- No identifier of version 7 is as great as this.
  upper_bound constant uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  if rows_max is null or rows_max not between 1 and page_max then
    raise exception 'rows_max is %, not between 1 and %', rows_max, page_max
      using errcode = 'invalid_parameter_value',
        hint = 'Ask page by page: the last id of one page is before_id of the next.';
  end if;
  return query
  select
    b.id, b.kind, b.signed_amount, b.balance_after, b.other_wallet_id, b.reverses,
    b.reference_type, b.reference_id, b.posted_at
  from (
    (
      select
        d.id, d.kind, -d.amount as signed_amount, d.debit_balance_after as balance_after,
        d.credit_wallet_id as other_wallet_id, d.reverses, d.reference_type, d.reference_id,
        d.posted_at
      from public.transactions as d
      where d.debit_wallet_id = get_wallet_history.wallet_id and d.id < upper_bound
      order by d.id desc
      limit rows_max
    )
    union all
    (
      select
        c.id, c.kind, c.amount, c.credit_balance_after, c.debit_wallet_id, c.reverses,
        c.reference_type, c.reference_id, c.posted_at
      from public.transactions as c
      where c.credit_wallet_id = get_wallet_history.wallet_id and c.id < upper_bound
      order by c.id desc
      limit rows_max
    )
  ) as b
  order by b.id desc
  limit rows_max;
end
$function$;
comment on function public.get_wallet_history(bigint, uuid, integer) is
  'A wallet''s payments, the newest identifier first, at most 200 a page: received ones with a
positive signed_amount, given ones with a negative. The next page begins before the last id of this
one. Reads at most twice rows_max entries of the two indexes, however long the history is.
Example: select * from public.get_wallet_history(get_user_wallet(user_id_of(''ayu''), ''COINS''));';

create function public.create_player(
  username text,
  display_name text default null,
  account_type text default 'guest',
  country text default null,
  locale text default 'id',
  time_zone text default 'Asia/Jakarta',
  user_id uuid default public.new_id()
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  violated text;
begin
  if create_player.username is null or create_player.username !~ '^[A-Za-z0-9_.-]{3,24}$' then
    raise exception 'username % cannot be used',
      coalesce(quote_literal(create_player.username), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use 3 to 24 letters, digits, dots, hyphens or underscores.';
  end if;
  if public.is_version_7(create_player.user_id) is not true then
    raise exception 'account id % is not of version 7',
      coalesce(create_player.user_id::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Leave it out, or choose one as new_id() does.';
  end if;
  if create_player.account_type is null
    or create_player.account_type not in ('guest', 'registered', 'bot') then
    raise exception 'account type % is not known',
      coalesce(quote_literal(create_player.account_type), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use guest, registered or bot.';
  end if;
  if not public.is_time_zone(create_player.time_zone) then
    raise exception 'time zone % is not known',
      coalesce(quote_literal(create_player.time_zone), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use a name from pg_timezone_names, such as Asia/Jakarta.';
  end if;
  begin
    insert into public.users (id, username, account_type)
    values (create_player.user_id, create_player.username, create_player.account_type);
  exception when unique_violation then
    get stacked diagnostics violated = constraint_name;
    if exists (
      select
      from public.users as u
      where u.id = create_player.user_id and u.username = create_player.username
    ) then
      return create_player.user_id;
    elsif violated = 'users_pkey' then
      raise exception 'account % exists already under another name', create_player.user_id
        using errcode = 'unique_violation', hint = 'Choose a new id: select new_id();';
    end if;
    raise exception 'username % is taken', quote_literal(create_player.username)
      using errcode = 'unique_violation', hint = 'Choose another one.';
  end;
  insert into public.user_profiles (user_id, display_name, country, locale, time_zone)
  values (
    create_player.user_id, coalesce(create_player.display_name, create_player.username),
    create_player.country, create_player.locale, create_player.time_zone);
  insert into public.user_vip_status (user_id) values (create_player.user_id);
  insert into public.user_wallets (kind, user_id, currency, balance)
  select 'player', create_player.user_id, c.currency, 0
  from unnest(array['COINS', 'GEMS', 'TOKENS']) with ordinality as c (currency, ordinal)
  order by c.ordinal;
  return create_player.user_id;
end
$function$;

create function public.is_time_zone(name text)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
begin
  -- Only names: "at time zone" would also take offsets and made-up abbreviations.
  if name is null or name !~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$' then
    return false;
  end if;
  perform now() at time zone name;
  return true;
exception when invalid_parameter_value then
  return false;
end
$function$;
comment on function public.is_time_zone(text) is
  'Whether a text names a time zone, such as Asia/Jakarta.
Example: select public.is_time_zone(''Asia/Makassar'');';
comment on function public.create_player(text, text, text, text, text, text, uuid) is
  'Makes an account with all that it needs: profile, VIP status, and a wallet of each currency.
Returns its id. Called again with the same user_id and username it returns the same account. How
the player signs in (a guest''s secret, a password) is set on users afterwards, in the same
transaction. Its wallets are seen by the statements that follow, not by the same one.
Example: select public.create_player(''new_player'', ''New Player'', ''registered'', ''ID'');';

create function public.freeze_wallet(wallet_id bigint, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  wallet record;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'a freeze needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.kind, w.frozen_at
  into wallet
  from public.user_wallets as w
  where w.id = freeze_wallet.wallet_id
  for no key update;
  if not found then
    raise exception 'there is no wallet %', coalesce(freeze_wallet.wallet_id::text, 'null')
      using errcode = 'no_data_found';
  elsif wallet.kind = 'system' then
    raise exception 'wallet % is a system wallet and cannot be frozen', freeze_wallet.wallet_id
      using errcode = 'invalid_parameter_value',
        hint = 'Freeze players'', seats'' and pool wallets only.';
  elsif wallet.frozen_at is not null then
    return false;
  end if;
  update public.user_wallets
  set frozen_at = now(), frozen_reason = btrim(freeze_wallet.reason)
  where id = freeze_wallet.wallet_id;
  perform public.create_audit_log(
    freeze_wallet.actor_id, 'wallet.frozen', 'wallet', freeze_wallet.wallet_id::text,
    btrim(freeze_wallet.reason));
  return true;
end
$function$;
comment on function public.freeze_wallet(bigint, text, uuid) is
  'Freezes a wallet: nothing goes in or out but what a running hand or a stay at a table owes.
Returns false when it was frozen already. Audited as wallet.frozen. Locks: the wallet.
Example: select public.freeze_wallet(
get_user_wallet(user_id_of(''ayu''), ''COINS''), ''The player lost the device'');';

create function public.unfreeze_wallet(wallet_id bigint, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  wallet record;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'to unfreeze needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.frozen_at, w.frozen_reason
  into wallet
  from public.user_wallets as w
  where w.id = unfreeze_wallet.wallet_id
  for no key update;
  if not found then
    raise exception 'there is no wallet %', coalesce(unfreeze_wallet.wallet_id::text, 'null')
      using errcode = 'no_data_found';
  elsif wallet.frozen_at is null then
    return false;
  end if;
  update public.user_wallets
  set frozen_at = null, frozen_reason = null
  where id = unfreeze_wallet.wallet_id;
  perform public.create_audit_log(
    unfreeze_wallet.actor_id, 'wallet.unfrozen', 'wallet', unfreeze_wallet.wallet_id::text,
    btrim(unfreeze_wallet.reason),
    jsonb_build_object('frozen_at', wallet.frozen_at, 'frozen_reason', wallet.frozen_reason));
  return true;
end
$function$;
comment on function public.unfreeze_wallet(bigint, text, uuid) is
  'Lets a frozen wallet be used again; false when it was not frozen. Audited as wallet.unfrozen.
Locks: the wallet.
Example: select public.unfreeze_wallet(
get_user_wallet(user_id_of(''ayu''), ''COINS''), ''The device was found'');';

-- What staff may do to an account ---------------------------------------------------------------
-- The application's role cannot write role, status, suspension or self-exclusion otherwise.

create function public.act_on_account(
  account_id uuid, act text, new_status text, new_until timestamptz, reason text, actor_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  account record;
begin
  if act_on_account.reason is null
    or length(btrim(act_on_account.reason)) not between 1 and 200 then
    raise exception '% needs a reason of 1 to 200 characters', act
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select u.status, u.suspended_until
  into account
  from public.users as u
  where u.id = account_id
  for no key update;
  if not found then
    raise exception 'there is no user %', coalesce(account_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif account.status = 'closed' and new_status <> 'closed' then
    raise exception 'account % is closed, for good', account_id
      using errcode = 'object_not_in_prerequisite_state', hint = 'The player makes a new account.';
  elsif account.status = new_status and account.suspended_until is not distinct from new_until then
    return false;
  end if;
  update public.users as u
  set
    status = new_status, suspended_until = new_until, updated_at = now(),
    closed_at = case when new_status = 'closed' then now() end
  where u.id = account_id;
  if new_status <> 'active' then
    update public.user_sessions as s
    set revoked_at = now(),
      revoked_reason = case when new_status = 'closed' then 'signed_out' else 'by_staff' end
    where s.user_id = account_id and s.revoked_at is null;
  end if;
  perform public.create_audit_log(
    act_on_account.actor_id, act, 'user', account_id::text, btrim(act_on_account.reason),
    jsonb_build_object(
      'before', jsonb_build_object(
        'status', account.status, 'suspended_until', account.suspended_until),
      'after', jsonb_build_object('status', new_status, 'suspended_until', new_until)));
  return true;
end
$function$;
comment on function public.act_on_account(uuid, text, text, timestamptz, text, uuid) is
  'Sets an account''s status, ends its sign-ins unless it is active then, and writes the audit log.
False where the account is so already. Locks: the account. Internal.';

create function public.suspend_user(
  user_id uuid, until timestamptz, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if until is null or until <= now() or until = 'infinity' then
    raise exception 'a suspension until % has no end that is to come', coalesce(until::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give a time in the future; ban_user() has no end.';
  end if;
  return public.act_on_account(user_id, 'user.suspended', 'suspended', until, reason, actor_id);
end
$function$;
comment on function public.suspend_user(uuid, timestamptz, text, uuid) is
  'Keeps an account from playing until a time, and ends its sign-ins; also changes the end of a
suspension. False where it was so already. Audited as user.suspended. Locks: the account.
Example: select public.suspend_user(user_id_of(''ayu''), now() + interval ''3 days'', ''Abuse'');';

create function public.ban_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.banned', 'banned', null, reason, actor_id);
end;
comment on function public.ban_user(uuid, text, uuid) is
  'Keeps an account from playing until restore_user(), and ends its sign-ins. False where it was
banned already. Audited as user.banned. Locks: the account.
Example: select public.ban_user(user_id_of(''ayu''), ''Several accounts'');';

create function public.restore_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.restored', 'active', null, reason, actor_id);
end;
comment on function public.restore_user(uuid, text, uuid) is
  'Ends a suspension or a ban; self-exclusion stays. False where the account is active. Audited as
user.restored. Locks: the account.
Example: select public.restore_user(user_id_of(''ayu''), ''The report was wrong'');';

create function public.close_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.closed', 'closed', null, reason, actor_id);
end;
comment on function public.close_user(uuid, text, uuid) is
  'Closes an account for good and ends its sign-ins; its ledger stays. False where it was closed
already. Audited as user.closed. Locks: the account.
Example: select public.close_user(user_id_of(''ayu''), ''The player asked for it'');';

create function public.set_user_role(
  user_id uuid, new_role text, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  old_role text;
begin
  if set_user_role.new_role is null
    or set_user_role.new_role not in ('player', 'moderator', 'economist', 'auditor', 'admin') then
    raise exception 'role % is not known', coalesce(quote_literal(set_user_role.new_role), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use player, moderator, economist, auditor or admin.';
  end if;
  if set_user_role.reason is null or length(btrim(set_user_role.reason)) not between 1 and 200 then
    raise exception 'a change of role needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  -- Roles are given by an administrator; by whoever may act as the owner; and by anyone where no
  -- administrator is there yet, who would otherwise never come to be.
  if set_user_role.actor_id is null
    and not pg_has_role(session_user, 'higgs_owner', 'member')
    and exists (select from public.users as a where a.role = 'admin' and a.status = 'active') then
    raise exception 'a role is given by an administrator'
      using errcode = 'insufficient_privilege', hint = 'Name the administrator as actor_id.';
  end if;
  if set_user_role.actor_id is not null and (
    set_user_role.actor_id = set_user_role.user_id
    or not exists (
      select
      from public.users as a
      where a.id = set_user_role.actor_id and a.role = 'admin' and a.status = 'active')
  ) then
    raise exception '% may not give % a role', set_user_role.actor_id,
      coalesce(set_user_role.user_id::text, 'null')
      using errcode = 'insufficient_privilege',
        hint = 'The actor is an active administrator, and another account.';
  end if;
  select u.role into old_role
  from public.users as u
  where u.id = set_user_role.user_id
  for no key update;
  if not found then
    raise exception 'there is no user %', coalesce(set_user_role.user_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif old_role = set_user_role.new_role then
    return false;
  end if;
  update public.users as u
  set role = set_user_role.new_role, updated_at = now()
  where u.id = set_user_role.user_id;
  perform public.create_audit_log(
    set_user_role.actor_id, 'user.role_changed', 'user', set_user_role.user_id::text,
    btrim(set_user_role.reason),
    jsonb_build_object('before', old_role, 'after', set_user_role.new_role));
  return true;
end
$function$;
comment on function public.set_user_role(uuid, text, text, uuid) is
  'Gives an account a role: player, moderator, economist, auditor, admin. actor_id is an active
administrator, not the account itself; it may be null for the owner''s sessions, and while there is
no administrator. False where it has the role already. Audited as user.role_changed.
Locks: the account.
Example: select public.set_user_role(user_id_of(''ayu''), ''moderator'', ''Joined the team'');';

-- Notifications and the audit log ----------------------------------------------------------------

create function public.send_notification(
  user_id uuid,
  kind text,
  title text,
  body text default '',
  payload jsonb default '{}',
  expires_at timestamptz default null
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  kept_max constant integer := 500;
  account record;
  new_id constant uuid := public.new_id();
begin
  select u.account_type, u.status
  into account
  from public.users as u
  where u.id = send_notification.user_id;
  if not found then
    raise exception 'there is no user %', coalesce(send_notification.user_id::text, 'null')
      using errcode = 'no_data_found';
  elsif account.account_type = 'bot' or account.status = 'closed' then
    return null;
  end if;
  insert into public.notifications (id, user_id, kind, title, body, payload, expires_at)
  values (
    new_id, send_notification.user_id, send_notification.kind, send_notification.title,
    send_notification.body, send_notification.payload, send_notification.expires_at);
  delete from public.notifications as n
  where n.user_id = send_notification.user_id
    and n.id <= (
      select o.id
      from public.notifications as o
      where o.user_id = send_notification.user_id
      order by o.id desc
      offset kept_max
      limit 1);
  return new_id;
end
$function$;
comment on function public.send_notification(uuid, text, text, text, jsonb, timestamptz) is
  'Leaves a notification for a player and returns its id; null, and nothing is left, for a bot or a
closed account. A player keeps the newest 500.
Example: select public.send_notification(user_id_of(''ayu''), ''system'', ''Welcome back'');';

create function public.create_audit_log(
  actor_id uuid,
  action text,
  target_type text default null,
  target_id text default null,
  reason text default null,
  details jsonb default '{}',
  address inet default null,
  request_id text default null
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  new_id constant uuid := public.new_id();
begin
  if create_audit_log.action is null
    or create_audit_log.action !~ '^[a-z][a-z_]*(\.[a-z_]+)+$' then
    raise exception 'audit action % cannot be used',
      coalesce(quote_literal(create_audit_log.action), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Name the thing and what was done to it, such as wallet.frozen.';
  end if;
  insert into public.audit_logs (
    id, actor_id, action, target_type, target_id, reason, details, address, request_id)
  values (
    new_id, create_audit_log.actor_id, create_audit_log.action, create_audit_log.target_type,
    create_audit_log.target_id, create_audit_log.reason,
    coalesce(create_audit_log.details, '{}'), create_audit_log.address,
    create_audit_log.request_id);
  return new_id;
end
$function$;
comment on function public.create_audit_log(uuid, text, text, text, text, jsonb, inet, text) is
  'Writes a line of the audit log and returns its id; call it in the transaction of the act. The
database user who is connected is noted by itself. Details hold before and after, never a secret.
Example: select public.create_audit_log(
user_id_of(''ayu''), ''profile.renamed'', ''user'', user_id_of(''ayu'')::text, ''A slip'');';

-- Friends ----------------------------------------------------------------------------------------
-- Each function first locks the profiles of both players, in the order of their ids: so the two of
-- a pair cannot cross each other, and nobody passes the limit of friends.

create function public.blocked_between(one_id uuid, other_id uuid)
returns boolean
language sql
stable
parallel safe
return exists (
  select
  from public.friendships as f
  where f.status = 'blocked'
    and (f.user_id = blocked_between.one_id and f.other_id = blocked_between.other_id
      or f.user_id = blocked_between.other_id and f.other_id = blocked_between.one_id));
comment on function public.blocked_between(uuid, uuid) is
  'Whether one of two players blocks the other: then neither is shown to the other.
Example: select public.blocked_between(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.lock_pair(one_id uuid, other_id uuid)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  players integer;
begin
  if one_id is null or other_id is null or one_id = other_id then
    raise exception 'two different players are needed, not % and %',
      coalesce(one_id::text, 'null'), coalesce(other_id::text, 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  perform
  from public.user_profiles as p
  where p.user_id in (one_id, other_id)
  order by p.user_id
  for no key update;
  select count(*)
  into players
  from public.users as u
  join public.user_profiles as p on p.user_id = u.id
  where u.id in (one_id, other_id) and u.status <> 'closed';
  return players;
end
$function$;
comment on function public.lock_pair(uuid, uuid) is
  'Locks two players'' profiles, in the order of their ids, and says how many of the two have an
open account. Internal.';

create function public.friends_left(user_id uuid)
returns integer
language sql
stable
return (
  select coalesce(max(l.friends_max), 0)
  from public.user_vip_status as s
  join public.vip_levels as l on l.level = s.level
  where s.user_id = friends_left.user_id)
- (
  select count(*)
  from public.friendships as f
  where f.status = 'accepted'
    and (f.user_id = friends_left.user_id or f.other_id = friends_left.user_id))::integer;
comment on function public.friends_left(uuid) is
  'How many more friends a player may make: the VIP level''s limit less those there are.
Example: select public.friends_left(user_id_of(''ayu''));';

create function public.request_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  requests_max constant integer := 100;
  known record;
begin
  if public.lock_pair(request_friend.user_id, request_friend.other_id) < 2 then
    return 'user_not_found';
  end if;
  for known in
    select f.user_id, f.status
    from public.friendships as f
    where f.user_id = request_friend.user_id and f.other_id = request_friend.other_id
      or f.user_id = request_friend.other_id and f.other_id = request_friend.user_id
    order by f.status <> 'blocked', f.user_id <> request_friend.user_id
  loop
    if known.status = 'blocked' then
      -- Who is blocked is told what anyone is told about an account that is not there.
      return case
        when known.user_id = request_friend.user_id then 'blocked_by_you' else 'user_not_found'
      end;
    elsif known.status = 'accepted' then
      return 'already_friends';
    elsif known.user_id = request_friend.user_id then
      return 'already_requested';
    else
      return public.accept_friend(request_friend.user_id, request_friend.other_id);
    end if;
  end loop;
  if public.friends_left(request_friend.user_id) < 1 then
    return 'too_many_friends';
  elsif (
    select count(*)
    from public.friendships as f
    where f.user_id = request_friend.user_id and f.status = 'pending'
  ) >= requests_max then
    return 'too_many_requests';
  end if;
  insert into public.friendships (user_id, other_id)
  values (request_friend.user_id, request_friend.other_id);
  perform public.send_notification(
    request_friend.other_id, 'friend_request',
    (
      select p.display_name
      from public.user_profiles as p
      where p.user_id = request_friend.user_id
    ) || ' wants to be your friend',
    payload => jsonb_build_object('user_id', request_friend.user_id));
  return 'requested';
end
$function$;
comment on function public.request_friend(uuid, uuid) is
  'Asks the other player to be a friend, and notifies them; accepts at once where the other has
asked already. Outcomes: requested, accepted, already_requested, already_friends, blocked_by_you,
user_not_found (also where the other blocks this player), too_many_friends, friend_has_too_many,
too_many_requests (100 unanswered). Locks: both profiles in the order of their ids.
Example: select public.request_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.accept_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  request_status text;
begin
  if public.lock_pair(accept_friend.user_id, accept_friend.other_id) < 2 then
    return 'user_not_found';
  end if;
  select f.status
  into request_status
  from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = accept_friend.other_id and f.other_id = accept_friend.user_id
      or f.status = 'accepted'
        and f.user_id = accept_friend.user_id and f.other_id = accept_friend.other_id);
  if request_status is null then
    return 'no_request';
  elsif request_status = 'accepted' then
    return 'already_friends';
  elsif public.friends_left(accept_friend.user_id) < 1 then
    return 'too_many_friends';
  elsif public.friends_left(accept_friend.other_id) < 1 then
    return 'friend_has_too_many';
  end if;
  update public.friendships as f
  set status = 'accepted', accepted_at = now()
  where f.user_id = accept_friend.other_id and f.other_id = accept_friend.user_id;
  perform public.send_notification(
    accept_friend.other_id, 'friend_accepted',
    (
      select p.display_name
      from public.user_profiles as p
      where p.user_id = accept_friend.user_id
    ) || ' is now your friend',
    payload => jsonb_build_object('user_id', accept_friend.user_id));
  return 'accepted';
end
$function$;
comment on function public.accept_friend(uuid, uuid) is
  'Accepts the request that other_id sent to user_id, and notifies them. Outcomes: accepted,
already_friends, no_request, user_not_found, too_many_friends, friend_has_too_many.
Locks: both profiles in the order of their ids.
Example: select public.accept_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.remove_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  removed record;
begin
  perform public.lock_pair(remove_friend.user_id, remove_friend.other_id);
  delete from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = remove_friend.user_id and f.other_id = remove_friend.other_id
      or f.user_id = remove_friend.other_id and f.other_id = remove_friend.user_id)
  returning f.user_id, f.status into removed;
  return case
    when removed.status is null then 'not_friends'
    when removed.status = 'accepted' then 'removed'
    when removed.user_id = remove_friend.user_id then 'request_withdrawn'
    else 'request_declined'
  end;
end
$function$;
comment on function public.remove_friend(uuid, uuid) is
  'Ends a friendship, withdraws one''s own request or declines the other''s; the other is not told.
Outcomes: removed, request_withdrawn, request_declined, not_friends.
Locks: both profiles in the order of their ids.
Example: select public.remove_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.block_user(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  blocks_max constant integer := 1000;
begin
  if public.lock_pair(block_user.user_id, block_user.other_id) < 2 then
    return 'user_not_found';
  elsif exists (
    select
    from public.friendships as f
    where f.user_id = block_user.user_id and f.other_id = block_user.other_id
      and f.status = 'blocked'
  ) then
    return 'already_blocked';
  elsif (
    select count(*)
    from public.friendships as f
    where f.user_id = block_user.user_id and f.status = 'blocked'
  ) >= blocks_max then
    return 'too_many_blocks';
  end if;
  delete from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = block_user.user_id and f.other_id = block_user.other_id
      or f.user_id = block_user.other_id and f.other_id = block_user.user_id);
  insert into public.friendships (user_id, other_id, status)
  values (block_user.user_id, block_user.other_id, 'blocked');
  return 'blocked';
end
$function$;
comment on function public.block_user(uuid, uuid) is
  'Blocks a player: friendship and requests between the two end, and neither is shown to the other
any more; the other is not told. Outcomes: blocked, already_blocked, user_not_found,
too_many_blocks (1000). Locks: both profiles in the order of their ids.
Example: select public.block_user(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.unblock_user(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  perform public.lock_pair(unblock_user.user_id, unblock_user.other_id);
  delete from public.friendships as f
  where f.user_id = unblock_user.user_id and f.other_id = unblock_user.other_id
    and f.status = 'blocked';
  return case when found then 'unblocked' else 'not_blocked' end;
end
$function$;
comment on function public.unblock_user(uuid, uuid) is
  'Ends a block of one''s own; a friendship that it ended does not come back. Outcomes: unblocked,
not_blocked. Locks: both profiles in the order of their ids.
Example: select public.unblock_user(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.get_user_friends(user_id uuid)
returns table (
  friend_id uuid, username text, display_name text, avatar text, vip_level smallint,
  last_seen_at timestamptz, friends_since timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    u.id, u.username, p.display_name, p.avatar, v.level,
    case when p.show_online then u.last_seen_at end, f.accepted_at
  from (
    select f1.other_id as friend_id, f1.accepted_at
    from public.friendships as f1
    where f1.user_id = get_user_friends.user_id and f1.status = 'accepted'
    union all
    select f2.user_id, f2.accepted_at
    from public.friendships as f2
    where f2.other_id = get_user_friends.user_id and f2.status = 'accepted'
  ) as f
  join public.users as u on u.id = f.friend_id
  join public.user_profiles as p on p.user_id = u.id
  left join public.user_vip_status as v on v.user_id = u.id
  where u.status <> 'closed' and not public.blocked_between(get_user_friends.user_id, u.id)
  order by lower(p.display_name), u.id;
end;
comment on function public.get_user_friends(uuid) is
  'A player''s friends by name; last_seen_at is null for who does not want to show it. The VIP level
bounds how many there are.
Example: select * from public.get_user_friends(user_id_of(''ayu''));';

-- VIP points, achievements, daily bonus ----------------------------------------------------------

create function public.player_time_zone(user_id uuid)
returns text
language sql
stable
parallel safe
return (
  select case when p.time_zone_changes_at <= now() then p.next_time_zone else p.time_zone end
  from public.user_profiles as p
  where p.user_id = player_time_zone.user_id);
comment on function public.player_time_zone(uuid) is
  'The time zone that a player''s days are counted in now: a change counts from the moment in
time_zone_changes_at, which is the start of the player''s next day.
Example: select public.player_time_zone(user_id_of(''ayu''));';

create function public.pay_from_house(
  payment_id uuid, kind text, credit_wallet_id bigint, currency text, amount bigint,
  reference_type text, reference_id text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  pool record;
  source bigint := public.wallet_of('issue', currency);
  result text;
begin
  select w.id, w.balance
  into pool
  from public.user_wallets as w
  where w.id = public.wallet_of('bonus', pay_from_house.currency) and w.frozen_at is null;
  if pool.balance >= amount then
    source := pool.id;
  end if;
  loop
    result := (public.post_batch(
      true, array[payment_id], array[kind], array[source], array[credit_wallet_id],
      array[currency], array[amount], null, null, null, array[reference_type],
      array[reference_id])).outcomes[1];
    -- Someone else has just emptied or frozen the pool: then the issue pays. It is a system wallet,
    -- which never runs short, so that this loop turns at most once.
    exit when source is distinct from pool.id
      or result not in ('insufficient_funds', 'wallet_frozen');
    source := public.wallet_of('issue', currency);
  end loop;
  if result = 'exists_with_different_content' and exists (
    select
    from public.transactions as t
    where t.id = payment_id and t.kind = pay_from_house.kind
      and t.credit_wallet_id = pay_from_house.credit_wallet_id and t.amount = pay_from_house.amount
  ) then
    return 'exists';  -- paid before, from the other of the two wallets
  end if;
  return result;
end
$function$;
comment on function public.pay_from_house(uuid, text, bigint, text, bigint, text, text) is
  'Pays a player what the house owes: from the pool named bonus while it holds enough, so that a
budget is used first, else from the issue, so that an empty budget costs no player anything.
Returns the outcome, as post_transactions has them. Internal.';

create function public.add_vip_points(user_id uuid, points bigint)
returns smallint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  points_max constant bigint := 1000000000;
  old_level smallint;
  new_level smallint;
begin
  if add_vip_points.points is null or add_vip_points.points not between 0 and points_max then
    raise exception '% VIP points cannot be added; at most % at once',
      coalesce(add_vip_points.points::text, 'null'), points_max
      using errcode = 'invalid_parameter_value';
  end if;
  select s.level
  into old_level
  from public.user_vip_status as s
  where s.user_id = add_vip_points.user_id
  for no key update;
  if not found then
    raise exception 'user % has no VIP status', coalesce(add_vip_points.user_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Make accounts with create_player().';
  end if;
  update public.user_vip_status as s
  set
    points = s.points + add_vip_points.points,
    level = greatest(s.level, (
      select max(l.level)
      from public.vip_levels as l
      where l.required_points <= s.points + add_vip_points.points)),
    updated_at = now()
  where s.user_id = add_vip_points.user_id
  returning s.level into new_level;
  if new_level > old_level then
    update public.user_vip_status as s
    set level_since = now()
    where s.user_id = add_vip_points.user_id;
    perform public.send_notification(
      add_vip_points.user_id, 'vip_level',
      'You have reached VIP level '
      || (select l.name from public.vip_levels as l where l.level = new_level));
  end if;
  return new_level;
end
$function$;
comment on function public.add_vip_points(uuid, bigint) is
  'Adds VIP points and raises the level where they suffice; returns the level. A level is never
lost. Locks: the player''s row of user_vip_status.
Example: select public.add_vip_points(user_id_of(''ayu''), 100);';

create function public.record_achievement_progress(
  user_id uuid, achievement_id text, reached bigint)
returns table (
  outcome text, progress bigint, goal bigint, unlocked_at timestamptz,
  reward_transaction_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  achievement record;
  state record;
  paid text;
  payment_id uuid;
begin
  select a.id, a.name, a.goal, a.reward_currency, a.reward_amount, a.vip_points
  into achievement
  from public.achievements as a
  where a.id = record_achievement_progress.achievement_id;
  if not found then
    raise exception 'there is no achievement %',
      coalesce(quote_literal(record_achievement_progress.achievement_id), 'null')
      using errcode = 'no_data_found', hint = 'List them: select id, name from achievements;';
  elsif record_achievement_progress.reached is null
    or record_achievement_progress.reached < 0 then
    raise exception 'the progress reached is %, not zero or more',
      coalesce(record_achievement_progress.reached::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give the total that is reached, not the difference.';
  elsif not exists (
    select from public.users as u where u.id = record_achievement_progress.user_id
  ) then
    raise exception 'there is no user %',
      coalesce(record_achievement_progress.user_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  insert into public.user_achievements as s (user_id, achievement_id, progress)
  values (
    record_achievement_progress.user_id, achievement.id,
    least(record_achievement_progress.reached, achievement.goal))
  on conflict on constraint user_achievements_pkey do update
  set
    progress = greatest(s.progress, excluded.progress),
    updated_at = case when excluded.progress > s.progress then now() else s.updated_at end
  returning s.progress, s.unlocked_at, s.reward_transaction_id into state;

  outcome := case
    when state.unlocked_at is not null then 'already_unlocked'
    when state.progress >= achievement.goal then 'unlocked'
    else 'progress'
  end;
  if outcome = 'unlocked' then
    state.unlocked_at := now();
    update public.user_achievements as s
    set unlocked_at = state.unlocked_at
    where s.user_id = record_achievement_progress.user_id and s.achievement_id = achievement.id;
    perform public.add_vip_points(record_achievement_progress.user_id, achievement.vip_points);
    perform public.send_notification(
      record_achievement_progress.user_id, 'achievement', achievement.name,
      payload => jsonb_build_object('achievement_id', achievement.id));
  end if;
  if state.unlocked_at is not null and state.reward_transaction_id is null
    and achievement.reward_amount > 0 then
    payment_id := public.reserved_id(
      state.unlocked_at, record_achievement_progress.user_id::text,
      'achievement ' || achievement.id, 1);
    paid := public.pay_from_house(
      payment_id, 'reward',
      public.get_user_wallet(record_achievement_progress.user_id, achievement.reward_currency),
      achievement.reward_currency, achievement.reward_amount, 'achievement', achievement.id);
    if paid in ('ok', 'exists') then
      state.reward_transaction_id := payment_id;
      update public.user_achievements as s
      set reward_transaction_id = payment_id
      where s.user_id = record_achievement_progress.user_id and s.achievement_id = achievement.id;
    end if;
  end if;
  return query
  select outcome, state.progress, achievement.goal, state.unlocked_at, state.reward_transaction_id;
end
$function$;
comment on function public.record_achievement_progress(uuid, text, bigint) is
  'Notes how far a player has come: the total reached, so that saying it twice is saying it once; a
smaller total changes nothing. At the goal it unlocks the achievement, pays its reward (see
pay_from_house), adds its VIP points and notifies the player. Outcomes: progress, unlocked,
already_unlocked. reward_transaction_id stays null while the wallet is frozen; the next call pays.
Locks: the row of user_achievements, then user_vip_status, then wallets.
Example: select * from public.record_achievement_progress(
user_id_of(''ayu''), ''hundred_hands'', 12);';

create function public.claim_daily_bonus(user_id uuid)
returns table (
  outcome text, claimed_on date, streak integer, currency text, amount bigint,
  transaction_id uuid, next_claim_at timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  hours_between constant interval := interval '20 hours';
  bonus_currency constant text := 'COINS';
  -- By the day of the streak; the last one goes on for as long as the streak does.
  bonuses constant bigint[] := array[1000, 1500, 2000, 2500, 3000, 4000, 6000];
  zone text;
  last_claim record;
  account record;
begin
  -- The profile's lock makes a player's claims follow one another.
  perform
  from public.user_profiles as p
  where p.user_id = claim_daily_bonus.user_id
  for no key update;
  if not found then
    raise exception 'there is no player %', coalesce(claim_daily_bonus.user_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  zone := public.player_time_zone(claim_daily_bonus.user_id);
  select u.account_type, u.status, u.self_excluded_until, coalesce(l.bonus_percent, 0) as percent
  into account
  from public.users as u
  left join public.user_vip_status as s on s.user_id = u.id
  left join public.vip_levels as l on l.level = s.level
  where u.id = claim_daily_bonus.user_id;
  select b.claimed_on, b.claimed_at, b.streak, b.currency, b.amount, b.transaction_id
  into last_claim
  from public.daily_bonuses as b
  where b.user_id = claim_daily_bonus.user_id
  order by b.claimed_on desc
  limit 1;
  claimed_on := (now() at time zone zone)::date;
  next_claim_at := greatest(
    last_claim.claimed_at + hours_between,
    (last_claim.claimed_on + 1)::timestamp at time zone zone);
  outcome := case
    when account.account_type = 'bot' or account.status <> 'active'
      or account.self_excluded_until > now() then 'not_eligible'
    when last_claim.claimed_on >= claimed_on then 'already_claimed'
    when next_claim_at > now() then 'too_soon'
    else 'ok'
  end;
  if outcome <> 'ok' then
    return query
    select
      outcome, last_claim.claimed_on, last_claim.streak, last_claim.currency, last_claim.amount,
      last_claim.transaction_id, next_claim_at;
    return;
  end if;

  streak := case when last_claim.claimed_on = claimed_on - 1 then last_claim.streak else 0 end + 1;
  currency := bonus_currency;
  amount :=
    bonuses[least(streak, cardinality(bonuses))] * (100 + account.percent) / 100;
  transaction_id := public.reserved_id(
    now(), claim_daily_bonus.user_id::text, 'daily_bonus ' || claimed_on, 1);
  outcome := public.pay_from_house(
    transaction_id, 'bonus',
    public.get_user_wallet(claim_daily_bonus.user_id, bonus_currency), bonus_currency, amount,
    'daily_bonus', claimed_on::text);
  if outcome not in ('ok', 'exists') then
    return query
    select
      outcome, last_claim.claimed_on, last_claim.streak, last_claim.currency, last_claim.amount,
      last_claim.transaction_id, next_claim_at;
    return;
  end if;
  insert into public.daily_bonuses (
    user_id, claimed_on, claimed_at, streak, currency, amount, transaction_id)
  values (
    claim_daily_bonus.user_id, claimed_on, now(), streak, currency, amount, transaction_id);
  next_claim_at := greatest(
    now() + hours_between, (claimed_on + 1)::timestamp at time zone zone);
  return query
  select 'ok', claimed_on, streak, currency, amount, transaction_id, next_claim_at;
end
$function$;
comment on function public.claim_daily_bonus(uuid) is
  'Pays a player the bonus of the day: once in each of the player''s own days (by the time zone of
the profile) and at least 20 hours after the last; it grows with the days in a row up to the
seventh, and by the VIP level''s percentage. It is paid from the pool named bonus while that holds
enough, else from the issue. Outcomes: ok, already_claimed, too_soon, not_eligible (bot, account
not active, self-excluded), or why the ledger refused, such as wallet_frozen; whatever is refused
may be claimed later. Other than for ok, the row tells of the last claim.
Locks: the player''s profile, then the wallets.
Example: select * from public.claim_daily_bonus(user_id_of(''ayu''));';

-- Views ------------------------------------------------------------------------------------------
-- Views run with their owner's rights, so that a column that the read-only role may not see must
-- not be in them: no contact data, no secret, no metadata, nothing of a hand that still runs but
-- that it runs.

create function public.calculate_win_rate(hands_won bigint, hands_played bigint)
returns numeric
language sql
immutable
parallel safe
return case
  when hands_played = 0 and hands_won = 0 then 0.00
  when hands_won between 0 and hands_played then round(100.0 * hands_won / hands_played, 2)
end;
comment on function public.calculate_win_rate(bigint, bigint) is
  'Hands won in percent of hands played, to two places; zero where none was played, null where the
counts cannot be (more won than played, or less than none).
Example: select public.calculate_win_rate(25, 80);';

create view public.user_summary as
select
  u.id as user_id,
  u.username,
  p.display_name,
  p.avatar,
  p.country,
  u.account_type,
  u.role,
  u.status,
  v.level as vip_level,
  l.name as vip_name,
  v.points as vip_points,
  p.experience,
  w.coins,
  w.gems,
  w.tokens,
  t.coins as coins_on_tables,
  t.gems as gems_on_tables,
  t.tokens as tokens_on_tables,
  w.frozen_wallets,
  s.hands_played,
  s.hands_won,
  public.calculate_win_rate(s.hands_won, s.hands_played) as win_rate,
  f.friends,
  u.last_seen_at,
  u.created_at
from public.users as u
left join public.user_profiles as p on p.user_id = u.id
left join public.user_vip_status as v on v.user_id = u.id
left join public.vip_levels as l on l.level = v.level
cross join lateral (
  select
    coalesce(max(x.balance) filter (where x.currency = 'COINS'), 0) as coins,
    coalesce(max(x.balance) filter (where x.currency = 'GEMS'), 0) as gems,
    coalesce(max(x.balance) filter (where x.currency = 'TOKENS'), 0) as tokens,
    count(x.frozen_at) as frozen_wallets
  from public.user_wallets as x
  where x.user_id = u.id
) as w
cross join lateral (
  select
    coalesce(sum(x.balance) filter (where x.currency = 'COINS'), 0)::bigint as coins,
    coalesce(sum(x.balance) filter (where x.currency = 'GEMS'), 0)::bigint as gems,
    coalesce(sum(x.balance) filter (where x.currency = 'TOKENS'), 0)::bigint as tokens
  from public.game_sessions as g
  join public.user_wallets as x on x.id = g.seat_wallet_id
  where g.user_id = u.id and g.stood_up_at is null
) as t
cross join lateral (
  select
    coalesce(sum(x.hands_played), 0)::bigint as hands_played,
    coalesce(sum(x.hands_won), 0)::bigint as hands_won
  from public.game_statistics as x
  where x.user_id = u.id
) as s
cross join lateral (
  select
    (
      select count(*)
      from public.friendships as x
      where x.user_id = u.id and x.status = 'accepted'
    ) + (
      select count(*)
      from public.friendships as x
      where x.other_id = u.id and x.status = 'accepted'
    ) as friends
) as f;
comment on view public.user_summary is
  'One row for each account: who it is, what it holds, how it plays. No contact data.
Example: select username, coins, win_rate from user_summary where user_id = user_id_of(''ayu'');';
comment on column public.user_summary.user_id is 'The account.';
comment on column public.user_summary.username is 'Unique public name.';
comment on column public.user_summary.display_name is 'Name shown at the table.';
comment on column public.user_summary.avatar is 'Name of the picture.';
comment on column public.user_summary.country is 'Country, as two letters.';
comment on column public.user_summary.account_type is 'guest, registered or bot.';
comment on column public.user_summary.role is 'player, or the role of a member of staff.';
comment on column public.user_summary.status is 'active, suspended, banned or closed.';
comment on column public.user_summary.vip_level is 'VIP level held now.';
comment on column public.user_summary.vip_name is 'Name of the VIP level.';
comment on column public.user_summary.vip_points is 'VIP points gathered.';
comment on column public.user_summary.experience is 'Experience gathered.';
comment on column public.user_summary.coins is 'Coins in the player''s own wallet.';
comment on column public.user_summary.gems is 'Gems in the player''s own wallet.';
comment on column public.user_summary.tokens is 'Tokens in the player''s own wallet.';
comment on column public.user_summary.coins_on_tables is
  'Coins in the seats that the player sits in; a running hand counts when it is settled.';
comment on column public.user_summary.gems_on_tables is 'Gems in those seats.';
comment on column public.user_summary.tokens_on_tables is 'Tokens in those seats.';
comment on column public.user_summary.frozen_wallets is
  'How many of the player''s wallets are frozen.';
comment on column public.user_summary.hands_played is 'Hands played to their end, in all games.';
comment on column public.user_summary.hands_won is 'Hands with a net win.';
comment on column public.user_summary.win_rate is 'Hands won in percent of hands played.';
comment on column public.user_summary.friends is 'How many friends.';
comment on column public.user_summary.last_seen_at is 'Last sign of life.';
comment on column public.user_summary.created_at is 'When the account was made.';

create view public.game_room_summary as
select
  r.id as room_id,
  r.name,
  r.game_id,
  g.name as game_name,
  r.visibility,
  r.tournament_id,
  t.name as tournament_name,
  r.currency,
  r.base_bet,
  r.buy_in_min,
  r.buy_in_max,
  r.rake_bps,
  r.rake_cap,
  r.seats,
  s.seats_taken,
  s.chips_on_table,
  r.hands_started,
  r.current_hand_id is not null as hand_is_running,
  r.status,
  r.host_node,
  r.created_by,
  r.created_at,
  r.closed_at
from public.game_rooms as r
join public.games as g on g.id = r.game_id
left join public.tournaments as t on t.id = r.tournament_id
cross join lateral (
  select
    count(*)::integer as seats_taken,
    coalesce(sum(w.balance), 0)::bigint as chips_on_table
  from public.game_sessions as x
  join public.user_wallets as w on w.id = x.seat_wallet_id
  where x.room_id = r.id and x.stood_up_at is null
) as s;
comment on view public.game_room_summary is
  'One row for each room: its stakes, who sits there in numbers, what happens. No join code.
Example: select name, seats_taken, seats from game_room_summary where status = ''open'';';
comment on column public.game_room_summary.room_id is 'Number of the room.';
comment on column public.game_room_summary.name is 'Name shown in the lobby.';
comment on column public.game_room_summary.game_id is 'Game that is played.';
comment on column public.game_room_summary.game_name is 'Name of the game shown to players.';
comment on column public.game_room_summary.visibility is 'public, private or tournament.';
comment on column public.game_room_summary.tournament_id is
  'The tournament that the room belongs to.';
comment on column public.game_room_summary.tournament_name is 'Name of that tournament.';
comment on column public.game_room_summary.currency is 'Currency of the chips on the table.';
comment on column public.game_room_summary.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.game_room_summary.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.game_room_summary.buy_in_max is 'Most chips to sit down with.';
comment on column public.game_room_summary.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.game_room_summary.rake_cap is 'Most rake of one hand.';
comment on column public.game_room_summary.seats is 'How many seats.';
comment on column public.game_room_summary.seats_taken is 'How many of them are taken.';
comment on column public.game_room_summary.chips_on_table is
  'Chips in the seats; a running hand counts when it is settled.';
comment on column public.game_room_summary.hands_started is 'Hands started so far.';
comment on column public.game_room_summary.hand_is_running is 'Whether a hand is being played.';
comment on column public.game_room_summary.status is 'open, closing or closed.';
comment on column public.game_room_summary.host_node is 'Node that hosts the room.';
comment on column public.game_room_summary.created_by is
  'Player who opened it; null for the house.';
comment on column public.game_room_summary.created_at is 'When it was opened.';
comment on column public.game_room_summary.closed_at is 'When it was closed.';

create view public.transaction_summary as
select
  t.id,
  public.id_time(t.id) as happened_at,
  t.kind,
  t.currency,
  t.amount,
  t.debit_wallet_id,
  d.kind as debit_kind,
  d.user_id as debit_user_id,
  case d.kind
    when 'player' then du.username
    when 'seat' then 'room ' || d.room_id || ' seat ' || d.seat
    else d.code
  end as debit_name,
  t.debit_balance_after,
  t.credit_wallet_id,
  c.kind as credit_kind,
  c.user_id as credit_user_id,
  case c.kind
    when 'player' then cu.username
    when 'seat' then 'room ' || c.room_id || ' seat ' || c.seat
    else c.code
  end as credit_name,
  t.credit_balance_after,
  t.group_id,
  t.reverses,
  t.reference_type,
  t.reference_id,
  t.actor_id,
  t.posted_at
from public.transactions as t
left join public.user_wallets as d on d.id = t.debit_wallet_id
left join public.users as du on du.id = d.user_id
left join public.user_wallets as c on c.id = t.credit_wallet_id
left join public.users as cu on cu.id = c.user_id;
comment on view public.transaction_summary is
  'The ledger in readable form: from whom, to whom, how much, what for; no metadata. Ask it by id or
time range, or by one of the wallets; for a wallet''s history use get_wallet_history().
Example: select happened_at, debit_name, credit_name, amount from transaction_summary
where id >= id_lower_bound(now() - interval ''1 day'') order by id desc limit 20;';
comment on column public.transaction_summary.id is 'The transaction.';
comment on column public.transaction_summary.happened_at is 'The time in its identifier.';
comment on column public.transaction_summary.kind is 'What the payment is for.';
comment on column public.transaction_summary.currency is 'COINS, GEMS or TOKENS.';
comment on column public.transaction_summary.amount is 'Whole units.';
comment on column public.transaction_summary.debit_wallet_id is 'Wallet that gave.';
comment on column public.transaction_summary.debit_kind is 'Kind of that wallet.';
comment on column public.transaction_summary.debit_user_id is
  'Its owner, where it is a player''s.';
comment on column public.transaction_summary.debit_name is
  'Its owner''s username, its room and seat, or its code.';
comment on column public.transaction_summary.debit_balance_after is
  'What it held afterwards; null for a system wallet.';
comment on column public.transaction_summary.credit_wallet_id is 'Wallet that received.';
comment on column public.transaction_summary.credit_kind is 'Kind of that wallet.';
comment on column public.transaction_summary.credit_user_id is
  'Its owner, where it is a player''s.';
comment on column public.transaction_summary.credit_name is
  'Its owner''s username, its room and seat, or its code.';
comment on column public.transaction_summary.credit_balance_after is
  'What it held afterwards; null for a system wallet.';
comment on column public.transaction_summary.group_id is
  'First transaction of the group that it was posted with.';
comment on column public.transaction_summary.reverses is 'The transaction that it undoes.';
comment on column public.transaction_summary.reference_type is 'What it belongs to.';
comment on column public.transaction_summary.reference_id is 'Identifier of that.';
comment on column public.transaction_summary.actor_id is 'Who caused it; null for the house.';
comment on column public.transaction_summary.posted_at is 'When it was posted.';

create view public.active_games as
select
  r.id as room_id,
  r.name as room_name,
  r.game_id,
  g.name as game_name,
  r.visibility,
  r.currency,
  r.base_bet,
  r.seats,
  s.players,
  s.player_names,
  s.chips_on_table,
  r.hands_started,
  h.started_at as hand_started_at,
  s.seated_since,
  r.host_node
from public.game_rooms as r
join public.games as g on g.id = r.game_id
left join public.game_hands as h on h.id = r.current_hand_id
cross join lateral (
  select
    count(*)::integer as players,
    array_agg(p.display_name order by x.seat) as player_names,
    coalesce(sum(w.balance), 0)::bigint as chips_on_table,
    min(x.sat_down_at) as seated_since
  from public.game_sessions as x
  join public.user_wallets as w on w.id = x.seat_wallet_id
  left join public.user_profiles as p on p.user_id = x.user_id
  where x.room_id = r.id and x.stood_up_at is null
) as s
where r.status <> 'closed' and (s.players > 0 or r.current_hand_id is not null);
comment on view public.active_games is
  'The tables at which someone sits now. Of a running hand it tells only since when it runs.
Example: select room_name, players, player_names, hand_started_at from active_games;';
comment on column public.active_games.room_id is 'Number of the room.';
comment on column public.active_games.room_name is 'Name shown in the lobby.';
comment on column public.active_games.game_id is 'Game that is played.';
comment on column public.active_games.game_name is 'Name of the game shown to players.';
comment on column public.active_games.visibility is 'public, private or tournament.';
comment on column public.active_games.currency is 'Currency of the chips on the table.';
comment on column public.active_games.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.active_games.seats is 'How many seats.';
comment on column public.active_games.players is 'How many sit there.';
comment on column public.active_games.player_names is 'Who sits there, in the order of the seats.';
comment on column public.active_games.chips_on_table is
  'Chips in the seats; a running hand counts when it is settled.';
comment on column public.active_games.hands_started is 'Hands started so far.';
comment on column public.active_games.hand_started_at is
  'Since when the hand runs; null between hands.';
comment on column public.active_games.seated_since is 'Since when the first of them has sat there.';
comment on column public.active_games.host_node is 'Node that hosts the room.';

create view public.user_achievements_progress as
select
  u.id as user_id,
  u.username,
  a.id as achievement_id,
  a.name,
  a.description,
  coalesce(s.progress, 0) as progress,
  a.goal,
  floor(100.0 * coalesce(s.progress, 0) / a.goal)::integer as percent,
  s.unlocked_at,
  a.reward_currency,
  a.reward_amount,
  a.vip_points,
  s.reward_transaction_id is not null as reward_is_paid
from public.users as u
cross join public.achievements as a
left join public.user_achievements as s on s.user_id = u.id and s.achievement_id = a.id
where u.account_type <> 'bot' and (not a.is_hidden or s.unlocked_at is not null);
comment on view public.user_achievements_progress is
  'Every achievement for every player, also where nothing is done yet; hidden ones once they are
reached. Ask it for one user.
Example: select name, percent from user_achievements_progress where user_id = user_id_of(''ayu'');';
comment on column public.user_achievements_progress.user_id is 'The player.';
comment on column public.user_achievements_progress.username is 'Unique public name.';
comment on column public.user_achievements_progress.achievement_id is 'The achievement.';
comment on column public.user_achievements_progress.name is 'Name shown to players.';
comment on column public.user_achievements_progress.description is 'What has to be done.';
comment on column public.user_achievements_progress.progress is 'How much is done.';
comment on column public.user_achievements_progress.goal is 'How much has to be done.';
comment on column public.user_achievements_progress.percent is
  'Progress in percent of the goal, rounded down.';
comment on column public.user_achievements_progress.unlocked_at is 'When the goal was reached.';
comment on column public.user_achievements_progress.reward_currency is 'Currency of the reward.';
comment on column public.user_achievements_progress.reward_amount is 'Reward in whole units.';
comment on column public.user_achievements_progress.vip_points is 'VIP points that it brings.';
comment on column public.user_achievements_progress.reward_is_paid is
  'Whether the reward was paid.';

create view public.tournament_leaderboard as
select
  t.id as tournament_id,
  t.name as tournament_name,
  t.game_id,
  t.format,
  t.status,
  t.currency,
  t.entry_fee,
  t.starts_at,
  t.finished_at,
  rank() over (partition by t.id order by p.place nulls last, p.score desc) as rank,
  p.place,
  p.user_id,
  u.username,
  f.display_name,
  p.status as participant_status,
  p.score,
  p.prize
from public.tournaments as t
join public.tournament_participants as p on p.tournament_id = t.id
join public.users as u on u.id = p.user_id
left join public.user_profiles as f on f.user_id = p.user_id
where p.status <> 'withdrawn';
comment on view public.tournament_leaderboard is
  'The participants of each tournament by rank: by final place, or by score while there is none.
Example: select rank, username, score, prize from tournament_leaderboard
where status = ''finished'' order by tournament_id, rank;';
comment on column public.tournament_leaderboard.tournament_id is 'The tournament.';
comment on column public.tournament_leaderboard.tournament_name is 'Name shown to players.';
comment on column public.tournament_leaderboard.game_id is 'Game that is played.';
comment on column public.tournament_leaderboard.format is 'knockout, rounds or ladder.';
comment on column public.tournament_leaderboard.status is
  'announced, registering, running, finished or cancelled.';
comment on column public.tournament_leaderboard.currency is 'Currency of entry and prizes.';
comment on column public.tournament_leaderboard.entry_fee is 'What entering costs.';
comment on column public.tournament_leaderboard.starts_at is 'When it starts.';
comment on column public.tournament_leaderboard.finished_at is 'When it ended.';
comment on column public.tournament_leaderboard.rank is
  'Rank, from 1; equals share one and leave the next ones out.';
comment on column public.tournament_leaderboard.place is 'Final place; null until known.';
comment on column public.tournament_leaderboard.user_id is 'The player.';
comment on column public.tournament_leaderboard.username is 'Unique public name.';
comment on column public.tournament_leaderboard.display_name is 'Name shown at the table.';
comment on column public.tournament_leaderboard.participant_status is
  'registered, playing, out or finished.';
comment on column public.tournament_leaderboard.score is 'Points or chips that rank the player.';
comment on column public.tournament_leaderboard.prize is 'Prize that was paid.';

-- Materialized views -----------------------------------------------------------------------------

create materialized view public.user_leaderboard as
select
  s.game_id,
  s.currency,
  rank() over (
    partition by s.game_id, s.currency
    order by s.chips_won - s.chips_lost desc, s.hands_won desc
  ) as rank,
  s.user_id,
  u.username,
  p.display_name,
  p.avatar,
  p.country,
  coalesce(v.level, 0::smallint) as vip_level,
  s.chips_won - s.chips_lost as net_chips,
  s.hands_played,
  s.hands_won,
  public.calculate_win_rate(s.hands_won, s.hands_played) as win_rate,
  s.biggest_win,
  s.best_streak
from (
  select
    coalesce(x.game_id, 'all') as game_id,
    x.currency,
    x.user_id,
    sum(x.hands_played)::bigint as hands_played,
    sum(x.hands_won)::bigint as hands_won,
    sum(x.chips_won)::bigint as chips_won,
    sum(x.chips_lost)::bigint as chips_lost,
    max(x.biggest_win) as biggest_win,
    max(x.best_streak) as best_streak
  from public.game_statistics as x
  where x.hands_played > 0
  group by grouping sets ((x.user_id, x.currency, x.game_id), (x.user_id, x.currency))
) as s
join public.users as u on u.id = s.user_id
left join public.user_profiles as p on p.user_id = s.user_id
left join public.user_vip_status as v on v.user_id = s.user_id
where u.account_type <> 'bot' and u.role = 'player' and u.status in ('active', 'suspended');
comment on materialized view public.user_leaderboard is
  'Players ranked by what they have won and not lost again, for each game and currency, and for all
games together (game_id is all). Without bots, staff, and closed or banned accounts. As of the last
refresh.
Example: select rank, username, net_chips from user_leaderboard
where game_id = ''gaple'' and currency = ''COINS'' order by rank limit 10;';
comment on column public.user_leaderboard.game_id is 'The game; all for all games together.';
comment on column public.user_leaderboard.currency is 'Currency of the chips.';
comment on column public.user_leaderboard.rank is
  'Rank, from 1; equals share one and leave the next ones out.';
comment on column public.user_leaderboard.user_id is 'The player.';
comment on column public.user_leaderboard.username is 'Unique public name.';
comment on column public.user_leaderboard.display_name is 'Name shown at the table.';
comment on column public.user_leaderboard.avatar is 'Name of the picture.';
comment on column public.user_leaderboard.country is 'Country, as two letters.';
comment on column public.user_leaderboard.vip_level is 'VIP level.';
comment on column public.user_leaderboard.net_chips is 'Net wins less net losses.';
comment on column public.user_leaderboard.hands_played is 'Hands played to their end.';
comment on column public.user_leaderboard.hands_won is 'Hands with a net win.';
comment on column public.user_leaderboard.win_rate is 'Hands won in percent of hands played.';
comment on column public.user_leaderboard.biggest_win is 'Largest net win of one hand.';
comment on column public.user_leaderboard.best_streak is 'Longest row of wins.';
create unique index user_leaderboard_key
  on public.user_leaderboard (game_id, currency, user_id);
create index user_leaderboard_rank_idx
  on public.user_leaderboard (game_id, currency, rank, user_id);

create materialized view public.daily_statistics as
with days_kept (days) as (
  values (30)
),
days as (
  select
    d.day::date as day,
    public.id_lower_bound(d.day at time zone 'UTC') as first_id,
    row_number() over (order by d.day)::integer as ordinal
  from days_kept as k
  cross join lateral generate_series(
    date_trunc('day', now() at time zone 'UTC') - make_interval(days => k.days - 1),
    date_trunc('day', now() at time zone 'UTC'),
    interval '1 day') as d (day)
),
bounds as (
  select
    array_agg(d.first_id order by d.day) as ids,
    min(d.day)::timestamp at time zone 'UTC' as first_moment
  from days as d
),
currencies (currency) as (
  values ('COINS'), ('GEMS'), ('TOKENS')
),
postings as (
  select
    width_bucket(t.id, (select b.ids from bounds as b)) as ordinal,
    t.currency,
    count(*) as transactions,
    sum(t.amount) as volume,
    coalesce(sum(t.amount) filter (where d.code = 'issue'), 0)
    - coalesce(sum(t.amount) filter (where c.code = 'issue'), 0) as issued,
    coalesce(sum(t.amount) filter (where c.code = 'burn'), 0)
    - coalesce(sum(t.amount) filter (where d.code = 'burn'), 0) as burned,
    coalesce(sum(t.amount) filter (where c.code = 'rake'), 0)
    - coalesce(sum(t.amount) filter (where d.code = 'rake'), 0) as rake,
    sum(t.amount) filter (where t.kind in ('bonus', 'reward')) as bonuses,
    sum(t.amount) filter (where t.kind = 'buy_in') as bought_in,
    sum(t.amount) filter (where t.kind = 'cash_out') as cashed_out
  from public.transactions as t
  left join public.user_wallets as d on d.id = t.debit_wallet_id and d.kind = 'system'
  left join public.user_wallets as c on c.id = t.credit_wallet_id and c.kind = 'system'
  where t.id >= public.id_lower_bound(
    (date_trunc('day', now() at time zone 'UTC')
      - make_interval(days => (select k.days - 1 from days_kept as k))) at time zone 'UTC')
  group by width_bucket(t.id, (select b.ids from bounds as b)), t.currency
),
hands as (
  select
    width_bucket(h.id, (select b.ids from bounds as b)) as ordinal,
    h.currency,
    count(*) filter (where h.status = 'settled') as hands_settled,
    count(*) filter (where h.status = 'voided') as hands_voided
  from public.game_hands as h
  where h.id >= (select b.ids[1] from bounds as b)
  group by width_bucket(h.id, (select b.ids from bounds as b)), h.currency
),
stays as (
  select
    width_bucket(g.id, (select b.ids from bounds as b)) as ordinal,
    r.currency,
    count(distinct g.user_id) as players
  from public.game_sessions as g
  join public.game_rooms as r on r.id = g.room_id
  where g.id >= (select b.ids[1] from bounds as b)
  group by width_bucket(g.id, (select b.ids from bounds as b)), r.currency
),
accounts as (
  select
    (u.created_at at time zone 'UTC')::date as day,
    count(*) as accounts_created
  from public.users as u
  where u.created_at >= (select b.first_moment from bounds as b) and u.account_type <> 'bot'
  group by (u.created_at at time zone 'UTC')::date
)
select
  d.day,
  y.currency,
  coalesce(p.transactions, 0) as transactions,
  coalesce(p.volume, 0)::numeric as volume,
  coalesce(p.issued, 0)::numeric as issued,
  coalesce(p.burned, 0)::numeric as burned,
  coalesce(p.rake, 0)::numeric as rake,
  coalesce(p.bonuses, 0)::numeric as bonuses,
  coalesce(p.bought_in, 0)::numeric as bought_in,
  coalesce(p.cashed_out, 0)::numeric as cashed_out,
  coalesce(h.hands_settled, 0) as hands_settled,
  coalesce(h.hands_voided, 0) as hands_voided,
  coalesce(s.players, 0) as players,
  coalesce(a.accounts_created, 0) as accounts_created
from days as d
cross join currencies as y
left join postings as p on p.ordinal = d.ordinal and p.currency = y.currency
left join hands as h on h.ordinal = d.ordinal and h.currency = y.currency
left join stays as s on s.ordinal = d.ordinal and s.currency = y.currency
left join accounts as a on a.day = d.day;
comment on materialized view public.daily_statistics is
  'The economy and the play of each of the last 30 days (UTC; days_kept in its definition), by
currency; a payment, a hand and a stay count on the day that is in their identifiers. A refresh
reads those 30 days of the ledger and no more. As of the last refresh.
Example: select day, hands_settled, issued, rake from daily_statistics
where currency = ''COINS'' order by day desc;';
comment on column public.daily_statistics.day is 'The day, in UTC; the last one is not over.';
comment on column public.daily_statistics.currency is 'COINS, GEMS or TOKENS.';
comment on column public.daily_statistics.transactions is 'Rows of the ledger.';
comment on column public.daily_statistics.volume is 'What they moved, in all.';
comment on column public.daily_statistics.issued is
  'What came out of the issue, less what went back.';
comment on column public.daily_statistics.burned is 'What was burned, less what came back.';
comment on column public.daily_statistics.rake is 'What the rake took, less what it gave back.';
comment on column public.daily_statistics.bonuses is 'Bonuses and rewards paid to players.';
comment on column public.daily_statistics.bought_in is 'Chips taken to tables.';
comment on column public.daily_statistics.cashed_out is 'Chips taken from tables.';
comment on column public.daily_statistics.hands_settled is 'Hands started that day and settled.';
comment on column public.daily_statistics.hands_voided is 'Hands started that day and voided.';
comment on column public.daily_statistics.players is
  'Different players who sat down that day at a table with that currency.';
comment on column public.daily_statistics.accounts_created is
  'New accounts other than bots; the same number for each currency.';
create unique index daily_statistics_key on public.daily_statistics (day, currency);

create materialized view public.game_performance as
with days_kept (days) as (
  values (30)
),
recent as (
  select
    h.game_id,
    h.currency,
    count(*) filter (where h.status = 'settled') as hands_settled,
    count(*) filter (where h.status = 'voided') as hands_voided,
    sum(h.rake) filter (where h.status = 'settled') as rake,
    avg(h.base_bet) filter (where h.status = 'settled') as average_base_bet,
    avg(extract(epoch from h.ended_at - h.started_at)) filter (where h.status = 'settled')
      as average_seconds,
    count(distinct h.room_id) as rooms
  from public.game_hands as h
  where h.status <> 'playing'
    and h.id >= public.id_lower_bound(
      now() - make_interval(days => (select k.days from days_kept as k)))
  group by h.game_id, h.currency
),
totals as (
  select
    s.game_id,
    s.currency,
    count(*) as players,
    sum(s.hands_won)::bigint as wins,
    sum(s.chips_won)::numeric as chips_won,
    sum(s.rake_paid)::numeric as rake_paid,
    max(s.biggest_win) as biggest_win,
    max(s.best_streak) as best_streak
  from public.game_statistics as s
  where s.hands_played > 0
  group by s.game_id, s.currency
)
select
  g.id as game_id,
  g.name as game_name,
  c.currency,
  coalesce(t.players, 0) as players,
  coalesce(t.wins, 0) as wins,
  coalesce(t.chips_won, 0) as chips_won,
  coalesce(t.rake_paid, 0) as rake_paid,
  coalesce(t.biggest_win, 0) as biggest_win,
  coalesce(t.best_streak, 0) as best_streak,
  coalesce(r.rooms, 0) as recent_rooms,
  coalesce(r.hands_settled, 0) as recent_hands_settled,
  coalesce(r.hands_voided, 0) as recent_hands_voided,
  coalesce(r.rake, 0)::numeric as recent_rake,
  round(r.average_base_bet, 1) as recent_average_base_bet,
  round(r.average_seconds, 1) as recent_average_hand_seconds
from public.games as g
cross join (values ('COINS'), ('GEMS'), ('TOKENS')) as c (currency)
left join totals as t on t.game_id = g.id and t.currency = c.currency
left join recent as r on r.game_id = g.id and r.currency = c.currency;
comment on materialized view public.game_performance is
  'How each game does in each currency: in all, and (recent_…) in hands started in the last 30 days
(days_kept in its definition); hands that still run are not in it. As of the last refresh.
Example: select game_name, players, recent_hands_settled, recent_rake from game_performance
where currency = ''COINS'' order by recent_hands_settled desc;';
comment on column public.game_performance.game_id is 'The game.';
comment on column public.game_performance.game_name is 'Name shown to players.';
comment on column public.game_performance.currency is 'Currency of the stakes.';
comment on column public.game_performance.players is 'Players who ever played it to an end.';
comment on column public.game_performance.wins is 'Net wins of single players, ever.';
comment on column public.game_performance.chips_won is 'Sum of those wins.';
comment on column public.game_performance.rake_paid is 'Rake taken from them.';
comment on column public.game_performance.biggest_win is 'Largest net win of one hand.';
comment on column public.game_performance.best_streak is 'Longest row of wins.';
comment on column public.game_performance.recent_rooms is 'Rooms with a hand in the last 30 days.';
comment on column public.game_performance.recent_hands_settled is
  'Hands of the last 30 days that were settled.';
comment on column public.game_performance.recent_hands_voided is
  'Hands of the last 30 days that were voided.';
comment on column public.game_performance.recent_rake is 'Rake of the last 30 days.';
comment on column public.game_performance.recent_average_base_bet is
  'Average stake of the settled hands of the last 30 days; null without any.';
comment on column public.game_performance.recent_average_hand_seconds is
  'How long they lasted on average, in seconds; null without any.';
create unique index game_performance_key on public.game_performance (game_id, currency);

-- Statistics -------------------------------------------------------------------------------------

create function public.get_user_game_stats(user_id uuid, only_game_id text default null)
returns table (
  game_id text, game_name text, currency text, hands_played bigint, hands_won bigint,
  win_rate numeric, chips_won bigint, chips_lost bigint, net_chips bigint, rake_paid bigint,
  biggest_win bigint, streak integer, best_streak integer, last_played_at timestamptz)
language sql
stable
parallel safe
begin atomic
  select
    s.game_id, g.name, s.currency, s.hands_played, s.hands_won,
    public.calculate_win_rate(s.hands_won, s.hands_played), s.chips_won, s.chips_lost,
    s.chips_won - s.chips_lost, s.rake_paid, s.biggest_win, s.streak, s.best_streak,
    s.last_played_at
  from public.game_statistics as s
  join public.games as g on g.id = s.game_id
  where s.user_id = get_user_game_stats.user_id
    and s.game_id = coalesce(get_user_game_stats.only_game_id, s.game_id)
  order by s.hands_played desc, s.game_id, s.currency;
end;
comment on function public.get_user_game_stats(uuid, text) is
  'A player''s running totals by game and currency, or of one game: as of the last settlement.
Example: select * from public.get_user_game_stats(user_id_of(''ayu''), ''gaple'');';

create function public.get_user_recent_activity(user_id uuid, rows_max integer default 20)
returns table (
  happened_at timestamptz, activity text, description text, signed_amount bigint, currency text,
  reference_type text, reference_id text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 200;
begin
  if rows_max is null or rows_max not between 1 and page_max then
    raise exception 'rows_max is %, not between 1 and %', rows_max, page_max
      using errcode = 'invalid_parameter_value',
        hint = 'For more of the payments page through get_wallet_history().';
  end if;
  return query
  select
    a.happened_at, a.activity, a.description, a.signed_amount, a.currency, a.reference_type,
    a.reference_id
  from (
    select
      public.id_time(h.id) as happened_at, 'payment' as activity, h.kind as description,
      h.signed_amount, w.currency, h.reference_type, h.reference_id
    from public.user_wallets as w
    cross join lateral public.get_wallet_history(w.id, null, rows_max) as h
    where w.user_id = get_user_recent_activity.user_id
    union all
    (
      select
        e.happened_at, e.activity, r.name, null, r.currency, 'room', r.id::text
      from (
        select g.room_id, g.sat_down_at, g.stood_up_at
        from public.game_sessions as g
        where g.user_id = get_user_recent_activity.user_id
        order by g.sat_down_at desc
        limit rows_max
      ) as g
      join public.game_rooms as r on r.id = g.room_id
      cross join lateral (
        values (g.sat_down_at, 'sat_down'), (g.stood_up_at, 'stood_up')
      ) as e (happened_at, activity)
      where e.happened_at is not null
    )
    union all
    (
      select
        s.unlocked_at, 'achievement', c.name, null, null, 'achievement', c.id
      from public.user_achievements as s
      join public.achievements as c on c.id = s.achievement_id
      where s.user_id = get_user_recent_activity.user_id and s.unlocked_at is not null
      order by s.unlocked_at desc
      limit rows_max
    )
    union all
    (
      select
        p.registered_at, 'tournament', t.name, null, t.currency, 'tournament', t.id::text
      from public.tournament_participants as p
      join public.tournaments as t on t.id = p.tournament_id
      where p.user_id = get_user_recent_activity.user_id
      order by p.registered_at desc
      limit rows_max
    )
  ) as a
  order by a.happened_at desc, a.activity, a.reference_id
  limit rows_max;
end
$function$;
comment on function public.get_user_recent_activity(uuid, integer) is
  'What a player did lately, the newest first, at most 200: payments (payment, with the kind as its
description), sat_down and stood_up at rooms, achievement unlocked, tournament entered.
Example: select * from public.get_user_recent_activity(user_id_of(''ayu''), 10);';

create function public.get_top_players(
  game_id text default 'all', currency text default 'COINS', players_max integer default 10)
returns table (
  rank bigint, user_id uuid, username text, display_name text, vip_level smallint,
  net_chips bigint, hands_played bigint, hands_won bigint, win_rate numeric)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 1000;
begin
  if get_top_players.players_max is null
    or get_top_players.players_max not between 1 and page_max then
    raise exception 'players_max is %, not between 1 and %',
      get_top_players.players_max, page_max
      using errcode = 'invalid_parameter_value';
  elsif get_top_players.game_id is distinct from 'all' and not exists (
    select from public.games as g where g.id = get_top_players.game_id
  ) then
    raise exception 'there is no game %',
      coalesce(quote_literal(get_top_players.game_id), 'null')
      using errcode = 'no_data_found', hint = 'Give the id of a game, or all.';
  end if;
  return query
  select
    l.rank, l.user_id, l.username, l.display_name, l.vip_level, l.net_chips, l.hands_played,
    l.hands_won, l.win_rate
  from public.user_leaderboard as l
  where l.game_id = get_top_players.game_id and l.currency = get_top_players.currency
  order by l.rank, l.user_id
  limit get_top_players.players_max;
end
$function$;
comment on function public.get_top_players(text, text, integer) is
  'The first of the leaderboard of a game, or of all games, in a currency; at most 1000. As of the
last refresh of user_leaderboard.
Example: select * from public.get_top_players(''gaple'', ''COINS'', 5);';

create function public.get_user_rank(
  user_id uuid, game_id text default 'all', currency text default 'COINS')
returns bigint
language sql
stable
parallel safe
return (
  select l.rank
  from public.user_leaderboard as l
  where l.game_id = get_user_rank.game_id and l.currency = get_user_rank.currency
    and l.user_id = get_user_rank.user_id);
comment on function public.get_user_rank(uuid, text, text) is
  'A player''s rank in a game, or in all games, in a currency; null where the player has none. As of
the last refresh of user_leaderboard.
Example: select public.get_user_rank(user_id_of(''ayu''), ''gaple'');';

-- Maintenance ------------------------------------------------------------------------------------

create function public.cleanup_expired_sessions(rows_max integer default 10000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  ended_kept_days constant integer := 90;
  closed bigint;
  removed bigint;
begin
  if rows_max is null or rows_max < 1 then
    raise exception 'rows_max is %, not above zero', rows_max
      using errcode = 'invalid_parameter_value';
  end if;
  update public.user_sessions as s
  set revoked_at = s.expires_at, revoked_reason = 'expired'
  where s.id in (
    select e.id
    from public.user_sessions as e
    where e.revoked_at is null and e.expires_at < now()
    order by e.expires_at
    limit rows_max
    for update skip locked);
  get diagnostics closed = row_count;
  delete from public.user_sessions as s
  where s.id in (
    select e.id
    from public.user_sessions as e
    where e.revoked_at < now() - make_interval(days => ended_kept_days)
    order by e.revoked_at
    limit rows_max
    for update skip locked);
  get diagnostics removed = row_count;
  return closed + removed;
end
$function$;
comment on function public.cleanup_expired_sessions(integer) is
  'Marks sign-ins that have expired, and deletes those that ended 90 days ago or earlier; at most
rows_max of each. Returns how many it changed.
Example: select public.cleanup_expired_sessions();';

create function public.cleanup_notifications(rows_max integer default 50000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  read_kept_days constant integer := 30;
  unread_kept_days constant integer := 180;
  expired bigint;
  old bigint;
begin
  if rows_max is null or rows_max < 1 then
    raise exception 'rows_max is %, not above zero', rows_max
      using errcode = 'invalid_parameter_value';
  end if;
  delete from public.notifications as n
  where n.id in (
    select e.id
    from public.notifications as e
    where e.expires_at < now()
    limit rows_max
    for update skip locked);
  get diagnostics expired = row_count;
  delete from public.notifications as n
  where n.id in (
    select e.id
    from public.notifications as e
    where e.id < public.id_lower_bound(
        now() - make_interval(days => case when e.read_at is null
          then unread_kept_days else read_kept_days end))
      and e.id < public.id_lower_bound(now() - make_interval(days => read_kept_days))
    order by e.id
    limit rows_max
    for update skip locked);
  get diagnostics old = row_count;
  return expired + old;
end
$function$;
comment on function public.cleanup_notifications(integer) is
  'Deletes notifications that have expired, that were read and are older than 30 days, and all that
are older than 180 days; at most rows_max of each. Returns how many.
Example: select public.cleanup_notifications();';

create function public.cleanup_old_data(rows_max integer default 50000)
returns table (what text, rows_removed bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  table_talk_kept_days constant integer := 30;
  messages_kept_days constant integer := 365;
begin
  what := 'notifications';
  rows_removed := public.cleanup_notifications(rows_max);
  return next;

  what := 'table talk';
  delete from public.messages as m
  where m.id in (
    select o.id
    from public.messages as o
    where o.room_id is not null
      and o.id < public.id_lower_bound(now() - make_interval(days => table_talk_kept_days))
      and not exists (
        select
        from public.user_reports as r
        where r.message_id = o.id and r.status in ('open', 'in_review'))
    order by o.id
    limit rows_max
    for update skip locked);
  get diagnostics rows_removed = row_count;
  return next;

  what := 'private messages';
  delete from public.messages as m
  where m.id in (
    select o.id
    from public.messages as o
    where o.recipient_id is not null
      and o.id < public.id_lower_bound(now() - make_interval(days => messages_kept_days))
      and not exists (
        select
        from public.user_reports as r
        where r.message_id = o.id and r.status in ('open', 'in_review'))
    order by o.id
    limit rows_max
    for update skip locked);
  get diagnostics rows_removed = row_count;
  return next;
end
$function$;
comment on function public.cleanup_old_data(integer) is
  'Deletes what is kept for a time only: notifications (see cleanup_notifications), what was said at
tables after 30 days, private messages after 365 days; not a message of a report that is not
decided. At most rows_max of each; a row for each kind. The ledger, the journal, hands and the
audit log are never deleted from.
Example: select * from public.cleanup_old_data();';

create function public.refresh_all_materialized_views(beside_readers boolean default true)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  view_name text;
  refreshed integer := 0;
begin
  for view_name in
    select format('%I.%I', m.schemaname, m.matviewname)
    from pg_catalog.pg_matviews as m
    where m.schemaname = 'public' and m.matviewowner = 'higgs_owner'
    order by m.matviewname
  loop
    execute format('refresh materialized view %s %s',
      case when beside_readers then 'concurrently' else '' end, view_name);
    refreshed := refreshed + 1;
  end loop;
  return refreshed;
end
$function$;
comment on function public.refresh_all_materialized_views(boolean) is
  'Refreshes user_leaderboard, daily_statistics and game_performance, and any later one; returns how
many. With beside_readers (the default) others go on reading meanwhile; without, it is quicker.
Locks each view to the end of the transaction: EXCLUSIVE, which shuts out only other refreshes; or
without beside_readers ACCESS EXCLUSIVE.
Example: select public.refresh_all_materialized_views();';

create function public.analyze_partitioned_tables()
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  table_name text;
  analyzed integer := 0;
begin
  for table_name in
    select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_partitioned_table as p
    join pg_catalog.pg_class as c on c.oid = p.partrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'public'
    order by c.relname
  loop
    execute format('analyze %s', table_name);
    analyzed := analyzed + 1;
  end loop;
  return analyzed;
end
$function$;
comment on function public.analyze_partitioned_tables() is
  'Gathers the planner''s statistics of the partitioned tables as wholes, which autovacuum never
does; returns how many tables. It reads a sample, whatever their size.
Example: select public.analyze_partitioned_tables();';

create function public.maintenance_last_run(task text)
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
return (
  select public.id_time(a.id)
  from public.audit_logs as a
  where a.target_type = 'maintenance_task' and a.target_id = maintenance_last_run.task
    and a.action = 'maintenance.done'
  order by a.id desc
  limit 1);
comment on function public.maintenance_last_run(text) is
  'When a maintenance task last ran to its end, by the audit log; null if never.
Example: select public.maintenance_last_run(''refresh_views'');';

create function public.maintenance_tasks()
returns table (
  task text, purpose text, runs_every interval, statement text, is_logged boolean,
  last_run_at timestamptz)
language sql
stable
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.statement, true, public.maintenance_last_run(t.task)
  from (
    values
      (1, 'ensure_partitions', 'Make the monthly partitions of the months to come.',
        interval '1 day', 'select public.ensure_partitions()'),
      (2, 'expire_sessions', 'Mark and delete sign-ins that have ended.',
        interval '1 hour', 'select public.cleanup_expired_sessions()'),
      (3, 'clean_notifications', 'Delete notifications that nobody will read.',
        interval '6 hours', 'select public.cleanup_notifications()'),
      (4, 'clean_old_data', 'Delete messages and the like whose time has passed.',
        interval '1 day', 'select sum(c.rows_removed) from public.cleanup_old_data() as c'),
      (5, 'refresh_views', 'Bring leaderboards and statistics up to date.',
        interval '15 minutes', 'select public.refresh_all_materialized_views()'),
      (6, 'analyze', 'Gather the statistics of the partitioned tables.',
        interval '1 day', 'select public.analyze_partitioned_tables()')
  ) as t (ordinal, task, purpose, runs_every, statement)
  order by t.ordinal;
end;
comment on function public.maintenance_tasks() is
  'The maintenance tasks: what each is for, how often it is to run, and the statement that does it
and returns how much it did. is_logged: run_maintenance() notes the run in the audit log, and
last_run_at is read from there; a later migration that replaces this function to add a task may
have it keep its own record, such as the time of the newest seal.
Example: select task, purpose, runs_every, last_run_at from public.maintenance_tasks();';

create function public.maintenance_due()
returns table (
  task text, purpose text, runs_every interval, last_run_at timestamptz, due_since timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.last_run_at,
    coalesce(t.last_run_at + t.runs_every, '-infinity')
  from public.maintenance_tasks() with ordinality as t (
    task, purpose, runs_every, statement, is_logged, last_run_at, ordinal)
  where coalesce(t.last_run_at + t.runs_every <= now(), true)
  order by t.ordinal;
end;
comment on function public.maintenance_due() is
  'The maintenance tasks whose time has come, in the order in which to run them; due_since is
-infinity for one that never ran. Give each to run_maintenance() in a transaction of its own.
Example: select task, due_since from public.maintenance_due();';

create function public.run_maintenance(task text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  chosen record;
  started constant timestamptz := clock_timestamp();
  changed bigint;
begin
  select t.task, t.statement, t.is_logged
  into chosen
  from public.maintenance_tasks() as t
  where t.task = run_maintenance.task;
  if not found then
    raise exception 'there is no maintenance task %',
      coalesce(quote_literal(run_maintenance.task), 'null')
      using errcode = 'no_data_found',
        hint = 'The tasks are: ' || (
          select string_agg(t.task, ', ') from public.maintenance_tasks() as t);
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended('maintenance ' || chosen.task, 0)) then
    return null;
  end if;
  execute chosen.statement into changed;
  changed := coalesce(changed, 0);
  if chosen.is_logged then
    perform public.create_audit_log(
      null, 'maintenance.done', 'maintenance_task', chosen.task, null,
      jsonb_build_object(
        'changed', changed,
        'milliseconds',
        floor(extract(epoch from clock_timestamp() - started) * 1000)::bigint));
  end if;
  return changed;
end
$function$;
comment on function public.run_maintenance(text) is
  'Does one maintenance task now, due or not, and returns how much it did; null, and nothing is
done, while another session is at the same task. Run each in a transaction of its own.
Example: select public.run_maintenance(''expire_sessions'');';

create function public.scheduled_maintenance()
returns table (task text, outcome text, changed bigint, milliseconds bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  due text;
  started timestamptz;
begin
  for due in
    select d.task
    from public.maintenance_due() as d
  loop
    started := clock_timestamp();
    task := due;
    begin
      changed := public.run_maintenance(due);
      outcome := case when changed is null then 'busy elsewhere' else 'done' end;
    exception when others then
      -- One task that fails must not keep the others from running; it stays due.
      changed := null;
      outcome := 'failed: ' || sqlerrm;
      raise warning 'maintenance task % failed: %', due, sqlerrm;
    end;
    milliseconds := floor(extract(epoch from clock_timestamp() - started) * 1000);
    return next;
  end loop;
end
$function$;
comment on function public.scheduled_maintenance() is
  'Does every maintenance task that is due, one after the other in one transaction, a row for each;
one that fails is undone alone and said, and stays due. For psql and cron; a server rather takes
each of maintenance_due() to run_maintenance(), so that no transaction is long.
Example: select * from public.scheduled_maintenance();';

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.user_summary, public.game_room_summary, public.transaction_summary, public.active_games,
  public.user_achievements_progress, public.tournament_leaderboard, public.user_leaderboard,
  public.daily_statistics, public.game_performance
to higgs_app, higgs_readonly;

grant execute on function
  public.user_id_of(text), public.wallet_of(text, text), public.get_user_wallet(uuid, text),
  public.get_user_balance(uuid, text), public.get_wallet_history(bigint, uuid, integer),
  public.is_time_zone(text), public.blocked_between(uuid, uuid), public.friends_left(uuid),
  public.get_user_friends(uuid), public.calculate_win_rate(bigint, bigint),
  public.get_user_game_stats(uuid, text), public.get_user_recent_activity(uuid, integer),
  public.get_top_players(text, text, integer), public.get_user_rank(uuid, text, text),
  public.maintenance_last_run(text), public.maintenance_tasks(), public.maintenance_due()
to higgs_app, higgs_readonly;

grant execute on function
  public.player_time_zone(uuid),
  public.create_player(text, text, text, text, text, text, uuid),
  public.freeze_wallet(bigint, text, uuid), public.unfreeze_wallet(bigint, text, uuid),
  public.suspend_user(uuid, timestamptz, text, uuid), public.ban_user(uuid, text, uuid),
  public.restore_user(uuid, text, uuid), public.close_user(uuid, text, uuid),
  public.set_user_role(uuid, text, text, uuid),
  public.send_notification(uuid, text, text, text, jsonb, timestamptz),
  public.create_audit_log(uuid, text, text, text, text, jsonb, inet, text),
  public.request_friend(uuid, uuid), public.accept_friend(uuid, uuid),
  public.remove_friend(uuid, uuid), public.block_user(uuid, uuid),
  public.unblock_user(uuid, uuid), public.add_vip_points(uuid, bigint),
  public.record_achievement_progress(uuid, text, bigint), public.claim_daily_bonus(uuid),
  public.cleanup_expired_sessions(integer), public.cleanup_notifications(integer),
  public.cleanup_old_data(integer), public.refresh_all_materialized_views(boolean),
  public.analyze_partitioned_tables(), public.run_maintenance(text),
  public.scheduled_maintenance()
to higgs_app;

reset role;

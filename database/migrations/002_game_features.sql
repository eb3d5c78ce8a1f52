-- 002 Game features: rooms, seats, hands, moves, statistics; the ledger and its posting function;
-- bonuses, achievements, tournaments.

set role higgs_owner;

-- Guards and partitions --------------------------------------------------------------------------

create function public.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception '% on %: the table is append-only', tg_op, tg_table_name
    using errcode = 'insufficient_privilege',
      hint = 'History is never changed. To undo a payment post its reversal.';
end
$function$;
comment on function public.refuse_change() is
  'Trigger of the append-only tables: refuses UPDATE, DELETE and TRUNCATE, the owner''s included.
Example: create trigger guard before update on t for each row execute function refuse_change();';

create function public.month_start(month_of timestamptz)
returns timestamptz
language sql
stable
strict
parallel safe
return date_trunc('month', month_of at time zone 'UTC') at time zone 'UTC';
comment on function public.month_start(timestamptz) is
  'The first moment, in UTC, of the month that a time lies in: the bounds of partitions.
Example: select public.month_start(now());';

create function public.ensure_month_partition(parent regclass, month_of timestamptz)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $function$
declare
  attempts_max constant integer := 10;
  month timestamptz := public.month_start(month_of);
  -- A month is added to the UTC wall clock: the session's time zone would shift the bound.
  month_end timestamptz := ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  parent_name text;
  parent_schema text;
  leaf text;
  attempt integer := 0;
begin
  select c.relname, n.nspname into strict parent_name, parent_schema
  from pg_catalog.pg_class as c
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.oid = parent;
  leaf := parent_name || to_char(month at time zone 'UTC', '"_y"YYYY"m"MM');
  loop
    if to_regclass(format('%I.%I', parent_schema, leaf)) is not null then
      return false;
    end if;
    attempt := attempt + 1;
    begin
      -- Attaching takes a lock that lets posting go on; "create table … partition of" would queue
      -- behind an open poster and stop everyone after it.
      execute format('create table %I.%I (like %s including all)', parent_schema, leaf, parent);
      execute format('alter table %I.%I owner to higgs_owner', parent_schema, leaf);
      execute format('comment on table %I.%I is %L', parent_schema, leaf, format(
        'The rows of %s of %s (UTC).', parent_name, to_char(month at time zone 'UTC', 'YYYY-MM')));
      execute format(
        'alter table %s attach partition %I.%I for values from (%L) to (%L)',
        parent, parent_schema, leaf,
        public.id_lower_bound(month), public.id_lower_bound(month_end));
      if exists (
        select from pg_catalog.pg_trigger as g
        where g.tgrelid = parent and g.tgfoid = 'public.refuse_change()'::regprocedure
      ) then
        execute format(
          'create trigger refuse_truncate before truncate on %I.%I '
          'for each statement execute function public.refuse_change()', parent_schema, leaf);
        execute format(
          'alter table %I.%I enable always trigger refuse_truncate', parent_schema, leaf);
      end if;
      return true;
    exception
      when lock_not_available then
        if attempt >= attempts_max then
          raise exception 'partition % was not made: a lock was not to be had in % tries',
            leaf, attempts_max
            using errcode = 'lock_not_available',
              hint = 'Find the long transaction in pg_stat_activity, then run ensure_partitions().';
        end if;
        perform pg_sleep(0.1 * attempt);
      when duplicate_table then
        null;  -- another session made it; the next round sees it
    end;
  end loop;
end
$function$;
comment on function public.ensure_month_partition(regclass, timestamptz) is
  'Makes the partition of a month where it is missing and guards it like its parent; true when it
was made. Locks: SHARE UPDATE EXCLUSIVE on the parent, for at most a second a try.
Example: select public.ensure_month_partition(''transactions'', now() + interval ''5 months'');';

create function public.ensure_partitions(months_ahead integer default 4)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  months_ahead_max constant integer := 24;
  id_window_days constant integer := 35;
  parent regclass;
  month timestamptz;
  made integer := 0;
begin
  if months_ahead is null or months_ahead not between 1 and months_ahead_max then
    raise exception 'months_ahead is %, not between 1 and %', months_ahead, months_ahead_max
      using errcode = 'invalid_parameter_value';
  end if;
  for parent in
    select c.oid::regclass
    from pg_catalog.pg_class as c
    join pg_catalog.pg_partitioned_table as p on p.partrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and p.partstrat = 'r'
    order by c.relname
  loop
    for month in
      select s.month
      from generate_series(
        public.month_start(now() - make_interval(days => id_window_days)) at time zone 'UTC',
        (public.month_start(now()) at time zone 'UTC') + make_interval(months => months_ahead),
        interval '1 month') as t (wall)
      cross join lateral (select t.wall at time zone 'UTC' as month) as s
    loop
      made := made + public.ensure_month_partition(parent, month)::integer;
    end loop;
  end loop;
  return made;
end
$function$;
comment on function public.ensure_partitions(integer) is
  'Makes the missing monthly partitions of every partitioned table, from the oldest month that the
id window reaches to months_ahead from now; returns how many were made. Run daily.
Example: do $partitions$ begin perform public.ensure_partitions(); end $partitions$;';

-- Play -------------------------------------------------------------------------------------------

create table public.tournaments (
  id uuid not null default public.new_id(),
  name text not null,
  game_id text not null,
  format text not null,
  status text not null default 'announced',
  currency text not null,
  entry_fee bigint not null default 0,
  pool_wallet_id bigint not null,
  prize_shares integer[] not null,
  seats_min integer not null,
  seats_max integer not null,
  registration_opens_at timestamptz not null,
  starts_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint tournaments_pkey primary key (id),
  constraint tournaments_game_id_fkey foreign key (game_id) references public.games (id),
  constraint tournaments_pool_wallet_id_fkey
    foreign key (pool_wallet_id) references public.user_wallets (id),
  constraint tournaments_created_by_fkey foreign key (created_by) references public.users (id),
  constraint tournaments_name_length check (length(name) between 1 and 80),
  constraint tournaments_format_known check (format in ('knockout', 'rounds', 'ladder')),
  constraint tournaments_status_known check (
    status in ('announced', 'registering', 'running', 'finished', 'cancelled')),
  constraint tournaments_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint tournaments_entry_fee_range check (entry_fee between 0 and 1000000000000000),
  constraint tournaments_prize_shares_count check (cardinality(prize_shares) between 1 and 1000),
  constraint tournaments_prize_shares_positive check (0 < all (prize_shares)),
  constraint tournaments_seats_range check (seats_min between 2 and seats_max),
  constraint tournaments_times_in_order check (registration_opens_at < starts_at),
  constraint tournaments_finish_whole check ((status = 'finished') = (finished_at is not null))
);
comment on table public.tournaments is
  'A tournament from its announcement to its prizes.';
comment on column public.tournaments.id is 'Version-7 identifier.';
comment on column public.tournaments.name is 'Name shown to players.';
comment on column public.tournaments.game_id is 'Game that is played.';
comment on column public.tournaments.format is 'knockout, rounds or ladder.';
comment on column public.tournaments.status is
  'announced, registering, running, finished, cancelled.';
comment on column public.tournaments.currency is 'Currency of entry and prizes.';
comment on column public.tournaments.entry_fee is 'What a player pays to enter, into the pool.';
comment on column public.tournaments.pool_wallet_id is 'The pool that holds entries and prizes.';
comment on column public.tournaments.prize_shares is
  'Share of the pool by final place, in basis points.';
comment on column public.tournaments.seats_min is
  'Fewest participants; fewer at the start cancel it with refunds.';
comment on column public.tournaments.seats_max is 'Most participants.';
comment on column public.tournaments.registration_opens_at is 'When players may enter.';
comment on column public.tournaments.starts_at is 'When it starts.';
comment on column public.tournaments.started_at is 'When it did start.';
comment on column public.tournaments.finished_at is
  'Stored once when it ended; the prizes'' identifiers follow from it.';
comment on column public.tournaments.created_by is 'Member of staff who made it.';
comment on column public.tournaments.created_at is 'When it was made.';
create index tournaments_game_id_idx on public.tournaments (game_id);
create unique index tournaments_pool_wallet_id_key on public.tournaments (pool_wallet_id);
create index tournaments_created_by_idx on public.tournaments (created_by)
  where created_by is not null;
create index tournaments_upcoming_starts_at_idx on public.tournaments (starts_at)
  where status in ('announced', 'registering', 'running');

create table public.tournament_participants (
  tournament_id uuid not null,
  user_id uuid not null,
  entry_transaction_id uuid,
  status text not null default 'registered',
  score bigint not null default 0,
  place integer,
  prize bigint not null default 0,
  prize_transaction_id uuid,
  registered_at timestamptz not null default now(),
  constraint tournament_participants_pkey primary key (tournament_id, user_id),
  constraint tournament_participants_tournament_id_fkey
    foreign key (tournament_id) references public.tournaments (id),
  constraint tournament_participants_user_id_fkey
    foreign key (user_id) references public.users (id),
  constraint tournament_participants_status_known
    check (status in ('registered', 'playing', 'out', 'withdrawn', 'finished')),
  constraint tournament_participants_place_positive check (place > 0),
  constraint tournament_participants_prize_not_negative check (prize >= 0)
);
comment on table public.tournament_participants is
  'A player''s part in a tournament.';
comment on column public.tournament_participants.tournament_id is 'The tournament.';
comment on column public.tournament_participants.user_id is 'The player.';
comment on column public.tournament_participants.entry_transaction_id is
  'The payment of the entry; null where it was free.';
comment on column public.tournament_participants.status is
  'registered, playing, out, withdrawn, finished.';
comment on column public.tournament_participants.score is 'Points or chips that rank the player.';
comment on column public.tournament_participants.place is 'Final place, from 1; null until known.';
comment on column public.tournament_participants.prize is 'Prize that was paid.';
comment on column public.tournament_participants.prize_transaction_id is
  'The payment of the prize.';
comment on column public.tournament_participants.registered_at is 'When the player entered.';
create index tournament_participants_user_id_idx on public.tournament_participants (user_id);

create table public.game_rooms (
  id bigint generated always as identity,
  name text not null,
  game_id text not null,
  visibility text not null default 'public',
  join_code text,
  tournament_id uuid,
  currency text not null,
  base_bet bigint not null,
  buy_in_min bigint not null,
  buy_in_max bigint not null,
  seats smallint not null,
  rake_bps smallint not null default 0,
  rake_cap bigint not null default 0,
  options jsonb not null default '{}',
  status text not null default 'open',
  host_node bigint,
  fence bigint not null default 0,
  hands_started integer not null default 0,
  current_hand_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint game_rooms_pkey primary key (id),
  constraint game_rooms_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_rooms_tournament_id_fkey
    foreign key (tournament_id) references public.tournaments (id),
  constraint game_rooms_created_by_fkey foreign key (created_by) references public.users (id),
  constraint game_rooms_name_length check (length(name) between 1 and 60),
  constraint game_rooms_visibility_known
    check (visibility in ('public', 'private', 'tournament')),
  constraint game_rooms_join_code_format check (join_code ~ '^[A-Z0-9]{4,12}$'),
  constraint game_rooms_private_has_code check ((visibility = 'private') = (join_code is not null)),
  constraint game_rooms_tournament_has_id
    check ((visibility = 'tournament') = (tournament_id is not null)),
  constraint game_rooms_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_rooms_base_bet_range check (base_bet between 1 and 1000000000000),
  constraint game_rooms_buy_in_range
    check (buy_in_min >= 1 and buy_in_min <= buy_in_max and buy_in_max <= 1000000000000000),
  constraint game_rooms_seats_range check (seats between 2 and 8),
  constraint game_rooms_rake_bps_range check (rake_bps between 0 and 2000),
  constraint game_rooms_rake_cap_range check (rake_cap between 0 and 1000000000000000),
  constraint game_rooms_options_object check (jsonb_typeof(options) = 'object'),
  constraint game_rooms_status_known check (status in ('open', 'closing', 'closed')),
  constraint game_rooms_fence_not_negative check (fence >= 0),
  constraint game_rooms_hands_started_not_negative check (hands_started >= 0),
  constraint game_rooms_closed_whole check ((status = 'closed') = (closed_at is not null)),
  constraint game_rooms_closed_has_no_hand check (status <> 'closed' or current_hand_id is null)
)
with (fillfactor = 80);
comment on table public.game_rooms is
  'A table that players sit at, with its stakes and the node that hosts it.';
comment on column public.game_rooms.id is 'Number of the room; also the key of its advisory lock.';
comment on column public.game_rooms.name is 'Name shown in the lobby.';
comment on column public.game_rooms.game_id is 'Game that is played.';
comment on column public.game_rooms.visibility is
  'public, private (by its join code) or tournament.';
comment on column public.game_rooms.join_code is 'What a player types to find a private room.';
comment on column public.game_rooms.tournament_id is 'The tournament that the room belongs to.';
comment on column public.game_rooms.currency is 'Currency of the chips on the table.';
comment on column public.game_rooms.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.game_rooms.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.game_rooms.buy_in_max is 'Most chips to sit down with.';
comment on column public.game_rooms.seats is 'How many seats.';
comment on column public.game_rooms.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.game_rooms.rake_cap is 'Most rake of one hand.';
comment on column public.game_rooms.options is 'Rules that differ from the game''s defaults.';
comment on column public.game_rooms.status is 'open, closing (no new hands) or closed.';
comment on column public.game_rooms.host_node is 'Node that hosts the room; null while none does.';
comment on column public.game_rooms.fence is
  'Rises whenever the host changes; an old host''s writes carry an old fence.';
comment on column public.game_rooms.hands_started is 'Number of the last hand that was started.';
comment on column public.game_rooms.current_hand_id is 'The hand that runs; null between hands.';
comment on column public.game_rooms.created_by is 'Player who opened it; null for the house.';
comment on column public.game_rooms.created_at is 'When it was opened.';
comment on column public.game_rooms.closed_at is 'When it was closed.';
create index game_rooms_game_id_idx on public.game_rooms (game_id);
create index game_rooms_tournament_id_idx on public.game_rooms (tournament_id)
  where tournament_id is not null;
create index game_rooms_created_by_idx on public.game_rooms (created_by)
  where created_by is not null;
create unique index game_rooms_join_code_key on public.game_rooms (join_code)
  where join_code is not null and status <> 'closed';
create index game_rooms_lobby_idx on public.game_rooms (game_id, base_bet)
  where status = 'open' and visibility = 'public';
create index game_rooms_host_node_idx on public.game_rooms (host_node)
  where host_node is not null;

alter table public.user_wallets
  add constraint user_wallets_room_id_fkey foreign key (room_id) references public.game_rooms (id);

create table public.game_sessions (
  id uuid not null,
  room_id bigint not null,
  seat smallint not null,
  user_id uuid not null,
  seat_wallet_id bigint not null,
  bought_in bigint not null default 0,
  cashed_out bigint,
  leave_requested_at timestamptz,
  first_hand integer,
  last_hand integer,
  sat_down_at timestamptz not null default now(),
  stood_up_at timestamptz,
  constraint game_sessions_pkey primary key (id),
  constraint game_sessions_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint game_sessions_user_id_fkey foreign key (user_id) references public.users (id),
  constraint game_sessions_seat_wallet_id_fkey
    foreign key (seat_wallet_id) references public.user_wallets (id),
  constraint game_sessions_seat_range check (seat between 0 and 7),
  constraint game_sessions_bought_in_not_negative check (bought_in >= 0),
  constraint game_sessions_cashed_out_not_negative check (cashed_out >= 0),
  constraint game_sessions_end_whole check ((stood_up_at is null) = (cashed_out is null))
)
with (fillfactor = 85);
comment on table public.game_sessions is
  'A player''s stay in a seat, from the buy-in to the cash-out.';
comment on column public.game_sessions.id is
  'Version-7 identifier, chosen by the caller: sitting down twice with it is once.';
comment on column public.game_sessions.room_id is 'The room.';
comment on column public.game_sessions.seat is 'Seat number, from 0.';
comment on column public.game_sessions.user_id is 'The player.';
comment on column public.game_sessions.seat_wallet_id is
  'The wallet that holds the chips in front of the player.';
comment on column public.game_sessions.bought_in is 'Chips brought to the table, in all.';
comment on column public.game_sessions.cashed_out is
  'Chips taken away at the end; null while seated.';
comment on column public.game_sessions.leave_requested_at is
  'The player wants to stand up when the hand is over.';
comment on column public.game_sessions.first_hand is 'Number of the first hand played.';
comment on column public.game_sessions.last_hand is 'Number of the last hand played.';
comment on column public.game_sessions.sat_down_at is 'When the player sat down.';
comment on column public.game_sessions.stood_up_at is
  'When the player stood up; null while seated.';
create unique index game_sessions_seated_seat_key on public.game_sessions (room_id, seat)
  where stood_up_at is null;
create unique index game_sessions_seated_user_key on public.game_sessions (user_id, room_id)
  where stood_up_at is null;
create index game_sessions_room_id_idx on public.game_sessions (room_id);
create index game_sessions_user_id_idx on public.game_sessions (user_id, sat_down_at desc);
create index game_sessions_seat_wallet_id_idx on public.game_sessions (seat_wallet_id);

create table public.game_hands (
  id uuid not null,
  room_id bigint not null,
  number integer not null,
  game_id text not null,
  rules_version integer not null,
  options jsonb not null,
  currency text not null,
  base_bet bigint not null,
  rake_bps smallint not null,
  rake_cap bigint not null,
  opener_seat smallint,
  status text not null default 'playing',
  server_seed_commit bytea not null,
  server_seed_encrypted bytea,
  key_id bytea,
  server_seed bytea,
  started_at timestamptz not null,
  ended_at timestamptz,
  rake bigint not null default 0,
  result jsonb,
  void_reason text,
  constraint game_hands_pkey primary key (id),
  constraint game_hands_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint game_hands_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_hands_room_id_number_key unique (room_id, number),
  constraint game_hands_number_positive check (number > 0),
  constraint game_hands_rules_version_positive check (rules_version > 0),
  constraint game_hands_options_object check (jsonb_typeof(options) = 'object'),
  constraint game_hands_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_hands_base_bet_positive check (base_bet > 0),
  constraint game_hands_rake_bps_range check (rake_bps between 0 and 2000),
  constraint game_hands_rake_cap_not_negative check (rake_cap >= 0),
  constraint game_hands_opener_seat_range check (opener_seat between 0 and 7),
  constraint game_hands_status_known check (status in ('playing', 'settled', 'voided')),
  constraint game_hands_server_seed_commit_size check (octet_length(server_seed_commit) = 32),
  constraint game_hands_server_seed_encrypted_size
    check (octet_length(server_seed_encrypted) between 29 and 256),
  constraint game_hands_key_id_size check (octet_length(key_id) between 1 and 32),
  constraint game_hands_server_seed_size check (octet_length(server_seed) = 32),
  constraint game_hands_server_seed_matches_commit
    check (sha256(server_seed) = server_seed_commit),
  constraint game_hands_playing_is_sealed
    check (status <> 'playing' or (server_seed is null and server_seed_encrypted is not null)),
  constraint game_hands_started_at_is_id_time check (started_at = public.id_time(id)),
  constraint game_hands_end_whole check ((status = 'playing') = (ended_at is null)),
  constraint game_hands_result_whole check ((status = 'settled') = (result is not null)),
  constraint game_hands_void_whole check ((status = 'voided') = (void_reason is not null)),
  constraint game_hands_void_reason_length check (length(void_reason) between 1 and 200),
  constraint game_hands_rake_not_negative check (rake >= 0)
)
with (fillfactor = 85);
comment on table public.game_hands is
  'One hand (one deal) with all that was frozen at its start, and how it ended.';
comment on column public.game_hands.id is
  'Version-7 identifier; its time is the hand''s start, from which all derived identifiers
follow.';
comment on column public.game_hands.room_id is 'The room.';
comment on column public.game_hands.number is
  'Number at its table, from 1; also the nonce of the deal.';
comment on column public.game_hands.game_id is 'Game that is played.';
comment on column public.game_hands.rules_version is
  'Version of the rules that the hand is played by.';
comment on column public.game_hands.options is 'All options of the rules, frozen.';
comment on column public.game_hands.currency is 'Currency of the stakes.';
comment on column public.game_hands.base_bet is 'Stake, frozen.';
comment on column public.game_hands.rake_bps is 'Rake in basis points, frozen.';
comment on column public.game_hands.rake_cap is 'Most rake, frozen.';
comment on column public.game_hands.opener_seat is
  'Seat that opens or holds the button; null where the tiles decide.';
comment on column public.game_hands.status is 'playing, settled or voided.';
comment on column public.game_hands.server_seed_commit is
  'SHA-256 of the server seed, published before the deal.';
comment on column public.game_hands.server_seed_encrypted is
  'Server seed under AES-GCM; null once it is revealed.';
comment on column public.game_hands.key_id is 'Which key of the key ring encrypted the seed.';
comment on column public.game_hands.server_seed is 'The seed, once it may be known.';
comment on column public.game_hands.started_at is 'Start: the time in the identifier.';
comment on column public.game_hands.ended_at is 'When it was settled or voided.';
comment on column public.game_hands.rake is 'Rake that was taken.';
comment on column public.game_hands.result is
  'How it ended, in public terms: winner, reason, payments.';
comment on column public.game_hands.void_reason is 'Why it was voided.';
create index game_hands_game_id_idx on public.game_hands (game_id, id);
create unique index game_hands_playing_room_id_key on public.game_hands (room_id)
  where status = 'playing';

alter table public.game_rooms
  add constraint game_rooms_current_hand_id_fkey
  foreign key (current_hand_id) references public.game_hands (id);
create unique index game_rooms_current_hand_id_key on public.game_rooms (current_hand_id)
  where current_hand_id is not null;

create table public.game_moves (
  hand_id uuid not null,
  no integer not null,
  seat smallint not null,
  actor text not null,
  move bytea not null,
  ref text,
  time_bank_ms integer not null default 0,
  trustee boolean not null default false,
  made_at timestamptz not null default clock_timestamp(),
  constraint game_moves_pkey primary key (hand_id, no),
  constraint game_moves_no_range check (no between 1 and 2000),
  constraint game_moves_seat_range check (seat between 0 and 7),
  constraint game_moves_actor_known
    check (actor in ('player', 'bot', 'timeout', 'trustee', 'rules')),
  constraint game_moves_move_size check (octet_length(move) between 1 and 64),
  constraint game_moves_ref_length check (length(ref) between 1 and 64),
  constraint game_moves_time_bank_ms_not_negative check (time_bank_ms >= 0)
) partition by range (hand_id);
comment on table public.game_moves is
  'The journal: each decision of each hand, in order. Append-only; hidden tiles are never in it.';
comment on column public.game_moves.hand_id is
  'The hand. No foreign key, which would cost more than the move; verify_journal() looks for
orphans.';
comment on column public.game_moves.no is 'Number of the move in its hand, from 1, without gaps.';
comment on column public.game_moves.seat is 'Seat that moved.';
comment on column public.game_moves.actor is
  'Who decided: player, bot, timeout, trustee, or rules for a forced pass.';
comment on column public.game_moves.move is 'The decision, encoded by the rules (docs/formats.md).';
comment on column public.game_moves.ref is
  'The client''s reference, so that a resend gets the first answer.';
comment on column public.game_moves.time_bank_ms is
  'What is left of the seat''s time bank, in milliseconds.';
comment on column public.game_moves.trustee is 'Whether the seat is on auto-play after this move.';
comment on column public.game_moves.made_at is 'When it was written.';
create trigger refuse_change before update or delete on public.game_moves
  for each row execute function public.refuse_change();
alter table public.game_moves enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.game_moves
  for each statement execute function public.refuse_change();
alter table public.game_moves enable always trigger refuse_truncate;

create table public.game_statistics (
  user_id uuid not null,
  game_id text not null,
  currency text not null,
  hands_played bigint not null default 0,
  hands_won bigint not null default 0,
  chips_won bigint not null default 0,
  chips_lost bigint not null default 0,
  rake_paid bigint not null default 0,
  biggest_win bigint not null default 0,
  streak integer not null default 0,
  best_streak integer not null default 0,
  last_played_at timestamptz,
  constraint game_statistics_pkey primary key (user_id, game_id, currency),
  constraint game_statistics_user_id_fkey foreign key (user_id) references public.users (id),
  constraint game_statistics_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_statistics_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_statistics_counts_in_range check (hands_won between 0 and hands_played),
  constraint game_statistics_sums_not_negative
    check (chips_won >= 0 and chips_lost >= 0 and rake_paid >= 0 and biggest_win >= 0)
)
with (fillfactor = 80);
comment on table public.game_statistics is
  'Running totals of a player in a game and currency; kept at every settlement.';
comment on column public.game_statistics.user_id is 'The player.';
comment on column public.game_statistics.game_id is 'The game.';
comment on column public.game_statistics.currency is 'Currency of the chips.';
comment on column public.game_statistics.hands_played is 'Hands played to their end.';
comment on column public.game_statistics.hands_won is 'Hands with a net win.';
comment on column public.game_statistics.chips_won is 'Sum of the net wins.';
comment on column public.game_statistics.chips_lost is
  'Sum of the net losses, as a positive number.';
comment on column public.game_statistics.rake_paid is 'Rake taken from this player''s wins.';
comment on column public.game_statistics.biggest_win is 'Largest net win of one hand.';
comment on column public.game_statistics.streak is 'Hands won in a row; negative: lost in a row.';
comment on column public.game_statistics.best_streak is 'Longest row of wins.';
comment on column public.game_statistics.last_played_at is 'End of the last hand.';
create index game_statistics_game_id_idx on public.game_statistics (game_id, currency);

-- The ledger -------------------------------------------------------------------------------------

create table public.transactions (
  id uuid not null,
  kind text not null,
  debit_wallet_id bigint not null,
  credit_wallet_id bigint not null,
  currency text not null,
  amount bigint not null,
  debit_balance_after bigint,
  credit_balance_after bigint,
  group_id uuid,
  group_size integer,
  reverses uuid,
  reference_type text,
  reference_id text,
  actor_id uuid,
  metadata jsonb,
  posted_at timestamptz not null default now(),
  posted_xid bigint not null,
  constraint transactions_pkey primary key (id),
  constraint transactions_kind_known check (kind in (
    'grant', 'bonus', 'reward', 'purchase', 'gift', 'transfer', 'burn', 'adjustment',
    'buy_in', 'cash_out', 'settlement', 'rake', 'refund',
    'tournament_entry', 'tournament_prize', 'reversal')),
  constraint transactions_wallets_differ check (debit_wallet_id <> credit_wallet_id),
  constraint transactions_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint transactions_amount_range check (amount between 1 and 1000000000000000),
  constraint transactions_debit_balance_not_negative check (debit_balance_after >= 0),
  constraint transactions_credit_balance_not_negative check (credit_balance_after >= 0),
  constraint transactions_group_whole
    check ((group_id is null) = (group_size is null) and group_size between 1 and 1000),
  constraint transactions_reversal_names_original
    check ((kind = 'reversal') = (reverses is not null)),
  constraint transactions_reference_type_length check (length(reference_type) between 1 and 32),
  constraint transactions_reference_id_length check (length(reference_id) between 1 and 64),
  constraint transactions_reference_whole
    check ((reference_type is null) = (reference_id is null)),
  constraint transactions_metadata_object
    check (jsonb_typeof(metadata) = 'object' and length(metadata::text) <= 2000),
  constraint transactions_posted_xid_positive check (posted_xid > 0)
) partition by range (id);
comment on table public.transactions is
  'The ledger: each row moves an amount from one wallet to another. Append-only.';
comment on column public.transactions.id is
  'Version-7 identifier, chosen by the caller: the key of exactly-once.';
comment on column public.transactions.kind is
  'What the payment is for; the list is in transactions_kind_known.';
comment on column public.transactions.debit_wallet_id is
  'Wallet that gives. No foreign key (measured: docs/decisions/ledger-variants.md); posting and
verify_ledger() check it.';
comment on column public.transactions.credit_wallet_id is 'Wallet that receives.';
comment on column public.transactions.currency is
  'COINS, GEMS or TOKENS; the currency of both wallets.';
comment on column public.transactions.amount is 'Whole units, above zero.';
comment on column public.transactions.debit_balance_after is
  'Balance of the giver after this row; null for a system wallet.';
comment on column public.transactions.credit_balance_after is
  'Balance of the receiver after this row; null for a system wallet.';
comment on column public.transactions.group_id is
  'Identifier of the first row of a group that was posted whole or not at all.';
comment on column public.transactions.group_size is 'How many rows the group has.';
comment on column public.transactions.reverses is
  'The transaction that this one undoes, wholly or in part.';
comment on column public.transactions.reference_type is
  'What it belongs to: hand, session, tournament, order and so on.';
comment on column public.transactions.reference_id is 'Identifier of that.';
comment on column public.transactions.actor_id is 'Who caused it; null for the house.';
comment on column public.transactions.metadata is
  'Anything more that the caller wants kept; never personal data.';
comment on column public.transactions.posted_at is 'When it was posted.';
comment on column public.transactions.posted_xid is
  'Ledger position of the posting transaction; seals and rollups go by it.';
create index transactions_debit_wallet_id_idx on public.transactions (debit_wallet_id, id);
create index transactions_credit_wallet_id_idx on public.transactions (credit_wallet_id, id);
create index transactions_posted_xid_idx on public.transactions (posted_xid);
create index transactions_reverses_idx on public.transactions (reverses)
  where reverses is not null;
create trigger refuse_change before update or delete on public.transactions
  for each row execute function public.refuse_change();
alter table public.transactions enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.transactions
  for each statement execute function public.refuse_change();
alter table public.transactions enable always trigger refuse_truncate;

create function public.ledger_xid()
returns bigint
language sql
volatile
return pg_current_xact_id()::text::bigint;
comment on function public.ledger_xid() is
  'Position in the ledger of the running transaction: it rises with every transaction and never
falls, also across dump and restore.
Example: select public.ledger_xid();';

create function public.rule_of(relation regclass, constraint_name text)
returns text
language sql
stable
strict
return (
  select pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint as k
  where k.conrelid = relation and k.conname = constraint_name);
comment on function public.rule_of(regclass, text) is
  'What a named constraint of a table demands, for the hints of errors; null: no such constraint.
Example: select public.rule_of(''transactions'', ''transactions_amount_range'');';

create function public.buy_in_allowed(player_id uuid, buy_in_currency text, buy_in bigint)
returns boolean
language sql
stable
return true;
comment on function public.buy_in_allowed(uuid, text, bigint) is
  'Whether a player''s own limits allow a buy-in of that many chips now. The caller holds the lock
of the player''s wallet.
Example: select public.buy_in_allowed(id, ''COINS'', 5000) from users where username = ''ayu'';';

-- Bonuses and achievements -----------------------------------------------------------------------

create table public.daily_bonuses (
  user_id uuid not null,
  claimed_on date not null,
  claimed_at timestamptz not null default now(),
  streak integer not null,
  currency text not null,
  amount bigint not null,
  transaction_id uuid not null,
  constraint daily_bonuses_pkey primary key (user_id, claimed_on),
  constraint daily_bonuses_user_id_fkey foreign key (user_id) references public.users (id),
  constraint daily_bonuses_streak_positive check (streak > 0),
  constraint daily_bonuses_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint daily_bonuses_amount_positive check (amount > 0)
);
comment on table public.daily_bonuses is
  'Daily bonuses that were claimed.';
comment on column public.daily_bonuses.user_id is 'The player.';
comment on column public.daily_bonuses.claimed_on is
  'The player''s own day, by the time zone of the profile.';
comment on column public.daily_bonuses.claimed_at is
  'When; two claims are at least 20 hours apart.';
comment on column public.daily_bonuses.streak is 'Days claimed in a row, this one included.';
comment on column public.daily_bonuses.currency is 'Currency of the bonus.';
comment on column public.daily_bonuses.amount is 'What was paid.';
comment on column public.daily_bonuses.transaction_id is 'The payment.';

create table public.achievements (
  id text not null,
  name text not null,
  description text not null,
  goal bigint not null,
  reward_currency text,
  reward_amount bigint not null default 0,
  vip_points bigint not null default 0,
  is_hidden boolean not null default false,
  constraint achievements_pkey primary key (id),
  constraint achievements_id_format check (id ~ '^[a-z][a-z0-9_]{0,47}$'),
  constraint achievements_name_length check (length(name) between 1 and 60),
  constraint achievements_description_length check (length(description) between 1 and 200),
  constraint achievements_goal_positive check (goal > 0),
  constraint achievements_reward_currency_known
    check (reward_currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint achievements_reward_whole
    check ((reward_currency is null) = (reward_amount = 0) and reward_amount >= 0),
  constraint achievements_vip_points_not_negative check (vip_points >= 0)
);
comment on table public.achievements is
  'What there is to achieve. Reference data.';
comment on column public.achievements.id is 'Short name.';
comment on column public.achievements.name is 'Name shown to players.';
comment on column public.achievements.description is 'What has to be done.';
comment on column public.achievements.goal is 'How much of it.';
comment on column public.achievements.reward_currency is
  'Currency of the reward; null without one.';
comment on column public.achievements.reward_amount is 'Reward in whole units.';
comment on column public.achievements.vip_points is 'VIP points that it brings.';
comment on column public.achievements.is_hidden is 'Shown only once it is reached.';

create table public.user_achievements (
  user_id uuid not null,
  achievement_id text not null,
  progress bigint not null default 0,
  unlocked_at timestamptz,
  reward_transaction_id uuid,
  updated_at timestamptz not null default now(),
  constraint user_achievements_pkey primary key (user_id, achievement_id),
  constraint user_achievements_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_achievements_achievement_id_fkey
    foreign key (achievement_id) references public.achievements (id),
  constraint user_achievements_progress_not_negative check (progress >= 0)
);
comment on table public.user_achievements is
  'How far each player has come with each achievement.';
comment on column public.user_achievements.user_id is 'The player.';
comment on column public.user_achievements.achievement_id is 'The achievement.';
comment on column public.user_achievements.progress is 'How much is done, up to the goal.';
comment on column public.user_achievements.unlocked_at is 'When the goal was reached.';
comment on column public.user_achievements.reward_transaction_id is 'The payment of the reward.';
comment on column public.user_achievements.updated_at is 'When the row last changed.';
create index user_achievements_achievement_id_idx on public.user_achievements (achievement_id);

insert into public.achievements
  (id, name, description, goal, reward_currency, reward_amount, vip_points)
values
  ('first_hand', 'First hand', 'Play a hand to its end.', 1, 'COINS', 1000, 10),
  ('first_win', 'First win', 'Win a hand.', 1, 'COINS', 2000, 20),
  ('hundred_hands', 'Regular', 'Play a hundred hands.', 100, 'COINS', 10000, 100),
  ('thousand_hands', 'Veteran', 'Play a thousand hands.', 1000, 'GEMS', 20, 1000),
  ('ten_streak', 'On fire', 'Win ten hands in a row.', 10, 'GEMS', 10, 500),
  ('week_of_bonuses', 'A whole week', 'Claim the daily bonus seven days in a row.', 7,
    'COINS', 15000, 70),
  ('ten_friends', 'Good company', 'Make ten friends.', 10, 'COINS', 5000, 50),
  ('tournament_winner', 'Champion', 'Win a tournament.', 1, 'GEMS', 50, 1000);

create function public.posting_rules()
returns table (kind text, giver text, receiver text, writer text)
language sql
immutable
parallel safe
begin atomic
  with rule (kind, giver, receiver, writer) as (
    values
      ('grant', 'issue', 'player', 'caller'),
      ('grant', 'issue', 'pool', 'caller'),
      ('bonus', 'issue', 'player', 'caller'),
      ('bonus', 'pool', 'player', 'caller'),
      ('reward', 'issue', 'player', 'caller'),
      ('reward', 'pool', 'player', 'caller'),
      ('purchase', 'issue', 'player', 'caller'),
      ('gift', 'player', 'player', 'caller'),
      ('gift', 'player', 'pool', 'caller'),
      ('gift', 'pool', 'player', 'caller'),
      ('transfer', 'player', 'player', 'caller'),
      ('transfer', 'player', 'pool', 'caller'),
      ('transfer', 'pool', 'pool', 'caller'),
      ('burn', 'player', 'burn', 'caller'),
      ('burn', 'pool', 'burn', 'caller'),
      ('adjustment', 'issue', 'player', 'caller'),
      ('adjustment', 'issue', 'pool', 'caller'),
      ('adjustment', 'player', 'issue', 'caller'),
      ('adjustment', 'pool', 'issue', 'caller'),
      ('rake', 'pool', 'rake', 'caller'),
      ('refund', 'pool', 'player', 'caller'),
      ('tournament_entry', 'player', 'pool', 'caller'),
      ('tournament_prize', 'pool', 'player', 'caller'),
      -- The chips on a table: only the functions of tables move them.
      ('buy_in', 'player', 'seat', 'table'),
      ('cash_out', 'seat', 'player', 'table'),
      ('settlement', 'seat', 'seat', 'table'),
      ('rake', 'seat', 'rake', 'table'),
      ('refund', 'seat', 'player', 'table'),
      ('adjustment', 'seat', 'issue', 'table')
  )
  select r.kind, r.giver, r.receiver, r.writer
  from rule as r
  union
  select 'reversal' as kind, m.receiver as giver, m.giver as receiver, m.writer
  from rule as m
  where m.writer = 'caller';
end;
comment on function public.posting_rules() is
  'Which kind of payment may go from which kind of wallet to which: player, seat and pool by their
kind, system wallets by their code (issue, rake, burn). writer is caller for what post_transactions
takes, table for what the functions of tables alone write: nobody else touches a seat. A reversal
goes the other way round, so that nothing else comes out of rake or burn.
Example: select kind, giver, receiver, writer from posting_rules() order by kind, giver;';

create function public.posting_kinds()
returns text[]
language sql
immutable
parallel safe
begin atomic
  select array_agg(distinct r.kind order by r.kind) from public.posting_rules() as r;
end;
comment on function public.posting_kinds() is
  'Every kind of payment that there is. Internal.';

create function public.posting_place(place text, currency text)
returns integer
language sql
immutable
parallel safe
return
  case currency when 'COINS' then 8 when 'GEMS' then 16 when 'TOKENS' then 24 end
  + case place
    when 'player' then 0 when 'seat' then 1 when 'pool' then 2 when 'issue' then 3
    when 'rake' then 4 when 'burn' then 5
  end;
comment on function public.posting_place(text, text) is
  'A place of posting_rules() (the lowest three bits) in a currency (the others) as a number, since
an array of numbers is read at once where one of texts is read from its start. Null for what no rule
has. Internal.';

create function public.posting_masks(from_within boolean)
returns bigint[]
language sql
immutable
parallel safe
begin atomic
  select array_agg(m.mask order by m.ordinal)
  from (
    select
      k.ordinal,
      coalesce(bit_or(1::bigint << (8 * public.posting_place(r.giver, 'COINS') % 64
        + public.posting_place(r.receiver, 'COINS') % 8)), 0) as mask
    from unnest(public.posting_kinds()) with ordinality as k (kind, ordinal)
    left join public.posting_rules() as r
      on r.kind = k.kind and (r.writer = 'caller' or from_within)
    group by k.ordinal
  ) as m;
end;
comment on function public.posting_masks(boolean) is
  'posting_rules() for each of posting_kinds() as bits: bit 8 × giver + receiver is set where the
kind may go so; without what tables alone write unless from_within. With a constant argument it
becomes a constant of the plan: sessions see a changed rule when they connect again. Internal.';

create function public.posting_allowed(
  masks bigint[], kind text, currency text, giver integer, receiver integer)
returns boolean
language sql
immutable
parallel safe
return coalesce(
  masks[array_position(public.posting_kinds(), kind)]
    >> (8 * (giver & 7) + (receiver & 7)) & 1 = 1
  and giver >> 3 = receiver >> 3
  and giver >> 3 = case currency when 'COINS' then 1 when 'GEMS' then 2 when 'TOKENS' then 3 end,
  false);
comment on function public.posting_allowed(bigint[], text, text, integer, integer) is
  'Whether a kind of payment in a currency may go between two places, as posting_place() and
posting_masks() have them. Internal.';

create function public.posting_problem(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[]
)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
declare
  items_max constant integer := 1000;
  items integer := cardinality(ids);
  dimensions text := case when items > 0 then format('[1:%s]', items) end;
  array_name text;
  lengths integer[] := array[
    cardinality(kinds), cardinality(debit_wallet_ids), cardinality(credit_wallet_ids),
    cardinality(currencies), cardinality(amounts)];
  optional_lengths integer[] := array[
    cardinality(group_ids), cardinality(group_sizes), cardinality(reverses),
    cardinality(reference_types), cardinality(reference_ids), cardinality(actor_ids),
    cardinality(metadata)];
begin
  if items is null then
    return 'ids is null; give an array of version-7 identifiers';
  end if;
  if items > items_max then
    return format('%s items in one call, more than %s; split the batch', items, items_max);
  end if;
  if lengths <> array_fill(items, array[5]) or array_position(lengths, null) is not null then
    return format(
      'ids has %s items but kinds %s, debit_wallet_ids %s, credit_wallet_ids %s, currencies %s, '
      'amounts %s; all must be equally long', items,
      coalesce(lengths[1]::text, 'null'), coalesce(lengths[2]::text, 'null'),
      coalesce(lengths[3]::text, 'null'), coalesce(lengths[4]::text, 'null'),
      coalesce(lengths[5]::text, 'null'));
  end if;
  if array_remove(array_remove(optional_lengths, null), items) <> '{}' then
    return format('an optional array is neither null nor %s items long', items);
  end if;
  -- Items are also found by their subscript, so every array counts from 1. Empty and missing ones
  -- have no dimensions, which is a null here.
  if (array_dims(ids), array_dims(kinds), array_dims(debit_wallet_ids),
      array_dims(credit_wallet_ids), array_dims(currencies), array_dims(amounts))
    is distinct from (dimensions, dimensions, dimensions, dimensions, dimensions, dimensions)
    or array_dims(group_ids) <> dimensions or array_dims(group_sizes) <> dimensions
    or array_dims(reverses) <> dimensions or array_dims(reference_types) <> dimensions
    or array_dims(reference_ids) <> dimensions or array_dims(actor_ids) <> dimensions
    or array_dims(metadata) <> dimensions then
    return 'arrays must have one dimension that starts at 1';
  end if;
  array_name := case
    when array_position(ids, null) is not null then 'ids'
    when array_position(kinds, null) is not null then 'kinds'
    when array_position(debit_wallet_ids, null) is not null then 'debit_wallet_ids'
    when array_position(credit_wallet_ids, null) is not null then 'credit_wallet_ids'
    when array_position(currencies, null) is not null then 'currencies'
    when array_position(amounts, null) is not null then 'amounts'
  end;
  if array_name is not null then
    return format('%s holds a null; every item needs a value there', array_name);
  end if;
  return null;
end
$function$;
comment on function public.posting_problem(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[]) is
  'What is wrong with the shape of a batch for post_transactions, or null. Internal.';

create function public.write_postings(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[],
  outcomes text[],
  debit_afters bigint[],
  credit_afters bigint[],
  wallet_ids bigint[],
  wallet_balances bigint[],
  xid bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallets_wanted integer := cardinality(array_remove(wallet_balances, null));
  wallets_written integer;
begin
  insert into public.transactions (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
    credit_balance_after, group_id, group_size, reverses, reference_type, reference_id, actor_id,
    metadata, posted_xid)
  select
    i.id, i.kind, i.debit_wallet_id, i.credit_wallet_id, i.currency, i.amount, i.debit_after,
    i.credit_after, i.group_id, i.group_size, i.reverses, i.reference_type, i.reference_id,
    i.actor_id, i.metadata, xid
  from unnest(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata, debit_afters, credit_afters,
    outcomes
  ) as i (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, group_id, group_size,
    reverses, reference_type, reference_id, actor_id, metadata, debit_after, credit_after,
    outcome)
  where outcomes is null or i.outcome = 'ok'
  order by i.id;

  update public.user_wallets as w
  set balance = n.balance
  from unnest(wallet_ids, wallet_balances) as n (id, balance)
  where w.id = n.id and n.balance is not null;
  get diagnostics wallets_written = row_count;
  if wallets_written <> wallets_wanted then
    raise exception 'post_transactions wrote % wallets of %', wallets_written, wallets_wanted
      using errcode = 'data_corrupted', hint = 'Nothing was posted. Run verify_ledger().';
  end if;
end
$function$;
comment on function public.write_postings(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[], text[], bigint[], bigint[], bigint[], bigint[], bigint) is
  'Writes decided postings in the order of their ids, and the balances that they lead to. The
caller holds the locks of the wallets. Internal.';

create function public.post_exactly(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[],
  wallet_ids bigint[],
  wallet_balances bigint[],
  oldest uuid,
  newest uuid,
  xid bigint,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  attempts_max constant integer := 20;
  balance_max constant bigint := 9007199254740991;
  items constant integer := cardinality(ids);

  -- The items in the order in which they are decided: a group stands where its first item stands.
  ordinals integer[];
  groups uuid[];
  group_states text[];
  debits integer[];
  credits integer[];
  settled text[];  -- 'exists' and its like where a stored row already answers; else null
  unfit text[];    -- reason to refuse that does not depend on the other items; else null
  earlier integer[];

  balances bigint[];

  step integer;
  back integer;
  at integer;
  other integer;
  decision text;
  current_group uuid;
  group_start integer;
  group_is_lost boolean;
  original record;
  undone numeric;
  violated text;
begin
  for attempt in 1 .. attempts_max loop
    select
      array_agg(d.ordinal order by d.position), array_agg(d.group_id order by d.position),
      array_agg(d.group_state order by d.position), array_agg(d.debit order by d.position),
      array_agg(d.credit order by d.position), array_agg(d.settled order by d.position),
      array_agg(d.unfit order by d.position),
      array_agg(case when d.settled = 'exists' then d.debit_after end order by d.ordinal),
      array_agg(case when d.settled = 'exists' then d.credit_after end order by d.ordinal)
    into ordinals, groups, group_states, debits, credits, settled, unfit,
      debit_afters, credit_afters
    from (
      select
        c.ordinal, c.group_id, c.debit, c.credit, c.settled, c.unfit, c.debit_after, c.credit_after,
        row_number() over (order by c.first_ordinal, c.ordinal) as position,
        case
          when c.group_id is null or c.group_size is null then null
          when bool_or(c.settled = 'exists_with_different_content') over grouped
            then 'group_failed'
          when bool_or(c.settled = 'exists') over grouped
            or min(c.group_size) over grouped <> max(c.group_size) over grouped
            or count(*) filter (where c.is_first_use) over grouped <> c.group_size
            or not bool_or(c.id = c.group_id) over grouped
            then 'group_mismatch'
        end as group_state
      from (
        select
          i.ordinal::integer as ordinal, i.id, i.group_id, i.group_size,
          min(i.ordinal) over (
            partition by i.group_id, case when i.group_id is null then i.ordinal end
          ) as first_ordinal,
          row_number() over (partition by i.group_id, i.id order by i.ordinal) = 1
            as is_first_use,
          p.debit, p.credit,
          t.debit_balance_after as debit_after,
          t.credit_balance_after as credit_after,
          case
            when t.id is null then null
            when (t.kind, t.debit_wallet_id, t.credit_wallet_id, t.currency, t.amount, t.group_id,
                t.group_size, t.reverses, t.reference_type, t.reference_id)
              is not distinct from
              (i.kind, i.debit_wallet_id, i.credit_wallet_id, i.currency, i.amount, i.group_id,
                i.group_size, i.reverses, i.reference_type, i.reference_id)
              then 'exists'
            else 'exists_with_different_content'
          end as settled,
          case
            -- What the table could never hold: its constraints, and whose identifier it is.
            when not (from_within or public.is_version_7(i.id))
              or i.kind <> all (public.posting_kinds())
              or i.debit_wallet_id = i.credit_wallet_id
              or (i.kind = 'reversal') <> (i.reverses is not null)
              or (i.group_id is null) <> (i.group_size is null)
              or (i.reference_type is null) <> (i.reference_id is null)
              or length(i.reference_type) not between 1 and 32
              or length(i.reference_id) not between 1 and 64
              or jsonb_typeof(i.metadata) <> 'object'
              or length(i.metadata::text) > 2000
              then 'invalid'
            when i.id < oldest or i.id >= newest then 'id_out_of_window'
            when i.amount not between 1 and 1000000000000000 then 'amount_out_of_range'
            when p.debit is null or p.credit is null then 'wallet_not_found'
            when dw.currency <> i.currency or cw.currency <> i.currency then 'currency_mismatch'
            when not public.posting_allowed(
                case when from_within then public.posting_masks(true)
                  else public.posting_masks(false) end,
                i.kind, i.currency, r.giver, r.receiver) then 'kind_not_allowed'
            -- What a hand or a stay at a table owes is paid, frozen or not; so is who gets back
            -- what they paid into a pool, but not out of a pool that is frozen itself.
            when (dw.frozen_at is not null or cw.frozen_at is not null)
              and (i.kind not in ('settlement', 'rake', 'refund', 'cash_out')
                or dw.frozen_at is not null and dw.kind = 'pool') then 'wallet_frozen'
          end as unfit
        from unnest(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, metadata
        ) with ordinality as i (
          id, kind, debit_wallet_id, credit_wallet_id, currency, amount, group_id, group_size,
          reverses, reference_type, reference_id, metadata, ordinal)
        cross join lateral (
          select
            array_position(wallet_ids, i.debit_wallet_id) as debit,
            array_position(wallet_ids, i.credit_wallet_id) as credit
        ) as p
        left join public.transactions as t on t.id = i.id
        left join public.user_wallets as dw on dw.id = i.debit_wallet_id
        left join public.user_wallets as cw on cw.id = i.credit_wallet_id
        cross join lateral (
          select
            public.posting_place(coalesce(nullif(dw.kind, 'system'), dw.code), dw.currency)
              as giver,
            public.posting_place(coalesce(nullif(cw.kind, 'system'), cw.code), cw.currency)
              as receiver
        ) as r
      ) as c
      window grouped as (partition by c.group_id)
    ) as d;

    -- The place of an identifier's previous use within this batch.
    select array_agg(e.previous order by e.place)
    into earlier
    from (
      select
        u.place,
        lag(u.place::integer) over (partition by ids[u.ordinal] order by u.place) as previous
      from unnest(ordinals) with ordinality as u (ordinal, place)
    ) as e;

    balances := wallet_balances;
    outcomes := array_fill(null::text, array[items]);
    current_group := null;
    group_is_lost := false;

    for step in 1 .. items loop
      at := ordinals[step];
      if groups[step] is distinct from current_group then
        current_group := groups[step];
        group_start := step;
        group_is_lost := false;
      end if;

      -- Stored already, or used earlier in this batch by an item that was not refused.
      decision := settled[step];
      if decision is null then
        back := earlier[step];
        while back is not null loop
          other := ordinals[back];
          if outcomes[other] in ('ok', 'exists') then
            decision := case
              when (kinds[other], debit_wallet_ids[other], credit_wallet_ids[other],
                  currencies[other], amounts[other], group_ids[other], group_sizes[other],
                  post_exactly.reverses[other], reference_types[other], reference_ids[other])
                is not distinct from
                (kinds[at], debit_wallet_ids[at], credit_wallet_ids[at],
                  currencies[at], amounts[at], group_ids[at], group_sizes[at],
                  post_exactly.reverses[at], reference_types[at], reference_ids[at])
                then 'exists'
              else 'exists_with_different_content'
            end;
            debit_afters[at] := debit_afters[other];
            credit_afters[at] := credit_afters[other];
            exit;
          end if;
          back := earlier[back];
        end loop;
      end if;

      if decision is null then
        if group_states[step] is not null then
          decision := group_states[step];
        elsif group_is_lost then
          decision := 'group_failed';
        else
          decision := unfit[step];
        end if;
      end if;
      if decision is null and post_exactly.reverses[at] is not null then
        -- The originals are locked; this statement sees what was reversed before the lock was had.
        select o.debit_wallet_id, o.credit_wallet_id, o.currency, o.amount, o.reverses
        into original
        from (
          select t.debit_wallet_id, t.credit_wallet_id, t.currency, t.amount, t.reverses
          from public.transactions as t
          where t.id = post_exactly.reverses[at]
          union all
          select debit_wallet_ids[n.n], credit_wallet_ids[n.n], currencies[n.n], amounts[n.n],
            post_exactly.reverses[n.n]
          from generate_series(1, items) as n (n)
          where ids[n.n] = post_exactly.reverses[at] and outcomes[n.n] = 'ok'
        ) as o
        limit 1;
        if not found then
          decision := 'reversal_not_found';
        elsif original.reverses is not null or original.currency <> currencies[at]
          or original.debit_wallet_id <> credit_wallet_ids[at]
          or original.credit_wallet_id <> debit_wallet_ids[at] then
          decision := 'reversal_mismatch';
        else
          select coalesce(sum(r.amount), 0)
          into undone
          from (
            select t.amount
            from public.transactions as t
            where t.reverses = post_exactly.reverses[at]
            union all
            select amounts[n.n]
            from generate_series(1, items) as n (n)
            where post_exactly.reverses[n.n] = post_exactly.reverses[at] and outcomes[n.n] = 'ok'
          ) as r;
          if undone + amounts[at] > original.amount then
            decision := 'reversal_exceeds_original';
          end if;
        end if;
      end if;
      if decision is null and balances[debits[step]] < amounts[at] then
        decision := 'insufficient_funds';
      end if;
      if decision is null and balances[credits[step]] > balance_max - amounts[at] then
        decision := 'amount_out_of_range';
      end if;
      if decision is null and kinds[at] = 'buy_in' then
        if not public.buy_in_allowed(
          (select w.user_id from public.user_wallets as w where w.id = debit_wallet_ids[at]),
          currencies[at],
          amounts[at] + (
            select coalesce(sum(amounts[n.n]), 0)::bigint
            from generate_series(1, items) as n (n)
            where outcomes[n.n] = 'ok' and kinds[n.n] = 'buy_in'
              and debit_wallet_ids[n.n] = debit_wallet_ids[at])) then
          decision := 'limit_exceeded';
        end if;
      end if;

      if decision is null then
        -- A system wallet has no balance: null stays null.
        balances[debits[step]] := balances[debits[step]] - amounts[at];
        balances[credits[step]] := balances[credits[step]] + amounts[at];
        debit_afters[at] := balances[debits[step]];
        credit_afters[at] := balances[credits[step]];
        decision := 'ok';
      elsif current_group is not null and not group_is_lost
        and decision not in ('exists', 'group_mismatch') then
        -- The first refusal of a group undoes what came before it in the group.
        group_is_lost := true;
        for back in group_start .. step - 1 loop
          other := ordinals[back];
          if outcomes[other] = 'ok' then
            balances[debits[back]] := balances[debits[back]] + amounts[other];
            balances[credits[back]] := balances[credits[back]] - amounts[other];
          end if;
          if outcomes[other] in ('ok', 'exists') and settled[back] is null then
            outcomes[other] := 'group_failed';
            debit_afters[other] := null;
            credit_afters[other] := null;
          end if;
        end loop;
      end if;
      outcomes[at] := decision;
    end loop;

    begin
      -- A batch that was all posted before, or all refused, writes nothing.
      if 'ok' = any (outcomes) then
        perform public.write_postings(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
          outcomes, debit_afters, credit_afters, wallet_ids, balances, xid);
      end if;
      return;
    exception
      when unique_violation then
        -- Another connection has posted one of these ids since the look-up; now it can be seen.
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        get stacked diagnostics violated = constraint_name;
        raise exception 'post_transactions: %', sqlerrm
          using errcode = 'check_violation', constraint = violated,
            hint = coalesce(
              'Nothing was posted. Every item must keep: '
              || public.rule_of('public.transactions', violated),
              'Nothing was posted. As the owner run: select ensure_partitions();');
    end;
  end loop;
  raise exception 'post_transactions: others kept posting the same ids in % attempts', attempts_max
    using errcode = 'serialization_failure', hint = 'Send the same batch again.';
end
$function$;
comment on function public.post_exactly(
  boolean, uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
  text[], uuid[], jsonb[], bigint[], bigint[], uuid, uuid, bigint) is
  'The exact way of post_transactions, item by item: for batches in which not everything is new and
in order. The caller holds the locks of the wallets and of the originals of reversals. Internal.';

create function public.post_batch(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  id_window_past constant interval := interval '35 days';
  id_window_ahead constant interval := interval '5 minutes';
  balance_max constant bigint := 9007199254740991;
  problem text := public.posting_problem(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata);
  oldest uuid := public.id_lower_bound(now() - id_window_past);
  newest uuid := public.id_lower_bound(now() + id_window_ahead);
  xid bigint;
  wallet_ids bigint[];
  wallet_balances bigint[];
  wallet_places integer[];
  wallet_frozen boolean;
  balances bigint[];
  debits integer[];
  credits integer[];
  balance bigint;
  is_plain boolean;
  violated text;
begin
  if problem is not null then
    raise exception 'post_transactions: %', problem
      using errcode = 'invalid_parameter_value';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'post_transactions needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if ids = '{}' then
    outcomes := '{}';
    return;
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  xid := public.ledger_xid();

  -- Locks, in a statement of its own and in the order of the ids: wallets, then the originals of
  -- reversals. System wallets are never locked, since every payment of the house uses them.
  select
    array_agg(w.id), array_agg(w.balance),
    array_agg(public.posting_place(w.place, w.currency)), bool_or(w.is_frozen)
  into wallet_ids, wallet_balances, wallet_places, wallet_frozen
  from (
    select l.id, l.balance, l.currency, l.kind as place, l.frozen_at is not null as is_frozen
    from (
      select u.id, u.balance, u.currency, u.kind, u.frozen_at
      from public.user_wallets as u
      where u.id = any (debit_wallet_ids || credit_wallet_ids) and u.kind <> 'system'
      order by u.id
      for no key update
    ) as l
    union all
    select s.id, null, s.currency, s.code, false
    from public.user_wallets as s
    where s.id = any (debit_wallet_ids || credit_wallet_ids) and s.kind = 'system'
  ) as w;
  if reverses is not null then
    perform
    from public.transactions as o
    where o.id = any (post_batch.reverses)
    order by o.id
    for update;
  end if;

  -- The fast way takes every id for new. It stands only where, item by item, everything is in
  -- order; it refuses nothing itself.
  is_plain := reverses is null and not wallet_frozen and not ('buy_in' = any (kinds));
  if is_plain and group_ids is not null then
    select coalesce(bool_and(
      g.group_id is null
      or coalesce(
        g.items = g.group_size and g.ids = g.items and g.has_first and g.stand_together,
        false)), true)
    into is_plain
    from (
      select
        i.group_id, count(*) as items, count(distinct i.id) as ids,
        case when min(i.group_size) = max(i.group_size) then min(i.group_size) else 0 end
          as group_size,
        bool_or(i.id = i.group_id) as has_first,
        max(i.ordinal) - min(i.ordinal) + 1 = count(*) as stand_together
      from unnest(ids, group_ids, group_sizes)
        with ordinality as i (id, group_id, group_size, ordinal)
      group by i.group_id
    ) as g;
  end if;
  if is_plain then
    select
      array_agg(i.debit order by i.ordinal), array_agg(i.credit order by i.ordinal),
      coalesce(bool_and(
        i.id >= oldest and i.id < newest
        and (from_within or public.is_version_7(i.id))
        and i.amount between 1 and 1000000000000000
        and public.posting_allowed(
          case when from_within then public.posting_masks(true)
            else public.posting_masks(false) end,
          i.kind, i.currency, wallet_places[i.debit], wallet_places[i.credit])), false)
    into debits, credits, is_plain
    from (
      select
        u.ordinal, u.id, u.kind, u.amount, u.currency,
        array_position(wallet_ids, u.debit_wallet_id) as debit,
        array_position(wallet_ids, u.credit_wallet_id) as credit
      from unnest(ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts)
        with ordinality as u (
          id, kind, debit_wallet_id, credit_wallet_id, currency, amount, ordinal)
    ) as i;
  end if;
  if is_plain then
    balances := wallet_balances;
    debit_afters := amounts;
    credit_afters := amounts;
    for step in 1 .. cardinality(ids) loop
      balance := balances[debits[step]] - amounts[step];
      balances[debits[step]] := balance;
      debit_afters[step] := balance;
      if balance < 0 then
        is_plain := false;
        exit;
      end if;
      balance := balances[credits[step]] + amounts[step];
      balances[credits[step]] := balance;
      credit_afters[step] := balance;
      if balance > balance_max then
        is_plain := false;
        exit;
      end if;
    end loop;
  end if;
  if is_plain then
    begin
      perform public.write_postings(
        ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
        group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
        null, debit_afters, credit_afters, wallet_ids, balances, xid);
      outcomes := array_fill('ok'::text, array[cardinality(ids)]);
      return;
    exception
      when unique_violation then
        -- Some id is stored already: only the exact way can say which.
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        null;  -- some item can never be stored: the exact way says so, unless it refuses it first
    end;
  end if;
  select e.outcomes, e.debit_afters, e.credit_afters
  into outcomes, debit_afters, credit_afters
  from public.post_exactly(
    from_within, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
    group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata, wallet_ids,
    wallet_balances, oldest, newest, xid) as e;
end
$function$;
comment on function public.post_batch(
  boolean, uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
  text[], uuid[], jsonb[]) is
  'What post_transactions does, for the database''s own functions: from_within lets them write what
posting_rules() keeps for tables, under identifiers of any version. Answers arrays in the order of
the items. Internal.';

create function public.post_transactions(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null
)
returns table (
  item integer, id uuid, outcome text, debit_balance_after bigint, credit_balance_after bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  posted record;
begin
  posted := public.post_batch(
    false, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
    group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata);
  return query
  select u.ordinal::integer, u.id, u.outcome, u.debit_after, u.credit_after
  from unnest(ids, posted.outcomes, posted.debit_afters, posted.credit_afters)
    with ordinality as u (id, outcome, debit_after, credit_after, ordinal);
end
$function$;
comment on function public.post_transactions(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[]) is
  'Posts payments: arrays in, one result an item out, in order. An id that was posted before with
the same content answers exists, and nothing moves twice. Items with one group_id (the id of the
group''s first item) are posted whole or not at all; a refused item sinks only its group and leaves
no trace. Ids are of version 7. At most 1000 items a call; READ COMMITTED only.
Outcomes: ok, exists, exists_with_different_content, invalid (no such payment can be),
kind_not_allowed (posting_rules() has the list), insufficient_funds, wallet_not_found,
wallet_frozen, currency_mismatch, amount_out_of_range, limit_exceeded, group_failed,
group_mismatch, id_out_of_window, reversal_not_found, reversal_mismatch, reversal_exceeds_original.
Locks: the non-system wallets in the order of their ids, then the reversed transactions.
Example: select * from post_transactions(array[new_id()], array[''grant''],
array[wallet_of(''issue'', ''COINS'')], array[get_user_wallet(user_id_of(''ayu''), ''COINS'')],
array[''COINS''], array[500]);';

create function public.lock_wallets(wallet_ids bigint[])
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallets_max constant integer := 2000;
  locked integer;
begin
  if wallet_ids is null or array_ndims(wallet_ids) > 1 or array_position(wallet_ids, null) > 0
    or cardinality(wallet_ids) > wallets_max then
    raise exception 'lock_wallets: at most % wallets, none of them null', wallets_max
      using errcode = 'invalid_parameter_value',
        hint = 'Give every wallet of the transaction''s payments in one array.';
  end if;
  perform
  from public.user_wallets as w
  where w.id = any (wallet_ids) and w.kind <> 'system'
  order by w.id
  for no key update;
  get diagnostics locked = row_count;
  return locked;
end
$function$;
comment on function public.lock_wallets(bigint[]) is
  'Locks wallets to the end of the transaction, in the order of their ids, for a transaction that
posts more than once: it locks the wallets of all its payments first, so that two such transactions
cannot wait for each other. Returns how many; system wallets need no lock and get none.
Locks: the wallets. Rooms come before wallets: after this call no function of tables.
Example: select lock_wallets(array_agg(id)) from user_wallets where user_id = user_id_of(''ayu'');';

do $partitions$ begin perform public.ensure_partitions(); end $partitions$;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.tournaments, public.tournament_participants, public.game_rooms, public.game_sessions,
  public.game_hands, public.game_moves, public.game_statistics, public.transactions,
  public.daily_bonuses, public.achievements, public.user_achievements
to higgs_app;
grant execute on function
  public.ensure_partitions(integer),
  public.post_transactions(
    uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
    text[], uuid[], jsonb[]),
  public.lock_wallets(bigint[])
to higgs_app;
grant execute on function public.posting_rules() to higgs_app, higgs_readonly;

grant select on
  public.tournaments, public.tournament_participants, public.game_statistics,
  public.daily_bonuses, public.achievements, public.user_achievements
to higgs_readonly;
grant select (
  id, name, game_id, visibility, tournament_id, currency, base_bet, buy_in_min, buy_in_max, seats,
  rake_bps, rake_cap, options, status, host_node, fence, hands_started, created_by, created_at,
  closed_at
) on public.game_rooms to higgs_readonly;
grant select (
  id, room_id, seat, user_id, seat_wallet_id, bought_in, cashed_out, sat_down_at, stood_up_at
) on public.game_sessions to higgs_readonly;
grant select (
  id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
  credit_balance_after, group_id, group_size, reverses, reference_type, reference_id, actor_id,
  posted_at, posted_xid
) on public.transactions to higgs_readonly;

reset role;

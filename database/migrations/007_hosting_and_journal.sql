-- 007 Hosting and journal: nodes and their leases, stake tiers, the seats of a hand, and the
-- functions by which a table lives: open, sit down, deal, move, settle, stand up, close.
--
-- Locks, everywhere in this order: the room's advisory lock (shared to append moves, exclusive for
-- everything else), the hand, wallets in the order of their ids, transaction ids.

set role higgs_owner;

create table public.server_nodes (
  id bigint generated always as identity,
  name text not null,
  internal_address text not null,
  rules_versions integer[] not null,
  lease_expires_at timestamptz not null,
  started_at timestamptz not null default now(),
  stopped_at timestamptz,
  constraint server_nodes_pkey primary key (id),
  constraint server_nodes_name_length check (length(name) between 1 and 100),
  constraint server_nodes_internal_address_length
    check (length(internal_address) between 1 and 255),
  constraint server_nodes_rules_versions_count
    check (cardinality(rules_versions) >= 1 and cardinality(rules_versions) <= 10
      and array_position(rules_versions, null) is null)
)
with (fillfactor = 50);
comment on table public.server_nodes is
  'Running servers. A node''s one lease covers all rooms that it hosts.';
comment on column public.server_nodes.id is 'Number of the node; a restarted server is a new node.';
comment on column public.server_nodes.name is 'Host name, for people.';
comment on column public.server_nodes.internal_address is 'Where other nodes reach it: host:port.';
comment on column public.server_nodes.rules_versions is 'Versions of the rules that it can host.';
comment on column public.server_nodes.lease_expires_at is 'Until when its rooms are its own.';
comment on column public.server_nodes.started_at is 'When it registered.';
comment on column public.server_nodes.stopped_at is 'When it released its rooms in good order.';
create index server_nodes_running_idx on public.server_nodes (lease_expires_at)
  where stopped_at is null;

-- Rooms are few and none has a host yet: nobody waits for the scan.
alter table public.game_rooms
  add constraint game_rooms_host_node_fkey
  foreign key (host_node) references public.server_nodes (id) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table public.game_rooms validate constraint game_rooms_host_node_fkey;

create table public.stake_tiers (
  id text not null,
  game_id text not null,
  name text not null,
  position smallint not null,
  currency text not null,
  base_bet bigint not null,
  buy_in_min bigint not null,
  buy_in_max bigint not null,
  seats smallint not null,
  rake_bps smallint not null,
  rake_cap bigint not null,
  vip_level_min smallint not null default 0,
  is_enabled boolean not null default true,
  constraint stake_tiers_pkey primary key (id),
  constraint stake_tiers_game_id_fkey foreign key (game_id) references public.games (id),
  constraint stake_tiers_vip_level_min_fkey
    foreign key (vip_level_min) references public.vip_levels (level),
  constraint stake_tiers_id_format check (id ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint stake_tiers_name_length check (length(name) between 1 and 40),
  constraint stake_tiers_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint stake_tiers_base_bet_positive check (base_bet > 0),
  constraint stake_tiers_buy_in_range check (buy_in_min between base_bet and buy_in_max),
  constraint stake_tiers_seats_range check (seats between 2 and 8),
  constraint stake_tiers_rake_bps_range check (rake_bps between 0 and 2000),
  constraint stake_tiers_rake_cap_not_negative check (rake_cap >= 0),
  constraint stake_tiers_position_key unique (game_id, position)
);
comment on table public.stake_tiers is
  'The stakes that the lobby offers. Reference data.';
comment on column public.stake_tiers.id is 'Short name.';
comment on column public.stake_tiers.game_id is 'The game.';
comment on column public.stake_tiers.name is 'Name shown to players.';
comment on column public.stake_tiers.position is 'Order in the lobby, within the game.';
comment on column public.stake_tiers.currency is 'Currency of the chips.';
comment on column public.stake_tiers.base_bet is 'Stake.';
comment on column public.stake_tiers.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.stake_tiers.buy_in_max is 'Most chips to sit down with.';
comment on column public.stake_tiers.seats is 'Seats of a table.';
comment on column public.stake_tiers.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.stake_tiers.rake_cap is 'Most rake of one hand.';
comment on column public.stake_tiers.vip_level_min is 'Lowest VIP level that may sit down.';
comment on column public.stake_tiers.is_enabled is 'Whether new tables are opened at it.';
create index stake_tiers_vip_level_min_idx on public.stake_tiers (vip_level_min);

insert into public.stake_tiers (
  id, game_id, name, position, currency, base_bet, buy_in_min, buy_in_max, seats, rake_bps,
  rake_cap, vip_level_min)
values
  ('gaple_warung', 'gaple', 'Warung', 1, 'COINS', 100, 2000, 20000, 4, 300, 2000, 0),
  ('gaple_kampung', 'gaple', 'Kampung', 2, 'COINS', 1000, 20000, 200000, 4, 300, 20000, 0),
  ('gaple_kota', 'gaple', 'Kota', 3, 'COINS', 10000, 200000, 2000000, 4, 250, 150000, 1),
  ('gaple_istana', 'gaple', 'Istana', 4, 'COINS', 100000, 2000000, 20000000, 4, 200, 1000000, 3);

-- The column is new and empty, and rooms are few: nobody waits for the scan or the index.
alter table public.game_rooms
  add column stake_tier_id text,
  -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
  add constraint game_rooms_stake_tier_id_fkey
    foreign key (stake_tier_id) references public.stake_tiers (id);
comment on column public.game_rooms.stake_tier_id is
  'Tier that the room was opened at; null for a room with stakes of its own.';
-- squawk-ignore require-concurrent-index-creation
create index game_rooms_stake_tier_id_idx on public.game_rooms (stake_tier_id)
  where stake_tier_id is not null;

create table public.hand_seats (
  hand_id uuid not null,
  seat smallint not null,
  session_id uuid not null,
  user_id uuid not null,
  wallet_id bigint not null,
  stack_start bigint not null,
  client_seed text not null,
  bot_style text,
  bot_strength smallint,
  bot_seed bytea,
  net bigint,
  rake bigint,
  constraint hand_seats_pkey primary key (hand_id, seat),
  constraint hand_seats_hand_id_fkey foreign key (hand_id) references public.game_hands (id),
  constraint hand_seats_session_id_fkey
    foreign key (session_id) references public.game_sessions (id),
  constraint hand_seats_user_id_fkey foreign key (user_id) references public.users (id),
  constraint hand_seats_wallet_id_fkey
    foreign key (wallet_id) references public.user_wallets (id),
  constraint hand_seats_seat_range check (seat between 0 and 7),
  constraint hand_seats_stack_start_positive check (stack_start > 0),
  constraint hand_seats_client_seed_format check (client_seed ~ '^[A-Za-z0-9_-]{1,64}$'),
  constraint hand_seats_bot_strength_range check (bot_strength between 1 and 1000),
  constraint hand_seats_bot_style_format check (bot_style ~ '^[a-z][a-z_]{0,31}$'),
  constraint hand_seats_bot_whole check (num_nulls(bot_style, bot_strength, bot_seed) in (0, 3)),
  constraint hand_seats_bot_seed_size check (octet_length(bot_seed) between 8 and 32),
  constraint hand_seats_result_whole check ((net is null) = (rake is null)),
  constraint hand_seats_loses_what_it_has check (net >= -stack_start),
  constraint hand_seats_rake_not_negative check (rake >= 0)
)
with (fillfactor = 85);
comment on table public.hand_seats is
  'Each seat of a hand: what was frozen at its start, and its result.';
comment on column public.hand_seats.hand_id is 'The hand.';
comment on column public.hand_seats.seat is 'Seat number, from 0.';
comment on column public.hand_seats.session_id is 'The stay in the seat.';
comment on column public.hand_seats.user_id is 'The player.';
comment on column public.hand_seats.wallet_id is 'The seat''s wallet.';
comment on column public.hand_seats.stack_start is 'Chips in the wallet at the start.';
comment on column public.hand_seats.client_seed is 'The seat''s part of the deal''s randomness.';
comment on column public.hand_seats.bot_style is
  'Which bot sits there, by the name of its way of playing; null for a person.';
comment on column public.hand_seats.bot_strength is
  'Strength of the bot in the seat; null for a person.';
comment on column public.hand_seats.bot_seed is
  'Random seed of the bot, frozen so that a recovery plays on alike.';
comment on column public.hand_seats.net is
  'Chips won, or lost where negative, after rake; null until settled.';
comment on column public.hand_seats.rake is 'Rake taken from the seat''s win; null until settled.';
alter table public.game_hands
  add column settlement_hash bytea,
  add constraint game_hands_settlement_hash_size check (octet_length(settlement_hash) = 32)
    not valid;
-- The column is new and empty; the lock_timeout of the runners bounds the wait for the lock.
-- squawk-ignore constraint-missing-not-valid
alter table public.game_hands validate constraint game_hands_settlement_hash_size;
comment on column public.game_hands.settlement_hash is
  'SHA-256 of the payments and the result, to tell a repeated settlement from another one.';

create index hand_seats_user_id_idx on public.hand_seats (user_id, hand_id);
create index hand_seats_session_id_idx on public.hand_seats (session_id);
create index hand_seats_wallet_id_idx on public.hand_seats (wallet_id);

-- Nodes ------------------------------------------------------------------------------------------

create function public.lease_duration()
returns interval
language sql
immutable
parallel safe
return interval '5 seconds';
comment on function public.lease_duration() is
  'How long a node''s lease lasts; the node renews it every 1.5 seconds.
Example: select lease_duration();';

create function public.register_node(
  node_name text, node_internal_address text, node_rules_versions integer[])
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  node bigint;
  violated text;
begin
  if node_name is null or node_internal_address is null or node_rules_versions is null
    or array_ndims(node_rules_versions) > 1 then
    raise exception 'register_node: name, internal address and rules versions are needed'
      using errcode = 'invalid_parameter_value',
        hint = 'As in: select register_node(''table-1'', ''10.0.0.7:3100'', array[1]);';
  end if;
  insert into public.server_nodes (name, internal_address, rules_versions, lease_expires_at)
  values (
    node_name, node_internal_address, node_rules_versions,
    clock_timestamp() + public.lease_duration())
  returning id into node;
  return node;
exception when check_violation then
  get stacked diagnostics violated = constraint_name;
  raise exception 'register_node: %', sqlerrm
    using errcode = 'check_violation', constraint = violated,
      hint = 'A node must keep: ' || public.rule_of('public.server_nodes', violated);
end
$function$;
comment on function public.register_node(text, text, integer[]) is
  'Enters a server as a node, with a lease; returns its number.
Example: select register_node(''table-1'', ''10.0.0.7:3100'', array[1]);';

create function public.renew_lease(node bigint)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.server_nodes as n
  set lease_expires_at = clock_timestamp() + public.lease_duration()
  where n.id = node and n.stopped_at is null
  returning true;
end;
comment on function public.renew_lease(bigint) is
  'Renews a node''s lease, a late one too: rooms that were taken from it meanwhile have another
fence. Null for a node that is unknown or stopped.
Example: select renew_lease(max(id)) from server_nodes;';

create function public.take_rooms(node bigint, rooms_max integer default 50)
returns table (room_id bigint, fence bigint, hand_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  rooms_limit constant integer := 50;
  candidate bigint;
  locked bigint[] := '{}';
begin
  if rooms_max is null or rooms_max not between 1 and rooms_limit then
    raise exception 'rooms_max is %, not between 1 and %', rooms_max, rooms_limit
      using errcode = 'invalid_parameter_value';
  end if;
  -- A room whose lock is taken is being written to, or taken by another node: next round.
  for candidate in
    select r.id
    from public.game_rooms as r
    join public.server_nodes as me
      on me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    left join public.server_nodes as h on h.id = r.host_node
    left join public.game_hands as g on g.id = r.current_hand_id
    where r.status <> 'closed'
      and (r.host_node is null or h.stopped_at is not null
        or h.lease_expires_at < clock_timestamp())
      and (g.id is null or g.rules_version = any (me.rules_versions))
    order by r.id
    limit 4 * rooms_limit
  loop
    if pg_try_advisory_xact_lock(candidate) then
      locked := locked || candidate;
    end if;
    exit when cardinality(locked) >= rooms_max;
  end loop;
  -- The next statement sees what was committed before the locks were had.
  return query
  update public.game_rooms as r
  set host_node = node, fence = r.fence + 1
  from public.server_nodes as me
  where r.id = any (locked)
    and me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    and r.status <> 'closed'
    and not exists (
      select
      from public.server_nodes as h
      where h.id = r.host_node and h.stopped_at is null
        and h.lease_expires_at >= clock_timestamp())
    and not exists (
      select
      from public.game_hands as g
      where g.id = r.current_hand_id and g.rules_version <> all (me.rules_versions))
  returning r.id, r.fence, r.current_hand_id;
end
$function$;
comment on function public.take_rooms(bigint, integer) is
  'Gives a node rooms that nobody hosts, or whose host''s lease has ended, and raises their fence,
so that the old host''s writes are refused. Leaves out rooms in use at this moment and hands of
rules that the node does not know; a node without a lease gets none. At most 50 a call.
Locks: each room, exclusively, without waiting.
Example: select * from take_rooms(1);';

create function public.release_node(node bigint)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  rooms_max constant integer := 1000;
  room bigint;
  released integer := 0;
begin
  -- Each room takes a place in the server's table of locks. Those beyond the first thousand are
  -- free because the node is stopped.
  for room in
    select r.id from public.game_rooms as r where r.host_node = node order by r.id limit rooms_max
  loop
    perform pg_advisory_xact_lock(room);
    update public.game_rooms as r
    set host_node = null, fence = r.fence + 1
    where r.id = room and r.host_node = node;
    if found then
      released := released + 1;
    end if;
  end loop;
  update public.server_nodes as n
  set stopped_at = clock_timestamp(), lease_expires_at = clock_timestamp()
  where n.id = node and n.stopped_at is null;
  return released;
end
$function$;
comment on function public.release_node(bigint) is
  'A node stops in good order: its rooms are free at once. Returns how many were given back, at
most 1000; the others are free because the node is stopped. Locks: each room, exclusively, in
order.
Example: select release_node(1);';

-- Rooms ------------------------------------------------------------------------------------------

create function public.create_room(
  room_name text,
  room_game_id text,
  room_currency text,
  room_base_bet bigint,
  room_buy_in_min bigint,
  room_buy_in_max bigint,
  room_seats smallint,
  room_rake_bps smallint default 0,
  room_rake_cap bigint default 0,
  room_options jsonb default '{}',
  room_visibility text default 'public',
  room_join_code text default null,
  room_tournament_id uuid default null,
  room_creator uuid default null,
  room_stake_tier_id text default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  options_length_max constant integer := 4000;
  game public.games;
  room bigint;
  violated text;
begin
  select g.* into game from public.games as g where g.id = room_game_id;
  if not found or not game.is_enabled then
    raise exception 'game % is not offered', coalesce(quote_literal(room_game_id), 'null')
      using errcode = 'invalid_parameter_value', hint = 'List them: select id from games;';
  end if;
  if room_seats is null or room_seats not between game.seats_min and game.seats_max then
    raise exception '% is played with % to % seats, not %',
      game.name, game.seats_min, game.seats_max, coalesce(room_seats::text, 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  if num_nulls(
    room_name, room_currency, room_base_bet, room_buy_in_min, room_buy_in_max, room_rake_bps,
    room_rake_cap, room_options, room_visibility) > 0 then
    raise exception
      'create_room: name, currency, stakes, rake, options and visibility cannot be null'
      using errcode = 'invalid_parameter_value',
        hint = 'Leave out what has a default rather than to give null; no options are {}.';
  end if;
  if length(room_options::text) > options_length_max then
    raise exception 'create_room: options of % characters are over %',
      length(room_options::text), options_length_max
      using errcode = 'invalid_parameter_value', hint = 'Give only what differs from the defaults.';
  end if;
  insert into public.game_rooms (
    name, game_id, visibility, join_code, tournament_id, currency, base_bet, buy_in_min,
    buy_in_max, seats, rake_bps, rake_cap, options, created_by, stake_tier_id)
  values (
    room_name, room_game_id, room_visibility, room_join_code, room_tournament_id, room_currency,
    room_base_bet, room_buy_in_min, room_buy_in_max, room_seats, room_rake_bps, room_rake_cap,
    room_options, room_creator, room_stake_tier_id)
  returning id into room;
  insert into public.user_wallets (kind, room_id, seat, currency, balance)
  select 'seat', room, s.seat, room_currency, 0
  from generate_series(0, room_seats - 1) as s (seat);
  return room;
exception
  when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'create_room: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'A room must keep: ' || public.rule_of('public.game_rooms', violated);
  when unique_violation then
    raise exception 'create_room: another open room has the join code %', room_join_code
      using errcode = 'unique_violation', hint = 'Choose another code.';
  when foreign_key_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'create_room: %', sqlerrm
      using errcode = 'foreign_key_violation', constraint = violated,
        hint = 'The tournament, the creator and the tier must be there: '
          || public.rule_of('public.game_rooms', violated);
end
$function$;
comment on function public.create_room(
  text, text, text, bigint, bigint, bigint, smallint, smallint, bigint, jsonb, text, text, uuid,
  uuid, text) is
  'Opens a room with stakes of its own and makes its seats'' wallets; returns its number.
Example: select create_room(''Meja Ayu'', ''gaple'', ''COINS'', 100, 2000, 20000, 4::smallint);';

create function public.open_room(
  tier_id text,
  room_name text default null,
  room_options jsonb default '{}',
  room_join_code text default null,
  room_creator uuid default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  tier public.stake_tiers;
begin
  select t.* into tier from public.stake_tiers as t where t.id = tier_id and t.is_enabled;
  if not found then
    raise exception 'stake tier % is not offered', coalesce(quote_literal(tier_id), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'List them: select id from stake_tiers where is_enabled;';
  end if;
  return public.create_room(
    coalesce(room_name, tier.name), tier.game_id, tier.currency, tier.base_bet, tier.buy_in_min,
    tier.buy_in_max, tier.seats, tier.rake_bps, tier.rake_cap, room_options,
    case when room_join_code is null then 'public' else 'private' end, room_join_code, null,
    room_creator, tier.id);
end
$function$;
comment on function public.open_room(text, text, jsonb, text, uuid) is
  'Opens a room at one of the lobby''s stake tiers, private where a join code is given; returns its
number.
Example: select open_room(''gaple_warung'');';

create function public.locked_room(room bigint, room_fence bigint, out outcome text,
  out row_found public.game_rooms)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'tables need READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform pg_advisory_xact_lock(room);
  -- The fence is read by a statement that begins after the lock was had: a takeover before it is
  -- seen, and one after it waits.
  select r.* into row_found from public.game_rooms as r where r.id = room;
  outcome := case
    when not found then 'room_not_found'
    when row_found.fence is distinct from room_fence then 'fenced'
    else 'ok'
  end;
end
$function$;
comment on function public.locked_room(bigint, bigint) is
  'Takes a room''s lock exclusively, then reads it and compares the fence: ok, fenced or
room_not_found. Internal: the first step of every function that changes a room.';

create function public.may_play(player public.users)
returns boolean
language sql
stable
return (player.status = 'active'
    or player.status = 'suspended' and player.suspended_until <= now())
  and coalesce(player.self_excluded_until <= now(), true);
comment on function public.may_play(public.users) is
  'Whether an account may bring chips to a table now: it is active, or its suspension has ended, and
the player has not asked to be kept out.
Example: select u.username from users as u where not may_play(u);';

create function public.sit_down(
  session_id uuid, room bigint, room_fence bigint, player_id uuid, player_seat smallint,
  buy_in bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
  player public.users;
  earlier public.game_sessions;
  wallet bigint;
  chips bigint;
  purse bigint;
  result text;
begin
  if public.is_version_7(session_id) is not true then
    raise exception 'sit_down: session_id is %',
      coalesce(session_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select s.* into earlier from public.game_sessions as s where s.id = session_id;
  if found then
    return case
      when earlier.room_id = room and earlier.user_id = player_id and earlier.seat = player_seat
        and exists (
          select
          from public.transactions as t
          where t.id = public.reserved_id(
              public.id_time(session_id), session_id::text, 'buy_in', 1)
            and t.amount = buy_in)
        then 'exists'
      else 'exists_with_different_content'
    end;
  end if;
  if locked.status <> 'open' then
    return 'room_closed';
  end if;
  if player_seat is null or player_seat not between 0 and locked.seats - 1 then
    return 'seat_not_found';
  end if;
  select u.* into player from public.users as u where u.id = player_id;
  if not found then
    return 'player_not_found';
  end if;
  if not public.may_play(player) then
    return 'account_not_active';
  end if;
  if exists (
    select
    from public.stake_tiers as t
    where t.id = locked.stake_tier_id and t.vip_level_min > coalesce((
      select v.level from public.user_vip_status as v where v.user_id = player_id), 0)
  ) then
    return 'vip_level_too_low';
  end if;
  if buy_in is null or buy_in not between locked.buy_in_min and locked.buy_in_max then
    return 'buy_in_out_of_range';
  end if;
  if exists (
    select
    from public.game_sessions as s
    where s.room_id = room and s.user_id = player_id and s.stood_up_at is null
  ) then
    return 'already_seated';
  end if;
  if exists (
    select
    from public.game_sessions as s
    where s.room_id = room and s.seat = player_seat and s.stood_up_at is null
  ) then
    return 'seat_taken';
  end if;
  select w.id, w.balance into strict wallet, chips
  from public.user_wallets as w
  where w.room_id = room and w.seat = player_seat and w.currency = locked.currency;
  if chips > 0 then
    return 'seat_not_empty';
  end if;
  select w.id into purse
  from public.user_wallets as w
  where w.user_id = player_id and w.currency = locked.currency;
  if not found then
    return 'wallet_not_found';
  end if;
  result := (public.post_batch(
    true, ids => array[public.reserved_id(
      public.id_time(session_id), session_id::text, 'buy_in', 1)],
    kinds => array['buy_in'], debit_wallet_ids => array[purse],
    credit_wallet_ids => array[wallet], currencies => array[locked.currency],
    amounts => array[buy_in], reference_types => array['session'],
    reference_ids => array[session_id::text], actor_ids => array[player_id])).outcomes[1];
  if result = 'ok' then
    insert into public.game_sessions (id, room_id, seat, user_id, seat_wallet_id, bought_in)
    values (session_id, room, player_seat, player_id, wallet, buy_in);
  end if;
  return result;
end
$function$;
comment on function public.sit_down(uuid, bigint, bigint, uuid, smallint, bigint) is
  'A player takes a seat and brings chips to it, in one: both happen or neither. session_id is
chosen by the caller; the same call again answers exists.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
seat_not_found, seat_taken, seat_not_empty (chips lie there that are nobody''s at the table:
verify_journal() names the wallet), already_seated, player_not_found, account_not_active,
vip_level_too_low, buy_in_out_of_range, and those of post_transactions (insufficient_funds,
wallet_frozen, limit_exceeded, id_out_of_window, …).
Locks: the room, exclusively; the player''s and the seat''s wallets.
Example: select sit_down(new_id(), r.id, r.fence, u.id, 0::smallint, r.buy_in_min)
from game_rooms as r, users as u where r.status = ''open'' limit 1;';

create function public.top_up(
  top_up_id uuid, session_id uuid, room_fence bigint, amount bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  stay public.game_sessions;
  locked record;
  purse bigint;
  chips bigint;
  result text;
begin
  if public.is_version_7(top_up_id) is not true then
    raise exception 'top_up: top_up_id is %',
      coalesce(top_up_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  select s.* into stay from public.game_sessions as s where s.id = session_id;
  if not found then
    return 'session_not_found';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(stay.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select s.* into strict stay from public.game_sessions as s where s.id = session_id;
  select w.id into strict purse
  from public.user_wallets as w
  where w.user_id = stay.user_id and w.currency = locked.currency;
  if not exists (select from public.transactions as t where t.id = top_up_id) then
    if stay.stood_up_at is not null then
      return 'session_ended';
    end if;
    if locked.status <> 'open' then
      return 'room_closed';
    end if;
    if exists (
      select
      from public.hand_seats as h
      where h.hand_id = locked.current_hand_id and h.session_id = stay.id
    ) then
      return 'hand_running';
    end if;
    if exists (
      select
      from public.users as u
      where u.id = stay.user_id and not public.may_play(u)
    ) then
      return 'account_not_active';
    end if;
    select w.balance into strict chips
    from public.user_wallets as w
    where w.id = stay.seat_wallet_id;
    if amount is null or amount < 1 or amount > locked.buy_in_max - chips then
      return 'buy_in_out_of_range';
    end if;
  end if;
  result := (public.post_batch(
    true, ids => array[top_up_id], kinds => array['buy_in'], debit_wallet_ids => array[purse],
    credit_wallet_ids => array[stay.seat_wallet_id], currencies => array[locked.currency],
    amounts => array[amount], reference_types => array['session'],
    reference_ids => array[session_id::text], actor_ids => array[stay.user_id])).outcomes[1];
  if result = 'ok' then
    update public.game_sessions as s set bought_in = s.bought_in + amount where s.id = session_id;
  end if;
  return result;
end
$function$;
comment on function public.top_up(uuid, uuid, bigint, bigint) is
  'Brings more chips to a seat between hands, up to the table''s most. top_up_id is the payment''s
id. Outcomes: ok, exists, fenced, session_not_found, session_ended, room_closed, hand_running,
account_not_active, buy_in_out_of_range, and those of post_transactions.
Locks: the room, exclusively; the player''s and the seat''s wallets.
Example: select top_up(new_id(), s.id, r.fence, 500) from game_sessions as s
join game_rooms as r on r.id = s.room_id where s.stood_up_at is null limit 1;';

create function public.cash_out_session(stay public.game_sessions, chip_currency text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  left_at timestamptz := clock_timestamp();
  chips bigint;
  purse bigint;
  result text;
begin
  -- Both wallets in the order of their ids, before anything is read from them.
  perform
  from public.user_wallets as w
  where w.id = stay.seat_wallet_id or (w.user_id = stay.user_id and w.currency = chip_currency)
  order by w.id
  for no key update;
  select w.balance into strict chips
  from public.user_wallets as w
  where w.id = stay.seat_wallet_id;
  if chips > 0 then
    select w.id into strict purse
    from public.user_wallets as w
    where w.user_id = stay.user_id and w.currency = chip_currency;
    result := (public.post_batch(
      true, ids => array[public.reserved_id(left_at, stay.id::text, 'cash_out', 1)],
      kinds => array['cash_out'], debit_wallet_ids => array[stay.seat_wallet_id],
      credit_wallet_ids => array[purse], currencies => array[chip_currency],
      amounts => array[chips], reference_types => array['session'],
      reference_ids => array[stay.id::text], actor_ids => array[stay.user_id])).outcomes[1];
    if result <> 'ok' then
      raise exception 'the cash-out of session % was refused: %', stay.id, result
        using errcode = 'data_exception';
    end if;
  end if;
  update public.game_sessions as s
  set cashed_out = chips, stood_up_at = left_at
  where s.id = stay.id;
  return chips;
end
$function$;
comment on function public.cash_out_session(public.game_sessions, text) is
  'Pays a seat''s chips back to the player and ends the stay; returns the chips. The caller holds
the room''s lock and knows that no hand runs for the seat. Internal.';

create function public.stand_up(
  session_id uuid, room_fence bigint, out outcome text, out cashed_out bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  stay public.game_sessions;
  locked record;
begin
  select s.* into stay from public.game_sessions as s where s.id = session_id;
  if not found then
    outcome := 'session_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(stay.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    outcome := locked.outcome;
    return;
  end if;
  select s.* into strict stay from public.game_sessions as s where s.id = session_id;
  if stay.stood_up_at is not null then
    outcome := 'exists';
    cashed_out := stay.cashed_out;
    return;
  end if;
  if exists (
    select
    from public.hand_seats as h
    where h.hand_id = locked.current_hand_id and h.session_id = stay.id
  ) then
    update public.game_sessions as s
    set leave_requested_at = coalesce(s.leave_requested_at, now())
    where s.id = stay.id;
    outcome := 'after_hand';
    return;
  end if;
  cashed_out := public.cash_out_session(stay, locked.currency);
  outcome := 'ok';
end
$function$;
comment on function public.stand_up(uuid, bigint) is
  'A player leaves a seat and takes the chips along. While a hand runs for the seat the wish is
noted (after_hand), the seat is dealt no further hand, and the caller stands up again after the
settlement. Freezes and limits do not hold chips back. Outcomes: ok, exists, after_hand, fenced,
session_not_found. Locks: the room, exclusively; the seat''s and the player''s wallets.
Example: select * from game_sessions as s join game_rooms as r on r.id = s.room_id
cross join lateral stand_up(s.id, r.fence) where s.stood_up_at is null limit 1;';

create function public.close_room(room bigint, room_fence bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
  stay public.game_sessions;
begin
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  if locked.status = 'closed' then
    return 'exists';
  end if;
  if locked.current_hand_id is not null then
    update public.game_rooms as r set status = 'closing' where r.id = room;
    return 'after_hand';
  end if;
  if exists (
    select
    from public.user_wallets as w
    where w.room_id = room and w.balance > 0 and not exists (
      select
      from public.game_sessions as s
      where s.seat_wallet_id = w.id and s.stood_up_at is null)
  ) then
    update public.game_rooms as r set status = 'closing' where r.id = room;
    return 'seat_not_empty';
  end if;
  -- All wallets at once and in order, since several cash-outs follow.
  perform
  from public.user_wallets as w
  where w.id in (
    select s.seat_wallet_id
    from public.game_sessions as s
    where s.room_id = room and s.stood_up_at is null
    union all
    select p.id
    from public.game_sessions as s
    join public.user_wallets as p on p.user_id = s.user_id and p.currency = locked.currency
    where s.room_id = room and s.stood_up_at is null)
  order by w.id
  for no key update;
  for stay in
    select s.*
    from public.game_sessions as s
    where s.room_id = room and s.stood_up_at is null
    order by s.seat
  loop
    perform public.cash_out_session(stay, locked.currency);
  end loop;
  update public.game_rooms as r
  set status = 'closed', closed_at = now(), host_node = null
  where r.id = room;
  return 'ok';
end
$function$;
comment on function public.close_room(bigint, bigint) is
  'Closes a room and pays everyone at it out. While a hand runs, no new one is dealt and the caller
closes again after the settlement. Outcomes: ok, exists, after_hand, seat_not_empty (chips lie in a
seat where nobody sits: verify_journal() names the wallet, return_stray_chips() empties it, then
close again), fenced, room_not_found. Locks: the room, exclusively; all wallets of its seats and
players.
Example: select close_room(id, fence) from game_rooms where status = ''closing'';';

create function public.return_stray_chips(
  wallet_id bigint, player_id uuid, reason text, actor uuid default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallet public.user_wallets;
  receiver bigint;
  result text;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'return_stray_chips: a reason of 1 to 200 characters is needed'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.* into wallet
  from public.user_wallets as w
  where w.id = wallet_id and w.kind = 'seat';
  if not found then
    raise exception 'return_stray_chips: wallet % is not the wallet of a seat',
      coalesce(wallet_id::text, 'null')
      using errcode = 'no_data_found', hint = 'List them: select problem from verify_journal();';
  end if;
  perform public.locked_room(wallet.room_id, null);
  if exists (
    select
    from public.game_sessions as s
    where s.seat_wallet_id = wallet.id and s.stood_up_at is null
  ) then
    raise exception 'return_stray_chips: somebody sits at wallet %', wallet.id
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'The chips are that player''s, who takes them along with stand_up().';
  end if;
  -- Null for the issue, where nobody knows whose they were.
  receiver := case
    when player_id is null then public.wallet_of('issue', wallet.currency)
    else public.get_user_wallet(player_id, wallet.currency)
  end;
  perform public.lock_wallets(array[wallet.id, receiver]);
  select w.* into strict wallet from public.user_wallets as w where w.id = wallet_id;
  if wallet.balance = 0 then
    return 0;
  end if;
  result := (public.post_batch(
    true,
    ids => array[public.reserved_id(clock_timestamp(), wallet.id::text, 'stray_chips', 1)],
    kinds => array[case when player_id is null then 'adjustment' else 'refund' end],
    debit_wallet_ids => array[wallet.id], credit_wallet_ids => array[receiver],
    currencies => array[wallet.currency], amounts => array[wallet.balance],
    reference_types => array['room'], reference_ids => array[wallet.room_id::text],
    actor_ids => array[actor])).outcomes[1];
  if result <> 'ok' then
    raise exception 'return_stray_chips: the payment was refused: %', result
      using errcode = 'data_exception';
  end if;
  perform public.create_audit_log(
    actor, 'seat.chips_returned', 'wallet', wallet.id::text, btrim(reason),
    jsonb_build_object(
      'room', wallet.room_id, 'seat', wallet.seat, 'chips', wallet.balance, 'player', player_id));
  return wallet.balance;
end
$function$;
comment on function public.return_stray_chips(bigint, uuid, text, uuid) is
  'An operator empties the wallet of a seat where nobody sits: to a player, or back to the issue
where player_id is null. Returns the chips, 0 where there are none. No function leaves chips there;
verify_journal() names a wallet where it happened. Audited as seat.chips_returned.
Locks: the room, exclusively; both wallets.
Example: select id from user_wallets where kind = ''seat'' and balance > 0;';

-- Hands ------------------------------------------------------------------------------------------

create function public.start_hand(
  hand_id uuid,
  room bigint,
  room_fence bigint,
  hand_rules_version integer,
  hand_options jsonb,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  seats smallint[],
  client_seeds text[],
  hand_opener_seat smallint default null,
  bot_strengths smallint[] default null,
  bot_seeds bytea[] default null,
  bot_styles text[] default null,
  out outcome text,
  out hand_number integer,
  out stacks bigint[]
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand_age_max constant interval := interval '30 days';
  hand_ahead_max constant interval := interval '5 minutes';
  locked record;
  earlier public.game_hands;
  seats_min smallint;
  fit integer;
  violated text;
begin
  if array_ndims(seats) > 1 or array_ndims(client_seeds) > 1 or array_ndims(bot_strengths) > 1
    or array_ndims(bot_seeds) > 1 or array_ndims(bot_styles) > 1 then
    raise exception 'start_hand: an array has more than one dimension'
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each seat.';
  end if;
  if cardinality(seats) is null or cardinality(client_seeds) is distinct from cardinality(seats)
    or cardinality(bot_strengths) <> cardinality(seats)
    or cardinality(bot_seeds) <> cardinality(seats)
    or cardinality(bot_styles) <> cardinality(seats) then
    raise exception
      'start_hand: seats, client_seeds and what bots have differ in length, or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  if exists (
    select
    from unnest(seats) with ordinality as i (seat, n)
    join unnest(seats) with ordinality as j (seat, n) on j.n = i.n + 1
    where j.seat <= i.seat
  ) then
    raise exception 'start_hand: seats % are not in ascending order', seats
      using errcode = 'invalid_parameter_value',
        hint = 'Each seat once, the lowest first; seeds and bots in the same order.';
  end if;
  if public.is_version_7(hand_id) is not true then
    raise exception 'start_hand: hand_id is %',
      coalesce(hand_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  if num_nulls(hand_rules_version, hand_options, seed_commit, seed_encrypted, seed_key_id) > 0 then
    raise exception 'start_hand: rules version, options and the three parts of the seed are needed'
      using errcode = 'invalid_parameter_value',
        hint = 'No options are {}; the seed is its SHA-256, itself encrypted, the name of the key.';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into earlier from public.game_hands as h where h.id = hand_id;
  if found then
    outcome := case
      when earlier.room_id = room and earlier.server_seed_commit = seed_commit
        and earlier.rules_version = hand_rules_version and earlier.options = hand_options
        and earlier.opener_seat is not distinct from hand_opener_seat
        and not exists (
          select
          from (
            select h.seat, h.client_seed, h.bot_strength, h.bot_seed, h.bot_style
            from public.hand_seats as h
            where h.hand_id = earlier.id
          ) as s
          full join unnest(seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
            as i (seat, client_seed, bot_strength, bot_seed, bot_style) on i.seat = s.seat
          where (i.seat, i.client_seed, i.bot_strength, i.bot_seed, i.bot_style)
            is distinct from
            (s.seat, s.client_seed, s.bot_strength, s.bot_seed, s.bot_style))
        then 'exists'
      else 'exists_with_different_content'
    end;
    if outcome = 'exists' then
      hand_number := earlier.number;
      stacks := (
        select array_agg(s.stack_start order by s.seat)
        from public.hand_seats as s
        where s.hand_id = earlier.id);
    end if;
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if locked.current_hand_id is not null then
    outcome := 'hand_running';
    return;
  end if;
  if public.id_time(hand_id) not between now() - hand_age_max and now() + hand_ahead_max then
    outcome := 'id_out_of_window';
    return;
  end if;
  select g.seats_min into strict seats_min from public.games as g where g.id = locked.game_id;
  if cardinality(seats) < seats_min then
    outcome := 'too_few_seats';
    return;
  end if;
  -- Stacks are what the seats' wallets hold; they cannot change until the settlement.
  select count(*)
  into fit
  from public.game_sessions as s
  join public.user_wallets as w on w.id = s.seat_wallet_id
  where s.room_id = room and s.stood_up_at is null and s.leave_requested_at is null
    and s.seat = any (seats) and w.balance > 0;
  if fit <> cardinality(seats) then
    outcome := 'seat_not_ready';
    return;
  end if;
  hand_number := locked.hands_started + 1;
  begin
    insert into public.game_hands (
      id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
      opener_seat, server_seed_commit, server_seed_encrypted, key_id, started_at)
    values (
      hand_id, room, hand_number, locked.game_id, hand_rules_version, hand_options, locked.currency,
      locked.base_bet, locked.rake_bps, locked.rake_cap, hand_opener_seat, seed_commit,
      seed_encrypted, seed_key_id, public.id_time(hand_id));
    insert into public.hand_seats (
      hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, bot_strength,
      bot_seed, bot_style)
    select
      start_hand.hand_id, s.seat, s.id, s.user_id, s.seat_wallet_id, w.balance, i.client_seed,
      i.bot_strength, i.bot_seed, i.bot_style
    from unnest(seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
      as i (seat, client_seed, bot_strength, bot_seed, bot_style)
    join public.game_sessions as s
      on s.room_id = room and s.seat = i.seat and s.stood_up_at is null
    join public.user_wallets as w on w.id = s.seat_wallet_id;
  exception when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'start_hand: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'It must keep: ' || coalesce(
          public.rule_of('public.game_hands', violated),
          public.rule_of('public.hand_seats', violated));
  end;
  stacks := (
    select array_agg(s.stack_start order by s.seat)
    from public.hand_seats as s
    where s.hand_id = start_hand.hand_id);
  update public.game_sessions as s
  set first_hand = coalesce(s.first_hand, hand_number), last_hand = hand_number
  where s.room_id = room and s.stood_up_at is null and s.seat = any (seats);
  update public.game_rooms as r
  set hands_started = hand_number, current_hand_id = hand_id
  where r.id = room;
end
$function$;
comment on function public.start_hand(
  uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
  smallint[], bytea[], text[]) is
  'Starts a hand and freezes what it needs to be resumed at any move: options, rules version, seats,
stacks (read from the seats'' wallets, returned in seat order), opener, client seeds, the encrypted
server seed, and the bots. Seats are given in ascending order.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
hand_running, too_few_seats, seat_not_ready, id_out_of_window. Locks: the room, exclusively.
Example: select options from game_hands limit 1;';

create function public.append_moves(
  room_ids bigint[],
  fences bigint[],
  hand_ids uuid[],
  nos integer[],
  seats smallint[],
  actors text[],
  moves bytea[],
  refs text[] default null,
  time_banks_ms integer[] default null,
  trustees boolean[] default null
)
returns table (item integer, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  rooms_max constant integer := 500;
  moves_max constant integer := 5000;
  attempts_max constant integer := 20;
  moves_given constant integer := cardinality(moves);
  rooms integer;
  moves_written integer;
  hands_written uuid[];
  hands_repeating uuid[] := '{}';  -- one number twice
  hands_invalid uuid[] := '{}';    -- a move that the table cannot hold
  violated text;
begin
  if moves_given is null or moves_given > moves_max
    or (cardinality(room_ids), cardinality(fences), cardinality(hand_ids), cardinality(nos),
      cardinality(seats), cardinality(actors))
      is distinct from
      (moves_given, moves_given, moves_given, moves_given, moves_given, moves_given)
    or cardinality(refs) <> moves_given or cardinality(time_banks_ms) <> moves_given
    or cardinality(trustees) <> moves_given then
    raise exception 'append_moves: the arrays must be equally long, and at most % moves', moves_max
      using errcode = 'invalid_parameter_value';
  end if;
  if array_ndims(moves) > 1 or array_ndims(room_ids) > 1 or array_ndims(fences) > 1
    or array_ndims(hand_ids) > 1 or array_ndims(nos) > 1 or array_ndims(seats) > 1
    or array_ndims(actors) > 1 or array_ndims(refs) > 1 or array_ndims(time_banks_ms) > 1
    or array_ndims(trustees) > 1 then
    raise exception 'append_moves: an array has more than one dimension'
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each move.';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append_moves needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  if moves_given > rooms_max then
    rooms := (select count(distinct u.id) from unnest(room_ids) as u (id));
    if rooms > rooms_max then
      raise exception 'append_moves: % rooms in one call, more than %', rooms, rooms_max
        using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
    end if;
  end if;

  -- Rooms are locked in order by a statement of its own. The statements after it see every takeover
  -- that came before; a takeover that comes later waits for this transaction.
  perform pg_advisory_xact_lock_shared(r.id)
  from (select distinct u.id from unnest(room_ids) as u (id) order by u.id) as r;

  for attempt in 1 .. attempts_max loop
    begin
      -- One pass over the items: joining them with themselves took time with their square.
      with given as (
        select
          i.hand_id, i.no, i.seat, i.actor, i.move, i.ref, i.time_bank_ms, i.trustee,
          min(i.no) over same_hand as first_no,
          max(i.no) over same_hand - min(i.no) over same_hand + 1 = count(*) over same_hand
            and bool_and(r.id is not null and s.seat is not null) over same_hand as is_run
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee)
        left join public.game_rooms as r
          on r.id = i.room_id and r.fence = i.fence and r.current_hand_id = i.hand_id
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
        window same_hand as (partition by i.hand_id, i.room_id)
      ),
      written as (
        insert into public.game_moves (
          hand_id, no, seat, actor, move, ref, time_bank_ms, trustee)
        select
          g.hand_id, g.no, g.seat, g.actor, g.move, g.ref, coalesce(g.time_bank_ms, 0),
          coalesce(g.trustee, false)
        from given as g
        where g.is_run and g.hand_id <> all (hands_repeating)
          and g.hand_id <> all (hands_invalid) and g.first_no = 1 + coalesce((
          select m.no
          from public.game_moves as m
          where m.hand_id = g.hand_id
          order by m.no desc
          limit 1), 0)
        order by g.hand_id, g.no
        returning hand_id
      )
      select count(*), array_agg(distinct w.hand_id)
      into moves_written, hands_written
      from written as w;
      if moves_written = moves_given then
        return query select g.n, 'ok' from generate_series(1, moves_given) as g (n);
        return;
      end if;
      -- What did not fit is told why; the rest stays written.
      return query
      with given as (
        select
          i.item::integer as item, i.hand_id, i.room_id, i.fence,
          m.hand_id is not null as is_there, s.seat is not null as is_dealt_in,
          (m.seat, m.actor, m.move, m.ref, m.time_bank_ms, m.trustee) is not distinct from
            (i.seat, i.actor, i.move, i.ref, coalesce(i.time_bank_ms, 0),
              coalesce(i.trustee, false)) as is_same
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) with ordinality as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee, item)
        left join public.game_moves as m on m.hand_id = i.hand_id and m.no = i.no
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
      )
      select
        g.item,
        case
          when r.id is null or r.fence is distinct from g.fence then 'fenced'
          when g.hand_id = any (hands_invalid)
            or r.current_hand_id = g.hand_id and not bool_and(g.is_dealt_in) over same_room
            then 'invalid'
          when g.hand_id = any (hands_written) and r.current_hand_id = g.hand_id then 'ok'
          when bool_and(g.is_there and g.is_same) over same_room then 'exists'
          when bool_or(g.is_there) over same_room then 'different'
          when r.current_hand_id is distinct from g.hand_id then 'finished'
          else 'out_of_order'
        end
      from given as g
      left join public.game_rooms as r on r.id = g.room_id
      window same_room as (partition by g.hand_id, g.room_id)
      order by g.item;
      return;
    exception
      when unique_violation then
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^game_moves_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
        -- Another call was first, and the next round sees its moves; or this one repeats a number.
        hands_repeating := array(
          select i.hand_id
          from unnest(hand_ids, nos) as i (hand_id, no)
          group by i.hand_id, i.no
          having count(*) > 1);
      when check_violation or not_null_violation then
        -- What the table cannot hold is told to its room, and does not sink the others.
        if hands_invalid <> '{}' then
          raise;
        end if;
        hands_invalid := array(
          select i.hand_id
          from unnest(hand_ids, nos, seats, actors, moves, refs, time_banks_ms)
            as i (hand_id, no, seat, actor, move, ref, time_bank_ms)
          where (
            i.no between 1 and 2000 and i.seat between 0 and 7
            and i.actor in ('player', 'bot', 'timeout', 'trustee', 'rules')
            and octet_length(i.move) between 1 and 64
            and coalesce(length(i.ref) between 1 and 64, true)
            and coalesce(i.time_bank_ms, 0) >= 0) is not true);
        if hands_invalid = '{}' then
          raise exception 'append_moves: %', sqlerrm
            using errcode = sqlstate,
              hint = 'A month may be missing: select ensure_partitions();';
        end if;
    end;
  end loop;
  raise exception 'append_moves: others kept writing the same moves in % attempts', attempts_max
    using errcode = 'serialization_failure', hint = 'Send the same batch again.';
end
$function$;
comment on function public.append_moves(
  bigint[], bigint[], uuid[], integer[], smallint[], text[], bytea[], text[], integer[],
  boolean[]) is
  'Writes the next moves of many rooms, at most 500, in one call; one result an item, in order. All
moves that one call brings for a room are written or none; one room''s refusal never sinks others.
Outcomes: ok; exists (the same moves are written already); different (other moves are written under
these numbers); out_of_order (not the next numbers); fenced (the room has another host now);
finished (the hand is over); invalid (a move that cannot be: its number over 2000, a seat that is
not in the hand, its actor or size; void the hand).
Locks: each room''s advisory lock, shared, in order; the fence is read by the next statement.
Example: select * from append_moves(''{1}'', ''{0}'', array[new_id()], ''{1}'', ''{0}'',
''{player}'', array[''\x021b00''::bytea]);';

create function public.record_hand_results(
  settled_hand_id uuid, hand_game_id text, hand_currency text, ends_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  insert into public.game_statistics as g (
    user_id, game_id, currency, hands_played, hands_won, chips_won, chips_lost, rake_paid,
    biggest_win, streak, best_streak, last_played_at)
  select
    s.user_id, hand_game_id, hand_currency, 1, (s.net > 0)::integer, greatest(s.net, 0),
    greatest(-s.net, 0), s.rake, greatest(s.net, 0), sign(s.net)::integer,
    (s.net > 0)::integer, ends_at
  from public.hand_seats as s
  where s.hand_id = settled_hand_id
  order by s.user_id
  on conflict (user_id, game_id, currency) do update
  set
    hands_played = g.hands_played + 1,
    hands_won = g.hands_won + excluded.hands_won,
    chips_won = g.chips_won + excluded.chips_won,
    chips_lost = g.chips_lost + excluded.chips_lost,
    rake_paid = g.rake_paid + excluded.rake_paid,
    biggest_win = greatest(g.biggest_win, excluded.biggest_win),
    streak = case excluded.streak
      when 1 then greatest(g.streak, 0) + 1
      when -1 then least(g.streak, 0) - 1
      else g.streak
    end,
    best_streak = case excluded.streak
      when 1 then greatest(g.best_streak, greatest(g.streak, 0) + 1)
      else g.best_streak
    end,
    last_played_at = greatest(g.last_played_at, excluded.last_played_at);
  insert into public.player_day_totals as t (user_id, day, currency, hands, won, lost)
  select
    s.user_id, public.player_day(s.user_id, ends_at), hand_currency, 1, greatest(s.net, 0),
    greatest(-s.net, 0)
  from public.hand_seats as s
  where s.hand_id = settled_hand_id
  order by s.user_id
  on conflict (user_id, day, currency) do update
  set
    hands = t.hands + 1,
    won = t.won + excluded.won,
    lost = t.lost + excluded.lost;
end
$function$;
comment on function public.record_hand_results(uuid, text, text, timestamptz) is
  'Adds a settled hand to the statistics and day totals of its players, in the order of their ids.
Internal to settle_hand.';

create function public.settle_hand(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea default null,
  hand_ended_at timestamptz default null,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand_age_max constant interval := interval '30 days';
  clock_ahead_max constant interval := interval '5 minutes';
  result_length_max constant integer := 20000;
  reason_length_max constant integer := 200;
  payments constant integer := cardinality(payment_amounts);
  odd record;
  hand public.game_hands;
  locked record;
  content_hash bytea;
  ends_at timestamptz;
  rake_wallet bigint;
  won numeric;
  given record;
  outcomes text[];
begin
  if payments is null or (cardinality(payer_seats), cardinality(payee_seats),
    cardinality(payment_reasons)) is distinct from (payments, payments, payments) then
    raise exception 'settle_hand: the arrays of payments differ in length or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  select i.n, i.payer, i.payee, i.amount, i.reason
  into odd
  from unnest(payer_seats, payee_seats, payment_amounts, payment_reasons)
    with ordinality as i (payer, payee, amount, reason, n)
  where i.payer is null or i.amount is null or i.payer = i.payee
    or i.reason is null or length(i.reason) > reason_length_max
  order by i.n
  limit 1;
  if found or array_ndims(payment_amounts) > 1 then
    raise exception 'settle_hand: payment % cannot be: %', coalesce(odd.n, 1), case
      when odd.n is null then 'the arrays have more than one dimension'
      when odd.payer is null then 'no seat pays'
      when odd.payer = odd.payee then format('seat %s pays itself', odd.payer)
      when odd.amount is null then 'it has no amount'
      else format('its reason is null or over %s characters', reason_length_max)
    end
      using errcode = 'invalid_parameter_value',
        hint = 'It has a seat that pays, another seat or null for rake, an amount and a reason.';
  end if;
  if jsonb_typeof(hand_result) is distinct from 'object'
    or length(hand_result::text) > result_length_max then
    raise exception 'settle_hand: hand_result is no object of at most % characters',
      result_length_max
      using errcode = 'invalid_parameter_value', hint = 'Give the public result as an object.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = settle_hand.hand_id;
  if not found then
    outcome := 'hand_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = settle_hand.hand_id
  for no key update;
  content_hash := sha256(convert_to(jsonb_build_array(
    to_jsonb(payer_seats), to_jsonb(payee_seats), to_jsonb(payment_amounts),
    to_jsonb(payment_reasons), hand_result)::text, 'UTF8'));
  if hand.status = 'settled' then
    outcome := case
      when hand.settlement_hash = content_hash then 'exists' else 'exists_with_different_content'
    end;
    rake_taken := hand.rake;
    return;
  end if;
  if hand.status = 'voided' then
    outcome := 'voided';
    return;
  end if;
  if hand.started_at < now() - hand_age_max then
    outcome := 'id_out_of_window';
    return;
  end if;
  -- The clock of the host that started the hand may be ahead of this one.
  ends_at := coalesce(hand_ended_at, greatest(now(), hand.started_at));
  if ends_at < hand.started_at
    or ends_at > greatest(now(), hand.started_at) + clock_ahead_max then
    raise exception 'settle_hand: a hand that started at % cannot have ended at %',
      hand.started_at, ends_at
      using errcode = 'invalid_parameter_value';
  end if;
  if sha256(revealed_seed) <> hand.server_seed_commit then
    raise exception 'settle_hand: the revealed seed is not the one that was committed to'
      using errcode = 'invalid_parameter_value',
        hint = 'Give the decrypted seed of this hand, or null to reveal none.';
  end if;
  select w.id into strict rake_wallet
  from public.user_wallets as w
  where w.code = 'rake' and w.currency = hand.currency;

  -- The hand's payments are one group: whole or not at all.
  if payments > 0 then
    select
      array_agg(d.id order by d.n) as ids,
      array_agg(case when d.payee is null then 'rake' else 'settlement' end order by d.n)
        as kinds,
      array_agg(d.payer_wallet order by d.n) as debits,
      array_agg(d.payee_wallet order by d.n) as credits,
      array_agg(jsonb_build_object('reason', d.reason) order by d.n) as metadata
    into given
    from (
      select
        i.n, i.payee, i.reason,
        public.reserved_id(hand.started_at, hand.id::text, 'settlement', i.n::integer) as id,
        coalesce(f.wallet_id, -i.n) as payer_wallet,
        case when i.payee is null then rake_wallet else coalesce(t.wallet_id, 0) end
          as payee_wallet
      from unnest(payer_seats, payee_seats, payment_reasons)
        with ordinality as i (payer, payee, reason, n)
      left join public.hand_seats as f on f.hand_id = hand.id and f.seat = i.payer
      left join public.hand_seats as t on t.hand_id = hand.id and t.seat = i.payee
    ) as d;
    outcomes := (public.post_batch(
      true, ids => given.ids, kinds => given.kinds, debit_wallet_ids => given.debits,
      credit_wallet_ids => given.credits,
      currencies => array_fill(hand.currency, array[payments]), amounts => payment_amounts[:],
      group_ids => array_fill(given.ids[1], array[payments]),
      group_sizes => array_fill(payments, array[payments]),
      reference_types => array_fill('hand'::text, array[payments]),
      reference_ids => array_fill(hand.id::text, array[payments]),
      metadata => given.metadata)).outcomes;
    if 'ok' <> any (outcomes) then
      select coalesce(min(u.outcome) filter (where u.outcome <> 'group_failed'), 'group_failed')
      into outcome
      from unnest(outcomes) as u (outcome)
      where u.outcome <> 'ok';
      return;
    end if;
  end if;

  update public.hand_seats as s
  set net = coalesce(n.net, 0), rake = coalesce(n.rake, 0)
  from (
    select
      h.seat,
      sum(case when i.payee = h.seat then i.amount else 0 end)
        - sum(case when i.payer = h.seat then i.amount else 0 end) as net,
      sum(case when i.payer = h.seat and i.payee is null then i.amount else 0 end) as rake
    from public.hand_seats as h
    left join unnest(payer_seats, payee_seats, payment_amounts) as i (payer, payee, amount)
      on h.seat in (i.payer, i.payee)
    where h.hand_id = hand.id
    group by h.seat
  ) as n
  where s.hand_id = hand.id and s.seat = n.seat;
  select coalesce(sum(s.rake), 0) into rake_taken
  from public.hand_seats as s
  where s.hand_id = hand.id;
  if rake_taken > hand.rake_cap then
    raise exception 'settle_hand: a rake of % is above the table''s cap of %',
      rake_taken, hand.rake_cap
      using errcode = 'invalid_parameter_value';
  end if;
  select coalesce(sum(s.net) filter (where s.net > 0), 0) + rake_taken into won
  from public.hand_seats as s
  where s.hand_id = hand.id;
  if rake_taken::numeric * 10000 > won * hand.rake_bps then
    raise exception 'settle_hand: a rake of % is above % basis points of the % won',
      rake_taken, hand.rake_bps, won
      using errcode = 'invalid_parameter_value';
  end if;
  update public.game_hands as h
  set
    status = 'settled', ended_at = ends_at, rake = rake_taken, result = hand_result,
    settlement_hash = content_hash, server_seed = revealed_seed,
    server_seed_encrypted = case when revealed_seed is null then h.server_seed_encrypted end,
    key_id = case when revealed_seed is null then h.key_id end
  where h.id = hand.id;
  update public.game_rooms as r set current_hand_id = null where r.id = hand.room_id;
  perform public.record_hand_results(hand.id, hand.game_id, hand.currency, ends_at);
end
$function$;
comment on function public.settle_hand(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'Settles a hand exactly once: payments between its seats (payee null: rake) as one group of the
ledger, results of the seats, statistics, the result, the revealed seed. Identifiers of the payments
follow from the hand. Freezes and limits do not apply.
Outcomes: ok, exists, exists_with_different_content, fenced, hand_not_found, voided,
id_out_of_window (older than 30 days: void it), and those of post_transactions.
Locks: the room, exclusively; the hand; the seats'' wallets; totals in the order of the players.
Example: select result from game_hands where status = ''settled'' limit 1;';

create function public.void_hand(
  hand_id uuid, room_fence bigint, hand_void_reason text, actor uuid default null)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand public.game_hands;
  locked record;
begin
  if hand_void_reason is null or length(btrim(hand_void_reason)) not between 1 and 200 then
    raise exception 'void_hand: a reason of 1 to 200 characters is needed'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = void_hand.hand_id;
  if not found then
    return 'hand_not_found';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = void_hand.hand_id
  for no key update;
  if hand.status <> 'playing' then
    return case when hand.status = 'voided' then 'exists' else 'settled' end;
  end if;
  update public.game_hands as h
  set status = 'voided', ended_at = now(), void_reason = hand_void_reason
  where h.id = hand.id;
  -- Chips move only at the settlement: the seats' wallets still hold the starting stacks.
  update public.hand_seats as s set net = 0, rake = 0 where s.hand_id = hand.id;
  update public.game_rooms as r set current_hand_id = null where r.id = hand.room_id;
  perform public.create_audit_log(
    actor, 'hand.voided', 'hand', hand.id::text, hand_void_reason,
    jsonb_build_object('room', hand.room_id, 'number', hand.number));
  return 'ok';
end
$function$;
comment on function public.void_hand(uuid, bigint, text, uuid) is
  'Ends a hand without a result: every seat keeps the chips that it started with. Audited.
Outcomes: ok, exists, settled, fenced, hand_not_found. Locks: the room, exclusively; the hand.
Example: select id from game_hands where status = ''voided'' limit 1;';

create function public.verify_journal()
returns table (check_name text, is_ok boolean, examined bigint, problem text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    'moves_have_seats_and_no_gaps' as check_name, coalesce(bool_and(m.is_whole), true), count(*),
    case when not bool_and(m.is_whole) then format(
      '%s hands, the first %s', count(*) filter (where not m.is_whole),
      (array_agg(m.hand_id) filter (where not m.is_whole))[1]) end
  from (
    select j.hand_id, max(j.no) = count(*) and bool_and(h.seat is not null) as is_whole
    from public.game_moves as j
    left join public.hand_seats as h on h.hand_id = j.hand_id and h.seat = j.seat
    group by j.hand_id
  ) as m
  union all
  select
    'running_hands_are_current' as check_name, coalesce(bool_and(r.is_current), true), count(*),
    case when not bool_and(r.is_current) then format(
      '%s hands, the first %s', count(*) filter (where not r.is_current),
      (array_agg(r.hand_id) filter (where not r.is_current))[1]) end
  from (
    select coalesce(h.id, o.current_hand_id) as hand_id,
      h.id is not null and o.id is not null as is_current
    from (select p.id, p.room_id from public.game_hands as p where p.status = 'playing') as h
    full join (
      select g.id, g.current_hand_id from public.game_rooms as g where g.current_hand_id is not null
    ) as o on o.current_hand_id = h.id and o.id = h.room_id
  ) as r
  union all
  select
    'results_equal_ledger' as check_name, coalesce(bool_and(s.is_equal), true), count(*),
    case when not bool_and(s.is_equal) then format(
      '%s seats, the first of hand %s', count(*) filter (where not s.is_equal),
      (array_agg(s.hand_id) filter (where not s.is_equal))[1]) end
  from (
    select h.hand_id, coalesce(p.change, 0) = coalesce(h.net, 0) as is_equal
    from public.hand_seats as h
    left join (
      select l.hand_id, l.wallet_id, sum(l.change) as change
      from (
        select t.reference_id as hand_id, t.credit_wallet_id as wallet_id, t.amount as change
        from public.transactions as t
        where t.reference_type = 'hand' and t.kind in ('settlement', 'rake')
        union all
        select t.reference_id, t.debit_wallet_id, -t.amount
        from public.transactions as t
        where t.reference_type = 'hand' and t.kind in ('settlement', 'rake')
      ) as l
      group by l.hand_id, l.wallet_id
    ) as p on p.hand_id = h.hand_id::text and p.wallet_id = h.wallet_id
    -- The payments of a hand have its time, and leave with its month.
    where not exists (
      select
      from public.ledger_archives as a
      where a.relation = 'transactions'
        || to_char(public.id_time(h.hand_id) at time zone 'UTC', '"_y"YYYY"m"MM'))
  ) as s
  union all
  select
    'results_sum_to_rake' as check_name, coalesce(bool_and(r.is_equal), true), count(*),
    case when not bool_and(r.is_equal) then format(
      '%s hands, the first %s', count(*) filter (where not r.is_equal),
      (array_agg(r.hand_id) filter (where not r.is_equal))[1]) end
  from (
    select h.id as hand_id,
      coalesce(sum(s.net) = -h.rake and sum(s.rake) = h.rake, false) as is_equal
    from public.game_hands as h
    left join public.hand_seats as s on s.hand_id = h.id
    where h.status <> 'playing'
    group by h.id
  ) as r
  union all
  select
    'stacks_equal_wallets' as check_name, coalesce(bool_and(s.is_equal), true), count(*),
    case when not bool_and(s.is_equal) then format(
      '%s seats of running hands, the first of hand %s', count(*) filter (where not s.is_equal),
      (array_agg(s.hand_id) filter (where not s.is_equal))[1]) end
  from (
    select h.id as hand_id, x.stack_start = w.balance as is_equal
    from public.game_hands as h
    join public.hand_seats as x on x.hand_id = h.id
    join public.user_wallets as w on w.id = x.wallet_id
    where h.status = 'playing'
  ) as s
  union all
  select
    'chips_on_tables_have_players' as check_name, coalesce(bool_and(s.id is not null), true),
    count(*),
    case when not bool_and(s.id is not null) then format(
      '%s seat wallets, the first %s', count(*) filter (where s.id is null),
      min(w.id) filter (where s.id is null)) end
  from public.user_wallets as w
  left join public.game_sessions as s on s.seat_wallet_id = w.id and s.stood_up_at is null
  where w.kind = 'seat' and w.balance > 0;
end;
comment on function public.verify_journal() is
  'Checks hands and moves against each other and against the ledger, a row a check; problem is null
where all is well. Reads all of both, detached months left out.
Example: select * from verify_journal();';

-- What may be known of hands that are over -------------------------------------------------------

create view public.finished_hands
with (security_barrier)
as
select
  h.id, h.room_id, h.number, h.game_id, h.rules_version, h.options, h.currency, h.base_bet,
  h.rake_bps, h.rake_cap, h.opener_seat, h.status, h.server_seed_commit, h.server_seed,
  h.started_at, h.ended_at, h.rake, h.result, h.void_reason
from public.game_hands as h
where h.status <> 'playing';
comment on view public.finished_hands is
  'Hands that are over, with the seed where it was revealed: what replay and fairness checks need.';

create view public.finished_hand_seats
with (security_barrier)
as
select
  s.hand_id, s.seat, s.session_id, s.user_id, s.stack_start, s.client_seed,
  s.bot_strength is not null as is_bot, s.net, s.rake
from public.hand_seats as s
join public.game_hands as h on h.id = s.hand_id
where h.status <> 'playing';
comment on view public.finished_hand_seats is 'Seats of hands that are over, with their results.';

create view public.finished_hand_moves
with (security_barrier)
as
select m.hand_id, m.no, m.seat, m.actor, m.move, m.trustee, m.made_at
from public.game_moves as m
join public.game_hands as h on h.id = m.hand_id
where h.status <> 'playing';
comment on view public.finished_hand_moves is 'Moves of hands that are over, in order of no.';

do $comments$
declare
  view_column record;
begin
  for view_column in
    select
      v.relname as view_name, a.attname as name, col_description(b.oid, c.attnum) as description
    from (values
      ('finished_hands', 'game_hands'), ('finished_hand_seats', 'hand_seats'),
      ('finished_hand_moves', 'game_moves')) as p (view_name, table_name)
    join pg_catalog.pg_class as v
      on v.relname = p.view_name and v.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_class as b
      on b.relname = p.table_name and b.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_attribute as a on a.attrelid = v.oid and a.attnum > 0
    join pg_catalog.pg_attribute as c on c.attrelid = b.oid and c.attname = a.attname
  loop
    execute format('comment on column public.%I.%I is %L',
      view_column.view_name, view_column.name, view_column.description);
  end loop;
end
$comments$;
comment on column public.finished_hand_seats.is_bot is 'Whether a bot sat there.';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.server_nodes, public.stake_tiers, public.hand_seats to higgs_app;
grant select on
  public.finished_hands, public.finished_hand_seats, public.finished_hand_moves
to higgs_app, higgs_readonly;
grant select on public.stake_tiers to higgs_readonly;
grant select (id, name, rules_versions, lease_expires_at, started_at, stopped_at)
  on public.server_nodes to higgs_readonly;
grant execute on function
  public.lease_duration(), public.register_node(text, text, integer[]),
  public.renew_lease(bigint), public.take_rooms(bigint, integer), public.release_node(bigint),
  public.create_room(
    text, text, text, bigint, bigint, bigint, smallint, smallint, bigint, jsonb, text, text, uuid,
    uuid, text),
  public.open_room(text, text, jsonb, text, uuid),
  public.sit_down(uuid, bigint, bigint, uuid, smallint, bigint),
  public.top_up(uuid, uuid, bigint, bigint), public.stand_up(uuid, bigint),
  public.close_room(bigint, bigint), public.return_stray_chips(bigint, uuid, text, uuid),
  public.start_hand(
    uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
    smallint[], bytea[], text[]),
  public.append_moves(
    bigint[], bigint[], uuid[], integer[], smallint[], text[], bytea[], text[], integer[],
    boolean[]),
  public.settle_hand(
    uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz),
  public.void_hand(uuid, bigint, text, uuid)
to higgs_app;
grant execute on function public.verify_journal() to higgs_app, higgs_readonly;

reset role;

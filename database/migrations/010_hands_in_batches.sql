-- 010 Hands in batches: many hands promised, started and settled in one call, with the outcomes of
-- the single functions. What both need is here once; the single functions are replaced to use it.
--
-- Locks, as everywhere: rooms in the order of their ids, hands, wallets, transaction ids, and the
-- totals of players in the order of the players.
--
-- Joins with large tables say the keys once more, as in h.id = any (hand_ids): a plan is made once
-- in a session, perhaps while a table is small, and must not read all of it when it has grown.

set role higgs_owner;

-- What every batch needs -------------------------------------------------------------------------

create function public.lock_rooms(room_ids bigint[])
returns void
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
  perform pg_advisory_xact_lock(r.id)
  from (select distinct u.id from unnest(room_ids) as u (id) order by u.id) as r;
end
$function$;
comment on function public.lock_rooms(bigint[]) is
  'Takes the locks of rooms exclusively, in the order of their ids. Statements after it see every
takeover that came before; a takeover that comes later waits. READ COMMITTED only. Internal.
Locks: the rooms.';

create or replace function public.locked_room(room bigint, room_fence bigint, out outcome text,
  out row_found public.game_rooms)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform public.lock_rooms(array[room]);
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

create function public.check_batch(
  caller text, items_max integer, lengths integer[], optional_lengths integer[],
  dimensions integer[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
begin
  if array_position(lengths, null) is not null or lengths[1] <> any (lengths)
    or lengths[1] <> any (array_remove(optional_lengths, null)) then
    raise exception '%: the arrays of items must be equally long', caller
      using errcode = 'invalid_parameter_value',
        hint = 'Give one element for each item, a null where it has none.';
  end if;
  if lengths[1] > items_max then
    raise exception '%: % items in one call, more than %', caller, lengths[1], items_max
      using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
  end if;
  if 1 < any (dimensions) then
    raise exception '%: an array has more than one dimension', caller
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each item.';
  end if;
end
$function$;
comment on function public.check_batch(text, integer, integer[], integer[], integer[]) is
  'Refuses a call whose arrays differ in length, are too long or are tables. Internal.';

create function public.check_parts(
  caller text, items integer, parts_max integer, part_items integer[], lengths integer[],
  optional_lengths integer[], dimensions integer[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform public.check_batch(
    caller, parts_max, cardinality(part_items) || lengths, optional_lengths, dimensions);
  if array_position(part_items, null) is not null
    or 1 > any (part_items) or items < any (part_items) then
    raise exception '%: a payment or seat belongs to none of the % items', caller, items
      using errcode = 'invalid_parameter_value',
        hint = 'Say of each to which item it belongs, counted from 1.';
  end if;
end
$function$;
comment on function public.check_parts(
  text, integer, integer, integer[], integer[], integer[], integer[]) is
  'As check_batch(), for what items consist of: each part names its item. Internal.';

create function public.is_fault_of_item(error_state text)
returns boolean
language sql
immutable
parallel safe
return left(error_state, 2) in ('21', '22', '23', 'P0');
comment on function public.is_fault_of_item(text) is
  'Whether an error comes from what an item asks for: data, a constraint, a rule. All others
(deadlock, no memory, no disk, a shutdown) end the whole call. Internal.';

-- Promises ---------------------------------------------------------------------------------------

create function public.write_deals(
  room_ids bigint[], hand_numbers integer[], seed_commits bytea[], seeds_encrypted bytea[],
  seed_key_ids bytea[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  insert into public.room_deals as d (
    room_id, number, server_seed_commit, server_seed_encrypted, key_id)
  select i.room_id, i.number, i.commit, i.encrypted, i.key_id
  from unnest(room_ids, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, number, commit, encrypted, key_id)
  order by i.room_id
  on conflict (room_id) do update
  set
    number = excluded.number, server_seed_commit = excluded.server_seed_commit,
    server_seed_encrypted = excluded.server_seed_encrypted, key_id = excluded.key_id,
    promised_at = now();
end
$function$;
comment on function public.write_deals(bigint[], integer[], bytea[], bytea[], bytea[]) is
  'Writes promises that were found to be in order. The caller holds the locks of the rooms.
Internal.';

create or replace function public.promise_deal(
  room bigint,
  room_fence bigint,
  hand_number integer,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  out outcome text,
  out promised_commit bytea,
  out promised_encrypted bytea,
  out promised_key_id bytea
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
declare
  locked record;
begin
  if hand_number is null or seed_commit is null or seed_encrypted is null or seed_key_id is null
  then
    raise exception 'promise_deal: number, commit, encrypted seed and key are all needed'
      using errcode = 'invalid_parameter_value';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select d.server_seed_commit, d.server_seed_encrypted, d.key_id
  into promised_commit, promised_encrypted, promised_key_id
  from public.room_deals as d
  where d.room_id = room and d.number = hand_number;
  if found then
    outcome := 'exists';
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if hand_number <> locked.hands_started + 1 then
    outcome := 'out_of_order';
    return;
  end if;
  perform public.write_deals(
    array[room], array[hand_number], array[seed_commit], array[seed_encrypted],
    array[seed_key_id]);
  promised_commit := seed_commit;
  promised_encrypted := seed_encrypted;
  promised_key_id := seed_key_id;
end
$function$;

create or replace function public.check_promised_deal()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  broken record;
begin
  select s.number, s.room_id
  into broken
  from started as s
  join public.room_deals as d on d.room_id = s.room_id and d.number = s.number
  where d.server_seed_commit <> s.server_seed_commit
    and d.room_id = any (array(select t.room_id from started as t))
  order by s.room_id
  limit 1;
  if found then
    raise exception 'hand % of room % was promised with another server seed',
      broken.number, broken.room_id
      using errcode = 'invalid_parameter_value',
        hint = 'Start it with the seed of room_deals.';
  end if;
  return null;
end
$function$;
drop trigger game_hands_keep_promise on public.game_hands;
create trigger game_hands_keep_promise
after insert on public.game_hands
referencing new table as started
for each statement execute function public.check_promised_deal();
comment on trigger game_hands_keep_promise on public.game_hands is
  'A promised server seed is not exchanged.';

create function public.promise_deals(
  room_ids bigint[],
  fences bigint[],
  hand_numbers integer[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[]
)
returns table (
  item integer, outcome text, promised_commit bytea, promised_encrypted bytea,
  promised_key_id bytea, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  deals_max constant integer := 256;
  items constant integer := cardinality(room_ids);
  is_plain boolean;
  given record;
begin
  perform public.check_batch(
    'promise_deals', deals_max,
    array[items, cardinality(fences), cardinality(hand_numbers), cardinality(seed_commits),
      cardinality(seeds_encrypted), cardinality(seed_key_ids)],
    null,
    array[array_ndims(room_ids), array_ndims(fences), array_ndims(hand_numbers),
      array_ndims(seed_commits), array_ndims(seeds_encrypted), array_ndims(seed_key_ids)]);
  perform public.lock_rooms(room_ids);

  -- The fast way stands only where every promise is new and in order; it refuses nothing itself.
  select
    count(distinct i.room_id) = items and bool_and((
      r.fence = i.fence and r.status = 'open' and i.number = r.hands_started + 1
      and num_nulls(i.commit, i.encrypted, i.key_id) = 0
      and (d.number is null or d.number <> i.number)) is true)
  into is_plain
  from unnest(room_ids, fences, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, fence, number, commit, encrypted, key_id)
  left join public.game_rooms as r on r.id = i.room_id and r.id = any (room_ids)
  left join public.room_deals as d on d.room_id = i.room_id and d.room_id = any (room_ids);
  if is_plain then
    begin
      perform public.write_deals(
        room_ids, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids);
      return query
      select i.item::integer, 'ok', i.commit, i.encrypted, i.key_id, null::text
      from unnest(seed_commits, seeds_encrypted, seed_key_ids)
        with ordinality as i (commit, encrypted, key_id, item);
      return;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  for given in
    select i.item::integer as item, i.room_id, i.fence, i.number, i.commit, i.encrypted, i.key_id
    from unnest(room_ids, fences, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
      with ordinality as i (room_id, fence, number, commit, encrypted, key_id, item)
    order by i.item
  loop
    item := given.item;
    problem := null;
    begin
      select p.outcome, p.promised_commit, p.promised_encrypted, p.promised_key_id
      into outcome, promised_commit, promised_encrypted, promised_key_id
      from public.promise_deal(
        given.room_id, given.fence, given.number, given.commit, given.encrypted,
        given.key_id) as p;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
      outcome := 'invalid';
      promised_commit := null;
      promised_encrypted := null;
      promised_key_id := null;
      problem := sqlerrm;
    end;
    return next;
  end loop;
end
$function$;
comment on function public.promise_deals(
  bigint[], bigint[], integer[], bytea[], bytea[], bytea[]) is
  'Promises the next deals of many rooms, at most 256, in one call; one result an item, in order, as
promise_deal() answers for each in turn. One item''s refusal never sinks others. Outcomes: those of
promise_deal(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids.
Example: select * from promise_deals(''{1}'', ''{0}'', ''{1}'', array[sha256(''a'')],
array[sha256(''a'')], ''{k}'');';

-- Starts -----------------------------------------------------------------------------------------

create function public.may_start_at(moment timestamptz)
returns boolean
language sql
stable
return moment between now() - interval '30 days' and now() + interval '5 minutes';
comment on function public.may_start_at(timestamptz) is
  'Whether a hand may have an identifier of that time: not older than 30 days, at most 5 minutes
ahead. Internal.';

create function public.may_settle_from(started_at timestamptz)
returns boolean
language sql
stable
return started_at >= now() - interval '30 days';
comment on function public.may_settle_from(timestamptz) is
  'Whether a hand that started then may still be settled: an older one is voided. Internal.';

create function public.ready_seats(rooms bigint[])
returns table (
  room_id bigint, seat smallint, session_id uuid, user_id uuid, wallet_id bigint, stack bigint)
language sql
stable
begin atomic
  select s.room_id, s.seat, s.id, s.user_id, s.seat_wallet_id, w.balance
  from public.game_sessions as s
  join public.user_wallets as w on w.id = s.seat_wallet_id
  where s.room_id = any (rooms) and s.stood_up_at is null and s.leave_requested_at is null
    and w.balance > 0;
end;
comment on function public.ready_seats(bigint[]) is
  'The seats of rooms that can be dealt in: somebody sits there, wants to stay, and has chips. The
stack is what the seat''s wallet holds; it cannot change until the settlement. Internal.';

create function public.write_starts(
  hand_ids uuid[],
  room_ids bigint[],
  rules_versions integer[],
  hand_options jsonb[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[],
  opener_seats smallint[],
  seat_items integer[],
  seats smallint[],
  client_seeds text[],
  bot_strengths smallint[],
  bot_seeds bytea[],
  bot_styles text[]
)
returns table (item integer, hand_number integer, stacks bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  return query
  with started as (
    insert into public.game_hands (
      id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
      opener_seat, server_seed_commit, server_seed_encrypted, key_id, started_at)
    select
      i.hand_id, r.id, r.hands_started + 1, r.game_id, i.rules_version, i.options, r.currency,
      r.base_bet, r.rake_bps, r.rake_cap, i.opener_seat, i.commit, i.encrypted, i.key_id,
      public.id_time(i.hand_id)
    from unnest(
      hand_ids, room_ids, rules_versions, hand_options, seed_commits, seeds_encrypted,
      seed_key_ids, opener_seats
    ) as i (hand_id, room_id, rules_version, options, commit, encrypted, key_id, opener_seat)
    join public.game_rooms as r on r.id = i.room_id
    where r.id = any (room_ids)
    returning id, room_id, number
  ),
  dealt_in as (
    insert into public.hand_seats (
      hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, bot_strength,
      bot_seed, bot_style)
    select
      hand_ids[i.item], q.seat, q.session_id, q.user_id, q.wallet_id, q.stack, i.client_seed,
      i.bot_strength, i.bot_seed, i.bot_style
    from unnest(seat_items, seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
      as i (item, seat, client_seed, bot_strength, bot_seed, bot_style)
    join public.ready_seats(room_ids) as q
      on q.room_id = room_ids[i.item] and q.seat = i.seat
    order by i.item, i.seat
    returning hand_id, seat, session_id, stack_start
  ),
  played as (
    update public.game_sessions as s
    set first_hand = coalesce(s.first_hand, h.number), last_hand = h.number
    from dealt_in as d
    join started as h on h.id = d.hand_id
    where s.id = d.session_id and s.room_id = any (room_ids)
  ),
  running as (
    update public.game_rooms as r
    set hands_started = h.number, current_hand_id = h.id
    from started as h
    where r.id = h.room_id and r.id = any (room_ids)
  )
  select
    array_position(hand_ids, h.id), h.number, array_agg(d.stack_start order by d.seat)
  from started as h
  join dealt_in as d on d.hand_id = h.id
  group by h.id, h.number
  order by 1;
end
$function$;
comment on function public.write_starts(
  uuid[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[], integer[],
  smallint[], text[], smallint[], bytea[], text[]) is
  'Writes hands that were found to be in order, with their seats, in one statement. The caller holds
the locks of the rooms, and compares the stacks with the seats that it gave. Internal.';

create or replace function public.start_hand(
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
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
declare
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
  if not public.may_start_at(public.id_time(hand_id)) then
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
  from public.ready_seats(array[room]) as s
  where s.seat = any (seats);
  if fit <> cardinality(seats) then
    outcome := 'seat_not_ready';
    return;
  end if;
  begin
    select w.hand_number, w.stacks
    into hand_number, stacks
    from public.write_starts(
      array[hand_id], array[room], array[hand_rules_version], array[hand_options],
      array[seed_commit], array[seed_encrypted], array[seed_key_id], array[hand_opener_seat],
      array_fill(1, array[cardinality(seats)]), seats, client_seeds, bot_strengths, bot_seeds,
      bot_styles) as w;
  exception when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'start_hand: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'It must keep: ' || coalesce(
          public.rule_of('public.game_hands', violated),
          public.rule_of('public.hand_seats', violated));
  end;
end
$function$;

create function public.start_hands(
  hand_ids uuid[],
  room_ids bigint[],
  fences bigint[],
  rules_versions integer[],
  hand_options jsonb[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[],
  opener_seats smallint[],
  seat_items integer[],
  seats smallint[],
  client_seeds text[],
  bot_strengths smallint[],
  bot_seeds bytea[],
  bot_styles text[]
)
returns table (item integer, outcome text, hand_number integer, stacks bigint[], problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  hands_max constant integer := 256;
  seats_max constant integer := 2048;
  items constant integer := cardinality(hand_ids);
  is_plain boolean;
  hands_written bigint;
  seats_written bigint;
  given record;
begin
  perform public.check_batch(
    'start_hands', hands_max,
    array[items, cardinality(room_ids), cardinality(fences), cardinality(rules_versions),
      cardinality(hand_options), cardinality(seed_commits), cardinality(seeds_encrypted),
      cardinality(seed_key_ids)],
    array[cardinality(opener_seats)],
    array[array_ndims(hand_ids), array_ndims(room_ids), array_ndims(fences),
      array_ndims(rules_versions), array_ndims(hand_options), array_ndims(seed_commits),
      array_ndims(seeds_encrypted), array_ndims(seed_key_ids), array_ndims(opener_seats)]);
  perform public.check_parts(
    'start_hands', items, seats_max, seat_items,
    array[cardinality(seats), cardinality(client_seeds)],
    array[cardinality(bot_strengths), cardinality(bot_seeds), cardinality(bot_styles)],
    array[array_ndims(seat_items), array_ndims(seats), array_ndims(client_seeds),
      array_ndims(bot_strengths), array_ndims(bot_seeds), array_ndims(bot_styles)]);
  perform public.lock_rooms(room_ids);

  -- The fast way stands only where every hand is new and in order; it refuses nothing itself.
  select
    count(distinct i.hand_id) = items and count(distinct i.room_id) = items
    and bool_and((
      public.is_version_7(i.hand_id) and public.may_start_at(public.id_time(i.hand_id))
      and h.id is null and r.fence = i.fence and r.status = 'open' and r.current_hand_id is null
      and num_nulls(i.rules_version, i.options, i.commit, i.encrypted, i.key_id) = 0
      and s.seats >= g.seats_min and s.ascend) is true)
  into is_plain
  from unnest(
    hand_ids, room_ids, fences, rules_versions, hand_options, seed_commits, seeds_encrypted,
    seed_key_ids
  ) with ordinality as i (
    hand_id, room_id, fence, rules_version, options, commit, encrypted, key_id, item)
  left join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join public.game_rooms as r on r.id = i.room_id and r.id = any (room_ids)
  left join public.games as g on g.id = r.game_id
  left join (
    select
      u.item, count(*) as seats,
      bool_and(u.seat is not null and u.seat > coalesce(u.seat_before, -1)) as ascend
    from (
      select
        j.item, j.seat,
        lag(j.seat) over (partition by j.item order by j.place) as seat_before
      from unnest(seat_items, seats) with ordinality as j (item, seat, place)
    ) as u
    group by u.item
  ) as s on s.item = i.item;
  if is_plain then
    begin
      select count(*), sum(cardinality(w.stacks))
      into hands_written, seats_written
      from public.write_starts(
        hand_ids[:], room_ids[:], rules_versions, hand_options, seed_commits, seeds_encrypted,
        seed_key_ids, opener_seats, seat_items, seats, client_seeds, bot_strengths, bot_seeds,
        bot_styles) as w;
      if hands_written = items and seats_written = cardinality(seats) then
        return query
        select i.item::integer, 'ok', h.number, s.stacks, null::text
        from unnest(hand_ids) with ordinality as i (hand_id, item)
        join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
        cross join lateral (
          select array_agg(d.stack_start order by d.seat) as stacks
          from public.hand_seats as d
          where d.hand_id = i.hand_id
        ) as s
        order by i.item;
        return;
      end if;
      raise exception 'a seat is not ready';
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  for given in
    select
      i.item::integer as item, i.hand_id, i.room_id, i.fence, i.rules_version, i.options, i.commit,
      i.encrypted, i.key_id, i.opener_seat, coalesce(s.seats, '{}') as seats,
      coalesce(s.client_seeds, '{}') as client_seeds,
      coalesce(s.bot_strengths, '{}') as bot_strengths,
      coalesce(s.bot_seeds, '{}') as bot_seeds, coalesce(s.bot_styles, '{}') as bot_styles
    from unnest(
      hand_ids, room_ids, fences, rules_versions, hand_options, seed_commits, seeds_encrypted,
      seed_key_ids, opener_seats
    ) with ordinality as i (
      hand_id, room_id, fence, rules_version, options, commit, encrypted, key_id, opener_seat,
      item)
    left join (
      select
        j.item, array_agg(j.seat order by j.place) as seats,
        array_agg(j.client_seed order by j.place) as client_seeds,
        array_agg(j.bot_strength order by j.place) as bot_strengths,
        array_agg(j.bot_seed order by j.place) as bot_seeds,
        array_agg(j.bot_style order by j.place) as bot_styles
      from unnest(seat_items, seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
        with ordinality as j (
          item, seat, client_seed, bot_strength, bot_seed, bot_style, place)
      group by j.item
    ) as s on s.item = i.item
    order by i.item
  loop
    item := given.item;
    problem := null;
    begin
      select s.outcome, s.hand_number, s.stacks
      into outcome, hand_number, stacks
      from public.start_hand(
        given.hand_id, given.room_id, given.fence, given.rules_version, given.options,
        given.commit, given.encrypted, given.key_id, given.seats, given.client_seeds,
        given.opener_seat, given.bot_strengths, given.bot_seeds, given.bot_styles) as s;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
      outcome := 'invalid';
      hand_number := null;
      stacks := null;
      problem := sqlerrm;
    end;
    return next;
  end loop;
end
$function$;
comment on function public.start_hands(
  uuid[], bigint[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[],
  integer[], smallint[], text[], smallint[], bytea[], text[]) is
  'Starts hands in many rooms, at most 256, in one call; one result an item, in order, as
start_hand() answers for each in turn. seat_items says to which hand each seat belongs, from 1; the
arrays of openers and bots may be null. One item''s refusal never sinks others. Outcomes: those of
start_hand(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids.
Example: select * from start_hands(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'',
null, ''{}'', ''{}'', ''{}'', null, null, null);';

-- Settlements ------------------------------------------------------------------------------------

create function public.payment_problem(
  payer smallint, payee smallint, amount bigint, reason text)
returns text
language sql
immutable
parallel safe
return case
  when payer is null then 'no seat pays'
  when payer = payee then 'seat ' || payer::text || ' pays itself'
  when amount is null then 'it has no amount'
  when reason is null or length(reason) > 200 then 'its reason is null or over 200 characters'
end;
comment on function public.payment_problem(smallint, smallint, bigint, text) is
  'Why no settlement can have such a payment; null where it can be. Internal.';

create function public.is_hand_result(result jsonb)
returns boolean
language sql
immutable
parallel safe
return coalesce(jsonb_typeof(result) = 'object' and length(result::text) <= 20000, false);
comment on function public.is_hand_result(jsonb) is
  'Whether it can be the result of a hand: an object of at most 20000 characters. Internal.';

create function public.settlement_hash(
  payer_seats smallint[], payee_seats smallint[], payment_amounts bigint[],
  payment_reasons text[], hand_result jsonb)
returns bytea
language sql
stable
parallel safe
return sha256(convert_to(jsonb_build_array(
  to_jsonb(payer_seats), to_jsonb(payee_seats), to_jsonb(payment_amounts),
  to_jsonb(payment_reasons), hand_result)::text, 'UTF8'));
comment on function public.settlement_hash(
  smallint[], smallint[], bigint[], text[], jsonb) is
  'SHA-256 of what a settlement says, to tell a repeated one from another. Internal.';

create function public.hand_end(given_end timestamptz, started_at timestamptz)
returns timestamptz
language sql
stable
return coalesce(given_end, greatest(now(), started_at));
comment on function public.hand_end(timestamptz, timestamptz) is
  'When a hand ended: as given, else now. The clock of the host that started it may be ahead of
this one. Internal.';

create function public.is_hand_end(ended_at timestamptz, started_at timestamptz)
returns boolean
language sql
stable
return ended_at between started_at and greatest(now(), started_at) + interval '5 minutes';
comment on function public.is_hand_end(timestamptz, timestamptz) is
  'Whether a hand that started then can have ended so. Internal.';

create function public.rake_problem(
  rake bigint, rake_cap bigint, won numeric, rake_bps smallint)
returns text
language sql
immutable
parallel safe
return case
  when rake > rake_cap
    then 'a rake of ' || rake::text || ' is above the table''s cap of ' || rake_cap::text
  when rake::numeric * 10000 > won * rake_bps
    then 'a rake of ' || rake::text || ' is above ' || rake_bps::text || ' basis points of the '
      || won::text || ' won'
end;
comment on function public.rake_problem(bigint, bigint, numeric, smallint) is
  'Why a hand''s rake is too high for what was won, rake included; null where it is not. Internal.';

create function public.post_hands(
  hand_ids uuid[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[]
)
returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  payments_max constant integer := 1000;  -- as post_batch() has it
  given record;
  payments integer;
  from_place integer := 1;
  to_place integer;
  outcomes text[] := '{}';
begin
  select
    array_agg(p.id) as ids,
    array_agg(p.kind) as kinds,
    array_agg(p.payer_wallet) as debits,
    array_agg(p.payee_wallet) as credits,
    array_agg(p.currency) as currencies,
    array_agg(p.amount) as amounts,
    array_agg(p.group_id) as groups,
    array_agg(p.group_size) as sizes,
    array_agg(p.hand_id) as reference_ids,
    array_agg(p.metadata) as metadata
  into given
  from (
    select
      d.item, d.n, d.hand_id, d.kind, d.payer_wallet, d.payee_wallet, d.currency, d.amount,
      d.metadata, d.id, d.group_size,
      first_value(d.id) over (partition by d.item order by d.n) as group_id
    from (
      select
        i.item, i.n, i.amount, h.currency, h.id::text as hand_id, i.group_size,
        public.reserved_id(h.started_at, h.id::text, 'settlement', i.n) as id,
        case when i.payee is null then 'rake' else 'settlement' end as kind,
        coalesce(f.wallet_id, -i.n) as payer_wallet,
        coalesce(case when i.payee is null then k.id else t.wallet_id end, 0) as payee_wallet,
        jsonb_build_object('reason', i.reason) as metadata
      from (
        select
          u.item, u.payer, u.payee, u.amount, u.reason,
          (row_number() over (partition by u.item order by u.place))::integer as n,
          (count(*) over (partition by u.item))::integer as group_size
        from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
          with ordinality as u (item, payer, payee, amount, reason, place)
      ) as i
      join public.game_hands as h on h.id = hand_ids[i.item] and h.id = any (hand_ids)
      left join public.hand_seats as f
        on f.hand_id = h.id and f.seat = i.payer and f.hand_id = any (hand_ids)
      left join public.hand_seats as t
        on t.hand_id = h.id and t.seat = i.payee and t.hand_id = any (hand_ids)
      left join public.user_wallets as k
        on i.payee is null and k.code = 'rake' and k.currency = h.currency
    ) as d
    order by d.item, d.n
  ) as p;
  payments := coalesce(cardinality(given.ids), 0);
  if payments > payments_max then
    -- Several batches follow: the wallets of all of them first, in order.
    perform
    from public.user_wallets as w
    where w.id = any (given.debits || given.credits) and w.kind <> 'system'
    order by w.id
    for no key update;
  end if;
  while from_place <= payments loop
    to_place := least(from_place + payments_max - 1, payments);
    -- A hand is paid whole: where it would be cut, it waits for the next batch.
    if to_place < payments and given.groups[to_place + 1] = given.groups[to_place] then
      to_place := array_position(given.groups, given.groups[to_place]) - 1;
      if to_place < from_place then
        to_place := from_place + given.sizes[from_place] - 1;
      end if;
    end if;
    outcomes := outcomes || (public.post_batch(
      true,
      ids => given.ids[from_place:to_place], kinds => given.kinds[from_place:to_place],
      debit_wallet_ids => given.debits[from_place:to_place],
      credit_wallet_ids => given.credits[from_place:to_place],
      currencies => given.currencies[from_place:to_place],
      amounts => given.amounts[from_place:to_place],
      group_ids => given.groups[from_place:to_place],
      group_sizes => given.sizes[from_place:to_place],
      reference_types => array_fill('hand'::text, array[to_place - from_place + 1]),
      reference_ids => given.reference_ids[from_place:to_place],
      metadata => given.metadata[from_place:to_place])).outcomes;
    from_place := to_place + 1;
  end loop;
  return outcomes;
end
$function$;
comment on function public.post_hands(
  uuid[], integer[], smallint[], smallint[], bigint[], text[]) is
  'Posts the payments of hands, each hand as one group of the ledger: whole or not at all. Answers
the outcomes of post_transactions() in the order of hands and payments. The identifiers follow from
the hands. The caller holds the locks of the hands. Internal. Locks: the seats'' wallets.';

-- Every row is written twice, at the start and at the settlement. With room for both versions the
-- second leaves the four indexes alone.
alter table public.hand_seats set (fillfactor = 50);

create function public.write_settlements(
  hand_ids uuid[],
  ends_ats timestamptz[],
  hand_results jsonb[],
  content_hashes bytea[],
  revealed_seeds bytea[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  out outcome text,
  out rakes bigint[],
  out problem text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  outcomes text[] := public.post_hands(
    hand_ids, payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons);
begin
  outcome := 'ok';
  if 'ok' <> any (outcomes) then
    select coalesce(min(u.outcome) filter (where u.outcome <> 'group_failed'), 'group_failed')
    into outcome
    from unnest(outcomes) as u (outcome)
    where u.outcome <> 'ok';
    return;
  end if;
  with leg as (
    select h.hand_id, h.seat, 0::bigint as net, 0::bigint as rake
    from public.hand_seats as h
    where h.hand_id = any (hand_ids)
    union all
    select
      hand_ids[i.item], i.payer, -i.amount, case when i.payee is null then i.amount else 0 end
    from unnest(payment_items, payer_seats, payee_seats, payment_amounts)
      as i (item, payer, payee, amount)
    union all
    select hand_ids[i.item], i.payee, i.amount, 0
    from unnest(payment_items, payee_seats, payment_amounts) as i (item, payee, amount)
    where i.payee is not null
  ),
  written as (
    update public.hand_seats as s
    set net = n.net, rake = n.rake
    from (
      select l.hand_id, l.seat, sum(l.net) as net, sum(l.rake) as rake
      from leg as l
      group by l.hand_id, l.seat
    ) as n
    where s.hand_id = n.hand_id and s.seat = n.seat and s.hand_id = any (hand_ids)
    returning s.hand_id, s.net, s.rake
  ),
  total as (
    select
      w.hand_id, sum(w.rake)::bigint as rake,
      coalesce(sum(w.net) filter (where w.net > 0), 0) + sum(w.rake) as won
    from written as w
    group by w.hand_id
  )
  select
    array_agg(coalesce(t.rake, 0) order by i.item),
    min(public.rake_problem(t.rake, h.rake_cap, t.won, h.rake_bps))
  into rakes, problem
  from unnest(hand_ids) with ordinality as i (hand_id, item)
  join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join total as t on t.hand_id = i.hand_id;
  if problem is not null then
    return;
  end if;
  with settled as (
    update public.game_hands as h
    set
      status = 'settled', ended_at = i.ends_at, rake = i.rake, result = i.result,
      settlement_hash = i.content_hash, server_seed = i.seed,
      server_seed_encrypted = case when i.seed is null then h.server_seed_encrypted end,
      key_id = case when i.seed is null then h.key_id end
    from unnest(hand_ids, ends_ats, rakes, hand_results, content_hashes, revealed_seeds)
      as i (hand_id, ends_at, rake, result, content_hash, seed)
    where h.id = i.hand_id and h.id = any (hand_ids)
    returning h.room_id
  )
  update public.game_rooms as r
  set current_hand_id = null
  where r.id = any (array(select s.room_id from settled as s));
end
$function$;
comment on function public.write_settlements(
  uuid[], timestamptz[], jsonb[], bytea[], bytea[], integer[], smallint[], smallint[], bigint[],
  text[]) is
  'Pays and ends hands that were found to be in order, each once, all but the totals of the players.
Where outcome is not ok (what the ledger refused) or problem is not null (the rake), the caller
takes everything back. It holds the locks of the rooms and hands. Internal.
Locks: the seats'' wallets.';

create function public.time_zone_at(
  time_zone text, next_time_zone text, changes_at timestamptz, moment timestamptz)
returns text
language sql
immutable
parallel safe
return coalesce(case when changes_at <= moment then next_time_zone else time_zone end, 'UTC');
comment on function public.time_zone_at(text, text, timestamptz, timestamptz) is
  'The time zone that holds for a player at a moment, from what the profile has; UTC without one.
Example: select time_zone_at(''Asia/Jakarta'', null, null, now());';

create or replace function public.player_day(player_id uuid, moment timestamptz default now())
returns date
language sql
stable
begin atomic
  select (moment at time zone coalesce((
    select public.time_zone_at(p.time_zone, p.next_time_zone, p.time_zone_changes_at, moment)
    from public.user_profiles as p
    where p.user_id = player_id), 'UTC'))::date;
end;

create function public.record_hand_results(hand_ids uuid[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  results integer;
  written integer;
  recorded integer := 0;
begin
  -- A player's hands one after the other, for the streak: the first round has every player, and
  -- locks their rows in order; further rounds are for those who played several of the hands.
  for round in 1 .. cardinality(hand_ids) loop
    with given as (
      select
        s.user_id, h.game_id, h.currency, s.net, s.rake, h.ended_at,
        row_number() over (
          partition by s.user_id, h.game_id, h.currency order by i.item) as nth
      from unnest(hand_ids) with ordinality as i (hand_id, item)
      join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
      join public.hand_seats as s on s.hand_id = i.hand_id and s.hand_id = any (hand_ids)
    ),
    added as (
      insert into public.game_statistics as g (
        user_id, game_id, currency, hands_played, hands_won, chips_won, chips_lost, rake_paid,
        biggest_win, streak, best_streak, last_played_at)
      select
        s.user_id, s.game_id, s.currency, 1, (s.net > 0)::integer, greatest(s.net, 0),
        greatest(-s.net, 0), s.rake, greatest(s.net, 0), sign(s.net)::integer,
        (s.net > 0)::integer, s.ended_at
      from given as s
      where s.nth = round
      order by s.user_id, s.game_id, s.currency
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
        last_played_at = greatest(g.last_played_at, excluded.last_played_at)
      returning user_id
    )
    select (select count(*) from given), (select count(*) from added)
    into results, written;
    recorded := recorded + written;
    exit when recorded >= results;
  end loop;
  insert into public.player_day_totals as t (user_id, day, currency, hands, won, lost)
  select d.user_id, d.day, d.currency, count(*), sum(greatest(d.net, 0)), sum(greatest(-d.net, 0))
  from (
    select
      s.user_id, h.currency, s.net,
      (h.ended_at at time zone coalesce(public.time_zone_at(
        p.time_zone, p.next_time_zone, p.time_zone_changes_at, h.ended_at), 'UTC'))::date as day
    from public.game_hands as h
    join public.hand_seats as s on s.hand_id = h.id and s.hand_id = any (hand_ids)
    left join lateral (
      select u.time_zone, u.next_time_zone, u.time_zone_changes_at
      from public.user_profiles as u
      where u.user_id = s.user_id
      limit 1
    ) as p on true
    where h.id = any (hand_ids)
  ) as d
  group by d.user_id, d.day, d.currency
  order by d.user_id, d.day, d.currency
  on conflict (user_id, day, currency) do update
  set
    hands = t.hands + excluded.hands,
    won = t.won + excluded.won,
    lost = t.lost + excluded.lost;
end
$function$;
comment on function public.record_hand_results(uuid[]) is
  'Adds settled hands, each given once, to the statistics and day totals of their players. Internal.
Locks: statistics, then day totals, both in the order of the players.';

create function public.settle_hand_without_totals(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea,
  hand_ended_at timestamptz,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  payments constant integer := cardinality(payment_amounts);
  odd record;
  hand public.game_hands;
  locked record;
  content_hash bytea;
  ends_at timestamptz;
  written record;
begin
  if payments is null or (cardinality(payer_seats), cardinality(payee_seats),
    cardinality(payment_reasons)) is distinct from (payments, payments, payments) then
    raise exception 'settle_hand: the arrays of payments differ in length or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  select i.n, public.payment_problem(i.payer, i.payee, i.amount, i.reason) as problem
  into odd
  from unnest(payer_seats, payee_seats, payment_amounts, payment_reasons)
    with ordinality as i (payer, payee, amount, reason, n)
  where public.payment_problem(i.payer, i.payee, i.amount, i.reason) is not null
  order by i.n
  limit 1;
  if found or array_ndims(payment_amounts) > 1 then
    raise exception 'settle_hand: payment % cannot be: %', coalesce(odd.n, 1),
      coalesce(odd.problem, 'the arrays have more than one dimension')
      using errcode = 'invalid_parameter_value',
        hint = 'It has a seat that pays, another seat or null for rake, an amount and a reason.';
  end if;
  if not public.is_hand_result(hand_result) then
    raise exception 'settle_hand: hand_result is no object of at most 20000 characters'
      using errcode = 'invalid_parameter_value', hint = 'Give the public result as an object.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = settle_hand_without_totals.hand_id;
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
  where h.id = settle_hand_without_totals.hand_id
  for no key update;
  content_hash := public.settlement_hash(
    payer_seats, payee_seats, payment_amounts, payment_reasons, hand_result);
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
  if not public.may_settle_from(hand.started_at) then
    outcome := 'id_out_of_window';
    return;
  end if;
  ends_at := public.hand_end(hand_ended_at, hand.started_at);
  if not public.is_hand_end(ends_at, hand.started_at) then
    raise exception 'settle_hand: a hand that started at % cannot have ended at %',
      hand.started_at, ends_at
      using errcode = 'invalid_parameter_value';
  end if;
  if sha256(revealed_seed) <> hand.server_seed_commit then
    raise exception 'settle_hand: the revealed seed is not the one that was committed to'
      using errcode = 'invalid_parameter_value',
        hint = 'Give the decrypted seed of this hand, or null to reveal none.';
  end if;
  written := public.write_settlements(
    array[hand.id], array[ends_at], array[hand_result], array[content_hash],
    array[revealed_seed], array_fill(1, array[payments]), payer_seats, payee_seats,
    payment_amounts, payment_reasons);
  if written.problem is not null then
    raise exception 'settle_hand: %', written.problem
      using errcode = 'invalid_parameter_value';
  end if;
  outcome := written.outcome;
  rake_taken := written.rakes[1];
end
$function$;
comment on function public.settle_hand_without_totals(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'All that settle_hand() does but the totals of the players: record_hand_results() follows where
the outcome is ok. Internal.
Locks: the room, exclusively; the hand; the seats'' wallets.';

create or replace function public.settle_hand(
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
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
begin
  select s.outcome, s.rake_taken
  into outcome, rake_taken
  from public.settle_hand_without_totals(
    hand_id, room_fence, payer_seats, payee_seats, payment_amounts, payment_reasons, hand_result,
    revealed_seed, hand_ended_at) as s;
  if outcome = 'ok' then
    perform public.record_hand_results(array[hand_id]);
  end if;
end
$function$;
-- Nobody but settle_hand() could call it.
-- squawk-ignore ban-drop-function
drop function public.record_hand_results(uuid, text, text, timestamptz);

create function public.settle_hands(
  hand_ids uuid[],
  fences bigint[],
  hand_results jsonb[],
  revealed_seeds bytea[],
  ended_ats timestamptz[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[]
)
returns table (item integer, outcome text, rake_taken bigint, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  hands_max constant integer := 256;
  payments_max constant integer := 8192;
  items constant integer := cardinality(hand_ids);
  room_ids bigint[];
  is_plain boolean;
  ends_ats timestamptz[];
  content_hashes bytea[];
  written record;
  given record;
  settled record;
  with_totals boolean;
  outcomes text[];
  rakes bigint[];
  problems text[];
begin
  perform public.check_batch(
    'settle_hands', hands_max,
    array[items, cardinality(fences), cardinality(hand_results)],
    array[cardinality(revealed_seeds), cardinality(ended_ats)],
    array[array_ndims(hand_ids), array_ndims(fences), array_ndims(hand_results),
      array_ndims(revealed_seeds), array_ndims(ended_ats)]);
  perform public.check_parts(
    'settle_hands', items, payments_max, payment_items,
    array[cardinality(payer_seats), cardinality(payee_seats), cardinality(payment_amounts),
      cardinality(payment_reasons)],
    null,
    array[array_ndims(payment_items), array_ndims(payer_seats), array_ndims(payee_seats),
      array_ndims(payment_amounts), array_ndims(payment_reasons)]);
  -- The room of a hand never changes, so it may be read before it is locked.
  room_ids := array(select h.room_id from public.game_hands as h where h.id = any (hand_ids));
  perform public.lock_rooms(room_ids);
  perform
  from public.game_hands as h
  where h.id = any (hand_ids)
  order by h.id
  for no key update;

  -- The fast way stands only where every hand is to be settled and in order; it refuses nothing.
  select
    count(distinct i.hand_id) = items and bool_and((
      h.status = 'playing' and r.fence = i.fence and public.may_settle_from(h.started_at)
      and public.is_hand_result(i.result) and public.is_hand_end(e.ends_at, h.started_at)
      and coalesce(sha256(i.seed) = h.server_seed_commit, true)
      and coalesce(p.are_possible, true)) is true),
    array_agg(e.ends_at order by i.item),
    array_agg(
      public.settlement_hash(
        coalesce(p.payers, '{}'), coalesce(p.payees, '{}'), coalesce(p.amounts, '{}'),
        coalesce(p.reasons, '{}'), i.result)
      order by i.item)
  into is_plain, ends_ats, content_hashes
  from unnest(hand_ids, fences, hand_results, revealed_seeds, ended_ats)
    with ordinality as i (hand_id, fence, result, seed, ended_at, item)
  left join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join public.game_rooms as r on r.id = h.room_id and r.id = any (room_ids)
  cross join lateral (select public.hand_end(i.ended_at, h.started_at) as ends_at) as e
  left join (
    select
      u.item, array_agg(u.payer order by u.place) as payers,
      array_agg(u.payee order by u.place) as payees,
      array_agg(u.amount order by u.place) as amounts,
      array_agg(u.reason order by u.place) as reasons,
      bool_and(public.payment_problem(u.payer, u.payee, u.amount, u.reason) is null)
        as are_possible
    from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
      with ordinality as u (item, payer, payee, amount, reason, place)
    group by u.item
  ) as p on p.item = i.item;
  if is_plain then
    begin
      written := public.write_settlements(
        hand_ids[:], ends_ats, hand_results, content_hashes, revealed_seeds, payment_items,
        payer_seats, payee_seats, payment_amounts, payment_reasons);
      if written.outcome = 'ok' and written.problem is null then
        perform public.record_hand_results(hand_ids);
        return query
        select i.item::integer, 'ok', i.rake, null::text
        from unnest(written.rakes) with ordinality as i (rake, item);
        return;
      end if;
      raise exception 'a hand is not in order';
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  -- Many settlements follow one another: the wallets of all of them first, in order.
  perform
  from public.user_wallets as w
  where w.id = any (array(
    select s.wallet_id from public.hand_seats as s where s.hand_id = any (hand_ids)))
  order by w.id
  for no key update;
  -- The totals of all players come last and at once, so that their rows are locked in order. Only
  -- where one of them cannot be written is each hand tried with its own.
  foreach with_totals in array array[false, true] loop
    begin
      outcomes := '{}';
      rakes := '{}';
      problems := '{}';
      for given in
        select
          i.item::integer as item, i.hand_id, i.fence, i.result, i.seed, i.ended_at,
          coalesce(p.payers, '{}') as payers, coalesce(p.payees, '{}') as payees,
          coalesce(p.amounts, '{}') as amounts, coalesce(p.reasons, '{}') as reasons
        from unnest(hand_ids, fences, hand_results, revealed_seeds, ended_ats)
          with ordinality as i (hand_id, fence, result, seed, ended_at, item)
        left join (
          select
            u.item, array_agg(u.payer order by u.place) as payers,
            array_agg(u.payee order by u.place) as payees,
            array_agg(u.amount order by u.place) as amounts,
            array_agg(u.reason order by u.place) as reasons
          from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
            with ordinality as u (item, payer, payee, amount, reason, place)
          group by u.item
        ) as p on p.item = i.item
        order by i.item
      loop
        begin
          if with_totals then
            select s.outcome, s.rake_taken
            into settled
            from public.settle_hand(
              given.hand_id, given.fence, given.payers, given.payees, given.amounts,
              given.reasons, given.result, given.seed, given.ended_at) as s;
          else
            select s.outcome, s.rake_taken
            into settled
            from public.settle_hand_without_totals(
              given.hand_id, given.fence, given.payers, given.payees, given.amounts,
              given.reasons, given.result, given.seed, given.ended_at) as s;
          end if;
          outcomes[given.item] := settled.outcome;
          rakes[given.item] := settled.rake_taken;
        exception when others then
          if not public.is_fault_of_item(sqlstate) then
            raise;
          end if;
          outcomes[given.item] := 'invalid';
          rakes[given.item] := null;
          problems[given.item] := sqlerrm;
        end;
      end loop;
      if not with_totals then
        perform public.record_hand_results(array(
          select u.hand_id
          from unnest(hand_ids, outcomes) with ordinality as u (hand_id, outcome, item)
          where u.outcome = 'ok'
          order by u.item));
      end if;
      exit;
    exception when others then
      if with_totals or not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end loop;
  return query
  select g.n, outcomes[g.n], rakes[g.n], problems[g.n]
  from generate_series(1, items) as g (n);
end
$function$;
comment on function public.settle_hands(
  uuid[], bigint[], jsonb[], bytea[], timestamptz[], integer[], smallint[], smallint[], bigint[],
  text[]) is
  'Settles many hands, at most 256, in one call; one result an item, in order, as settle_hand()
answers for each in turn. payment_items says to which hand each payment belongs, from 1; the arrays
of seeds and ends may be null. One item''s refusal never sinks others. Outcomes: those of
settle_hand(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids; the hands; the
seats'' wallets; the totals of the players in their order.
Example: select * from settle_hands(''{}'', ''{}'', ''{}'', null, null, ''{}'', ''{}'', ''{}'',
''{}'', ''{}'');';

-- Rights -----------------------------------------------------------------------------------------

grant execute on function
  public.promise_deals(bigint[], bigint[], integer[], bytea[], bytea[], bytea[]),
  public.start_hands(
    uuid[], bigint[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[],
    integer[], smallint[], text[], smallint[], bytea[], text[]),
  public.settle_hands(
    uuid[], bigint[], jsonb[], bytea[], timestamptz[], integer[], smallint[], smallint[],
    bigint[], text[])
to higgs_app;
-- player_day() runs with the rights of whoever calls it.
grant execute on function public.time_zone_at(text, text, timestamptz, timestamptz)
to higgs_app, higgs_readonly;

reset role;

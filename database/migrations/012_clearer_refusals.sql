-- 012 Clearer refusals: words that say what to do, where a constraint showed a whole row.
--
-- 1. A call whose arrays differ in length is told the length of each, a missing one as null.
-- 2. The size of what is promised, a missing client seed, and a revealed seed that is not 32 bytes
--    long are named. The last is refused before the payments are tried.
-- 3. A hand's opener is one of its seats; any number was taken.
-- 4. The guard of append-only tables speaks of reversals only where there are payments.
-- 5. Examples that call what they are examples of.

set role higgs_owner;

create or replace function public.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception '% on %: the table is append-only', tg_op, tg_table_name
    using errcode = 'insufficient_privilege',
      hint = case
        when tg_table_name ~ '^transactions(_|$)'
          then 'History is never changed. To undo a payment post its reversal.'
        else 'History is never changed. What comes later is a row of its own.'
      end;
end
$function$;
comment on function public.refuse_change() is
  'Trigger of the append-only tables: refuses UPDATE, DELETE and TRUNCATE, the owner''s included.
Example: create temporary table kept (id bigint); create trigger refuse_change before update or
delete on kept for each statement execute function public.refuse_change();';

create or replace function public.check_batch(
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
    raise exception '%: arrays that belong together must be equally long, and have % elements',
      caller, array_to_string(lengths || array_remove(optional_lengths, null), ', ', 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Each array has one element for each item, payment or seat, a null where it has '
          'none. The lengths are in the order of the parameters; at the end are those of arrays '
          'that may be null, but are not.';
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

create or replace function public.write_deals(
  room_ids bigint[], hand_numbers integer[], seed_commits bytea[], seeds_encrypted bytea[],
  seed_key_ids bytea[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  odd record;
begin
  select i.room_id, coalesce(octet_length(i.commit), 0) as commit_bytes,
    coalesce(octet_length(i.encrypted), 0) as encrypted_bytes,
    coalesce(octet_length(i.key_id), 0) as key_bytes
  into odd
  from unnest(room_ids, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, commit, encrypted, key_id)
  where (octet_length(i.commit) = 32 and octet_length(i.encrypted) between 29 and 256
    and octet_length(i.key_id) between 1 and 32) is not true
  limit 1;
  if found then
    raise exception 'promise_deal: room % is promised a commit of % bytes, an encrypted seed of % '
      'and a key name of %', odd.room_id, odd.commit_bytes, odd.encrypted_bytes, odd.key_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'A commit is the SHA-256 of the seed, 32 bytes; an encrypted seed has 29 to 256, '
          'the name of its key 1 to 32.';
  end if;
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

create or replace function public.write_starts(
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
declare
  odd record;
begin
  select i.opener, i.opener <> all (p.seats) as is_stranger, p.seedless
  into odd
  from unnest(opener_seats) with ordinality as i (opener, item)
  join (
    select
      u.item, array_agg(u.seat) as seats,
      min(u.seat) filter (where u.client_seed is null) as seedless
    from unnest(seat_items, seats, client_seeds) as u (item, seat, client_seed)
    group by u.item
  ) as p on p.item = i.item
  where p.seedless is not null or i.opener <> all (p.seats)
  order by i.item
  limit 1;
  if odd.is_stranger then
    raise exception 'start_hand: seat % opens, and is not dealt in', odd.opener
      using errcode = 'invalid_parameter_value', hint = 'Name one of the seats, or null.';
  end if;
  if odd.seedless is not null then
    raise exception 'start_hand: seat % has no client seed', odd.seedless
      using errcode = 'invalid_parameter_value', hint = 'Give one of 1 to 64 characters.';
  end if;
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

create or replace function public.append_moves(
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
  perform public.check_batch(
    'append_moves', moves_max,
    array[cardinality(room_ids), cardinality(fences), cardinality(hand_ids), cardinality(nos),
      cardinality(seats), cardinality(actors), moves_given],
    array[cardinality(refs), cardinality(time_banks_ms), cardinality(trustees)],
    array[array_ndims(room_ids), array_ndims(fences), array_ndims(hand_ids), array_ndims(nos),
      array_ndims(seats), array_ndims(actors), array_ndims(moves), array_ndims(refs),
      array_ndims(time_banks_ms), array_ndims(trustees)]);
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

create or replace function public.settle_hand_without_totals(
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
    raise exception 'settle_hand: the arrays of payments differ in length or are null: they have '
      '% elements', array_to_string(
        array[cardinality(payer_seats), cardinality(payee_seats), payments,
          cardinality(payment_reasons)], ', ', 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give of each payment who pays, who is paid, the amount and the reason.';
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
  if octet_length(revealed_seed) <> 32 then
    raise exception 'settle_hand: the seed that was committed to has % bytes, and a seed has 32',
      octet_length(revealed_seed)
      using errcode = 'invalid_parameter_value',
        hint = 'It cannot be revealed: settle with null, and promise seeds of 32 bytes.';
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

-- Examples ---------------------------------------------------------------------------------------

comment on function public.refuse_unknown_time_zone() is
  'Trigger of user_profiles: a time zone that is none would stop every settlement of the player''s
hands, since the player''s day could not be told.
Example: create temporary table places (time_zone text, next_time_zone text); create trigger
refuse_unknown_time_zone before insert on places for each row execute function
public.refuse_unknown_time_zone();';
comment on function public.detach_month_partition(regclass, timestamptz) is
  'Takes an old month out of a partitioned table, guarded as before, to be dumped and moved away. It
refuses a month that ends within the id window, that is not sealed and rolled up, or that holds
moves of a running hand or a reversal of what stays. For the owner. Locks: ledger_state, then ACCESS
EXCLUSIVE on the parent for a moment, waiting a second at most. Returns the name of the table.
Example: select public.detach_month_partition(i.inhparent, now() - interval ''1 year'')
from pg_inherits as i where i.inhrelid = to_regclass(''public.game_moves_y2024m01'');';
comment on function public.return_stray_chips(bigint, uuid, text, uuid) is
  'An operator empties the wallet of a seat where nobody sits: to a player, or back to the issue
where player_id is null. Returns the chips, 0 where there are none. No function leaves chips there;
verify_journal() names a wallet where it happened. Audited as seat.chips_returned.
Locks: the room, exclusively; both wallets.
Example: select return_stray_chips(w.id, null, ''nobody sits there'') from user_wallets as w
where w.kind = ''seat'' and w.id = 0;';
comment on function public.sign_seal(bigint, text, bytea) is
  'Stores a signature of a seal that was made outside the database; false where that very signature
is stored. The database cannot check it, so it keeps up to 20 that name one key for one seal; higgs
ledger verify takes the one that the public key verifies, and names the others.
Example: select sign_seal(no, ''auditor-1'', decode(repeat(''00'', 64), ''hex''))
from ledger_head() where false;';
comment on function public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea) is
  'Fixes the server seed of a room''s next hand before any client seed is taken. Where one is
promised for that hand already, the answer is exists with that one, whatever is given: a promise is
never exchanged. Outcomes: ok, exists, fenced, room_not_found, room_closed, out_of_order (not the
next hand). Locks: the room, exclusively.
Example: select outcome from promise_deal(1, 0, 1, sha256(''the seed''), ''the seed, encrypted, as
the server keeps it'', ''key-1'');';
comment on function public.start_hand(
  uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
  smallint[], bytea[], text[]) is
  'Starts a hand and freezes what it needs to be resumed at any move: options, rules version, seats,
stacks (read from the seats'' wallets, returned in seat order), opener, client seeds, the encrypted
server seed, and the bots. Seats are given in ascending order. seed_commit is the SHA-256 of a seed
of 32 bytes: one of another length could not be revealed.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
hand_running, too_few_seats, seat_not_ready, id_out_of_window. Locks: the room, exclusively.
Example: select outcome, stacks from start_hand(new_id(), 1, 0, 1, ''{}'', sha256(''the seed''),
''the seed, encrypted, as the server keeps it'', ''key-1'', ''{0,1}'', ''{ayu,budi}'');';
comment on function public.settle_hand(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'Settles a hand exactly once: payments between its seats (payee null: rake) as one group of the
ledger, results of the seats, statistics, the result, the revealed seed. Identifiers of the payments
follow from the hand. Freezes and limits do not apply.
Outcomes: ok, exists, exists_with_different_content, fenced, hand_not_found, voided,
id_out_of_window (older than 30 days: void it), and those of post_transactions.
Locks: the room, exclusively; the hand; the seats'' wallets; totals in the order of the players.
Example: select outcome, rake_taken from settle_hand(new_id(), 0, ''{0}'', ''{1}'', ''{40}'',
''{lost}'', ''{}'');';
comment on function public.void_hand(uuid, bigint, text, uuid) is
  'Ends a hand without a result: every seat keeps the chips that it started with. Audited.
Outcomes: ok, exists, settled, fenced, hand_not_found. Locks: the room, exclusively; the hand.
Example: select void_hand(new_id(), 0, ''the lights went out'');';

reset role;

-- Hands in batches: what promise_deals(), start_hands() and settle_hands() answer and refuse, and
-- that they do, over random batches, just what the single functions do in turn.
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql
select set_config('test.now', now()::text, false) as now \gset

create function pg_temp.error_of(statement text)
returns text
language plpgsql
as $function$
begin
  execute statement;
  return 'done';
exception when others then
  return concat_ws(' ', sqlstate, sqlerrm);
end
$function$;

-- Two sides of the same shape: rooms a1 … a8 and b1 … b8, players a_1 … a_12 and b_1 … b_12, each
-- in several rooms. Seat 3 of room 8 is empty, and seat 3 of room 7 has few chips.
create temporary table shape as
select s.side, r.room, k.seat, (3 * r.room + 2 * k.seat + r.room / 4) % 12 + 1 as player,
  case when (r.room, k.seat) = (7, 3) then 1000 else 20000 end as buy_in
from unnest(array['a', 'b']) as s (side)
cross join generate_series(1, 8) as r (room)
cross join generate_series(0, 3) as k (seat)
where (r.room, k.seat) <> (8, 3);
select is(
  (select count(*) from shape),
  (select count(distinct (side, room, player)) from shape), 'nobody sits twice at one table');
do $make$
begin
  perform pg_temp.player(s.side || '_' || p.n, 1000000)
  from unnest(array['a', 'b']) as s (side) cross join generate_series(1, 12) as p (n);
  perform create_room(
    s.side || r.n, 'gaple', 'COINS', 100, 1000, 20000, 4::smallint, 300::smallint, 500)
  from unnest(array['a', 'b']) as s (side) cross join generate_series(1, 8) as r (n);
end
$make$;
select is(
  (select string_agg(distinct pg_temp.sit(
     format('%s sits %s.%s', s.side, s.room, s.seat), s.side || s.room, s.side || '_' || s.player,
     s.seat, s.buy_in), ' ')
   from shape as s), 'ok', 'all sit down');
-- Players of other zones have other days.
update user_profiles set time_zone = 'America/Los_Angeles' where display_name ~ '^[ab]_[15]$';
update user_profiles set next_time_zone = 'Pacific/Kiritimati', time_zone_changes_at = now()
where display_name ~ '^[ab]_[26]$';
grant select on shape to public;

-- A batch is written once, as an array of objects, and done for either side: by the single
-- functions in turn for side a, in one call for side b. Both answer a line an item.

create function pg_temp.scrubbed(problem text)
returns text
language sql
return regexp_replace(
  regexp_replace(problem, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID'), 'room \d+', 'ROOM');

create function pg_temp.promises(side text, spec jsonb, in_turn boolean)
returns text[]
language plpgsql
as $function$
declare
  i record;
  r record;
  answers text[] := '{}';
begin
  create temporary table items as
  select
    (x.v ->> 'room')::integer as place, pg_temp.room(side || (x.v ->> 'room')) as room,
    (x.v ->> 'fence')::bigint as fence, (x.v ->> 'number')::integer as number,
    sha256(pg_temp.seed_of(x.v ->> 'seed')) as commit,
    case when x.v ->> 'sealed' = 'short' then '\x00' else sha256('s') || sha256('s') end as sealed,
    x.n
  from jsonb_array_elements(spec) with ordinality as x (v, n);
  if in_turn then
    for i in select t.* from items as t order by t.n loop
      begin
        select p.* into r
        from public.promise_deal(i.room, i.fence, i.number, i.commit, i.sealed, '\x01') as p;
        answers := answers || concat_ws('|', r.outcome, r.promised_commit, r.promised_encrypted,
          r.promised_key_id);
      exception when others then
        answers := answers || ('invalid|' || pg_temp.scrubbed(sqlerrm));
      end;
    end loop;
  else
    select array_agg(concat_ws('|', p.outcome, p.promised_commit, p.promised_encrypted,
      p.promised_key_id, pg_temp.scrubbed(p.problem)) order by p.item)
    into answers
    from (
      select array_agg(t.room order by t.n) as rooms, array_agg(t.fence order by t.n) as fences,
        array_agg(t.number order by t.n) as numbers, array_agg(t.commit order by t.n) as commits,
        array_agg(t.sealed order by t.n) as sealed, array_agg('\x01'::bytea) as keys
      from items as t
    ) as a
    cross join lateral public.promise_deals(
      a.rooms, a.fences, a.numbers, a.commits, a.sealed, a.keys) as p;
  end if;
  drop table items;
  return answers;
end
$function$;

create function pg_temp.starts(side text, spec jsonb, in_turn boolean)
returns text[]
language plpgsql
as $function$
declare
  i record;
  r record;
  answers text[] := '{}';
begin
  create temporary table items as
  select
    case x.v ->> 'label'
      when 'version 4' then '00000000-0000-4000-8000-000000000000'
      else pg_temp.id_of(side || (x.v ->> 'label'))
    end as id,
    pg_temp.room(side || (x.v ->> 'room')) as room, (x.v ->> 'fence')::bigint as fence,
    (x.v ->> 'version')::integer as version, x.v -> 'options' as options,
    sha256(pg_temp.seed_of(x.v ->> 'seed')) as commit, (x.v ->> 'opener')::smallint as opener,
    array(select e.v::smallint from jsonb_array_elements_text(x.v -> 'seats')
      with ordinality as e (v, n) order by e.n) as seats,
    array(select e.v from jsonb_array_elements_text(x.v -> 'client_seeds')
      with ordinality as e (v, n) order by e.n) as client_seeds,
    array(select e.v::smallint from jsonb_array_elements_text(x.v -> 'bots')
      with ordinality as e (v, n) order by e.n) as strengths,
    array(select case when e.v is not null then '\x0102030405060708'::bytea end
      from jsonb_array_elements_text(x.v -> 'bots') with ordinality as e (v, n)
      order by e.n) as bot_seeds,
    array(select case when e.v is not null then 'thinker' end
      from jsonb_array_elements_text(x.v -> 'bots') with ordinality as e (v, n)
      order by e.n) as styles,
    x.n
  from jsonb_array_elements(spec) with ordinality as x (v, n);
  if in_turn then
    for i in select t.* from items as t order by t.n loop
      begin
        select p.* into r
        from public.start_hand(
          i.id, i.room, i.fence, i.version, i.options, i.commit, sha256('s') || sha256('s'), '\x01',
          i.seats, i.client_seeds, i.opener, i.strengths, i.bot_seeds, i.styles) as p;
        answers := answers || concat_ws('|', r.outcome, r.hand_number, r.stacks);
      exception when others then
        answers := answers || ('invalid|' || pg_temp.scrubbed(sqlerrm));
      end;
    end loop;
  else
    select array_agg(concat_ws('|', p.outcome, p.hand_number, p.stacks,
      pg_temp.scrubbed(p.problem)) order by p.item)
    into answers
    from (
      select array_agg(t.id order by t.n) as ids, array_agg(t.room order by t.n) as rooms,
        array_agg(t.fence order by t.n) as fences, array_agg(t.version order by t.n) as versions,
        array_agg(t.options order by t.n) as options, array_agg(t.commit order by t.n) as commits,
        array_agg(sha256('s') || sha256('s')) as sealed, array_agg('\x01'::bytea) as keys,
        array_agg(t.opener order by t.n) as openers
      from items as t
    ) as a
    cross join (
      select coalesce(array_agg(t.n::integer order by t.n, u.m), '{}') as items,
        coalesce(array_agg(u.seat order by t.n, u.m), '{}') as seats,
        coalesce(array_agg(u.client_seed order by t.n, u.m), '{}') as client_seeds,
        coalesce(array_agg(u.strength order by t.n, u.m), '{}') as strengths,
        coalesce(array_agg(u.bot_seed order by t.n, u.m), '{}') as bot_seeds,
        coalesce(array_agg(u.style order by t.n, u.m), '{}') as styles
      from items as t
      cross join lateral unnest(t.seats, t.client_seeds, t.strengths, t.bot_seeds, t.styles)
        with ordinality as u (seat, client_seed, strength, bot_seed, style, m)
    ) as b
    cross join lateral public.start_hands(
      a.ids, a.rooms, a.fences, a.versions, a.options, a.commits, a.sealed, a.keys, a.openers,
      b.items, b.seats, b.client_seeds, b.strengths, b.bot_seeds, b.styles) as p;
  end if;
  drop table items;
  return answers;
end
$function$;

create function pg_temp.settlements(side text, spec jsonb, in_turn boolean)
returns text[]
language plpgsql
as $function$
declare
  i record;
  r record;
  answers text[] := '{}';
begin
  create temporary table items as
  select
    pg_temp.id_of(side || (x.v ->> 'label')) as id, (x.v ->> 'fence')::bigint as fence,
    x.v -> 'result' as result, pg_temp.seed_of(x.v ->> 'seed') as seed,
    now() + (x.v ->> 'ended')::interval as ended_at,
    coalesce(p.payers, '{}') as payers, coalesce(p.payees, '{}') as payees,
    coalesce(p.amounts, '{}') as amounts, coalesce(p.reasons, '{}') as reasons, x.n
  from jsonb_array_elements(spec) with ordinality as x (v, n)
  cross join lateral (
    select array_agg((e.v ->> 0)::smallint order by e.n) as payers,
      array_agg((e.v ->> 1)::smallint order by e.n) as payees,
      array_agg((e.v ->> 2)::bigint order by e.n) as amounts,
      array_agg(e.v ->> 3 order by e.n) as reasons
    from jsonb_array_elements(x.v -> 'payments') with ordinality as e (v, n)
  ) as p;
  if in_turn then
    for i in select t.* from items as t order by t.n loop
      begin
        select p.* into r
        from public.settle_hand(
          i.id, i.fence, i.payers, i.payees, i.amounts, i.reasons, i.result, i.seed,
          i.ended_at) as p;
        answers := answers || concat_ws('|', r.outcome, r.rake_taken);
      exception when others then
        answers := answers || ('invalid|' || pg_temp.scrubbed(sqlerrm));
      end;
    end loop;
  else
    select array_agg(concat_ws('|', p.outcome, p.rake_taken, pg_temp.scrubbed(p.problem))
      order by p.item)
    into answers
    from (
      select array_agg(t.id order by t.n) as ids, array_agg(t.fence order by t.n) as fences,
        array_agg(t.result order by t.n) as results, array_agg(t.seed order by t.n) as seeds,
        array_agg(t.ended_at order by t.n) as ended_ats
      from items as t
    ) as a
    cross join (
      -- The payments of hands may stand in any order among each other, but not those of one hand.
      select coalesce(array_agg(t.n::integer order by u.m, t.n), '{}') as items,
        coalesce(array_agg(u.payer order by u.m, t.n), '{}') as payers,
        coalesce(array_agg(u.payee order by u.m, t.n), '{}') as payees,
        coalesce(array_agg(u.amount order by u.m, t.n), '{}') as amounts,
        coalesce(array_agg(u.reason order by u.m, t.n), '{}') as reasons
      from items as t
      cross join lateral unnest(t.payers, t.payees, t.amounts, t.reasons)
        with ordinality as u (payer, payee, amount, reason, m)
    ) as b
    cross join lateral public.settle_hands(
      a.ids, a.fences, a.results, a.seeds, a.ended_ats, b.items, b.payers, b.payees, b.amounts,
      b.reasons) as p;
  end if;
  drop table items;
  return answers;
end
$function$;

-- All that was written for one side, in terms of both, a line a row.
create function pg_temp.written(side text)
returns setof text
language sql
begin atomic
  select concat_ws('|', 'room', substr(r.name, 2), r.status, r.fence, r.hands_started,
    (select h.number from public.game_hands as h where h.id = r.current_hand_id))
  from public.game_rooms as r
  where r.name ~ ('^' || side || '\d$')
  union all
  select concat_ws('|', 'deal', substr(r.name, 2), d.number, d.server_seed_commit,
    d.server_seed_encrypted, d.key_id)
  from public.room_deals as d
  join public.game_rooms as r on r.id = d.room_id and r.name ~ ('^' || side || '\d$')
  union all
  select concat_ws('|', 'hand', substr(r.name, 2), h.number, h.rules_version, h.options,
    h.opener_seat, h.status, h.server_seed_commit, coalesce(h.server_seed, 'null'),
    h.server_seed_encrypted is null, h.key_id is null, h.started_at, h.ended_at, h.rake, h.result,
    h.settlement_hash, h.base_bet, h.rake_bps, h.rake_cap, h.currency, h.game_id)
  from public.game_hands as h
  join public.game_rooms as r on r.id = h.room_id and r.name ~ ('^' || side || '\d$')
  union all
  select concat_ws('|', 'seat', substr(r.name, 2), h.number, s.seat, substr(u.username, 2),
    w.seat, s.stack_start, s.client_seed, s.bot_style, s.bot_strength, s.bot_seed,
    coalesce(s.net::text, 'null'), coalesce(s.rake::text, 'null'))
  from public.hand_seats as s
  join public.game_hands as h on h.id = s.hand_id
  join public.game_rooms as r on r.id = h.room_id and r.name ~ ('^' || side || '\d$')
  join public.users as u on u.id = s.user_id
  join public.user_wallets as w on w.id = s.wallet_id
  union all
  select concat_ws('|', 'wallet', substr(r.name, 2), w.seat, w.balance)
  from public.user_wallets as w
  join public.game_rooms as r on r.id = w.room_id and r.name ~ ('^' || side || '\d$')
  union all
  select concat_ws('|', 'stay', substr(r.name, 2), s.seat, s.first_hand, s.last_hand)
  from public.game_sessions as s
  join public.game_rooms as r on r.id = s.room_id and r.name ~ ('^' || side || '\d$')
  union all
  select concat_ws('|', 'payment', substr(r.name, 2), h.number, t.kind, d.seat,
    coalesce(c.seat::text, c.code), t.amount, t.debit_balance_after, t.credit_balance_after,
    (select count(*) from generate_series(1, t.group_size) as g (n)
     where t.id = public.reserved_id(h.started_at, h.id::text, 'settlement', g.n)),
    t.group_id = public.reserved_id(h.started_at, h.id::text, 'settlement', 1), t.group_size,
    t.reference_type, t.metadata, t.actor_id)
  from public.transactions as t
  join public.game_hands as h on h.id::text = t.reference_id and t.reference_type = 'hand'
  join public.game_rooms as r on r.id = h.room_id and r.name ~ ('^' || side || '\d$')
  join public.user_wallets as d on d.id = t.debit_wallet_id
  join public.user_wallets as c on c.id = t.credit_wallet_id
  union all
  select concat_ws('|', 'statistics', substr(u.username, 2), g.game_id, g.currency, g.hands_played,
    g.hands_won, g.chips_won, g.chips_lost, g.rake_paid, g.biggest_win, g.streak, g.best_streak,
    g.last_played_at)
  from public.game_statistics as g
  join public.users as u on u.id = g.user_id and u.username ~ ('^' || side || '_')
  union all
  select concat_ws('|', 'day', substr(u.username, 2), t.day, t.currency, t.hands, t.won, t.lost)
  from public.player_day_totals as t
  join public.users as u on u.id = t.user_id and u.username ~ ('^' || side || '_');
end;

create function pg_temp.differences()
returns text
language sql
return (
  select string_agg(d.line, E'\n')
  from (
    (select 'in turn: ' || w.line as line from pg_temp.written('a') as w (line)
     except all
     select 'in turn: ' || w.line from pg_temp.written('b') as w (line))
    union all
    (select 'at once: ' || w.line from pg_temp.written('b') as w (line)
     except all
     select 'at once: ' || w.line from pg_temp.written('a') as w (line))
    limit 10
  ) as d);

-- Random batches ---------------------------------------------------------------------------------

create function pg_temp.one_of(variadic choices text[])
returns text
language sql
volatile
return choices[1 + floor(random() * cardinality(choices))::integer];

-- Where faults is 0 all is in order: each room once.
create function pg_temp.random_rooms(faults double precision)
returns integer[]
language sql
volatile
begin atomic
  select array_agg(r.room order by r.place)
  from (
    select
      case when random() < faults then 1 + floor(random() * 8)::integer else g.n end as room,
      random() as place
    from generate_series(1, 8) as g (n)
    where random() < 0.7 or g.n = 1
  ) as r;
end;

create function pg_temp.hands_started(room integer)
returns integer
language sql
return (
  select r.hands_started from public.game_rooms as r where r.id = pg_temp.room('a' || room));

create function pg_temp.random_promises(faults double precision)
returns jsonb
language sql
volatile
return (
  select jsonb_agg(jsonb_build_object(
    'room', case when random() < faults / 4 then 9 else r.room end,
    'fence', case when random() < faults / 4 then 7 else 0 end,
    'number', pg_temp.hands_started(r.room) + case when random() < faults / 4 then 2 else 1 end,
    'seed', case when random() < faults / 4 then null else format('%s.%s', r.room,
      pg_temp.hands_started(r.room) + 1) end,
    'sealed', case when random() < faults / 4 then 'short' end))
  from unnest(pg_temp.random_rooms(faults)) as r (room));

create function pg_temp.random_starts(faults double precision)
returns jsonb
language plpgsql
as $function$
declare
  room integer;
  label text;
  seats integer[];
  spec jsonb := '[]';
begin
  foreach room in array pg_temp.random_rooms(faults) loop
    label := format('%s.%s', room, pg_temp.hands_started(room) + 1);
    seats := case when room in (7, 8) then '{0,1,2}'::integer[] else '{0,1,2,3}' end;
    if random() < 0.2 then
      seats := seats[:cardinality(seats) - 1];
    end if;
    if random() < faults / 5 then
      seats := case pg_temp.one_of('order', 'few', 'none', 'empty', 'null')
        when 'order' then '{1,0}'::integer[] when 'few' then '{1}' when 'none' then '{}'
        when 'empty' then '{0,1,5}' else '{0,null}' end;
    end if;
    spec := spec || jsonb_build_object(
      'room', case when random() < faults / 9 then 9 else room end,
      'label', case when random() > faults / 5 then label
        else pg_temp.one_of('version 4', 'old@-31 days', 'ahead@6 minutes',
          format('%s.%s', room, pg_temp.hands_started(room)), null) end,
      'fence', case when random() < faults / 9 then 7 else 0 end,
      'version', case when random() < faults / 9 then pg_temp.one_of('0', null) else '1' end,
      'options', case when random() < faults / 9 then '[]'::jsonb else '{"a": 1}' end,
      'opener', case when random() < faults / 9 then 9 when random() < 0.5 then 1 end,
      'seed', case when random() < faults / 9 then 'another' else label end,
      'seats', to_jsonb(seats),
      'client_seeds', to_jsonb(array(
        select case when random() < faults / 9 then 'b c' else 's' || s.seat end
        from unnest(seats) as s (seat))),
      'bots', to_jsonb(array(
        select case when random() < 0.3 then 40 when random() < faults / 9 then 2000 end
        from unnest(seats) as s (seat))));
  end loop;
  return spec;
end
$function$;

-- Among the seats from 0 to top.
create function pg_temp.random_payments(top integer, faults double precision)
returns jsonb
language plpgsql
as $function$
declare
  winner integer := floor(random() * (top + 1))::integer;
  loser integer;
  amount bigint;
  won bigint := 0;
  payments jsonb := '[]';
begin
  if random() < 0.1 then
    return payments;
  end if;
  for loser in select g.n from generate_series(0, top) as g (n) where g.n <> winner loop
    amount := 1 + floor(random() * 200)::bigint;
    won := won + amount;
    payments := payments || jsonb_build_array(jsonb_build_array(loser, winner, amount, 'tiles'));
  end loop;
  if random() < 0.8 and won * 3 / 100 > 0 then
    payments := payments
      || jsonb_build_array(jsonb_build_array(winner, null, won * 3 / 100, 'rake'));
  end if;
  if random() < faults / 2 then
    payments := payments || jsonb_build_array(
      case pg_temp.one_of('overdraft', 'itself', 'stranger', 'reason', 'zero', 'zero', 'zero',
          'rake', 'payer', 'amount', 'table')
        when 'overdraft' then '[0, 1, 1000000, "x"]'::jsonb when 'itself' then '[1, 1, 5, "x"]'
        when 'stranger' then '[0, 6, 5, "x"]' when 'reason' then '[0, 1, 5, null]'
        when 'zero' then '[0, 1, 0, "x"]' when 'rake' then '[0, null, 400, "x"]'
        when 'payer' then '[null, 1, 5, "x"]' when 'amount' then '[0, 1, null, "x"]'
        else '[6, 0, 5, "x"]' end);
  end if;
  return payments;
end
$function$;

create function pg_temp.random_settlements(faults double precision)
returns jsonb
language sql
volatile
return (
  select jsonb_agg(jsonb_build_object(
    'label', case
      when random() < faults / 9 then 'none'
      else format('%s.%s', r.room,
        pg_temp.hands_started(r.room) - (random() < faults / 5)::integer) end,
    'fence', case when random() < faults / 9 then 7 when random() < faults / 9 then null else 0 end,
    'result', case when random() < faults / 9 then '[]'::jsonb else '{"end": "out"}' end,
    'seed', case when random() < faults / 9 then 'another' when random() < 0.7
      then format('%s.%s', r.room, pg_temp.hands_started(r.room)) end,
    'ended', case when random() < faults / 9 then '-1 hour' when random() < 0.2 then '1 minute' end,
    'payments', pg_temp.random_payments(case when r.room in (7, 8) then 1 else 2 end, faults)))
  from unnest(pg_temp.random_rooms(faults)) as r (room));

-- Answers the first batch in which the sides differ, or null.
create function pg_temp.play(seed double precision, batches integer)
returns text
language plpgsql
as $function$
declare
  faults double precision;
  spec jsonb;
  kind text;
  in_turn text[];
  at_once text[];
  different text;
  voided text;
begin
  perform setseed(seed);
  for batch in 1 .. batches loop
    faults := case when random() < 0.5 then 0 else random() end;
    foreach kind in array array['promises', 'starts', 'settlements'] loop
      execute format('select pg_temp.random_%s($1)', kind) into spec using faults;
      if random() < faults / 2 then
        spec := spec || (spec -> 0);
      end if;
      execute format('select pg_temp.%s($1, $2, true)', kind) into in_turn using 'a', spec;
      execute format('select pg_temp.%s($1, $2, false)', kind) into at_once using 'b', spec;
      insert into seen select kind, split_part(u.answer, '|', 1) from unnest(at_once) as u (answer);
      if in_turn is distinct from at_once then
        return format(E'seed %s, batch %s, %s:\n%s\n%s\n%s',
          seed, batch, kind, spec, in_turn, at_once);
      end if;
      voided := 1 + floor(random() * 40)::integer;
      perform public.void_hand(h.id, 0, 'test')
      from public.game_rooms as r
      join public.game_hands as h on h.id = r.current_hand_id
      where r.name in ('a' || voided, 'b' || voided);
      if batch % 5 = 0 then
        different := pg_temp.differences();
        if different is not null then
          return format(E'seed %s, batch %s, %s:\n%s\n%s', seed, batch, kind, spec, different);
        end if;
      end if;
    end loop;
  end loop;
  return pg_temp.differences();
end
$function$;

create temporary table seen (kind text, outcome text);
-- Each seed in a transaction of its own.
select format('select is(pg_temp.play(%s, 10), null, %L)', s.seed,
  format('seed %s: at once is as in turn', s.seed))
from generate_series(0.05, 0.95, 0.1) as s (seed) \gexec
select is_empty(
  format('select unnest(%L::text[]) except select s.outcome from seen as s where s.kind = %L',
    c.outcomes, c.kind), 'which has met the outcomes of ' || c.kind)
from (values
  ('promises', '{exists,fenced,invalid,ok,out_of_order,room_not_found}'),
  ('starts', '{exists_with_different_content,fenced,hand_running,id_out_of_window,invalid,ok,'
    'room_not_found,seat_not_ready}'),
  ('settlements', '{amount_out_of_range,exists_with_different_content,fenced,hand_not_found,'
    'invalid,ok,voided}')
) as c (kind, outcomes);

-- What is named ----------------------------------------------------------------------------------

begin;
select count(void_hand(h.id, 0, 'test')) as voided from game_hands as h where h.status = 'playing'
\gset
delete from room_deals;
-- A start in a room, and the settlement of the hand that was started there last.
create function pg_temp.start_of(room integer, changes jsonb default '{}')
returns jsonb
language sql
return jsonb_build_object(
  'room', room, 'label', format('%s.%s', room, pg_temp.hands_started(room) + 1), 'fence', 0,
  'version', 1, 'options', '{}'::jsonb, 'seats', '[0, 1]'::jsonb,
  'client_seeds', '["x", "y"]'::jsonb,
  'seed', format('%s.%s', room, pg_temp.hands_started(room) + 1), 'bots', '[null, 40]'::jsonb)
  || changes;
create function pg_temp.end_of(room integer, payments jsonb, changes jsonb default '{}')
returns jsonb
language sql
return jsonb_build_object(
  'label', format('%s.%s', room, pg_temp.hands_started(room)), 'fence', 0,
  'seed', format('%s.%s', room, pg_temp.hands_started(room)), 'result', '{"end": "out"}'::jsonb,
  'payments', payments) || changes;
-- How many subtransactions wrote the newest hands of the first rooms: one where it was at once.
create function pg_temp.writers(rooms integer)
returns bigint
language sql
return (
  select count(distinct h.xmin::text)
  from public.game_hands as h
  join public.game_rooms as r on r.id = h.room_id and h.number = r.hands_started
  where r.name ~ ('^a[1-' || rooms || ']$'));
create function pg_temp.outcomes(answers text[])
returns text
language sql
return (
  select string_agg(split_part(u.answer, '|', 1), ' ' order by u.n)
  from unnest(answers) with ordinality as u (answer, n));

set local role higgs_app;
select is(
  pg_temp.outcomes(pg_temp.starts('a', jsonb_build_array(
    pg_temp.start_of(3), pg_temp.start_of(1), pg_temp.start_of(4), pg_temp.start_of(2)), false)),
  'ok ok ok ok', 'four hands start in one call');
select is(pg_temp.writers(4), 1::bigint, 'all of them at once');
select is(
  pg_temp.outcomes(pg_temp.settlements('a', jsonb_build_array(
    pg_temp.end_of(2, '[[0, 1, 100, "tiles"], [1, null, 3, "rake"]]'), pg_temp.end_of(1, '[]'),
    pg_temp.end_of(3, '[[1, 0, 7, "tiles"]]'), pg_temp.end_of(4, '[[0, 1, 50, "tiles"]]')), false)),
  'ok ok ok ok', 'and are settled in one call');
select is(pg_temp.writers(4), 1::bigint, 'all of them at once, too');
select is(
  pg_temp.settlements('a', jsonb_build_array(
    pg_temp.end_of(2, '[[0, 1, 100, "tiles"], [1, null, 3, "rake"]]'),
    pg_temp.end_of(3, '[[1, 0, 8, "tiles"]]')), false),
  array['exists|3', 'exists_with_different_content|0'], 'once, with the same answer');
select is(
  pg_temp.outcomes(pg_temp.starts('a', jsonb_build_array(
    pg_temp.start_of(1), pg_temp.start_of(1), pg_temp.start_of(1, '{"seats": [0, 2]}'),
    pg_temp.start_of(1, '{"label": "other"}'), pg_temp.start_of(2), pg_temp.start_of(3),
    pg_temp.start_of(4, '{"seats": [0], "client_seeds": ["x"], "bots": [null]}'),
    pg_temp.start_of(5, '{"client_seeds": ["x", "y z"]}')), false)),
  'ok exists exists_with_different_content hand_running ok ok too_few_seats invalid',
  'a hand twice, and other hands in its room, are what they would be in turn');
select is(pg_temp.writers(3), 3::bigint, 'each written for itself');
select is(
  pg_temp.settlements('a', jsonb_build_array(
    pg_temp.end_of(1, '[[0, 1, 1000000, "all"]]'), pg_temp.end_of(2, '[[0, 7, 5, "x"]]'),
    pg_temp.end_of(3, '[[0, 1, 100, "tiles"]]'), pg_temp.end_of(3, '[[0, 1, 100, "tiles"]]'),
    pg_temp.end_of(1, '[[0, 1, 100, "tiles"], [1, null, 4, "rake"]]'),
    pg_temp.end_of(1, '[[0, 0, 100, "tiles"]]'),
    pg_temp.end_of(1, '[]', '{"seed": "another"}')), false),
  array['insufficient_funds', 'wallet_not_found', 'ok|0', 'exists|0',
    'invalid|settle_hand: a rake of 4 is above 300 basis points of the 100 won',
    'invalid|settle_hand: payment 1 cannot be: seat 0 pays itself',
    'invalid|settle_hand: the revealed seed is not the one that was committed to'],
  'one hand''s refusal or error sinks no other, and says what it is');
select is(
  pg_temp.outcomes(pg_temp.settlements('a', jsonb_build_array(
    pg_temp.end_of(1, '[[0, 1, 100, "tiles"]]'), pg_temp.end_of(2, '[]')), false)),
  'ok ok', 'what was refused can still be settled');
select is(
  pg_temp.outcomes(pg_temp.promises('a', jsonb_build_array(
    jsonb_build_object('room', 6, 'fence', 0, 'number', pg_temp.hands_started(6) + 1, 'seed', 'p'),
    jsonb_build_object('room', 6, 'fence', 0, 'number', pg_temp.hands_started(6) + 1, 'seed', 'q')),
    false)),
  'ok exists', 'a room twice has one promise');
select matches(
  (pg_temp.starts('a', jsonb_build_array(pg_temp.start_of(6, '{"seed": "r"}'),
    pg_temp.start_of(5)), false))[1],
  '^invalid\|hand \d+ of ROOM was promised with another server seed', 'which a start must keep');

-- More payments than one batch of the ledger holds, and players' openers and bots left out.
select is(
  pg_temp.outcomes(pg_temp.starts('a', jsonb_build_array(
    pg_temp.start_of(1), pg_temp.start_of(2), pg_temp.start_of(3), pg_temp.start_of(4)), false)),
  'ok ok ok ok', 'four hands more');
select is(
  pg_temp.outcomes(pg_temp.settlements('a', (
    select jsonb_agg(pg_temp.end_of(r.room, (
      select jsonb_agg(jsonb_build_array(p.n % 2, 1 - p.n % 2, 5, 'pass'))
      from generate_series(1, 400) as p (n))))
    from generate_series(1, 4) as r (room)), false)),
  'ok ok ok ok', 'with 1600 payments');
select is(pg_temp.writers(4), 1::bigint, 'at once');
select is(
  (select string_agg(s.outcome || ' ' || s.stacks::text, ' ')
   from start_hands(
     array[pg_temp.id_of('bare')], array[pg_temp.room('a1')], '{0}', '{1}', array['{}'::jsonb],
     array[sha256('a')], array[sha256('s') || sha256('s')], '{k}', null, '[0:1]={1,1}',
     '[0:1]={0,1}', '[0:1]={x,y}', null, null, null) as s) ~ '^ok \{\d+,\d+\}$', true,
  'openers and bots may be left out, and arrays count as they like');
-- One fault alone, where all else would let it go the fast way.
select is(
  pg_temp.outcomes(pg_temp.starts('a', jsonb_build_array(pg_temp.start_of(2)), false)), 'ok',
  'a hand to settle');
select is(
  pg_temp.outcomes(pg_temp.settlements('a', jsonb_build_array(
    pg_temp.end_of(2, coalesce(c.changes -> 'payments', '[]'), c.changes)), false)),
  c.outcome, 'settled with ' || c.changes::text)
from (values
  ('{"fence": 7}'::jsonb, 'fenced'), ('{"fence": null}', 'fenced'),
  ('{"label": "none"}', 'hand_not_found'), ('{"result": []}', 'invalid'),
  ('{"result": null}', 'invalid'), ('{"seed": "another"}', 'invalid'),
  ('{"ended": "-1 year"}', 'invalid'), ('{"ended": "1 year"}', 'invalid'),
  ('{"payments": [[0, 1, 5, null]]}', 'invalid'), ('{"payments": [[null, 1, 5, "x"]]}', 'invalid'),
  ('{"payments": [[0, 0, 5, "x"]]}', 'invalid'), ('{"payments": [[0, 1, null, "x"]]}', 'invalid'),
  ('{"payments": [[0, null, 5, "x"]]}', 'invalid'),
  ('{"payments": [[0, 1, 0, "x"]]}', 'amount_out_of_range'),
  ('{"payments": [[0, 3, 5, "x"]]}', 'wallet_not_found')
) as c (changes, outcome);
select is(
  pg_temp.outcomes(pg_temp.starts('a', jsonb_build_array(pg_temp.start_of(3, c.changes)), false)),
  c.outcome, 'started with ' || c.changes::text)
from (values
  ('{"fence": 7}'::jsonb, 'fenced'), ('{"fence": null}', 'fenced'),
  ('{"room": 9}', 'room_not_found'), ('{"room": 2}', 'hand_running'),
  ('{"label": "version 4"}', 'invalid'), ('{"label": null}', 'invalid'),
  ('{"label": "old@-31 days"}', 'id_out_of_window'), ('{"version": null}', 'invalid'),
  ('{"version": 0}', 'invalid'), ('{"seats": [1, 0]}', 'invalid'),
  ('{"seats": [1, 1]}', 'invalid'),
  ('{"seats": [0, 6]}', 'seat_not_ready'), ('{"seats": [0, null]}', 'seat_not_ready'),
  ('{"seats": [0], "client_seeds": ["x"], "bots": [null]}', 'too_few_seats')
) as c (changes, outcome);
select is(
  pg_temp.outcomes(pg_temp.promises('a', jsonb_build_array(jsonb_build_object(
    'room', 3, 'fence', 0, 'number', pg_temp.hands_started(3) + 1, 'seed', 'p') || c.changes),
    false)),
  c.outcome, 'promised with ' || c.changes::text)
from (values
  ('{"fence": 7}'::jsonb, 'fenced'), ('{"fence": null}', 'fenced'),
  ('{"room": 9}', 'room_not_found'), ('{"number": 1}', 'out_of_order'),
  ('{"number": null}', 'invalid'),
  ('{"seed": null}', 'invalid'), ('{"sealed": "short"}', 'invalid')
) as c (changes, outcome);

-- The call as a whole.
select is_empty('select promise_deals(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')',
  'no promise is no row');
select is_empty(
  $$ select start_hands('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', null, '{}', '{}', '{}',
       null, null, null) $$, 'nor is no start');
select is_empty(
  $$ select settle_hands('{}', '{}', '{}', null, null, '{}', '{}', '{}', '{}', '{}') $$,
  'nor no settlement');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select promise_deals('{1}', '{}', '{1}', '{a}', '{a}', '{a}') $$,
    '^22023 promise_deals: arrays that belong together must be equally long', 'fences too few'),
  ($$ select promise_deals(null, '{}', '{}', '{}', '{}', '{}') $$,
    '^22023 promise_deals: arrays that belong', 'no rooms'),
  ($$ select promise_deals('{{1}}', '{1}', '{1}', '{a}', '{a}', '{a}') $$,
    '^22023 promise_deals: an array has more than one dimension', 'rooms as a table'),
  ($$ select promise_deals(array_agg(g.n), array_agg(g.n), array_agg(g.n::integer),
        array_agg('a'::bytea), array_agg('a'::bytea), array_agg('a'::bytea))
      from generate_series(1::bigint, 257) as g (n) $$,
    '^22023 promise_deals: 257 items in one call, more than 256', 'promises too many'),
  ($$ select start_hands(array[new_id()], '{1}', '{0}', '{1}', array['{}'::jsonb], '{a}', '{a}',
        '{a}', '{}', '{}', '{}', '{}', null, null, null) $$,
    '^22023 start_hands: arrays that belong', 'openers too few'),
  ($$ select start_hands(array[new_id()], '{1}', '{0}', '{1}', array['{}'::jsonb], '{a}', '{a}',
        '{a}', null, '{2}', '{0}', '{x}', null, null, null) $$,
    '^22023 start_hands: a payment or seat belongs to none of the 1 items', 'a seat of no hand'),
  ($$ select start_hands(array[new_id()], '{1}', '{0}', '{1}', array['{}'::jsonb], '{a}', '{a}',
        '{a}', null, '{1}', '{0}', '{x,y}', null, null, null) $$,
    '^22023 start_hands: arrays that belong', 'client seeds too many'),
  ($$ select settle_hands(array[new_id()], '{0}', array['{}'::jsonb], '{}', null, '{}', '{}', '{}',
        '{}', '{}') $$,
    '^22023 settle_hands: arrays that belong', 'seeds too few'),
  ($$ select settle_hands(array[new_id()], '{0}', array['{}'::jsonb], null, null, '{null}', '{0}',
        '{1}', '{1}', '{a}') $$,
    '^22023 settle_hands: a payment or seat belongs to none', 'a payment of no hand'),
  ($$ select settle_hands(array[new_id()], '{0}', array['{}'::jsonb], null, null, '{1}', '{0}',
        '{1}', '{1}', null) $$,
    '^22023 settle_hands: arrays that belong', 'no reasons'),
  ($$ select settle_hands(array[new_id()], '{0}', array['{}'::jsonb], null, null,
        array_fill(1, array[8193]), array_fill(0::smallint, array[8193]),
        array_fill(1::smallint, array[8193]), array_fill(1::bigint, array[8193]),
        array_fill('a'::text, array[8193])) $$,
    '^22023 settle_hands: 8193 items in one call, more than 8192', 'payments too many')
) as c (call, error, what);
rollback;
begin isolation level repeatable read;
select matches(
  pg_temp.error_of($$ select promise_deals('{1}', '{0}', '{1}', '{a}', '{a}', '{a}') $$),
  '^0A000 tables need READ COMMITTED, and this transaction is REPEATABLE READ',
  'another isolation level is refused');
rollback;

select is(pg_temp.ledger_complaints(), null, 'the ledger is in order');
select is(pg_temp.journal_complaints(), null, 'and so is the journal');

select finish();

-- The simulator behind the sample: fair deals against golden figures, Gaple against golden traces
-- and, over seeded random hands, against the replay that was written apart from it.
begin;
select plan(26);

\ir ../sample/fair_deal.sql
\ir ../sample/gaple.sql
\ir support/gaple_replay.sql

-- Fair deals -------------------------------------------------------------------------------------

select is(
  encode(pg_temp.hmac_sha256('Jefe', 'what do ya want for nothing?'), 'hex'),
  '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  'HMAC-SHA256 gives the figure of RFC 4231');
select is(
  encode(sha256('\x0000000000000000000000000000000000000000000000000000000000000000'), 'hex'),
  '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925',
  'the commit of a seed of zeros is its SHA-256');
select is(
  pg_temp.fair_deck(
    '\x0000000000000000000000000000000000000000000000000000000000000000', '',
    0),
  '{16,12,13,2,27,23,10,19,22,8,18,21,11,7,5,15,3,24,0,25,20,26,6,14,1,9,17,4}',
  'the deck of a seed of zeros is the golden one');
select is(
  encode(sha256('\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'), 'hex'),
  '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
  'the commit of a seed of rising bytes is its SHA-256');
select is(
  pg_temp.fair_deck(
    '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'alice|bob|carol|dave',
    1),
  '{24,25,2,21,16,5,20,27,14,3,7,26,4,0,6,8,12,9,11,22,19,13,1,17,15,23,18,10}',
  'the deck of a seed of rising bytes is the golden one');

-- Golden traces ----------------------------------------------------------------------------------

create function pg_temp.move_bytes(trace text)
returns bytea
language sql
return case
  when trace like '% pass' then '\x02'::bytea
  else '\x01'::bytea
    || (
      select set_byte('\x00', 0, t)
      from generate_series(0, 27) as s (t)
      where pg_temp.tile_name(t) = split_part(trace, ' ', 2))
    || case split_part(trace, ' ', 3) when 'L' then '\x00'::bytea else '\x01' end
end;

create function pg_temp.replay_trace(hands jsonb, trace text)
returns jsonb
language sql
return pg_temp.replay_gaple(
  '{0,1,2,3}', array_fill(1000000::bigint, array[4]), hands, null, 1, 0, 0,
  array(
    select split_part(m.move, ' ', 1)::integer
    from string_to_table(trace, ', ') with ordinality as m (move, no) order by m.no),
  array(
    select pg_temp.move_bytes(m.move)
    from string_to_table(trace, ', ') with ordinality as m (move, no) order by m.no));
select is(
  pg_temp.replay_trace(
    '{"0": ["0-1", "0-5", "1-1", "1-5", "2-3", "3-4", "3-6"], "1": ["0-6", "2-2", "2-4", "2-5", '
    '"2-6", "4-5", "4-6"], "2": ["0-2", "1-2", "1-3", "1-4", "5-5", "5-6", "6-6"], "3": ["0-0", '
    '"0-3", "0-4", "1-6", "3-3", "3-5", "4-4"]}',
    '2 6-6 L, 3 1-6 L, 0 0-1 L, 1 0-6 L, 2 5-6 L, 3 3-5 L, 0 2-3 L, 1 2-2 L, 2 0-2 L, 3 0-0 '
    'L, 0 0-5 L, 1 2-5 L, 2 1-2 L, 3 pass, 0 1-1 L, 1 2-6 R, 2 1-3 L, 3 0-3 L, 0 pass, 1 2-4 '
    'R, 2 1-4 R, 3 0-4 L, 0 1-5 R, 1 4-5 L, 2 5-5 L'
  ) - 'left',
  '{"winner": 2, "reason": "out", "multiplier": 5, "rake": 0, "opener": 2, "line": "5-5", '
  '"net": {"0": -6, "1": -5, "2": 16, "3": -5}}',
  'golden game 1 is replayed to its end');
select is(
  pg_temp.replay_trace(
    '{"0": ["0-1", "1-3", "1-6", "2-3", "3-4", "4-4", "6-6"], "1": ["0-0", "0-6", "1-1", "1-2", '
    '"1-5", "2-2", "3-3"], "2": ["0-3", "0-5", "2-5", "2-6", "4-6", "5-5", "5-6"], "3": ["0-2", '
    '"0-4", "1-4", "2-4", "3-5", "3-6", "4-5"]}',
    '0 6-6 L, 1 0-6 L, 2 0-3 L, 3 3-5 L, 0 1-6 R, 1 1-1 R, 2 0-5 L, 3 0-2 L, 0 0-1 R, 1 0-0 '
    'R, 2 2-5 L, 3 0-4 R, 0 3-4 R, 1 1-5 L, 2 pass, 3 1-4 L, 0 1-3 R, 1 1-2 R, 2 2-6 R, 3 2-4 '
    'L, 0 2-3 L, 1 3-3 L, 2 4-6 R, 3 3-6 L, 0 4-4 R'
  ) - 'left',
  '{"winner": 0, "reason": "out", "multiplier": 3, "rake": 0, "opener": 0, "line": "6-4", '
  '"net": {"0": 9, "1": -2, "2": -4, "3": -3}}',
  'golden game 2 is replayed to its end');
select is(
  pg_temp.replay_trace(
    '{"0": ["0-2", "0-4", "0-6", "1-4", "3-3", "4-5", "5-6"], "1": ["0-0", "0-5", "1-5", "2-4", '
    '"2-5", "2-6", "3-6"], "2": ["1-2", "1-3", "2-3", "3-4", "3-5", "4-4", "4-6"], "3": ["0-1", '
    '"0-3", "1-1", "1-6", "2-2", "5-5", "6-6"]}',
    '3 6-6 L, 0 0-6 L, 1 0-0 L, 2 4-6 R, 3 0-1 L, 0 0-4 R, 1 0-5 R, 2 1-2 L, 3 2-2 L, 0 0-2 '
    'L, 1 1-5 R, 2 1-3 R, 3 0-3 L, 0 3-3 L, 1 3-6 L, 2 2-3 R, 3 1-6 L, 0 1-4 L, 1 2-4 L, 2 '
    'pass, 3 pass, 0 pass, 1 2-5 L, 2 3-5 L, 3 pass, 0 pass, 1 2-6 R'
  ) - 'left',
  '{"winner": 1, "reason": "out", "multiplier": 2, "rake": 0, "opener": 3, "line": "3-6", '
  '"net": {"0": -4, "1": 9, "2": -1, "3": -4}}',
  'golden game 3 is replayed to its end');
select is(
  pg_temp.replay_trace(
    '{"0": ["0-1", "1-3", "1-4", "1-5", "1-6", "4-5", "4-6"], "1": ["0-0", "1-2", "2-2", "2-5", '
    '"3-5", "5-5", "6-6"], "2": ["0-5", "0-6", "1-1", "2-3", "2-4", "3-3", "5-6"], "3": ["0-2", '
    '"0-3", "0-4", "2-6", "3-4", "3-6", "4-4"]}',
    '1 6-6 L, 2 0-6 L, 3 0-2 L, 0 1-6 R, 1 1-2 L, 2 1-1 L, 3 pass, 0 0-1 L, 1 0-0 L, 2 0-5 L, '
    '3 pass, 0 1-3 R, 1 2-5 L, 2 2-3 L, 3 0-3 L, 0 pass, 1 3-5 R, 2 5-6 R, 3 0-4 L, 0 1-4 L, '
    '1 pass, 2 pass, 3 2-6 R, 0 1-5 L, 1 2-2 R, 2 2-4 R, 3 3-4 R, 0 4-5 L, 1 pass, 2 3-3 R'
  ) - 'left',
  '{"winner": 2, "reason": "out", "multiplier": 3, "rake": 0, "opener": 1, "line": "4-3", '
  '"net": {"0": -1, "1": -5, "2": 10, "3": -4}}',
  'golden game 4 is replayed to its end');

-- What the replay refuses ------------------------------------------------------------------------

create function pg_temp.replay_duel(trace text)
returns jsonb
language sql
return pg_temp.replay_gaple(
  '{1,3}', '{50,50}', '{"1": ["6-6", "0-6", "1-2"], "3": ["5-6", "4-4"]}', null, 10, 0, 0,
  array(
    select split_part(m.move, ' ', 1)::integer
    from string_to_table(trace, ', ') with ordinality as m (move, no) order by m.no),
  array(
    select pg_temp.move_bytes(m.move)
    from string_to_table(trace, ', ') with ordinality as m (move, no) order by m.no));

select throws_ok(
  format('select pg_temp.replay_duel(%L)', c.trace), 'P0001', c.problem, c.problem)
from (values
  ('3 4-4 L', 'move 1: seat 3 moved, but it was the turn of 1'),
  ('1 0-6 L', 'move 1: 0-6 is placed, but 6-6 must open'),
  ('1 6-6 L, 3 pass', 'move 2: seat 3 passed and could have placed'),
  ('1 6-6 L, 3 4-4 L', 'move 2: 4-4 does not fit 6 of 6-6'),
  ('1 6-6 L, 3 0-6 L', 'move 2: seat 3 does not hold 0-6'),
  ('1 6-6 L, 3 5-6 L', 'the journal ends before the hand'),
  ('1 6-6 L, 3 5-6 L, 1 0-6 R, 3 4-4 L', 'move 4: the hand was over')
) as c (trace, problem);
select is(
  pg_temp.replay_duel('1 6-6 L, 3 5-6 L, 1 0-6 R') - 'left',
  '{"winner": 1, "reason": "blocked", "multiplier": 1, "rake": 0, "opener": 1, "line": "5-0", '
  '"net": {"1": 10, "3": -10}}',
  'a blocked hand goes to the fewest pips');

-- Random hands -----------------------------------------------------------------------------------

select setseed(0.7);
create temporary table played on commit drop as
select
  g.n, g.seats, g.stacks, g.deck, g.opener_place, p.move_seats, p.move_actors, p.moves,
  p.payer_seats, p.payee_seats, p.amounts, p.reasons, p.winner_place, p.result, p.stacks_after,
  pg_temp.replay_gaple(
    g.seats::integer[], g.stacks, pg_temp.hands_of(g.seats::integer[], g.deck),
    g.seats[g.opener_place], 100, 300, 500, p.move_seats::integer[], p.moves) as replayed
from (
  select
    n, (array['{0,2}', '{0,1,3}', '{0,1,2,3}']::text[])[1 + n % 3]::smallint[] as seats,
    case
      when n % 2 = 0 then '{150,5000,90,700}' else '{9000,9000,9000,9000}'
    end::bigint[] as stacks,
    pg_temp.fair_deck(sha256(convert_to('hand ' || n, 'UTF8')), 'a,b', n) as deck,
    case when n % 5 > 0 then 1 + n % 2 end as opener_place
  from generate_series(1, 300) as s (n)
) as g
cross join lateral pg_temp.play_gaple(
  g.seats, g.stacks[1:cardinality(g.seats)], array_fill('player'::text, array[4]),
  array[20, 90, 50, 70], g.deck, g.opener_place, 100, 300, 500) as p;

select is((select count(*) from played), 300::bigint, 'every move of 300 hands is legal');
select is_empty(
  $$ select n, result, replayed from played
     where (result ->> 'winner', result ->> 'reason', result ->> 'multiplier')
       is distinct from
       (replayed ->> 'winner', replayed ->> 'reason', replayed ->> 'multiplier') $$,
  'winner, end and multiplier are those of the replay');
select is_empty(
  $$ select p.n, s.seat, p.replayed -> 'net', p.stacks, p.stacks_after
     from played as p
     cross join lateral unnest(p.seats, p.stacks[1:cardinality(p.seats)], p.stacks_after)
       as s (seat, before, after)
     where s.after - s.before <> (p.replayed -> 'net' ->> s.seat::text)::bigint $$,
  'so is what each seat wins or loses');
select is_empty(
  $$ select p.n
     from played as p
     where (select sum(c) from unnest(p.stacks_after) as s (c))
       + (p.replayed ->> 'rake')::bigint
       <> (select sum(c) from unnest(p.stacks[1:cardinality(p.seats)]) as s (c)) $$,
  'chips and rake together are what they were');
select is_empty(
  $$ select p.n
     from played as p
     where exists (select from unnest(p.stacks_after) as s (c) where s.c < 0)
       or 0 >= any (p.amounts) $$,
  'nobody pays more than they have, and nothing is paid for nothing');
select is_empty(
  $$ select p.n, l.value
     from played as p
     cross join lateral jsonb_array_elements(p.result -> 'left') as l
     where l.value -> 'tiles' <> p.replayed -> 'left' -> (l.value ->> 'seat')
       and l.value -> 'tiles' <> '[]' $$,
  'the tiles left are those of the replay');
select cmp_ok(
  (select count(*) from played where result ->> 'reason' = 'blocked'), '>', 30::bigint,
  'some hands are blocked');
select is(
  (select count(distinct result ->> 'multiplier') from played), 5::bigint,
  'every multiplier occurs');
select cmp_ok(
  (select count(*) from played where 'timeout' = any (move_actors)), '>', 0::bigint,
  'now and then someone runs out of time');

select finish();
rollback;

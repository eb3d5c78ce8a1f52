-- Hands: start, append, settle, void, with every outcome; results, totals and verify_journal().
begin;
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql

create temporary table players as
select n.name, pg_temp.player(n.name, 100000) as id
from (values ('ayu'), ('budi'), ('citra'), ('dewi')) as n (name);
grant select on players to public;

create function pg_temp.error_of(statement text)
returns text
language plpgsql
as $function$
declare
  hint text;
begin
  execute statement;
  return 'done';
exception when others then
  get stacked diagnostics hint = pg_exception_hint;
  return concat_ws(' ', sqlstate, sqlerrm, hint);
end
$function$;

set local role higgs_app;
create temporary table opened as
select n.name, create_room(
  n.name, 'gaple', 'COINS', 100, 1000, 20000, 4::smallint, 300::smallint, 500) as id
from (values ('Meja'), ('Lain')) as n (name);
select is(
  array[pg_temp.sit('a', 'Meja', 'ayu', 0, 2000), pg_temp.sit('b', 'Meja', 'budi', 1, 3000),
    pg_temp.sit('c', 'Meja', 'citra', 3, 4000), pg_temp.sit('d', 'Lain', 'dewi', 0, 2000),
    pg_temp.sit('e', 'Lain', 'ayu', 1, 2000)],
  array_fill('ok'::text, array[5]), 'three players sit at one table and two at another');

-- Starting ---------------------------------------------------------------------------------------

select is(
  pg_temp.start(c.label, c.room, c.seats, c.fence), c.outcome, c.what)
from (values
  ('h', 'Meja', '{0,1}'::smallint[], 1, 'fenced', 'another fence'),
  ('h', 'Meja', '{0,1}', null, 'fenced', 'no fence'),
  ('h', 'none', '{0,1}', 0, 'room_not_found', 'no room'),
  ('h', 'Meja', '{0}', 0, 'too_few_seats', 'one seat'),
  ('h', 'Meja', '{}', 0, 'too_few_seats', 'no seat'),
  ('h', 'Meja', '{0,2}', 0, 'seat_not_ready', 'an empty seat'),
  ('h', 'Meja', '{0,9}', 0, 'seat_not_ready', 'a seat that is none'),
  ('h', 'Meja', '{-1,0}', 0, 'seat_not_ready', 'a seat below zero'),
  ('h', 'Meja', '{0,null}', 0, 'seat_not_ready', 'a seat that is not known'),
  ('h@-31_days', 'Meja', '{0,1}', 0, 'id_out_of_window', 'an old id'),
  ('h@6_minutes', 'Meja', '{0,1}', 0, 'id_out_of_window', 'an id of the future')
) as c (label, room, seats, fence, outcome, what)
where c.label not like '%@%';
select is(
  array[
    pg_temp.start('h@-31 days', 'Meja', '{0,1}'), pg_temp.start('h@6 minutes', 'Meja', '{0,1}')],
  array['id_out_of_window', 'id_out_of_window'], 'an id of another time');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select pg_temp.start('h', 'Meja', null) $$, '^22023 start_hand: seats.*are null', 'no seats'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', client_seeds => '{a}') $$,
    '^22023 start_hand: seats.* differ in length', 'too few client seeds'),
  ($$ select pg_temp.start('h', 'Meja', '{1,0}') $$,
    '^22023 start_hand: seats .* not in ascending order', 'seats in another order'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1,1}') $$,
    '^22023 start_hand: seats .* not in ascending order', 'a seat twice'),
  ($$ select pg_temp.start(null, 'Meja', '{0,1}') $$, '^22023 start_hand: hand_id is null',
    'no id'),
  ($$ select start_hand(gen_random_uuid(), pg_temp.room('Meja'), 0, 1, '{}', sha256('a'), '\x00',
        '\x00', '{0,1}', '{a,b}') $$,
    '^22023 start_hand: hand_id is .*, which is not of version 7 Choose', 'an id of version 4'),
  ($$ select pg_temp.start('h', 'Meja', '{{0,1}}', client_seeds => '{a,b}') $$,
    '^22023 start_hand: an array has more than one dimension', 'seats as a table'),
  ($$ select start_hand(new_id(), pg_temp.room('Meja'), 0, 1, '{}', sha256('a'), '\x00', '\x00',
        '{0,1}', '{{a,b}}') $$,
    '^22023 start_hand: an array has more than one dimension', 'client seeds as a table'),
  ($$ select start_hand(new_id(), pg_temp.room('Meja'), 0, 1, null, sha256('a'), '\x00', '\x00',
        '{0,1}', '{a,b}') $$,
    '^22023 start_hand: rules version, options .* are needed', 'no options'),
  ($$ select start_hand(new_id(), pg_temp.room('Meja'), 0, 1, '{}', null, '\x00', '\x00',
        '{0,1}', '{a,b}') $$,
    '^22023 start_hand: rules version, options .* are needed', 'no commit'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', client_seeds => '{a,"b c"}') $$,
    '^23514 start_hand: .*hand_seats_client_seed_format.* must keep: CHECK',
    'a client seed with a space'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', options => '[]') $$,
    '^23514 start_hand: .*game_hands_options_object.* must keep: CHECK',
    'options that are no object'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', rules_version => 0) $$,
    '^23514 start_hand: .*game_hands_rules_version_positive', 'no version of the rules'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', opener => 8) $$,
    '^22023 start_hand: seat 8 opens, and is not dealt in', 'an opener that is no seat'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', opener => 3) $$,
    '^22023 start_hand: seat 3 opens, and is not dealt in', 'an opener who does not play'),
  ($$ select pg_temp.start('h', 'Meja', '{0,1}', client_seeds => '{a,null}') $$,
    '^22023 start_hand: seat 1 has no client seed Give one', 'no client seed')
) as c (call, error, what);
select is((select count(*) from game_hands), 0::bigint, 'refusals leave no hand');

select is(pg_temp.start('h', 'Meja', '{0,1,3}', opener => 1), 'ok 1 2000,3000,4000',
  'a hand starts with the stacks of its seats');
select is(pg_temp.start('h', 'Meja', '{0,1,3}', opener => 1), 'exists 1 2000,3000,4000',
  'once, with the same answer');
select is(
  pg_temp.start('h', 'Meja', '[0:2]={0,1,3}', opener => 1), 'exists 1 2000,3000,4000',
  'however its array counts');
select results_eq(
  $$ select h.status, h.number, h.rules_version, h.base_bet, h.rake_bps, h.rake_cap,
       h.opener_seat, h.started_at = id_time(h.id), h.server_seed is null,
       r.current_hand_id = h.id, r.hands_started
     from game_hands as h join game_rooms as r on r.id = h.room_id $$,
  $$ values ('playing', 1, 1, 100::bigint, 300::smallint, 500::bigint, 1::smallint, true, true,
       true, 1) $$,
  'all that it needs is frozen in it');
select results_eq(
  $$ select s.seat::integer, p.name, s.stack_start, s.client_seed, s.net from hand_seats as s
     join players as p on p.id = s.user_id order by s.seat $$,
  $$ values (0, 'ayu', 2000::bigint, 'seed0', null::bigint),
       (1, 'budi', 3000, 'seed1', null), (3, 'citra', 4000, 'seed3', null) $$,
  'and in its seats');
select is(
  pg_temp.start(c.label, c.room, c.seats, -1, c.client_seeds, c.options, c.version, c.seed,
    c.opener),
  'exists_with_different_content', 'the same id with other ' || c.what)
from (values
  ('h', 'Meja', '{0,1}'::smallint[], null::text[], '{}'::jsonb, 1, null::bytea, 1,
    'seats'),
  ('h', 'Meja', '{0,1,2,3}', null, '{}', 1, null, 1, 'seats, more'),
  ('h', 'Meja', '{0,1,3}', '{seed0,seed1,other}', '{}', 1, null, 1, 'client seeds'),
  ('h', 'Meja', '{0,1,3}', null, '{"a": 1}', 1, null, 1, 'options'),
  ('h', 'Meja', '{0,1,3}', null, '{}', 2, null, 1, 'rules'),
  ('h', 'Meja', '{0,1,3}', null, '{}', 1, '\x00', 1, 'commit'),
  ('h', 'Meja', '{0,1,3}', null, '{}', 1, null, 3, 'opener'),
  ('h', 'Meja', '{0,1,3}', null, '{}', 1, null, null, 'opener, none'),
  ('h', 'Lain', '{0,1}', null, '{}', 1, null, 1, 'room')
) as c (label, room, seats, client_seeds, options, version, seed, opener, what);
select is(pg_temp.start('h2', 'Meja', '{0,1}'), 'hand_running', 'one hand at a time');
select is(
  (select s.outcome || ' ' || s.stacks::text
   from start_hand(
     pg_temp.id_of('bots'), pg_temp.room('Lain'), 0, 1, '{}', sha256(pg_temp.seed_of('bots')),
     sha256('a') || sha256('b'), '\x01', '{0,1}', '{x,y}', null, array[null, 40]::smallint[],
     array[null, '\x0102030405060708']::bytea[], array[null, 'thinker']) as s),
  'ok {2000,2000}', 'a bot''s style, strength and seed are frozen, too');

-- Moves ------------------------------------------------------------------------------------------

select is(pg_temp.append('h 1 1 first ref=r1'), 'ok', 'a move is written');
select is(pg_temp.append('h 1 1 first ref=r1'), 'exists', 'once');
select is(pg_temp.append(c.lines), c.outcomes, c.what)
from (values
  ('h 1 1 other ref=r1', 'different', 'another move under its number'),
  ('h 1 0 first ref=r1', 'different', 'another seat'),
  ('h 1 1 first ref=r2', 'different', 'another reference'),
  ('h 1 1 first actor=timeout ref=r1', 'different', 'another actor'),
  ('h 3 1 third', 'out_of_order', 'a number too high'),
  ('h 2 3 second
    h 3 0 third actor=rules', 'ok ok', 'several moves at once'),
  ('h 2 3 second
    h 3 0 third actor=rules', 'exists exists', 'and again'),
  ('h 3 0 third actor=rules
    h 4 0 fourth', 'different different', 'half written, half new is another batch'),
  ('h 4 1 fourth
    h 6 1 sixth', 'out_of_order out_of_order', 'a gap'),
  ('h 4 1 fourth
    h 4 1 fourth', 'out_of_order out_of_order', 'a number twice'),
  ('h 4 1 fourth
    h 4 1 fourth
    h 6 1 sixth', 'out_of_order out_of_order out_of_order', 'a number twice, which fills a gap'),
  ('h 5 1 fifth
    h 4 0 fourth', 'ok ok', 'the order within the call does not matter'),
  ('h 6 1 x fence=9', 'fenced', 'another fence'),
  ('h 6 1 x fence=null', 'fenced', 'no fence'),
  ('h 6 1 x
    h 7 1 x fence=null', 'out_of_order fenced', 'no fence on one of them'),
  ('h 6 1 x
    h 7 1 x fence=4', 'out_of_order fenced', 'two fences'),
  ('h 6 1 x in=none', 'fenced', 'no room'),
  ('h 6 1 x in=Lain', 'finished', 'the hand of another room'),
  ('none 1 1 x', 'finished', 'a hand that is none')
) as c (lines, outcomes, what);
select is(
  (select string_agg(
     m.no || ':' || m.seat || ':' || convert_from(m.move, 'UTF8'), ' ' order by m.no)
   from game_moves as m where m.hand_id = pg_temp.id_of('h')),
  '1:1:first 2:3:second 3:0:third 4:0:fourth 5:1:fifth', 'the journal holds them in order');
select is(
  pg_temp.append(
    'h 6 1 x
     bots 1 0 y in=Lain
     bots 2 1 z in=Lain
     bots 4 1 z in=none'),
  'ok ok ok fenced', 'moves of many rooms go in one call');
select is(
  pg_temp.append(
    'h 8 1 x
     bots 3 0 y in=Lain'),
  'out_of_order ok', 'one room''s refusal sinks no other');

-- What the table cannot hold is told to its room.
select is(pg_temp.append(c.line || E'\nbots ' || 3 + c.n || ' 0 y in=Lain'), 'invalid ok', c.what)
from (values
  (1, 'h 7 8 x', 'a seat that is none'),
  (2, 'h 7 -1 x', 'a seat below zero'),
  (3, 'h 7 1 x actor=nobody', 'an unknown actor'),
  (4, 'h 7 1 ' || repeat('x', 65), 'a move too large'),
  (5, 'h 7 1 x ref=' || repeat('r', 65), 'a reference too long'),
  (6, 'h 6 2 x', 'a seat of the table that is not in the hand')
) as c (n, line, what);
select is(
  pg_temp.append(
    'h 6 1 x
     h 7 2 x
     bots 10 0 y in=Lain'),
  'invalid invalid ok', 'a seat that is not in the hand, with what else the call brings');
select is(pg_temp.append('h 5 2 fifth'), 'invalid', 'under a number that is written, too');
select is(pg_temp.append('h 7 2 x'), 'invalid', 'and under one that is not the next');
select is(pg_temp.append('h 6 2 x fence=9'), 'fenced', 'but who hosts is asked first');
select is(
  (select string_agg(a.outcome, ' ' order by a.item)
   from append_moves(
     array_fill(pg_temp.room('Meja'), array[2]) || pg_temp.room('Lain'), '{0,0,0}',
     array_fill(pg_temp.id_of('h'), array[2]) || pg_temp.id_of('bots'), '{7,8,11}', '{1,1,0}',
     '{player,player,player}', array['m', null, 'm']::bytea[]) as a),
  'invalid invalid ok', 'a move that is missing, with what else the call brings for its room');
select is(
  (select string_agg(a.outcome, ' ' order by a.item)
   from append_moves(
     array[pg_temp.room('Meja'), pg_temp.room('Lain')], '{0,0}',
     array[pg_temp.id_of('h'), pg_temp.id_of('bots')], '{7,12}', '{1,0}', '{player,player}',
     '{m,m}', null, '{-1,0}', '{true,null}') as a),
  'invalid ok', 'a time bank below zero');
select is(
  (select a.outcome
   from append_moves(
     array[pg_temp.room('Lain')], '{0}', array[pg_temp.id_of('bots')], '{12}', '{0}', '{player}',
     '{m}') as a),
  'exists', 'what may be left out has the same meaning as its default');
select is_empty(
  $$ select append_moves('{}', '{}', '{}', '{}', '{}', '{}', '{}') $$, 'no moves are no rows');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select append_moves(null, '{}', '{}', '{}', '{}', '{}', '{}') $$, 'equally long', 'no rooms'),
  ($$ select append_moves('{}', '{}', '{}', '{}', '{}', '{}', null) $$, 'equally long', 'no moves'),
  ($$ select append_moves('{1}', '{}', '{}', '{}', '{}', '{}', '{}') $$,
    '^22023 append_moves: .* equally long, and have 1, 0, 0, 0, 0, 0, 0 elements Each',
    'lengths that differ, each of them named'),
  ($$ select append_moves(null, '{}', '{}', '{}', '{}', '{}', '{}', null, '{1}') $$,
    'and have null, 0, 0, 0, 0, 0, 0, 1 elements', 'a missing array, and one that may be missing'),
  ($$ select append_moves('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{a}') $$, 'equally long',
    'references too many'),
  ($$ select append_moves('{{1}}', '{0}', array[new_id()], '{1}', '{0}', '{player}', '{m}') $$,
    '^22023 append_moves: an array has more than one dimension', 'a table of rooms'),
  ($$ select append_moves(
        array_agg(n::bigint), array_agg(0::bigint), array_agg(new_id()), array_agg(1),
        array_agg(0::smallint), array_agg('player'::text), array_agg('m'::bytea))
      from generate_series(1, 501) as n $$, '501 rooms in one call, more than 500 Split',
    'more rooms than 500'),
  ($$ select append_moves(
        array_agg(1::bigint), array_agg(0::bigint), array_agg(new_id()), array_agg(n),
        array_agg(0::smallint), array_agg('player'::text), array_agg('m'::bytea))
      from generate_series(1, 5001) as n $$,
    '^22023 append_moves: 5001 items in one call, more than 5000 Split', 'more moves than 5000')
) as c (call, error, what);
select is(
  (select count(*)::integer
   from (
     select array_agg(n::bigint) as rooms, array_agg(0::bigint) as fences,
       array_agg(new_id()) as hands, array_agg(1) as nos, array_agg(0::smallint) as seats,
       array_agg('player'::text) as actors, array_agg('m'::bytea) as moves
     from generate_series(1000001, 1000500) as n) as b
   cross join lateral append_moves(
     b.rooms, b.fences, b.hands, b.nos, b.seats, b.actors, b.moves) as a
   where a.outcome = 'fenced'),
  500, '500 rooms are allowed');

-- Nobody posts beside a hand ---------------------------------------------------------------------

reset role;
create function pg_temp.try_post(
  kind text, giver text, receiver text, id uuid default public.new_id())
returns text
language sql
return (
  select p.outcome
  from public.post_transactions(
    array[id], array[kind], array[pg_temp.wallet(giver)], array[pg_temp.wallet(receiver)],
    array['COINS'], array[100]) as p);
select is(
  pg_temp.try_post(c.kind, c.giver, c.receiver), 'kind_not_allowed',
  format('%s from %s to %s', c.kind, c.giver, c.receiver))
from (values
  ('transfer', 'dewi', '@Meja.0'), ('refund', '@Meja.0', 'dewi'), ('cash_out', '@Meja.0', 'ayu'),
  ('grant', 'issue', '@Meja.0'), ('settlement', '@Meja.0', '@Meja.1'),
  ('buy_in', 'dewi', '@Meja.2'),
  ('settlement', 'ayu', 'budi'), ('refund', 'ayu', 'budi'), ('rake', '@Meja.0', 'rake'),
  ('transfer', 'rake', 'ayu'), ('refund', 'burn', 'ayu'), ('grant', 'rake', 'ayu')
) as c (kind, giver, receiver);
select is(
  pg_temp.try_post('transfer', 'dewi', 'citra', c.id), 'invalid', c.what)
from (values
  (reserved_id(id_time(pg_temp.id_of('h')), pg_temp.id_of('h')::text, 'settlement', 1),
    'the id of a settlement cannot be taken beforehand'),
  (reserved_id(id_time(pg_temp.id_of('later')), pg_temp.id_of('later')::text, 'buy_in', 1),
    'nor that of a buy-in')
) as c (id, what);
select is(
  pg_temp.try_post('transfer', 'dewi', 'citra',
    derive_id(id_time(pg_temp.id_of('h')), pg_temp.id_of('h')::text, 'settlement', 1)), 'ok',
  'what a caller derives is another id');
select is(
  pg_temp.journal_complaints(), null, 'the stacks of running hands are what the seats hold');
select is(
  pg_temp.judged(c.statement, 'select pg_temp.journal_complaints()'), c.complaints, c.what)
from (values
  ($$ update public.user_wallets set balance = balance - 1
      where id = pg_temp.wallet('@Meja.0') $$, 'stacks_equal_wallets',
    'a seat that holds less than the hand believes is told'),
  ($$ update public.user_wallets set balance = balance + 1
      where id = pg_temp.wallet('@Meja.1') $$, 'stacks_equal_wallets', 'and one with more'),
  ($$ update public.user_wallets set balance = 5 where id = pg_temp.wallet('@Meja.2') $$,
    'chips_on_tables_have_players', 'chips where nobody sits are told, too')
) as c (statement, complaints, what);

-- Settling ---------------------------------------------------------------------------------------

create temporary table before as
select sum(w.balance) as chips from user_wallets as w where w.kind <> 'system';
grant select on before to public;
update user_wallets set frozen_at = now(), frozen_reason = 'test'
where room_id = pg_temp.room('Meja') and seat = 3;
set local role higgs_app;

select is(pg_temp.settle(c.label, 'Meja', c.payments), c.outcome, c.what)
from (values
  ('none', '0 1 100', 'hand_not_found', 'no hand'),
  ('h', '0 2 100', 'wallet_not_found', 'to a seat that does not play'),
  ('h', '2 0 100', 'wallet_not_found', 'from a seat that does not play'),
  ('h', '-1 0 100', 'wallet_not_found', 'from a seat below zero'),
  ('h', '0 1 2001', 'insufficient_funds', 'more than there is'),
  ('h', '0 1 1500
         0 3 501', 'insufficient_funds', 'more than there is, in two'),
  ('h', '0 1 100
         3 1 0', 'amount_out_of_range', 'nothing, among others'),
  ('h', '0 1 -100', 'amount_out_of_range', 'less than nothing')
) as c (label, payments, outcome, what);
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select settle_hand(pg_temp.id_of('h'), 0, null, null, null, null, '{}') $$,
    '^22023 settle_hand: the arrays of payments differ in length or are null', 'no arrays'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{0}', '{1}', '{100}', '{}', '{}') $$,
    '^22023 settle_hand: the arrays', 'arrays of other lengths'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{0}', '{1}', '{null}', '{a}', '{}') $$,
    '^22023 settle_hand: payment 1 cannot be: it has no amount', 'an unknown amount'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{0,null}', '{1,0}', '{1,1}', '{a,a}', '{}') $$,
    '^22023 settle_hand: payment 2 cannot be: no seat pays', 'an unknown payer'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{0}', '{1}', '{1}', array[null], '{}') $$,
    '^22023 settle_hand: payment 1 cannot be: its reason is null or over 200', 'no reason'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{0}', '{1}', '{1}', array[repeat('x', 201)], '{}')
    $$, '^22023 settle_hand: payment 1 cannot be: its reason is null or over 200',
    'a reason without end'),
  ($$ select settle_hand(pg_temp.id_of('h'), 0, '{{0}}', '{1}', '{{1}}', '{a}', '{}') $$,
    '^22023 settle_hand: payment 1 cannot be: the arrays have more than one dimension',
    'payments as a table'),
  ($$ select pg_temp.settle('h', 'Meja', E'0 1 10\n0 0 100') $$,
    '^22023 settle_hand: payment 2 cannot be: seat 0 pays itself It has a seat that pays',
    'to the same seat'),
  ($$ select pg_temp.settle('h', 'Meja', result => null) $$,
    '^22023 settle_hand: hand_result is no object', 'no result'),
  ($$ select pg_temp.settle('h', 'Meja', result => '[]') $$,
    '^22023 settle_hand: hand_result is no object', 'a result that is no object'),
  ($$ select pg_temp.settle('h', 'Meja', result => jsonb_build_object('a', repeat('x', 20000))) $$,
    '^22023 settle_hand: hand_result is no object of at most 20000', 'a result without end'),
  ($$ select pg_temp.settle('h', 'Meja', seed => sha256('another')) $$,
    '^22023 settle_hand: the revealed seed is not the one that was committed to',
    'a seed that does not fit the commit'),
  ($$ select pg_temp.settle('h', 'Meja', ended_at => now() - interval '1 hour') $$,
    '^22023 settle_hand: a hand that started at .* cannot have ended at',
    'an end before its start'),
  ($$ select pg_temp.settle('h', 'Meja', ended_at => now() + interval '6 minutes') $$,
    '^22023 settle_hand: a hand that started at', 'an end that is far ahead'),
  ($$ select pg_temp.settle('h', 'Meja', E'0 1 2000\n1 rake 61') $$,
    '^22023 settle_hand: a rake of 61 is above 300 basis points of the 2000 won', 'too much rake'),
  ($$ select pg_temp.settle('h', 'Meja', '0 rake 10') $$,
    '^22023 settle_hand: a rake of 10 is above 300 basis points', 'rake where little was won')
) as c (call, error, what);
select is(
  (select sum(w.balance) from user_wallets as w where w.kind <> 'system'),
  (select b.chips from before as b), 'refusals move nothing');
select is(pg_temp.settle('h', 'Meja', '0 1 100', fence => 5), 'fenced', 'nor does another fence');
select is(
  (settle_hand(pg_temp.id_of('h'), null, '{}', '{}', '{}', '{}', '{}')).outcome, 'fenced',
  'nor no fence');

select is(
  pg_temp.settle('h', 'Meja', '0 1 2000
    3 1 300
    1 rake 69', seed => pg_temp.seed_of('h')), 'ok 69',
  'the hand is settled, frozen wallet or not');
select is(
  pg_temp.settle('h', 'Meja', '0 1 2000
    3 1 300
    1 rake 69', seed => pg_temp.seed_of('h')), 'exists 69', 'once');
select is(pg_temp.settle('h', 'Meja', c.payments, c.result), 'exists_with_different_content 69',
  'not again with other ' || c.what)
from (values
  ('0 1 2000
    3 1 301
    1 rake 69', '{"end": "out"}'::jsonb, 'payments'),
  ('', '{"end": "out"}', 'payments, none'),
  ('0 1 2000
    3 1 300
    1 rake 69', '{"end": "blocked"}', 'result')
) as c (payments, result, what);
select is(
  array[pg_temp.seat_chips('Meja', 0), pg_temp.seat_chips('Meja', 1), pg_temp.seat_chips('Meja', 3),
    pg_temp.balance('rake')::bigint],
  array[0, 5231, 3700, 69]::bigint[], 'the chips are where they belong');
select results_eq(
  $$ select s.seat::integer, s.net, s.rake from hand_seats as s
     where s.hand_id = pg_temp.id_of('h') order by s.seat $$,
  $$ values (0, -2000::bigint, 0::bigint), (1, 2231, 69), (3, -300, 0) $$,
  'each seat has its result');
select results_eq(
  $$ select h.status, h.rake, h.result, h.server_seed = pg_temp.seed_of('h'),
       h.server_seed_encrypted is null and h.key_id is null, h.ended_at = now(),
       r.current_hand_id is null
     from game_hands as h join game_rooms as r on r.id = h.room_id
     where h.id = pg_temp.id_of('h') $$,
  $$ values ('settled', 69::bigint, '{"end": "out"}'::jsonb, true, true, true, true) $$,
  'the hand its result and its seed');
select results_eq(
  $$ select t.kind, t.amount, t.group_size, t.group_id = reserved_id(
         h.started_at, h.id::text, 'settlement', 1), t.metadata
     from transactions as t join game_hands as h on t.reference_id = h.id::text
     where t.reference_type = 'hand' order by t.amount $$,
  $$ values ('rake', 69::bigint, 3, true, '{"reason": "test"}'::jsonb),
       ('settlement', 300, 3, true, '{"reason": "test"}'),
       ('settlement', 2000, 3, true, '{"reason": "test"}') $$,
  'its payments are one group');
select is(pg_temp.append('h 7 1 x'), 'finished', 'then nobody moves any more');
select is(pg_temp.append('h 1 1 first ref=r1'), 'exists', 'though a resend is answered');
select is(void_hand(pg_temp.id_of('h'), 0, 'too late'), 'settled', 'and it is not voided');
select matches(
  pg_temp.error_of(
    $$ select pg_temp.start('brief', 'Meja', '{1,3}', seed => 'brief'),
         pg_temp.settle('brief', 'Meja', seed => 'brief') $$),
  '^22023 settle_hand: the seed that was committed to has 5 bytes, and a seed has 32 It cannot be',
  'a seed of another length was committed to, and cannot be revealed');

-- Statistics and totals --------------------------------------------------------------------------

create function pg_temp.statistics(player_name text)
returns text
language sql
return (
  select format('%s/%s +%s -%s rake %s best %s streak %s/%s', g.hands_won, g.hands_played,
    g.chips_won, g.chips_lost, g.rake_paid, g.biggest_win, g.streak, g.best_streak)
  from public.game_statistics as g
  join public.users as u on u.id = g.user_id
  where u.username = player_name and g.game_id = 'gaple' and g.currency = 'COINS');
create function pg_temp.totals(player_name text)
returns text
language sql
return (
  select string_agg(format('%s +%s -%s', t.hands, t.won, t.lost), ', ' order by t.day)
  from public.player_day_totals as t
  join public.users as u on u.id = t.user_id
  where u.username = player_name and t.currency = 'COINS');

select is(pg_temp.statistics(c.name), c.statistics, 'statistics of ' || c.name)
from (values
  ('ayu', '0/1 +0 -2000 rake 0 best 0 streak -1/0'),
  ('budi', '1/1 +2231 -0 rake 69 best 2231 streak 1/1'),
  ('citra', '0/1 +0 -300 rake 0 best 0 streak -1/0'),
  ('dewi', null)
) as c (name, statistics);
select is(
  array[pg_temp.totals('ayu'), pg_temp.totals('budi'), pg_temp.totals('citra')],
  array['1 +0 -2000', '1 +2231 -0', '1 +0 -300'], 'and their totals of the day');

select is(pg_temp.start('z', 'Meja', '{0,1}'), 'seat_not_ready', 'who has no chips is not dealt');
select is(pg_temp.stand('a', 'Meja'), 'ok 0', 'and leaves with none');
select is(pg_temp.start('h2', 'Meja', '{1,3}'), 'ok 2 5231,3700',
  'the next hand has the next number');
select is(pg_temp.settle('h2', 'Meja'), 'ok 0', 'a hand without payments');
select is(pg_temp.start('h3', 'Meja', '{1,3}'), 'ok 3 5231,3700', 'a third');
select is(pg_temp.settle('h3', 'Meja', '3 1 100'), 'ok 0', 'is won again');
select is(pg_temp.start('h4', 'Meja', '{1,3}'), 'ok 4 5331,3600', 'a fourth');
select is(pg_temp.settle('h4', 'Meja', '1 3 50', seed => null), 'ok 0', 'is lost');
select is(
  array[pg_temp.statistics('budi'), pg_temp.statistics('citra'), pg_temp.totals('budi')],
  array['2/4 +2331 -50 rake 69 best 2231 streak -1/2', '1/4 +50 -400 rake 0 best 50 streak 1/1',
    '4 +2331 -50'], 'statistics and totals add up');
select is(
  (select h.server_seed is null and h.server_seed_encrypted is not null from game_hands as h
   where h.id = pg_temp.id_of('h4')), true, 'a seed that is not revealed stays sealed');

-- A hand that began yesterday and one of a clock that is ahead.
select is(
  array[pg_temp.start('h5@4 minutes', 'Meja', '{1,3}'), pg_temp.settle('h5@4 minutes', 'Meja')],
  array['ok 5 5281,3650', 'ok 0'], 'a host whose clock is ahead starts and settles');
select is(pg_temp.start('h6@-29 days', 'Meja', '{1,3}'), 'ok 6 5281,3650', 'an old hand');
select is(
  pg_temp.settle('h6@-29 days', 'Meja', '1 3 10', ended_at => now() - interval '29 days'), 'ok 0',
  'is settled while its payments'' ids are in the window');
select is(pg_temp.totals('citra'), '1 +10 -0, 5 +50 -400', 'on the day that it ended');
select is(pg_temp.start('h7@-30 days 1 second', 'Meja', '{1,3}'), 'ok 7 5271,3660', 'an older one');
-- Voiding ----------------------------------------------------------------------------------------

set local role higgs_app;
select matches(
  pg_temp.error_of(format('select void_hand(pg_temp.id_of(''h''), 0, %L)', c.reason)),
  '^22023 void_hand: a reason of 1 to 200 characters is needed', c.what)
from (values (null, 'no reason'), (' ', 'an empty one'), (repeat('x', 201), 'one too long'))
  as c (reason, what);
select is(void_hand(pg_temp.id_of('h7@-30 days 1 second'), 3, 'test'), 'fenced', 'another fence');
select is(void_hand(pg_temp.id_of('h7@-30 days 1 second'), null, 'test'), 'fenced', 'no fence');
select is(void_hand(pg_temp.id_of('none'), 0, 'test'), 'hand_not_found', 'no hand');
select is(void_hand(null, 0, 'test'), 'hand_not_found', 'no id');
select is(
  (select void_hand(pg_temp.id_of('h7@-30 days 1 second'), 0, 'The rules failed', p.id)
   from players as p where p.name = 'dewi'), 'ok', 'a hand is voided');
select is(
  void_hand(pg_temp.id_of('h7@-30 days 1 second'), 0, 'Again'), 'exists', 'once');
select is(
  pg_temp.settle('h7@-30 days 1 second', 'Meja', '1 3 10'), 'voided', 'and not settled any more');
reset role;
select results_eq(
  $$ select h.status, h.void_reason, h.server_seed is null, r.current_hand_id is null,
       (select array_agg(s.net order by s.seat) from hand_seats as s where s.hand_id = h.id)
     from game_hands as h join game_rooms as r on r.id = h.room_id
     where h.status = 'voided' $$,
  $$ values ('voided', 'The rules failed', true, true, '{0,0}'::bigint[]) $$,
  'every seat keeps what it had');
select results_eq(
  $$ select a.target_type, a.target_id, a.reason, p.name from audit_logs as a
     join players as p on p.id = a.actor_id where a.action = 'hand.voided' $$,
  $$ values ('hand', pg_temp.id_of('h7@-30 days 1 second')::text, 'The rules failed', 'dewi') $$,
  'and the audit log knows who did it');
select is(
  array[pg_temp.seat_chips('Meja', 1), pg_temp.seat_chips('Meja', 3)], array[5271, 3660]::bigint[],
  'no chip has moved');

-- A hand older than 30 days is not settled but voided.
insert into game_hands (
  id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
  server_seed_commit, server_seed_encrypted, started_at)
select pg_temp.id_of('old@-31 days'), pg_temp.room('Meja'), 8, 'gaple', 1, '{}', 'COINS', 100, 0, 0,
  sha256('a'), sha256('a') || sha256('a'), id_time(pg_temp.id_of('old@-31 days'));
update game_rooms set current_hand_id = pg_temp.id_of('old@-31 days'), hands_started = 8
where id = pg_temp.room('Meja');
insert into hand_seats (hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed)
select pg_temp.id_of('old@-31 days'), s.seat, s.id, s.user_id, s.seat_wallet_id, 100, 'x'
from game_sessions as s where s.room_id = pg_temp.room('Meja') and s.stood_up_at is null;
select is(pg_temp.settle('old@-31 days', 'Meja', '1 3 10'), 'id_out_of_window',
  'a hand older than 30 days is not settled');
select is(void_hand(pg_temp.id_of('old@-31 days'), 0, 'Too old'), 'ok', 'but voided');

-- What may be seen of hands ----------------------------------------------------------------------

set local role higgs_readonly;
select is(
  (select count(*) from finished_hands as h where h.id = pg_temp.id_of('bots')), 0::bigint,
  'a running hand is in no view');
select is(
  (select count(*) from finished_hand_moves as m where m.hand_id = pg_temp.id_of('bots')),
  0::bigint, 'nor are its moves');
select is(
  (select count(*) from finished_hand_moves as m where m.hand_id = pg_temp.id_of('h')), 6::bigint,
  'those of a finished one are');
select throws_ok('select s.client_seed from public.hand_seats as s', '42501', null,
  'the tables behind them are closed');
reset role;

-- verify_journal() -------------------------------------------------------------------------------

select is(pg_temp.journal_complaints(), null, 'the journal verifies');
select is(pg_temp.ledger_complaints(), null, 'and the ledger');
select is(
  (select array_agg(v.check_name order by v.check_name) from verify_journal() as v),
  array['chips_on_tables_have_players', 'moves_have_seats_and_no_gaps', 'results_equal_ledger',
    'results_sum_to_rake', 'running_hands_are_current', 'stacks_equal_wallets'], 'a row a check');

create function pg_temp.tampered(statement text)
returns text
language plpgsql
as $function$
declare
  answer text;
begin
  alter table public.game_moves disable trigger user;
  execute statement;
  raise exception using errcode = 'TAKEN',
    message = coalesce(pg_temp.journal_complaints(), 'nothing');
exception when sqlstate 'TAKEN' then
  return sqlerrm;
end
$function$;
select is(pg_temp.tampered(c.statement), c.complaints, c.what)
from (values
  ('select 1', 'nothing', 'without tampering there is nothing to say'),
  ($$ delete from game_moves where hand_id = pg_temp.id_of('h') and no = 3 $$,
    'moves_have_seats_and_no_gaps', 'a move that was taken out'),
  ($$ update game_moves set seat = 2 where hand_id = pg_temp.id_of('h') and no = 3 $$,
    'moves_have_seats_and_no_gaps', 'a move of a seat that did not play'),
  ($$ insert into game_moves (hand_id, no, seat, actor, move)
      values (new_id(), 1, 0, 'player', 'm') $$,
    'moves_have_seats_and_no_gaps', 'a move of no hand'),
  ($$ update game_rooms set current_hand_id = null where id = pg_temp.room('Lain') $$,
    'running_hands_are_current', 'a room that has lost its hand'),
  ($$ update game_rooms set current_hand_id = pg_temp.id_of('h') where name = 'Meja' $$,
    'running_hands_are_current', 'a room with a hand that is over'),
  ($$ update game_rooms set current_hand_id = case name when 'Meja' then pg_temp.id_of('bots') end
      where name in ('Meja', 'Lain') $$,
    'running_hands_are_current', 'a hand in another room'),
  ($$ update hand_seats set net = net + 1 where hand_id = pg_temp.id_of('h') and seat = 1 $$,
    'results_equal_ledger results_sum_to_rake', 'a result that was changed'),
  ($$ update hand_seats set net = net + case seat when 1 then 1 else -1 end
      where hand_id = pg_temp.id_of('h') and seat in (1, 3) $$,
    'results_equal_ledger', 'a result that was shifted'),
  ($$ update game_hands set rake = rake + 1 where id = pg_temp.id_of('h') $$,
    'results_sum_to_rake', 'a rake that was changed'),
  ($$ update game_sessions set stood_up_at = now(), cashed_out = 0
      where id = pg_temp.id_of('b') $$,
    'chips_on_tables_have_players', 'chips without a player')
) as c (statement, complaints, what);

select finish();
rollback;

-- The promise of the next deal, a room taken by name, and a node that follows its dead self.
begin;
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql

create temporary table node (name text, id bigint);
grant all on node to public;
create temporary table room as
select n.n, create_room('Meja' || n.n, 'gaple', 'COINS', 100, 1000, 100000, 2::smallint) as id
from generate_series(1, 3) as n (n);
grant select on room to public;
create temporary table given as
select pg_temp.player('ayu', 10000) as ayu, pg_temp.player('budi', 10000) as budi;

-- Answers the outcome and the promised seed by its label.
create function pg_temp.promise(
  label text, room_name text, number integer, fence bigint default -1)
returns text
language sql
return (
  select concat_ws(' ', p.outcome, case p.promised_commit
    when sha256(pg_temp.seed_of('h1')) then 'h1' when sha256(pg_temp.seed_of('h2')) then 'h2' end)
  from public.promise_deal(
    pg_temp.room(room_name), case when fence = -1 then pg_temp.fence(room_name) else fence end,
    number, sha256(pg_temp.seed_of(label)), sha256('sealed') || sha256('sealed'), '\x01') as p);

set local role higgs_app;
insert into node
select n.name, register_node(n.name, n.address, array[1])
from (values ('one', '10.0.0.1:3100'), ('two', '10.0.0.2:3100')) as n (name, address);

-- A room by name ---------------------------------------------------------------------------------

select is(
  (select array[t.outcome, t.fence::text, t.hand_id::text] from node as n
   cross join lateral take_room(n.id, pg_temp.room('Meja1')) as t where n.name = 'one'),
  array['ok', '1', null], 'a free room is given, with a higher fence');
select is(
  (select t.outcome from node as n
   cross join lateral take_room(n.id, pg_temp.room('Meja1')) as t where n.name = 'two'),
  'not_taken', 'a room with a living host is not');
select is((take_room(0, pg_temp.room('Meja2'))).outcome, 'not_taken', 'an unknown node gets none');
select is((take_room(n.id, 0)).outcome, 'not_taken', 'an unknown room is not given') from node as n
where n.name = 'one';

-- The promise ------------------------------------------------------------------------------------

select is(pg_temp.promise('h1', 'Meja1', 1), 'ok h1', 'the next deal is promised');
select is(pg_temp.promise('h1', 'Meja1', 1), 'exists h1', 'again it is the same');
select is(pg_temp.promise('h2', 'Meja1', 1), 'exists h1', 'and is not exchanged for another');
select is(pg_temp.promise('h2', 'Meja1', 2), 'out_of_order', 'only the next hand is promised');
select is(pg_temp.promise('h1', 'Meja1', 1, 0), 'fenced', 'and only by the room''s host');
select is((promise_deal(0, 0, 1, sha256('a'), sha256('a'), '\x01')).outcome, 'room_not_found',
  'no room, no promise');
select throws_ok(
  'select promise_deal(1, 1, 1, null, null, null)', '22023', null, 'all of it is needed');
select is(
  array[pg_temp.sit('s1', 'Meja1', 'ayu', 0, 2000), pg_temp.sit('s2', 'Meja1', 'budi', 1, 2000)],
  array['ok', 'ok'], 'two sit down');
select throws_like(
  $$ select pg_temp.start('h2', 'Meja1', '{0,1}') $$, '%promised with another server seed%',
  'a hand does not start with another seed than the promised one');
select is(
  pg_temp.start('h1', 'Meja1', '{0,1}'), 'ok 1 2000,2000', 'it starts with the promised one');
select is(
  pg_temp.promise('h2', 'Meja1', 2), 'ok h2', 'the next promise takes the old one''s place');
select is(
  (select count(*)::integer from room_deals as d where d.room_id = pg_temp.room('Meja1')), 1,
  'a room has one promise');
select throws_like(
  format('select promise_deal(%s, %s, 1, %L, sha256(%L), %L)', pg_temp.room('Meja2'),
    pg_temp.fence('Meja2'), '\x00', 's', 'k'),
  'promise_deal: room % is promised a commit of 1 bytes, an encrypted seed of 32 and a key name %',
  'what cannot be promised is named by its size');
select throws_ok(
  'delete from room_deals', '42501', null, 'promises are changed by the function only');

-- A node that follows its dead self --------------------------------------------------------------

insert into node values ('again', register_node('one', '10.0.0.1:3100', array[1]));
select is((select succeed_nodes(n.id) from node as n where n.name = 'two'), 0,
  'a node follows none of another address');
select is((select renew_lease(n.id) from node as n where n.name = 'one'), true,
  'so the first one lives');
select is((select succeed_nodes(n.id) from node as n where n.name = 'again'), 1,
  'a node of the same name and address follows it');
select is((select renew_lease(n.id) from node as n where n.name = 'one'), null,
  'which has no lease any more');
select is(
  (select array[t.fence::text, (t.hand_id = pg_temp.id_of('h1'))::text] from node as n
   cross join lateral take_rooms(n.id) as t
   where n.name = 'again' and t.room_id = pg_temp.room('Meja1')),
  array['2', 'true'], 'and its rooms are taken at once, with the hand');
select is(pg_temp.append('h1 1 0 x fence=1', 'Meja1'), 'fenced',
  'where it lives after all, its writes are refused');
select is(succeed_nodes(0), 0, 'an unknown node follows none');

select is(pg_temp.journal_complaints(), null, 'the journal is in order');
select finish();
rollback;

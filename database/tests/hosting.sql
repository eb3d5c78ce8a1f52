-- Nodes, their leases, and which node hosts which room under which fence.
begin;
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql

create temporary table node (name text, id bigint);
grant all on node to public;
set local role higgs_app;

-- Registering and renewing -----------------------------------------------------------------------

insert into node
select n.name, register_node(n.name, '10.0.0.1:3100', n.versions)
from (values ('one', array[1]), ('two', array[1, 2]), ('three', array[2])) as n (name, versions);
select is(
  (select count(*)::integer
   from server_nodes as s
   where s.stopped_at is null
     and s.lease_expires_at between clock_timestamp() and clock_timestamp() + lease_duration()),
  3, 'a node begins with a lease');
select is(lease_duration(), interval '5 seconds', 'of five seconds');
select throws_ok(c.statement, c.state, null, c.what)
from (values
  ($$ select register_node(null, 'a:1', array[1]) $$, '22023', 'a node has a name'),
  ($$ select register_node('', 'a:1', array[1]) $$, '23514', 'not an empty one'),
  ($$ select register_node('n', null, array[1]) $$, '22023', 'an address'),
  ($$ select register_node('n', 'a:1', null) $$, '22023', 'versions of the rules'),
  ($$ select register_node('n', 'a:1', array[[1]]) $$, '22023', 'in a row'),
  ($$ select register_node('n', 'a:1', '{}') $$, '23514', 'at least one'),
  ($$ select register_node('n', 'a:1', array[1, null]) $$, '23514', 'no unknown one'),
  ($$ select register_node('n', 'a:1', array_fill(1, array[11])) $$, '23514', 'at most ten')
) as c (statement, state, what);
select throws_like(
  $$ select register_node('', 'a:1', array[1]) $$, 'register_node: %server_nodes_name_length%',
  'the error names the function and the rule');
reset role;
update server_nodes set lease_expires_at = clock_timestamp() - interval '1 hour'
where id = (select n.id from node as n where n.name = 'one');
set local role higgs_app;
select is((select renew_lease(n.id) from node as n where n.name = 'one'), true,
  'a lease is renewed, late too');
select ok((
  select s.lease_expires_at > clock_timestamp()
  from server_nodes as s join node as n on n.id = s.id where n.name = 'one'), 'from now on');
select is(renew_lease(0), null, 'not that of an unknown node');
select is(renew_lease(null), null, 'nor that of none');

-- Taking -----------------------------------------------------------------------------------------

reset role;
create temporary table room as
select n.n, create_room('Meja' || n.n, 'gaple', 'COINS', 100, 1000, 100000, 4::smallint) as id
from generate_series(1, 60) as n (n);
grant select on room to public;

create function pg_temp.take(node_name text, rooms_max integer default 50)
returns text
language sql
return (
  select concat_ws(' ', count(*), min(t.fence), max(t.fence), count(t.hand_id))
  from node as n
  cross join lateral public.take_rooms(n.id, rooms_max) as t
  where n.name = node_name);

set local role higgs_app;
select is(pg_temp.take('one', 2), '2 1 1 0', 'a node takes as many free rooms as it asks for');
select is(pg_temp.take('one'), '50 1 1 0', 'at most 50');
select is(pg_temp.take('two'), '8 1 1 0', 'another takes the rest');
select is(pg_temp.take('one'), '0 0', 'a room with a living host is not taken');
select is(
  (select count(*)::integer from game_rooms as g join node as n on n.id = g.host_node
   where n.name = 'two'), 8, 'the rooms know their host');
select throws_like(c.statement, '%not between 1 and 50%', c.what)
from (values
  ('select take_rooms(1, 0)', 'no fewer than one room'),
  ('select take_rooms(1, 51)', 'no more than 50'),
  ('select take_rooms(1, null)', 'a known number')
) as c (statement, what);
select is_empty('select take_rooms(0)', 'an unknown node takes nothing');
select is_empty('select take_rooms(null)', 'nor does none');

-- Takeover ---------------------------------------------------------------------------------------

reset role;
create temporary table given as
select pg_temp.player('ayu', 10000) as ayu, pg_temp.player('budi', 10000) as budi;
select is(
  array[pg_temp.sit('s1', 'Meja60', 'ayu', 0, 2000), pg_temp.sit('s2', 'Meja60', 'budi', 1, 2000),
    pg_temp.start('h1', 'Meja60', '{0,1}', rules_version => 1)],
  array['ok', 'ok', 'ok 1 2000,2000'], 'a hand of rules 1 runs in one of the rooms');
update server_nodes set lease_expires_at = clock_timestamp() - interval '1 ms'
where id = (select n.id from node as n where n.name = 'two');
set local role higgs_app;
select is(pg_temp.take('two'), '0 0', 'a node whose own lease has ended takes nothing');
select is(pg_temp.take('three'), '7 2 2 0',
  'rooms of an ended lease are taken, with a higher fence');
select is(pg_temp.take('three'), '0 0', 'but not a hand of rules that the node does not know');
select is(pg_temp.take('one'), '1 2 2 1', 'which is taken, hand and all, by one that does');
select is(
  pg_temp.append('h1 1 0 x fence=1', 'Meja60') || ' '
    || pg_temp.append('h1 1 0 x fence=2', 'Meja60'),
  'fenced ok', 'the old host''s moves are refused, the new one''s are written');
select is(
  array[
    pg_temp.sit('s3', 'Meja60', 'ayu', 2, 2000, 1), pg_temp.settle('h1', 'Meja60', fence => 1),
    pg_temp.start('h2', 'Meja60', '{0,1}', 1),
    top_up(new_id(), pg_temp.id_of('s1'), 1, 100),
    (stand_up(pg_temp.id_of('s1'), 1)).outcome,
    void_hand(pg_temp.id_of('h1'), 1, 'test'), close_room(pg_temp.room('Meja60'), 1),
    close_room(pg_temp.room('Meja60'), null), close_room(pg_temp.room('Meja60'), 3)],
  array_fill('fenced'::text, array[9]), 'so are all its other writes, and those with no fence');

-- Many rooms that a node cannot host do not keep it from the others.
reset role;
insert into room
select n.n, create_room('Lain' || n.n, 'gaple', 'COINS', 100, 1000, 100000, 2::smallint)
from generate_series(1, 210) as n (n);
insert into game_hands (
  id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
  server_seed_commit, server_seed_encrypted, started_at)
select i.id, i.room_id, 1, 'gaple', 9, '{}', 'COINS', 100, 0, 0, sha256('a'),
  sha256('a') || sha256('a'), id_time(i.id)
from (select new_id() as id, r.id as room_id from room as r
  join game_rooms as g on g.id = r.id where g.name like 'Lain%' and r.n <= 205) as i;
update game_rooms as g set current_hand_id = h.id
from game_hands as h where h.room_id = g.id and h.rules_version = 9;
select is(pg_temp.take('three'), '5 1 1 0',
  'two hundred hands of unknown rules do not hide the rooms behind them');

-- Releasing --------------------------------------------------------------------------------------

set local role higgs_app;
select is((select release_node(n.id) from node as n where n.name = 'three'), 12,
  'a node that stops gives its rooms back');
select is((select release_node(n.id) from node as n where n.name = 'three'), 0, 'once');
select is((select renew_lease(n.id) from node as n where n.name = 'three'), null,
  'a stopped node has no lease any more');
select is(pg_temp.take('three'), '0 0', 'and takes nothing');
select is(pg_temp.take('one'), '12 3 4 0',
  'others take its rooms at once, each with a higher fence');
select is(release_node(0), 0, 'an unknown node has none');

-- A room that is closed has no host and is not taken.
reset role;
select is(
  close_room(pg_temp.room('Lain210'), pg_temp.fence('Lain210')), 'ok', 'a room is closed');
select is(
  (select concat_ws(' ', g.status, g.host_node is null) from game_rooms as g
   where g.id = pg_temp.room('Lain210')), 'closed t', 'then it has no host');
select is(pg_temp.take('one'), '0 0', 'and is not taken');

select finish();
rollback;

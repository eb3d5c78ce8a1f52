-- A whole hand from psql, without any server of ours: two players get chips, sit down, are dealt a
-- hand of Gaple, move, are settled and go home with what they have. The role higgs_app is enough:
--
--   psql -d higgs_domino -U higgs_app -f examples/psql/hand.sql
--
-- Run it as often as you like: each run makes players and a table of its own. Every step is one
-- call, and every call can be sent again: the ids are chosen first, and what was done answers
-- exists.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off

-- 1. Two players with chips. What a statement makes is seen by the next one.
select substr(md5(new_id()::text), 1, 8) as run \gset
select
  create_player('psql_' || :'run' || '_a') as ayu,
  create_player('psql_' || :'run' || '_b') as budi \gset
\echo
\echo '1. Each player gets 10,000 chips from the issue'
select outcome, credit_balance_after as balance
from post_transactions(
  array[new_id(), new_id()], array['grant', 'grant'],
  array[wallet_of('issue', 'COINS'), wallet_of('issue', 'COINS')],
  array[get_user_wallet(:'ayu', 'COINS'), get_user_wallet(:'budi', 'COINS')],
  array['COINS', 'COINS'], array[10000, 10000]);

-- 2. A table. Whoever hosts it names its fence in every call; a node that takes it over (see
-- register_node and take_rooms) raises the fence, and shuts the old host out by that.
select open_room('gaple_warung', 'From psql') as room \gset
select fence from game_rooms where id = :room \gset
select new_id() as stay_a, new_id() as stay_b \gset
\echo '2. They sit down with 5,000 each; a call that is sent twice is done once'
select
  sit_down(:'stay_a', :room, :fence, :'ayu', 0::smallint, 5000) as ayu,
  sit_down(:'stay_b', :room, :fence, :'budi', 1::smallint, 5000) as budi;
select sit_down(:'stay_b', :room, :fence, :'budi', 1::smallint, 5000) as budi_again;

-- 3. The deal. The server seed is drawn and committed to before the players give theirs. Here it
-- lies in a variable of psql; a server keeps it encrypted under a key that the database has not, so
-- sixty zero bytes stand for that.
select new_id() as hand, encode(sha256(uuid_send(gen_random_uuid())), 'hex') as seed \gset
\echo '3. A hand starts: its number, and the chips in front of the seats'
select outcome, hand_number, stacks
from start_hand(
  :'hand', :room, :fence, 1, '{}', sha256(decode(:'seed', 'hex')),
  decode(repeat('00', 60), 'hex'), 'example', array[0, 1]::smallint[],
  array['ayu-seed', 'budi-seed']);

-- 4. The moves, as bytes of docs/formats.md: the database keeps them in order and does not look
-- into them. One call takes the moves of up to 500 tables.
\echo '4. Three moves are written; a wrong number and a seat that does not play are refused'
select a.item, a.outcome
from append_moves(
  array_fill(:room::bigint, array[3]), array_fill(:fence::bigint, array[3]),
  array_fill(:'hand'::uuid, array[3]), array[1, 2, 3], array[0, 1, 0]::smallint[],
  array['player', 'player', 'player'], array['\x011b00', '\x011a00', '\x011900']::bytea[]) as a;
select a.outcome as number_5
from append_moves(array[:room], array[:fence], array[:'hand'::uuid], array[5],
  array[1]::smallint[], array['player'], array['\x02'::bytea]) as a;
select a.outcome as seat_3
from append_moves(array[:room], array[:fence], array[:'hand'::uuid], array[4],
  array[3]::smallint[], array['player'], array['\x02'::bytea]) as a;

-- 5. While the hand runs nobody touches the chips of the table but its own functions.
\echo '5. Nobody else reaches the chips of a seat'
select outcome
from post_transactions(
  array[new_id()], array['transfer'],
  array(select id from user_wallets where room_id = :room and seat = 0),
  array[get_user_wallet(:'ayu', 'COINS')], array['COINS'], array[100]);

-- 6. The settlement: seat 1 pays 1,000 to seat 0, who pays 30 of it as rake (payee null). All of it
-- is one group of the ledger, and the seed is revealed.
\echo '6. The hand is settled, once'
select outcome, rake_taken
from settle_hand(
  :'hand', :fence, array[1, 0]::smallint[], array[0, null]::smallint[], array[1000, 30],
  array['win', 'rake'], '{"winner": 0}', decode(:'seed', 'hex'));
select outcome as again
from settle_hand(
  :'hand', :fence, array[1, 0]::smallint[], array[0, null]::smallint[], array[1000, 30],
  array['win', 'rake'], '{"winner": 0}', decode(:'seed', 'hex'));

-- 7. They leave with their chips, and the table closes.
\echo '7. They go home'
select a.outcome as ayu, a.cashed_out as ayu_takes, b.outcome as budi, b.cashed_out as budi_takes
from stand_up(:'stay_a', :fence) as a
cross join stand_up(:'stay_b', :fence) as b;
select close_room(:room, :fence) as room;

\echo '8. What is in the ledger for it'
select kind, debit_name, credit_name, amount
from transaction_summary
where debit_wallet_id in (select id from user_wallets where room_id = :room)
  or credit_wallet_id in (select id from user_wallets where room_id = :room)
order by happened_at, kind desc, amount desc;

\echo '9. All of it fits together'
select check_name, is_ok, problem from verify_ledger(null, true)
union all
select check_name, is_ok, problem from verify_journal();

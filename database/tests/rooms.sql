-- Rooms and seats: open, sit down, top up, stand up, close, with every outcome.
begin;
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql

create temporary table players as
select n.name, pg_temp.player(n.name, n.coins) as id
from (values ('ayu', 100000), ('budi', 50000), ('citra', 1000), ('dewi', 50000)) as n (name, coins);
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

-- Opening ----------------------------------------------------------------------------------------

create temporary table opened as
select create_room('Meja', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint, 300::smallint, 500)
  as id;
reset role;
select results_eq(
  $$ select r.status, r.visibility, r.fence, r.host_node, r.current_hand_id is null, r.rake_bps
     from game_rooms as r join opened as o on o.id = r.id $$,
  $$ values ('open', 'public', 0::bigint, null::bigint, true, 300::smallint) $$,
  'a room is opened');
select results_eq(
  $$ select w.seat, w.currency, w.balance from user_wallets as w join opened as o
     on o.id = w.room_id order by w.seat $$,
  $$ select s::smallint, 'COINS', 0::bigint from generate_series(0, 3) as s $$,
  'each seat has an empty wallet');
grant select on opened to public;
set local role higgs_app;
select matches(
  pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select create_room('M', 'chess', 'COINS', 100, 2000, 20000, 4::smallint) $$,
    '^22023 game ''chess'' is not offered List them', 'a game that is none'),
  ($$ select create_room('M', null, 'COINS', 100, 2000, 20000, 4::smallint) $$,
    '^22023 game null is not offered', 'no game'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 5::smallint) $$,
    '^22023 Gaple is played with 2 to 4 seats, not 5', 'more seats than the game has'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 1::smallint) $$,
    '^22023 Gaple is played with 2 to 4 seats, not 1', 'fewer'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, null) $$,
    '^22023 Gaple is played with 2 to 4 seats, not null', 'no number of seats'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 1000, 4::smallint) $$,
    '^23514 create_room: .* must keep: CHECK .*buy_in_min', 'a least buy-in above the most'),
  ($$ select create_room('M', 'gaple', 'SHELLS', 100, 2000, 20000, 4::smallint) $$,
    '^23514 create_room: .*game_rooms_currency_known', 'a currency that is none'),
  ($$ select create_room('M', 'gaple', 'COINS', 0, 2000, 20000, 4::smallint) $$,
    '^23514 create_room: .*game_rooms_base_bet_range', 'no stake'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint, 2001::smallint) $$,
    '^23514 create_room: .*game_rooms_rake_bps_range', 'more rake than may be'),
  ($$ select create_room('', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint) $$,
    '^23514 create_room: .*game_rooms_name_length', 'no name'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_options => '[]') $$, '^23514 create_room: .*game_rooms_options_object',
    'options that are no object'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_options => jsonb_build_object('a', repeat('x', 4000))) $$,
    '^22023 create_room: options of \d+ characters are over 4000', 'options without end'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_visibility => 'private') $$, '^23514 create_room: .*game_rooms_private_has_code',
    'a private room without a code'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_options => null) $$,
    '^22023 create_room: name, .* cannot be null Leave out what has a default', 'null options'),
  ($$ select create_room(null, 'gaple', 'COINS', 100, 2000, 20000, 4::smallint) $$,
    '^22023 create_room: name, .* cannot be null', 'a name that is null'),
  ($$ select create_room('M', 'gaple', 'COINS', null, 2000, 20000, 4::smallint) $$,
    '^22023 create_room: name, .* cannot be null', 'a stake that is null'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_creator => new_id()) $$,
    '^23503 create_room: .*game_rooms_created_by_fkey.* must be there', 'a creator who is none'),
  ($$ select create_room('M', 'gaple', 'COINS', 100, 2000, 20000, 4::smallint,
        room_stake_tier_id => 'marble_hall') $$,
    '^23503 create_room: .*game_rooms_stake_tier_id_fkey.* must be there', 'a tier that is none'),
  ($$ select open_room('marble_hall') $$, '^22023 stake tier ''marble_hall'' is not offered List',
    'a tier that is none'),
  ($$ select open_room(null) $$, '^22023 stake tier null is not offered', 'no tier')
) as c (call, error, what);
select lives_ok($$ select open_room('gaple_kota', 'Kota') $$, 'a tier of the lobby is opened');
select lives_ok($$ select open_room('gaple_warung', 'Rumah', '{}', 'AYU123') $$,
  'privately with a code');
select throws_ok($$ select open_room('gaple_warung', 'Lain', '{}', 'AYU123') $$, '23505',
  'create_room: another open room has the join code AYU123', 'which no other open room has');
select results_eq(
  $$ select r.name, r.visibility, r.base_bet, r.buy_in_min, r.stake_tier_id from game_rooms as r
     where r.name in ('Kota', 'Rumah') order by r.name $$,
  $$ values ('Kota', 'public', 10000::bigint, 200000::bigint, 'gaple_kota'),
       ('Rumah', 'private', 100, 2000, 'gaple_warung') $$, 'with the stakes of the tier');

-- Sitting down -----------------------------------------------------------------------------------

select is(pg_temp.sit('a', 'Meja', 'ayu', 0, 5000), 'ok', 'a player sits down');
select is(
  array[pg_temp.seat_chips('Meja', 0), pg_temp.balance('ayu')], array[5000, 95000]::numeric[],
  'with chips from the own wallet');
select results_eq(
  $$ select s.seat, s.bought_in, s.stood_up_at is null, t.kind, t.reference_id = s.id::text,
       t.actor_id = s.user_id
     from game_sessions as s
     join transactions as t
       on t.id = reserved_id(id_time(s.id), s.id::text, 'buy_in', 1) $$,
  $$ values (0::smallint, 5000::bigint, true, 'buy_in', true, true) $$,
  'the stay and its payment know each other');
select is(pg_temp.sit('a', 'Meja', 'ayu', 0, 5000), 'exists', 'the same call again is once');
select is(pg_temp.sit(c.label, c.room, c.player, c.seat, c.buy_in, c.fence), c.outcome, c.what)
from (values
  ('a', 'Meja', 'ayu', 1, 5000, 0, 'exists_with_different_content', 'another seat'),
  ('a', 'Meja', 'budi', 0, 5000, 0, 'exists_with_different_content', 'another player'),
  ('a', 'Meja', 'ayu', 0, 5001, 0, 'exists_with_different_content', 'other chips'),
  ('a', 'Meja', 'ayu', 0, null, 0, 'exists_with_different_content', 'no chips'),
  ('a', 'Rumah', 'ayu', 0, 5000, 0, 'exists_with_different_content', 'another room'),
  ('b', 'Meja', 'budi', 1, 5000, 1, 'fenced', 'another fence'),
  ('b', 'Meja', 'budi', 1, 5000, null, 'fenced', 'no fence'),
  ('b', 'none', 'budi', 1, 5000, 0, 'room_not_found', 'no room'),
  ('b', 'Meja', 'budi', 4, 5000, 0, 'seat_not_found', 'a seat too many'),
  ('b', 'Meja', 'budi', -1, 5000, 0, 'seat_not_found', 'a seat below zero'),
  ('b', 'Meja', 'budi', null, 5000, 0, 'seat_not_found', 'no seat'),
  ('b', 'Meja', 'nobody', 1, 5000, 0, 'player_not_found', 'no player'),
  ('b', 'Meja', 'budi', 1, 1999, 0, 'buy_in_out_of_range', 'too few chips'),
  ('b', 'Meja', 'budi', 1, 20001, 0, 'buy_in_out_of_range', 'too many chips'),
  ('b', 'Meja', 'budi', 1, null, 0, 'buy_in_out_of_range', 'no chips'),
  ('b', 'Meja', 'budi', 0, 5000, 0, 'seat_taken', 'a taken seat'),
  ('b', 'Meja', 'ayu', 1, 5000, 0, 'already_seated', 'twice at one table'),
  ('b', 'Meja', 'citra', 1, 5000, 0, 'insufficient_funds', 'chips that are not there'),
  ('b', 'Kota', 'ayu', 1, 200000, 0, 'vip_level_too_low', 'a level that is too low'),
  ('b@-36_days', 'Meja', 'budi', 1, 5000, 0, 'ok', 'placeholder'),
  ('c', 'Rumah', 'ayu', 0, 2000, 0, 'ok', 'a seat at another table')
) as c (label, room, player, seat, buy_in, fence, outcome, what)
where c.what <> 'placeholder';
select is(pg_temp.sit('old@-36 days', 'Meja', 'budi', 1, 5000), 'id_out_of_window',
  'an id of another time');
select matches(
  pg_temp.error_of($$ select sit_down(null, pg_temp.room('Meja'), 0, p.id, 1::smallint, 5000)
    from public.users as p where p.username = 'budi' $$),
  '^22023 sit_down: session_id is null Choose', 'no id');
select matches(
  pg_temp.error_of($$ select sit_down(
      gen_random_uuid(), pg_temp.room('Meja'), 0, p.id, 1::smallint, 5000)
    from public.users as p where p.username = 'budi' $$),
  '^22023 sit_down: session_id is .*-4.*, which is not of version 7 Choose', 'an id of version 4');
select is(pg_temp.balance('budi'), 50000::numeric, 'refusals move nothing');

reset role;
create function pg_temp.sit_as(change text)
returns text
language plpgsql
as $function$
declare
  answer text;
begin
  execute change;
  answer := pg_temp.sit('as', 'Meja', 'dewi', 3, 2000);
  raise exception using errcode = 'TAKEN', message = answer;
exception when sqlstate 'TAKEN' then
  return sqlerrm;
end
$function$;
select is(pg_temp.sit_as(c.change), c.outcome, c.what)
from (values
  ('', 'ok', 'an active account'),
  ($$ update users set status = 'suspended', suspended_until = now() + interval '1 hour'
      where username = 'dewi' $$, 'account_not_active', 'a suspended one'),
  ($$ update users set status = 'suspended', suspended_until = now() where username = 'dewi' $$,
    'ok', 'one whose suspension has ended'),
  ($$ update users set status = 'banned' where username = 'dewi' $$, 'account_not_active',
    'a banned one'),
  ($$ update users set self_excluded_until = now() + interval '1 hour'
      where username = 'dewi' $$, 'account_not_active', 'one that excluded itself'),
  ($$ update users set self_excluded_until = now() where username = 'dewi' $$, 'ok',
    'until then'),
  ($$ update user_wallets set frozen_at = now(), frozen_reason = 'test'
      where id = pg_temp.wallet('dewi') $$, 'wallet_frozen', 'one with a frozen wallet'),
  ($$ delete from user_wallets where id = pg_temp.wallet('dewi') $$, 'wallet_not_found',
    'one without a wallet'),
  ($$ insert into player_limits (user_id, currency, daily_loss_max)
      select u.id, 'COINS', 1999 from users as u where u.username = 'dewi' $$, 'limit_exceeded',
    'one with a lower limit'),
  ($$ update game_rooms set status = 'closing' where name = 'Meja' $$, 'room_closed',
    'a room that is closing'),
  ($$ update user_wallets set balance = 5 where room_id = pg_temp.room('Meja') and seat = 3 $$,
    'seat_not_empty', 'a seat where another''s chips lie')
) as c (change, outcome, what);

-- Topping up -------------------------------------------------------------------------------------

create function pg_temp.top(label text, session_label text, amount bigint, fence bigint default 0)
returns text
language sql
return public.top_up(pg_temp.id_of(label), pg_temp.id_of(session_label), fence, amount);

select is(pg_temp.top('t1', 'a', 1000), 'ok', 'more chips are brought to the seat');
select is(pg_temp.top('t1', 'a', 1000), 'exists', 'once');
select is(
  (select s.bought_in || ' ' || pg_temp.seat_chips('Meja', 0) from game_sessions as s
   where s.id = pg_temp.id_of('a')), '6000 6000', 'and counted');
select is(pg_temp.top(c.label, c.session, c.amount, c.fence), c.outcome, c.what)
from (values
  ('t1', 'a', 1001, 0, 'exists_with_different_content', 'the same id with another amount'),
  ('t1', 'c', 1000, 0, 'exists_with_different_content', 'the same id for another seat'),
  ('t2', 'none', 1000, 0, 'session_not_found', 'no stay'),
  ('t2', 'a', 1000, 1, 'fenced', 'another fence'),
  ('t2', 'a', 1000, null, 'fenced', 'no fence'),
  ('t2', 'a', 14001, 0, 'buy_in_out_of_range', 'above the most'),
  ('t2', 'a', 9223372036854775807, 0, 'buy_in_out_of_range', 'far above it'),
  ('t2', 'a', 0, 0, 'buy_in_out_of_range', 'nothing'),
  ('t2', 'a', -1, 0, 'buy_in_out_of_range', 'less than nothing'),
  ('t2', 'a', null, 0, 'buy_in_out_of_range', 'unknown'),
  ('t2', 'a', 14000, 0, 'ok', 'up to the most')
) as c (label, session, amount, fence, outcome, what);
select matches(
  pg_temp.error_of($$ select top_up(null, pg_temp.id_of('a'), 0, 1) $$),
  '^22023 top_up: top_up_id is null', 'no id');
select matches(
  pg_temp.error_of($$ select top_up(
    reserved_id(now(), 'a', 'test', 1), pg_temp.id_of('a'), 0, 1) $$),
  '^22023 top_up: top_up_id is .*-8.*, which is not of version 7', 'an id that is reserved');

-- Standing up ------------------------------------------------------------------------------------

select is(pg_temp.stand('c', 'Rumah'), 'ok 2000', 'a player stands up with the chips');
select is(pg_temp.stand('c', 'Rumah'), 'exists 2000', 'once');
select is(pg_temp.stand('none', 'Rumah'), 'session_not_found', 'not from a stay that is none');
select is((stand_up(null, 0)).outcome, 'session_not_found', 'nor from no stay');
select is((stand_up(pg_temp.id_of('a'), 7)).outcome, 'fenced', 'nor under another fence');
select is(pg_temp.top('t3', 'c', 10), 'session_ended', 'who has left brings nothing any more');
select results_eq(
  $$ select s.cashed_out, s.stood_up_at is not null, w.balance from game_sessions as s
     join user_wallets as w on w.id = s.seat_wallet_id where s.id = pg_temp.id_of('c') $$,
  $$ values (2000::bigint, true, 0::bigint) $$, 'the seat''s wallet is left empty');
select is(pg_temp.sit('c', 'Rumah', 'ayu', 0, 2000), 'exists', 'the ended stay is not begun anew');
select is(pg_temp.sit('d', 'Rumah', 'dewi', 0, 2000), 'ok', 'another takes the free seat');

-- During a hand.
select is(pg_temp.sit('b', 'Meja', 'budi', 1, 4000), 'ok', 'a second player sits down');
select is(pg_temp.sit('e', 'Meja', 'dewi', 2, 4000), 'ok', 'and a third');
select is(pg_temp.start('h', 'Meja', '{0,1}'), 'ok 1 20000,4000', 'a hand runs for two of them');
select is(pg_temp.top('t4', 'b', 10), 'hand_running', 'who plays brings no chips');
select is(pg_temp.top('t1', 'a', 1000), 'exists', 'though an earlier call is answered');
select is(pg_temp.top('t5', 'e', 10), 'ok', 'who only sits there does');
select is(pg_temp.stand('b', 'Meja'), 'after_hand', 'who plays stands up after the hand');
select is(pg_temp.stand('b', 'Meja'), 'after_hand', 'however often it is asked');
select is(pg_temp.stand('e', 'Meja'), 'ok 4010', 'who only sits there stands up at once');
select is(close_room(pg_temp.room('Meja'), 0), 'after_hand', 'the room closes after it, too');
select is(pg_temp.sit('f', 'Meja', 'dewi', 2, 4000), 'room_closed', 'nobody sits down any more');
select is(pg_temp.settle('h', 'Meja', '0 1 300'), 'ok 0', 'the hand is settled');
select is(pg_temp.start('h2', 'Meja', '{0,1}'), 'room_closed', 'no other is dealt');
select is(pg_temp.top('t6', 'a', 10), 'room_closed', 'and no chips are brought');
update user_wallets set frozen_at = now(), frozen_reason = 'test'
where id in (pg_temp.wallet('budi'), pg_temp.wallet('ayu'));
update users set self_excluded_until = now() + interval '1 year' where username = 'budi';
insert into player_limits (user_id, currency, daily_loss_max)
select u.id, 'COINS', 0 from users as u where u.username = 'budi';
select is(pg_temp.stand('b', 'Meja'), 'ok 4300',
  'a freeze, a limit and self-exclusion hold no chips back');
select is(close_room(pg_temp.room('Meja'), 1), 'fenced', 'another fence closes nothing');
select is(close_room(pg_temp.room('none'), 0), 'room_not_found', 'nor is nothing closed');
select is(close_room(null, null), 'room_not_found', 'or no room');
select is(close_room(pg_temp.room('Meja'), 0), 'ok', 'the room closes');
select is(close_room(pg_temp.room('Meja'), 0), 'exists', 'once');
select results_eq(
  $$ select s.cashed_out, s.stood_up_at is not null from game_sessions as s
     where s.id = pg_temp.id_of('a') $$,
  $$ values (19700::bigint, true) $$, 'and pays out who still sat there');
select is(pg_temp.balance('ayu'), 99700::numeric, 'into the own wallet');
select is(
  (select count(*)::integer from user_wallets as w
   where w.room_id = pg_temp.room('Meja') and w.balance <> 0), 0, 'no chip is left at the table');
select is(pg_temp.sit('g', 'Meja', 'dewi', 0, 2000), 'room_closed', 'it stays closed');

-- Chips that are nobody's ------------------------------------------------------------------------
-- No function leaves any: the owner has to.

reset role;
update user_wallets set frozen_at = null, frozen_reason = null where kind = 'player';
call pg_temp.given('stray buy_in ayu @Kota.3 70', true);
select is(
  (select v.problem from verify_journal() as v where not v.is_ok),
  format('1 seat wallets, the first %s', pg_temp.wallet('@Kota.3')),
  'verify_journal() names a wallet with chips where nobody sits');
set local role higgs_app;
select is(
  close_room(pg_temp.room('Kota'), 0), 'seat_not_empty', 'its room does not close over them');
select is(
  (select r.status from game_rooms as r where r.name = 'Kota'), 'closing',
  'but deals and seats nobody any more');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select return_stray_chips(pg_temp.wallet('@Kota.3'), null, ' ') $$,
    '^22023 return_stray_chips: a reason of 1 to 200', 'no reason'),
  ($$ select return_stray_chips(pg_temp.wallet('ayu'), null, 'test') $$,
    '^P0002 return_stray_chips: wallet \d+ is not the wallet of a seat List', 'no seat'),
  ($$ select return_stray_chips(null, null, 'test') $$,
    '^P0002 return_stray_chips: wallet null is not', 'no wallet'),
  ($$ select return_stray_chips(pg_temp.wallet('@Kota.3'), new_id(), 'test') $$,
    '^P0002 user .* has no wallet in COINS', 'a player who is none'),
  ($$ select return_stray_chips(pg_temp.wallet('@Rumah.0'), null, 'test') $$,
    '^55000 return_stray_chips: somebody sits at wallet', 'a seat that is taken')
) as c (call, error, what);
select is(
  return_stray_chips(pg_temp.wallet('@Kota.3'), p.id, 'Reported by the player', p.id), 70::bigint,
  'an operator gives them back')
from players as p
where p.name = 'ayu';
select is(
  return_stray_chips(pg_temp.wallet('@Kota.3'), null, 'Again'), 0::bigint, 'once');
select is(pg_temp.balance('ayu'), 99700::numeric, 'they are where they came from');
select results_eq(
  $$ select a.reason, a.details ->> 'chips', a.target_id = pg_temp.wallet('@Kota.3')::text
     from audit_logs as a where a.action = 'seat.chips_returned' $$,
  $$ values ('Reported by the player', '70', true) $$, 'and the audit log has it');
reset role;
call pg_temp.given('stray2 buy_in ayu @Kota.1 30', true);
set local role higgs_app;
select is(
  return_stray_chips(pg_temp.wallet('@Kota.1'), null, 'Nobody knows whose'), 30::bigint,
  'or puts them back into the issue');
select is(close_room(pg_temp.room('Kota'), 0), 'ok', 'then the room closes');
select is((select v.problem from verify_journal() as v where not v.is_ok), null,
  'and the journal verifies');
reset role;

select is(pg_temp.ledger_complaints(), null, 'the ledger verifies');
select is(pg_temp.journal_complaints(), null, 'and the journal');

select finish();
rollback;

-- The views, the materialized views, and the functions that read them.
begin;
select plan(46);

select create_player('ayu', 'Ayu', 'registered', 'ID') as ayu \gset
select create_player('bagus', 'Bagus') as bagus \gset
select create_player('citra', 'Citra') as citra \gset
select create_player('robot', 'Robot', 'bot') as robot \gset

-- Ayu gets 10,000, of which 2,000 go to a table, 500 are burned and 40 of these come back.
create function pg_temp.pay(
  payment_id uuid, kind text, payer bigint, payee bigint, amount bigint,
  reversed uuid default null)
returns text
language sql
return (public.post_batch(
  true, array[payment_id], array[kind], array[payer], array[payee], array['COINS'], array[amount],
  reverses => array[reversed], reference_types => array['order'], reference_ids => array['7'],
  metadata => array['{"note": "between us"}'::jsonb])).outcomes[1];
insert into game_rooms (
  name, game_id, visibility, join_code, currency, base_bet, buy_in_min, buy_in_max, seats,
  hands_started)
values ('Meja Ayu', 'gaple', 'private', 'SECRET7', 'COINS', 100, 2000, 20000, 4, 12)
returning id as room \gset
insert into user_wallets (kind, room_id, seat, currency, balance)
values ('seat', :room, 2, 'COINS', 0)
returning id as seat_wallet \gset
insert into game_sessions (id, room_id, seat, user_id, seat_wallet_id, bought_in)
values (new_id(), :room, 2, :'ayu', :seat_wallet, 2000);
select id_at(now() + interval '3 milliseconds') as burned \gset
select is(
  array[
    pg_temp.pay(id_at(now() + interval '1 millisecond'), 'grant', wallet_of('issue', 'COINS'),
      get_user_wallet(:'ayu', 'COINS'), 10000),
    pg_temp.pay(id_at(now() + interval '2 milliseconds'), 'buy_in',
      get_user_wallet(:'ayu', 'COINS'), :seat_wallet, 2000),
    pg_temp.pay(:'burned', 'burn', get_user_wallet(:'ayu', 'COINS'),
      wallet_of('burn', 'COINS'), 500),
    pg_temp.pay(id_at(now() + interval '4 milliseconds'), 'reversal', wallet_of('burn', 'COINS'),
      get_user_wallet(:'ayu', 'COINS'), 40, :'burned')],
  array['ok', 'ok', 'ok', 'ok'], 'the scene is set');
insert into game_statistics (
  user_id, game_id, currency, hands_played, hands_won, chips_won, chips_lost, rake_paid,
  biggest_win, best_streak)
values
  (:'ayu', 'gaple', 'COINS', 8, 3, 900, 400, 27, 500, 2),
  (:'ayu', 'draw', 'COINS', 2, 1, 50, 100, 1, 50, 1),
  (:'bagus', 'gaple', 'COINS', 8, 2, 700, 200, 21, 400, 1),
  (:'citra', 'gaple', 'COINS', 4, 0, 0, 800, 0, 0, 0),
  (:'robot', 'gaple', 'COINS', 9, 9, 9000, 0, 270, 1000, 9),
  (:'bagus', 'block', 'COINS', 0, 0, 0, 0, 0, 0, 0);

-- user_summary -----------------------------------------------------------------------------------

set local role higgs_readonly;
select results_eq(
  format($$ select display_name, country, vip_name, coins, gems, coins_on_tables,
              gems_on_tables, frozen_wallets, hands_played, hands_won, win_rate, friends
            from user_summary where user_id = %L $$, :'ayu'),
  $$ values ('Ayu', 'ID', 'Member', 7540::bigint, 0::bigint, 2000::bigint, 0::bigint, 0::bigint,
       10::bigint, 4::bigint, 40.00, 0::bigint) $$,
  'user_summary adds up what a player holds and how they play');
select is((select count(*) from user_summary), 4::bigint, 'it has each account once');
select is_empty(
  $$ select c.relname, a.attname
     from pg_class as c
     join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
       and a.attname ~ '(mail|phone|secret|hash|encrypted|lookup|metadata|address|code|payload)' $$,
  'no view shows contact data, secrets, metadata or join codes');

-- game_room_summary, active_games ----------------------------------------------------------------

select results_eq(
  'select name, game_name, visibility, base_bet, seats, seats_taken, chips_on_table,
     hands_started, hand_is_running, status
   from game_room_summary',
  $$ values ('Meja Ayu', 'Gaple', 'private', 100::bigint, 4::smallint, 1, 2000::bigint, 12, false,
       'open') $$, 'game_room_summary counts seats and chips');
select results_eq(
  'select room_name, players, player_names, chips_on_table, hand_started_at from active_games',
  $$ values ('Meja Ayu', 1, array['Ayu'], 2000::bigint, null::timestamptz) $$,
  'active_games names who sits at a table');
reset role;
select new_id() as hand \gset
insert into game_hands (
  id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
  server_seed_commit, server_seed_encrypted, started_at)
values (
  :'hand', :room, 13, 'gaple', 1, '{}', 'COINS', 100, 300, 2000, sha256('seed'),
  decode(repeat('ab', 40), 'hex'), id_time(:'hand'));
update game_rooms set current_hand_id = :'hand' where id = :room;
set local role higgs_readonly;
select is(
  (select hand_started_at from active_games), id_time(:'hand'),
  'of a running hand it tells since when it runs');
select is(
  (select hand_is_running from game_room_summary), true, 'and the lobby that it runs');
select is_empty(
  format($$ select g::text from active_games as g where g::text like '%%%s%%'
            union all
            select r::text from game_room_summary as r where r::text like '%%%s%%' $$,
    :'hand', :'hand'),
  'its identifier is shown by neither');
reset role;
update game_rooms set current_hand_id = null where id = :room;
delete from game_hands where id = :'hand';
update game_sessions set stood_up_at = now(), cashed_out = 0;
set local role higgs_readonly;
select is_empty('select from active_games', 'a table that everyone has left is not active');
reset role;
update game_sessions set stood_up_at = null, cashed_out = null;

-- transaction_summary ----------------------------------------------------------------------------

set local role higgs_readonly;
select results_eq(
  'select kind, debit_name, credit_name, amount, debit_balance_after, credit_balance_after,
     reference_type, reference_id
   from transaction_summary order by id',
  format($$ values ('grant', 'issue', 'ayu', 10000::bigint, null, 10000::bigint, 'order', '7'),
       ('buy_in', 'ayu', 'room %s seat 2', 2000, 8000::bigint, 2000, 'order', '7'),
       ('burn', 'ayu', 'burn', 500, 7500, null, 'order', '7'),
       ('reversal', 'burn', 'ayu', 40, null, 7540, 'order', '7') $$, :'room'),
  'transaction_summary names both sides of each payment');
select is(
  (select count(*) from transaction_summary where debit_user_id = :'ayu'), 2::bigint,
  'it can be asked for a giver');
select is(
  (select reverses from transaction_summary where kind = 'reversal'), :'burned'::uuid,
  'and tells what a reversal undoes');
reset role;

-- tournament_leaderboard -------------------------------------------------------------------------

insert into user_wallets (kind, code, currency, balance)
values ('pool', 'tournament:test', 'COINS', 0)
returning id as pool \gset
insert into tournaments (
  name, game_id, format, status, currency, pool_wallet_id, prize_shares, seats_min, seats_max,
  registration_opens_at, starts_at)
values (
  'Piala', 'gaple', 'rounds', 'running', 'COINS', :pool, array[7000, 3000], 2, 8,
  now() - interval '2 hours', now() - interval '1 hour')
returning id as tournament \gset
insert into tournament_participants (tournament_id, user_id, status, score)
values
  (:'tournament', :'ayu', 'playing', 50), (:'tournament', :'bagus', 'playing', 70),
  (:'tournament', :'robot', 'playing', 50), (:'tournament', :'citra', 'withdrawn', 0);
set local role higgs_readonly;
select results_eq(
  'select rank, username, score from tournament_leaderboard order by rank, username',
  $$ values (1::bigint, 'bagus', 70::bigint), (2, 'ayu', 50), (2, 'robot', 50) $$,
  'while it runs the score ranks, equals share a rank, who withdrew is not there');
reset role;
update tournament_participants set place = 1, prize = 9 where user_id = :'ayu';
set local role higgs_readonly;
select results_eq(
  'select rank, username, prize from tournament_leaderboard order by rank, username',
  $$ values (1::bigint, 'ayu', 9::bigint), (2, 'bagus', 0), (3, 'robot', 0) $$,
  'a final place goes before any score');

-- calculate_win_rate, get_user_game_stats --------------------------------------------------------

select is(
  array[calculate_win_rate(1, 3), calculate_win_rate(0, 0), calculate_win_rate(5, 5),
    calculate_win_rate(6, 5), calculate_win_rate(-1, 5), calculate_win_rate(null, 5)],
  array[33.33, 0.00, 100.00, null, null, null],
  'calculate_win_rate gives percent, zero for none, null for what cannot be');
select results_eq(
  format($$ select game_id, hands_played, win_rate, net_chips from get_user_game_stats(%L) $$,
    :'ayu'),
  $$ values ('gaple', 8::bigint, 37.50, 500::bigint), ('draw', 2, 50.00, -50) $$,
  'get_user_game_stats has a row for each game');
select is(
  (select count(*) from get_user_game_stats(:'ayu', 'draw')), 1::bigint, 'or for one of them');
select is_empty(
  'select from get_user_game_stats(new_id())', 'who has not played has no statistics');

-- user_leaderboard and its functions -------------------------------------------------------------

select is_empty('select from user_leaderboard', 'a materialized view is as of its last refresh');
set local role higgs_app;
select is(refresh_all_materialized_views() > 2, true, 'it is refreshed');
set local role higgs_readonly;
select results_eq(
  $$ select rank, username, net_chips, win_rate from user_leaderboard
     where game_id = 'gaple' and currency = 'COINS' order by rank $$,
  $$ values (1::bigint, 'ayu', 500::bigint, 37.50), (2, 'bagus', 500, 25.00),
       (3, 'citra', -800, 0.00) $$,
  'players are ranked by net chips, then by wins; bots are not');
select results_eq(
  $$ select rank, username, net_chips from user_leaderboard
     where game_id = 'all' and currency = 'COINS' order by rank $$,
  $$ values (1::bigint, 'bagus', 500::bigint), (2, 'ayu', 450), (3, 'citra', -800) $$,
  'and over all games together');
select is_empty(
  $$ select from user_leaderboard where game_id = 'block' $$,
  'who never played a hand of a game has no rank in it');
select results_eq(
  $$ select rank, username from get_top_players('gaple', 'COINS', 2) $$,
  $$ values (1::bigint, 'ayu'), (2, 'bagus') $$, 'get_top_players gives the first');
select is(
  (select count(*) from get_top_players()), 3::bigint, 'of all games and in coins, if not told');
select is_empty(
  $$ select from get_top_players('gaple', 'GEMS') $$, 'of none where none has played');
select throws_ok(
  $$ select from get_top_players('chess') $$, 'P0002', 'there is no game ''chess''',
  'an unknown game is an error');
select throws_ok(
  $$ select from get_top_players('gaple', 'COINS', 1001) $$, '22023',
  'players_max is 1001, not between 1 and 1000', 'so are too many');
select is(get_user_rank(:'citra', 'gaple'), 3::bigint, 'get_user_rank gives a rank');
select is(get_user_rank(:'ayu'), 2::bigint, 'over all games, if not told');
select is(get_user_rank(:'robot', 'gaple'), null, 'and null to who has none');
reset role;
update users set status = 'banned' where id = :'ayu';
select refresh_all_materialized_views() as refreshed \gset
select is(
  array[get_user_rank(:'ayu', 'gaple'), get_user_rank(:'bagus', 'gaple')],
  array[null, 1::bigint], 'a banned account leaves the leaderboard');
update users set status = 'active' where id = :'ayu';

-- daily_statistics, game_performance -------------------------------------------------------------

select results_eq(
  $$ select transactions, volume, issued, burned, rake, bought_in, accounts_created, players
     from daily_statistics
     where currency = 'COINS' and day = (now() at time zone 'UTC')::date $$,
  $$ values (4::bigint, 12540::numeric, 10000::numeric, 460::numeric, 0::numeric, 2000::numeric,
       3::bigint, 1::bigint) $$,
  'daily_statistics adds up the day; what was reversed counts back; bots are no new accounts');
select is(
  (select sum(transactions) from daily_statistics where currency <> 'COINS'), 0::numeric,
  'currencies are kept apart');
select is(
  (
    select outcome
    from post_transactions(
      array[id_at(date_trunc('day', now(), 'UTC') - interval '1 millisecond')], array['grant'],
      array[wallet_of('issue', 'GEMS')], array[get_user_wallet(:'ayu', 'GEMS')], array['GEMS'],
      array[5::bigint])
  ), 'ok', 'a payment of yesterday''s last millisecond');
select is(
  (
    select outcome
    from post_transactions(
      array[id_at(date_trunc('day', now(), 'UTC') - interval '30 days')], array['grant'],
      array[wallet_of('issue', 'GEMS')], array[get_user_wallet(:'ayu', 'GEMS')], array['GEMS'],
      array[5::bigint])
  ), 'ok', 'and one of thirty days ago');
select refresh_all_materialized_views() as refreshed \gset
select results_eq(
  $$ select day, issued from daily_statistics where currency = 'GEMS' and transactions > 0 $$,
  $$ values ((now() at time zone 'UTC')::date - 1, 5::numeric) $$,
  'the one counts for yesterday, the other is out of the thirty days');
select results_eq(
  $$ select players, wins, chips_won, rake_paid, biggest_win, recent_hands_settled
     from game_performance where game_id = 'gaple' and currency = 'COINS' $$,
  $$ values (4::bigint, 14::bigint, 10600::numeric, 318::numeric, 1000::bigint, 0::bigint) $$,
  'game_performance adds up a game');
select is(
  (select count(*) from game_performance), 18::bigint, 'it has every game in every currency');

-- get_user_recent_activity -----------------------------------------------------------------------

set local role higgs_readonly;
select is(
  (select count(*) from get_user_recent_activity(:'ayu')), 8::bigint,
  'payments of all wallets, stays and tournaments are activity');
select set_has(
  format($$ select activity, description, signed_amount, currency
            from get_user_recent_activity(%L) $$, :'ayu'),
  $$ values ('payment', 'grant', 10000::bigint, 'COINS'), ('payment', 'buy_in', -2000, 'COINS'),
       ('payment', 'grant', 5, 'GEMS'), ('sat_down', 'Meja Ayu', null, 'COINS') $$,
  'each with what it was');
select is(
  (select count(*) from get_user_recent_activity(:'ayu', 2)), 2::bigint, 'as many as asked for');
select is(
  (
    select bool_and(a.happened_at <= a.before)
    from (
      select
        r.happened_at, coalesce(lag(r.happened_at) over (), 'infinity'::timestamptz) as before
      from get_user_recent_activity(:'ayu') as r
    ) as a
  ), true, 'the newest first');
select is_empty(
  'select from get_user_recent_activity(new_id())', 'who did nothing has none');
select throws_ok(
  'select from get_user_recent_activity(new_id(), 201)', '22023',
  'rows_max is 201, not between 1 and 200', 'there is a limit');

select finish();
rollback;

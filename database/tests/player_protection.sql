-- The player's own day, limits on losses, and buy-ins that keep to them.
begin;
select no_plan();
\ir fixtures/ledger.sql

create temporary table player as select pg_temp.player('ayu', 100000) as id;
grant select on player to public;

-- The day ----------------------------------------------------------------------------------------

select is(
  (select player_day(p.id, c.moment) from player as p), c.day, c.what)
from (values
  ('2026-03-01 16:59:59.999+00'::timestamptz, '2026-03-01'::date, 'before midnight in Jakarta'),
  ('2026-03-01 17:00:00+00', '2026-03-02', 'at midnight in Jakarta')
) as c (moment, day, what);
select is(
  player_day(public.new_id(), '2026-03-01 23:59:59+00'), '2026-03-01'::date,
  'without a profile the day is that of UTC');

update user_profiles
set time_zone = 'Asia/Jakarta', next_time_zone = 'America/New_York',
  time_zone_changes_at = '2026-03-01 17:00+00'
where user_id = (select p.id from player as p);
select is(
  (select player_day(p.id, c.moment) from player as p), c.day, c.what)
from (values
  ('2026-03-01 16:59+00'::timestamptz, '2026-03-01'::date, 'before a change the old zone counts'),
  ('2026-03-01 17:00+00', '2026-03-01', 'from it on the new one'),
  ('2026-03-02 05:00+00', '2026-03-02', 'with its own midnight')
) as c (moment, day, what);
update user_profiles
set time_zone = 'Asia/Jakarta', next_time_zone = null, time_zone_changes_at = null
where user_id = (select p.id from player as p);

set local role higgs_app;
select is(
  (select set_player_time_zone(p.id, 'Pacific/Auckland') from player as p),
  (date_trunc('day', now() at time zone 'Asia/Jakarta') + interval '1 day')
    at time zone 'Asia/Jakarta',
  'a change counts from the player''s next midnight');
select is(
  (select player_day(p.id) from player as p), (now() at time zone 'Asia/Jakarta')::date,
  'until then the day is the old zone''s');
select is(
  (select set_player_time_zone(p.id, 'Asia/Makassar') from player as p),
  (date_trunc('day', now() at time zone 'Asia/Jakarta') + interval '1 day')
    at time zone 'Asia/Jakarta',
  'a second change takes the place of the first, and counts from the same midnight');
select results_eq(
  $$ select u.time_zone, u.next_time_zone from user_profiles as u, player as p
     where u.user_id = p.id $$,
  $$ values ('Asia/Jakarta', 'Asia/Makassar') $$, 'both zones are kept until then');
select throws_like(c.statement, c.message, c.what)
from (values
  ($$ select set_player_time_zone(p.id, 'Mars/Olympus') from player as p $$,
    '%''Mars/Olympus'' is not known%', 'a zone that is none'),
  ($$ select set_player_time_zone(p.id, null) from player as p $$,
    '%null is not known%', 'no zone'),
  ($$ select set_player_time_zone(null, 'UTC') $$, '%null has no profile%', 'nobody'),
  ($$ select set_player_time_zone(new_id(), 'UTC') $$, '%has no profile%', 'an unknown player')
) as c (statement, message, what);
select throws_ok(
  $$ update user_profiles set time_zone = 'UTC' $$, '42501', null,
  'the application changes a zone in no other way');
select lives_ok(
  $$ update user_profiles set display_name = 'Ayu' where user_id in (select id from player) $$,
  'while the rest of the profile is its own');
reset role;
select throws_like(
  $$ update user_profiles set time_zone = 'Mars/Olympus' $$, '%is not known%',
  'nobody writes a zone that would stop settlements');
update user_profiles set next_time_zone = null, time_zone_changes_at = null;

-- Limits -----------------------------------------------------------------------------------------

create function pg_temp.limit_now()
returns text
language sql
return (
  select concat_ws(' ', l.daily_loss_max::text, case when l.has_next then
    'then ' || coalesce(l.next_daily_loss_max::text, 'none') end)
  from public.player_limits as l
  join player as p on p.id = l.user_id
  where l.currency = 'COINS');

set local role higgs_app;
select is(
  (select set_player_limit(p.id, 'COINS', 5000) from player as p), now(),
  'the first limit holds at once');
select is(
  (select set_player_limit(p.id, 'COINS', 3000) from player as p), now(),
  'a lower one too');
select is(
  (select set_player_limit(p.id, 'COINS', 9000) from player as p), now() + interval '24 hours',
  'a higher one after 24 hours');
select is(pg_temp.limit_now(), '3000 then 9000', 'until when the lower one stays');
select is(
  (select set_player_limit(p.id, 'COINS', 2000) from player as p), now(), 'lower again');
select is(pg_temp.limit_now(), '2000', 'takes the waiting one back');
select is(
  (select set_player_limit(p.id, 'COINS', null) from player as p), now() + interval '24 hours',
  'no limit is the highest');
select is(pg_temp.limit_now(), '2000 then none', 'and waits like it');
select is(
  (select set_player_limit(p.id, 'COINS', 2000) from player as p), now(),
  'the same limit again');
select is(pg_temp.limit_now(), '2000', 'takes a waiting one back, too');
select throws_like(c.statement, c.message, c.what)
from (values
  ($$ select set_player_limit(p.id, 'COINS', -1) from player as p $$, '%-1 is negative%',
    'a limit below zero'),
  ($$ select set_player_limit(p.id, 'SHELLS', 1) from player as p $$, '%not a currency%',
    'an unknown currency'),
  ($$ select set_player_limit(p.id, null, 1) from player as p $$, '%not a currency%',
    'no currency'),
  ($$ select set_player_limit(null, 'COINS', 1) $$, '%no player null%', 'nobody'),
  ($$ select set_player_limit(new_id(), 'COINS', 1) $$, '%no player%', 'an unknown player')
) as c (statement, message, what);
reset role;

-- A waiting limit that has come into force is the limit.
update player_limits
set has_next = true, next_daily_loss_max = 7000, next_at = now()
where user_id = (select p.id from player as p);
select ok((select buy_in_allowed(p.id, 'COINS', 7000) from player as p),
  'a waiting limit holds from its time on');
select is(
  (select set_player_limit(p.id, 'COINS', 6000) from player as p), now(),
  'and is what the next one is compared with');
update player_limits
set has_next = true, next_daily_loss_max = null, next_at = now()
where user_id = (select p.id from player as p);
select ok((select buy_in_allowed(p.id, 'COINS', 9000000) from player as p),
  'when none has come into force there is none');
update player_limits set has_next = false, next_at = null;

-- Buy-ins ----------------------------------------------------------------------------------------
-- Limit: 6000 COINS.

create function pg_temp.most_allowed(currency text default 'COINS')
returns bigint
language sql
return (
  select max(n.n)
  from generate_series(0, 9000, 500) as n (n)
  cross join player as p
  where public.buy_in_allowed(p.id, currency, n.n));

select is(pg_temp.most_allowed(), 6000::bigint, 'a buy-in may be as high as the limit');
select is(pg_temp.most_allowed('GEMS'), 9000::bigint, 'other currencies have none');
insert into player_day_totals (user_id, day, currency, hands, won, lost)
select p.id, player_day(p.id) + d.days, 'COINS', 1, d.won, d.lost
from player as p
cross join (values (0, 500, 2000), (-1, 0, 4000), (1, 0, 4000)) as d (days, won, lost);
select is(pg_temp.most_allowed(), 4500::bigint, 'less what is lost today, wins counted');
update player_day_totals set won = 10000;
select is(pg_temp.most_allowed(), 6000::bigint, 'wins do not raise the limit');
update player_day_totals set won = 0, lost = 0;

create temporary table room as
select create_room('Test', 'gaple', 'COINS', 100, 1000, 100000, 4::smallint) as id;
select is(
  (select sit_down(new_id(), r.id, 0, p.id, 0::smallint, 4000) from room as r, player as p),
  'ok', 'a player sits down below the limit');
select is(pg_temp.most_allowed(), 2000::bigint, 'chips in seats count');
insert into room select create_room('Other', 'gaple', 'COINS', 100, 1000, 100000, 4::smallint);
select is(
  (select sit_down(new_id(), max(r.id), 0, p.id, 0::smallint, 2001)
   from room as r cross join player as p group by p.id),
  'limit_exceeded', 'at another table, too');
select is(
  (select top_up(new_id(), s.id, 0, 2001) from game_sessions as s), 'limit_exceeded',
  'and for more chips at this one');
select is(
  (select top_up(new_id(), s.id, 0, 2000) from game_sessions as s), 'ok', 'up to the limit');
select is(pg_temp.most_allowed(), 0::bigint, 'then nothing is left');
select is(
  (select t.outcome from game_sessions as s cross join lateral stand_up(s.id, 0) as t), 'ok',
  'the limit holds no chips back');
select is(pg_temp.most_allowed(), 6000::bigint, 'and chips that are back are not lost');

select finish();
rollback;

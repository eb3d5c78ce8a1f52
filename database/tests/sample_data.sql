-- The sample of init.sql: its ledger and journal verify, its hands are fair and replay to their
-- results, every view has something to show, and every example in a comment runs.
-- The driver gives this file a database of its own; what it loads is committed there.

\ir ../sample/load.sql
set search_path = public, tap;

begin;
select plan(40);

\ir support/gaple_replay.sql

-- Ledger and journal -----------------------------------------------------------------------------

select is_empty(
  'select check_name, problem from verify_ledger() where not is_ok', 'the ledger verifies');
select cmp_ok(
  (select examined from verify_ledger() where check_name = 'seals_intact'), '>', 10000::bigint,
  'sealed, too');
select is_empty(
  'select check_name, problem from verify_journal() where not is_ok', 'the journal verifies');
select cmp_ok(
  (select count(*) from game_hands where status = 'settled'), '>=', 2500::bigint,
  'thousands of hands were played');
select is(
  (select count(*) from game_hands where status = 'playing'), 0::bigint,
  'none is left in the middle, with a seed that no key opens');
select is(
  (select count(*) from game_hands where status = 'voided'), 1::bigint, 'one was voided');
select is_empty(
  $$ select started_at from game_hands
     where started_at not between now() - interval '30 days' and now() or ended_at > now() $$,
  'all in the last thirty days');
select is_empty(
  'select id from transactions where id >= id_lower_bound(now() + interval ''1 second'')',
  'nothing is paid in the future');

-- Fairness and replay ----------------------------------------------------------------------------

select is_empty(
  $$ select id from game_hands
     where status = 'settled' and (server_seed is null or server_seed_encrypted is not null
       or sha256(server_seed) <> server_seed_commit) $$,
  'every seed is revealed and is what was promised');
select is(
  (select count(distinct server_seed) from game_hands where status = 'settled'),
  (select count(*) from game_hands where status = 'settled'), 'and used once');
create temporary table replayed on commit drop as
select h.id, h.result, h.rake, pg_temp.replay_stored(h.id) as replay
from (
  select g.id, g.result, g.rake
  from game_hands as g
  where g.status = 'settled' and g.number % 10 = 7
) as h;
select cmp_ok(
  (select count(*) from replayed), '>', 200::bigint,
  'hundreds of hands, dealt anew from their seeds, have legal journals');
select is_empty(
  $$ select id, result, replay from replayed
     where (result ->> 'winner', result ->> 'reason', result ->> 'multiplier', rake::text)
       is distinct from
       (replay ->> 'winner', replay ->> 'reason', replay ->> 'multiplier', replay ->> 'rake') $$,
  'replayed they end as they are stored');
select is_empty(
  $$ select r.id, s.seat, s.net, r.replay -> 'net'
     from replayed as r
     join hand_seats as s on s.hand_id = r.id
     where s.net <> (r.replay -> 'net' ->> s.seat::text)::bigint $$,
  'and each seat has what it won or lost');
select is_empty(
  $$ select h.id
     from game_hands as h
     where h.status = 'settled' and h.opener_seat is not null and not exists (
       select
       from game_hands as before
       where before.room_id = h.room_id and before.number = h.number - 1
         and (before.result ->> 'winner')::smallint = h.opener_seat) $$,
  'who opens has won the hand before');

-- People and what they do ------------------------------------------------------------------------

select set_eq(
  $$ select s.level from user_vip_status as s join users as u on u.id = s.user_id
     where u.account_type <> 'bot' and u.role = 'player' $$,
  'select level from vip_levels', 'there are players at every VIP level');
select set_eq(
  'select role from users',
  $$ values ('player'), ('moderator'), ('economist'), ('auditor'), ('admin') $$,
  'staff of every role');
select set_eq(
  'select status from users', $$ values ('active'), ('suspended'), ('banned'), ('closed') $$,
  'accounts in every state');
select set_eq(
  'select account_type from users', $$ values ('guest'), ('registered'), ('bot') $$,
  'and of every type');
select is_empty(
  $$ select id from users where email_encrypted is not null or phone_encrypted is not null $$,
  'nobody has an address');
select set_eq(
  'select status from friendships', $$ values ('pending'), ('accepted'), ('blocked') $$,
  'friends, requests and blocks');
select set_eq(
  'select status from tournaments',
  $$ values ('announced'), ('registering'), ('running'), ('finished'), ('cancelled') $$,
  'tournaments in every state');
select is_empty(
  $$ select t.name
     from tournaments as t
     join user_wallets as w on w.id = t.pool_wallet_id
     where t.status in ('finished', 'cancelled') and w.balance <> 0 $$,
  'those that are over have paid out all they had');
select is_empty(
  $$ select p.tournament_id, p.place
     from tournament_participants as p
     left join transactions as t
       on t.id = p.prize_transaction_id and t.amount = p.prize and t.kind = 'tournament_prize'
     where p.prize > 0 and t.id is null $$,
  'each prize is in the ledger');
select set_eq(
  'select status from user_reports',
  $$ values ('open'), ('in_review'), ('upheld'), ('dismissed') $$, 'reports in every state');
select set_eq(
  'select status from game_rooms', $$ values ('open'), ('closed') $$, 'rooms open and closed');
select is(
  (select count(distinct game_id) from game_rooms), (select count(*) from games),
  'a room of every game');
select is(
  (select count(distinct stake_tier_id) from game_rooms), (select count(*) from stake_tiers),
  'and of every tier');
select cmp_ok(
  (select max(streak) from daily_bonuses), '>', 10, 'bonuses were claimed in long streaks');
select is_empty(
  $$ select b.user_id, b.claimed_on
     from daily_bonuses as b
     left join transactions as t on t.id = b.transaction_id and t.amount = b.amount
     where t.id is null $$,
  'each is in the ledger');
select is_empty(
  $$ select b.user_id
     from (
       select
         d.user_id, d.claimed_at - lag(d.claimed_at) over (
           partition by d.user_id order by d.claimed_on) as pause
       from daily_bonuses as d
     ) as b
     where b.pause < interval '20 hours' $$,
  'twenty hours apart');
select cmp_ok(
  (select count(*) from user_achievements where reward_transaction_id is not null), '>',
  100::bigint,
  'achievements were rewarded');
select is_empty(
  $$ select s.user_id
     from game_sessions as s
     join users as u on u.id = s.user_id
     where s.stood_up_at is null and (u.status <> 'active' or u.self_excluded_until > now()) $$,
  'nobody sits at a table who may not');

-- Views ------------------------------------------------------------------------------------------

create temporary table view_rows (name text, is_filled boolean) on commit drop;
do $views$
declare
  view_name text;
begin
  for view_name in
    select c.relname
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
  loop
    execute format(
      'insert into view_rows select %L, exists (select from public.%I)', view_name, view_name);
  end loop;
end
$views$;
select cmp_ok(
  (select count(*) from view_rows), '>=', 9::bigint, 'six views and three materialized ones');
select is_empty(
  'select name from view_rows where not is_filled', 'each of them has something to show');
select cmp_ok(
  (select count(*) from daily_statistics where hands_settled > 0), '>=', 25::bigint,
  'there is play on almost every day');
select cmp_ok(
  (select count(*) from get_top_players('gaple', 'COINS', 50)), '=', 50::bigint,
  'the leaderboard is long');
select cmp_ok(
  (select count(*) from get_user_friends(user_id_of('ayu'))), '>', 3::bigint, 'Ayu has friends');
select is(
  (select count(*) from maintenance_due()), 0::bigint, 'no maintenance is due');

-- Examples ---------------------------------------------------------------------------------------

create temporary table examples (subject text, statement text, problem text) on commit drop;
insert into examples
select
  d.subject, regexp_replace(d.description, '^.*\nExample: (.*);$', '\1')
from (
  select p.oid::regprocedure::text as subject, obj_description(p.oid, 'pg_proc') as description
  from pg_proc as p
  where p.pronamespace = 'public'::regnamespace
  union all
  select c.relname, obj_description(c.oid, 'pg_class')
  from pg_class as c
  where c.relnamespace = 'public'::regnamespace
) as d
where d.description like E'%\nExample: %';
do $examples$
declare
  example record;
begin
  for example in
    select e.subject, e.statement from examples as e order by e.subject
  loop
    begin
      execute example.statement;
      raise exception 'undone' using errcode = 'ZZ001';
    exception
      when sqlstate 'ZZ001' then
        null;
      when others then
        update examples as e set problem = sqlerrm where e.subject = example.subject;
    end;
  end loop;
end
$examples$;
select cmp_ok((select count(*) from examples), '>', 50::bigint, 'there are many examples');
select is_empty(
  'select subject, statement, problem from examples where problem is not null',
  'each example in a comment runs on the sample');

select finish();
rollback;

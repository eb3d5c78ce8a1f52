-- Loads the sample into a migrated database without players: about sixty players and eight bots who
-- have played some three thousand hands of Gaple in the last month. init.sql includes it.
--
-- The same at every run but for the times, which are counted from now, and the random part of
-- identifiers that do not follow from an event.

\set ON_ERROR_STOP on
set role higgs_owner;
set search_path = public;
set client_min_messages = warning;
\o /dev/null
select setseed(0.28);

-- Days are counted in Indonesia: midnight is the last one there.
create temporary table sample_time as
select date_trunc('day', now(), 'Asia/Jakarta') as midnight;

\ir fair_deal.sql
\ir gaple.sql
\ir players.sql
\ir rooms.sql
\ir tournaments.sql
\ir hands.sql
\ir community.sql

-- In a transaction of their own: only what is committed is final, and can be rolled up and sealed.
select run_maintenance(t.task) from maintenance_tasks() as t;
analyze
  users, user_profiles, user_wallets, game_rooms, game_sessions, game_hands, hand_seats,
  game_statistics, daily_bonuses, friendships, notifications;
\o
reset client_min_messages;
reset search_path;
reset role;

-- Sets up a database for development: everything of setup.sql, then a sample to look at: sixty
-- players and eight bots, staff of each role, some three thousand hands of Gaple of the last month
-- whose ledger verifies, tournaments, friends, messages, reports.
--
--   createdb higgs_domino
--   psql -d higgs_domino -f database/init.sql
--
-- A second run changes nothing. Never for production: every registered account of the sample, the
-- administrator included, has the password domino-sample, for the day on which the server lets
-- accounts sign in by password; today it knows guests only. A database that has players of its own
-- is refused.

-- Here, too: what setup.sql sets comes too late for an error within setup.sql to end this file.
\set ON_ERROR_STOP on
\ir setup.sql

-- Two runs at once: the second one says so and ends, rather than to wait for what takes a while.
do $lock$
begin
  if not pg_try_advisory_lock(7162653105347892) then
    raise exception 'another session is loading the sample into this database'
      using hint = 'Wait for it; there is nothing more to do then.';
  end if;
end
$lock$;
select exists (
  select from public.audit_logs as a where a.action = 'sample_data.loaded'
) as higgs_sample_is_loaded \gset
\if :higgs_sample_is_loaded
\echo 'The sample is there already - nothing to do'
\else
do $check$
begin
  if exists (select from public.users) then
    raise exception 'database % has players already, and the sample goes only into an empty one',
      current_database()
      using hint = 'Make another database for it; or, where an earlier run was interrupted, drop '
        'and create this one again.';
  end if;
end
$check$;
\echo 'Loading the sample; this takes about half a minute'
\ir sample/load.sql
select
  (select count(*) from public.users) as higgs_accounts,
  (select count(*) from public.game_hands) as higgs_hands \gset
\echo 'The sample is loaded:' :higgs_accounts 'accounts,' :higgs_hands 'hands'
\echo 'Look at it: select username, coins, hands_played from user_summary order by 3 desc limit 5;'
\endif
select pg_advisory_unlock(7162653105347892) as higgs_ignored \gset

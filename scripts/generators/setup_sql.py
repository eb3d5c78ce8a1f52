"""database/setup.sql: every migration in one file that psql runs, skips or refuses."""

from .migrations import Migration

# The key of the advisory lock that `higgs migrate` takes, too.
LOCK_KEY = 7162653105347891
OLDEST_SERVER = 150000

HEAD = """\
-- Generated from database/migrations by `make generate`; edit those, not this file.
--
-- Sets up or upgrades a Higgs Domino database (PostgreSQL 15 or newer), from any directory:
--
--   createdb higgs_domino
--   psql -d higgs_domino -f database/setup.sql
--
-- Runs as a superuser, or as a role with CREATEROLE that owns the database. Each migration and its
-- record are one transaction: stopped at any moment, it leaves whole migrations only, and the next
-- run goes on from there. A second run changes nothing. Like `higgs migrate up` it holds an
-- advisory lock of its session, so give it a direct connection rather than a transaction pooler.
-- To wait another time than ten minutes for a run elsewhere: psql -v lock_wait_seconds=60 …

\\set ON_ERROR_STOP on
\\set ON_ERROR_ROLLBACK off
\\set AUTOCOMMIT on
\\set ECHO none
\\set QUIET on
\\set SHOW_CONTEXT never
\\set VERBOSITY default
\\timing off
\\pset pager off
\\pset format aligned
\\pset tuples_only off
\\if :{?lock_wait_seconds}
\\else
  \\set lock_wait_seconds 600
\\endif

set application_name = 'higgs setup.sql';
set client_encoding = 'UTF8';
set client_min_messages = warning;
set standard_conforming_strings = on;
set search_path = public;
set timezone = 'UTC';
set statement_timeout = 0;
set lock_timeout = '10s';  -- a migration that waits longer would make everyone behind it wait
set idle_in_transaction_session_timeout = 0;
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = off;
set synchronous_commit = on;
set default_tablespace = '';
set check_function_bodies = on;
select set_config('higgs.lock_wait_seconds', :'lock_wait_seconds', false) as higgs_ignored \\gset

-- Can this server and this database be used at all?
do $check$
begin
  if current_setting('server_version_num')::integer < {oldest_server} then
    raise exception 'PostgreSQL % is too old', current_setting('server_version')
      using hint = 'Use PostgreSQL 15 or newer.';
  end if;
  if pg_is_in_recovery() then
    raise exception 'this server is a standby and takes no changes'
      using hint = 'Connect to the primary.';
  end if;
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'database % has the encoding %', current_database(),
      current_setting('server_encoding')
      using hint = 'Make it with: createdb --template=template0 --encoding=UTF8 NAME';
  end if;
  if not has_schema_privilege('public', 'usage') then
    raise exception '% may not use schema public of this database', current_user
      using hint = format('As a superuser run: grant higgs_owner to %I;', current_user);
  end if;
end
$check$;

-- One run at a time: asks again and again rather than waiting inside PostgreSQL, where a waiting
-- transaction could block the very run that it waits for.
do $lock$
declare
  poll_seconds constant double precision := 0.2;
  wait_seconds constant double precision := current_setting('higgs.lock_wait_seconds');
  deadline constant timestamptz := clock_timestamp() + make_interval(secs => wait_seconds);
  said boolean := false;
begin
  while not pg_try_advisory_lock({lock_key}) loop
    if clock_timestamp() > deadline then
      raise exception 'another migration of this database has been at work for over % seconds',
        wait_seconds
        using hint = 'See who holds the lock: select a.* from pg_locks l join pg_stat_activity a '
          'using (pid) where l.locktype = ''advisory'' and l.granted; then run this again.';
    end if;
    if not said then
      raise info 'Another migration of this database is at work; waiting up to % seconds for it.',
        wait_seconds;
      said := true;
    end if;
    perform pg_sleep(poll_seconds);
    commit;
  end loop;
end
$lock$;

-- Does what is recorded fit these files?
select to_regclass('public.schema_migrations') is not null as higgs_has_record \\gset
select set_config('higgs.files', $files$
{file_list}
$files$, false) as higgs_ignored \\gset

do $check$
declare
  recorded record;
  newest_file integer := {newest};
  newest_recorded integer;
  is_recorded boolean := to_regclass('public.schema_migrations') is not null;
begin
  if is_recorded then
    select exists (select from public.schema_migrations) into is_recorded;
  end if;
  if not is_recorded then
    if to_regclass('public.user_wallets') is not null then
      raise exception 'database % has the tables, but no record of migrations', current_database()
        using hint = 'If its schema is that of a release, adopt it: higgs migrate baseline';
    end if;
    return;
  end if;
  if not pg_has_role('higgs_owner', 'usage') then
    raise exception '% may not migrate this database', current_user
      using hint = format('As a superuser, or as the role that installed it, run: '
        'grant higgs_owner to %I;', current_user);
  end if;
  for recorded in
    select m.version, m.name, m.sha256, f.name as file_name, f.sha256 as file_sha256
    from public.schema_migrations as m
    left join json_to_recordset(current_setting('higgs.files')::json)
      as f (version integer, name text, sha256 text) using (version)
    order by m.version
  loop
    if recorded.file_sha256 <> recorded.sha256 then
      raise exception '%_%.sql is not the file that was applied to this database',
        to_char(recorded.version, 'FM000'), recorded.file_name
        using detail = format('Applied: %s. In this setup.sql: %s.',
          recorded.sha256, recorded.file_sha256),
        hint = 'A migration never changes once it is applied: take back the change, and put it '
          'into a new migration.';
    end if;
  end loop;
  select max(version) into newest_recorded from public.schema_migrations;
  if (select count(*) from public.schema_migrations) <> coalesce(newest_recorded, 0) then
    raise exception 'the record in public.schema_migrations has gaps'
      using hint = 'Compare database and files: higgs migrate verify';
  end if;
  if newest_recorded > newest_file then
    raise warning 'this database is at %, and this setup.sql ends at %: it is of an older release',
      to_char(newest_recorded, 'FM000'), to_char(newest_file, 'FM000');
  end if;
end
$check$;

\\set higgs_changed false
"""

STEP_HEAD = """
-- {rule}
\\set higgs_pending true
\\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = {version})
    as higgs_pending \\gset
\\endif
\\if :higgs_pending
\\echo '{file_name}'
select clock_timestamp() as higgs_started \\gset
\\o /dev/null
"""

STEP_TAIL = """\
\\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  {version}, '{name}', '{sha256}', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
"""

STEP_END = """\
\\set higgs_has_record true
\\set higgs_changed true
\\endif
"""

FOOT = """
-- {rule}
select pg_advisory_unlock({lock_key}) as higgs_ignored \\gset
select current_database() as higgs_database,
  (select to_char(max(version), 'FM000') from public.schema_migrations) as higgs_version \\gset
\\if :higgs_changed
  \\echo 'Database' :higgs_database 'is now at' :higgs_version
\\else
  \\echo 'Database' :higgs_database 'is at' :higgs_version '- nothing to do'
\\endif
"""

RULE_COLUMNS = 97


def setup_sql(migrations: list[Migration]) -> str:
  """The whole file."""
  file_list = ",\n".join(
    f'  {{"version": {each.version}, "name": "{each.name}", "sha256": "{each.sha256}"}}'
    for each in migrations)
  head = (
    HEAD.replace("{oldest_server}", str(OLDEST_SERVER))
    .replace("{lock_key}", str(LOCK_KEY))
    .replace("{newest}", str(migrations[-1].version))
    .replace("{file_list}", f"[\n{file_list}\n]"))
  foot = FOOT.format(rule="-" * RULE_COLUMNS, lock_key=LOCK_KEY)
  return head + "".join(step(each) for each in migrations) + foot


def step(migration: Migration) -> str:
  """One migration: skipped when recorded, else run and recorded in one transaction."""
  rule = f"{migration.file_name} ".ljust(RULE_COLUMNS, "-")
  begin, commit = ("begin;\n", "commit;\n") if migration.in_transaction else ("", "")
  return (
    STEP_HEAD.format(rule=rule, version=migration.version, file_name=migration.file_name)
    + begin + "\n" + migration.text + "\n"
    + STEP_TAIL.format(
      version=migration.version, name=migration.name, sha256=migration.sha256)
    + commit + STEP_END)

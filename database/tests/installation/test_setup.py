"""database/setup.sql: installs, skips, waits and refuses, and says what to do."""

import dataclasses
import subprocess
import tempfile

from support import (
  LOCK_KEY, MIGRATIONS, NEWEST, InstallationTest, bindir, clean_environment, schema_of, setup_sql)


class Setup(InstallationTest):

  def test_an_empty_database_gets_every_migration_and_a_second_run_changes_nothing(self):
    self.assertSucceeds(self.run_setup(), f"is now at {NEWEST}")
    schema, record = schema_of(self.database), self.recorded()
    self.assertSucceeds(self.run_setup(), f"is at {NEWEST} - nothing to do")
    self.assertSameSchema(schema_of(self.database), schema)
    self.assertEqual(self.recorded(), record)

  def test_the_record_names_each_file_with_the_hash_of_its_bytes(self):
    self.run_setup()
    rows = self.database.rows(
      "select version, name, sha256 from public.schema_migrations order by version")
    self.assertEqual(
      [(row["version"], row["name"], row["sha256"]) for row in rows],
      [(each.version, each.name, each.sha256) for each in MIGRATIONS])

  def test_the_files_run_one_by_one_leave_the_same_schema(self):
    self.run_setup()
    schema = schema_of(self.database)
    self.server.create(self.name)
    for migration in MIGRATIONS:
      with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(migration.text)
        file.flush()
        self.assertSucceeds(self.server.psql(self.name, "-v", "ON_ERROR_STOP=1", "-f", file.name))
    self.assertSameSchema(schema_of(self.database), schema)
    self.assertRefuses(self.run_setup(), "no record of migrations", "higgs migrate baseline")

  def test_a_changed_file_is_refused_by_name(self):
    self.run_setup()
    self.database.psql(
      "update public.schema_migrations set sha256 = repeat('0', 64) where version = 2;")
    record = self.recorded()
    self.assertRefuses(
      self.run_setup(), f"002_{MIGRATIONS[1].name}.sql is not the file that was applied")
    self.assertEqual(self.recorded(), record)

  def test_a_database_of_a_newer_release_is_left_alone_with_a_warning(self):
    self.run_setup()
    self.database.psql(
      "insert into public.schema_migrations (version, name, sha256, duration_ms) "
      f"values ({MIGRATIONS[-1].version + 1}, 'later', repeat('0', 64), 1);")
    self.assertSucceeds(self.run_setup(), "it is of an older release", "nothing to do")

  def test_a_gap_in_the_record_is_refused(self):
    self.run_setup()
    self.database.psql("delete from public.schema_migrations where version = 1;")
    self.assertRefuses(self.run_setup(), "has gaps", "higgs migrate verify")

  def test_tables_without_a_record_are_refused(self):
    self.run_setup()
    self.database.psql("drop table public.schema_migrations cascade;")
    self.assertRefuses(self.run_setup(), "no record of migrations", "higgs migrate baseline")

  def test_a_migration_that_fails_leaves_the_ones_before_it_and_the_next_run_goes_on(self):
    last = MIGRATIONS[-1]
    broken = dataclasses.replace(last, text=last.text + "select 1 / 0;\n")
    self.assertRefuses(
      self.run_text(setup_sql([*MIGRATIONS[:-1], broken])), last.file_name, "division by zero")
    newest = self.database.psql("select max(version) from public.schema_migrations;").strip()
    self.assertEqual(newest, str(last.version - 1))
    self.assertSucceeds(self.run_setup(), f"is now at {NEWEST}")

  def test_settings_of_the_user_do_not_matter(self):
    self.database.psql(
      f"alter database {self.name} set search_path = pg_temp; "
      f"alter database {self.name} set timezone = 'Pacific/Kiritimati'; "
      f"alter database {self.name} set default_transaction_isolation = serializable;")
    with tempfile.NamedTemporaryFile("w") as settings:
      settings.write("\\set AUTOCOMMIT off\n\\set ON_ERROR_ROLLBACK on\n\\timing on\n")
      settings.flush()
      ended = self.run_setup(environment={"PSQLRC": settings.name})
    self.assertSucceeds(ended, f"is now at {NEWEST}")
    self.assertEqual(self.database.psql(
      "select count(*) from public.schema_migrations;").strip(), str(len(MIGRATIONS)))

  def test_an_encoding_that_cannot_hold_every_name_is_refused(self):
    self.server.create(self.name, "template template0 encoding SQL_ASCII locale 'C'")
    self.assertRefuses(self.run_setup(), "has the encoding SQL_ASCII", "--encoding=UTF8")

  def test_public_has_no_right_on_the_database(self):
    self.run_setup()
    self.assertEqual(self.database.psql(
      "select count(*) from pg_database as d "
      "cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as x "
      "where d.datname = current_database() and x.grantee = 0;").strip(), "0")


class Lock(InstallationTest):

  def setUp(self):
    super().setUp()
    self.holder = subprocess.Popen(
      [f"{bindir()}/psql", "-XqAt", "-d", self.database.uri], text=True, stdin=subprocess.PIPE,
      stdout=subprocess.PIPE, env=clean_environment())
    self.addCleanup(self.holder.stdout.close)
    self.addCleanup(self.release)
    self.holder.stdin.write(f"select pg_try_advisory_lock({LOCK_KEY});\n")
    self.holder.stdin.flush()
    self.assertEqual(self.holder.stdout.readline().strip(), "t")

  def release(self):
    if not self.holder.stdin.closed:
      self.holder.stdin.close()
      self.holder.wait(timeout=30)

  def test_a_second_run_waits_for_the_first_and_says_so(self):
    waiting = subprocess.Popen(
      [f"{bindir()}/psql", "-d", self.database.uri, "-f", "database/setup.sql"], text=True,
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment())
    first_words = waiting.stdout.readline()
    self.release()
    rest, _ = waiting.communicate(timeout=120)
    self.assertIn("Another migration of this database is at work", first_words)
    self.assertIn(f"is now at {NEWEST}", rest)
    self.assertEqual(waiting.returncode, 0)

  def test_the_wait_has_an_end_that_says_what_to_look_at(self):
    self.assertRefuses(
      self.run_setup("-v", "lock_wait_seconds=0"), "has been at work for over 0 seconds",
      "pg_locks")
    self.assertEqual(self.database.psql(
      "select to_regclass('public.schema_migrations') is null;").strip(), "t")

"""The life of a run: first start, second start, deaths, orderly ends."""

import os
import signal
import subprocess
import unittest

from support import (
  Run, clean_environment, free_port, is_alive, remove, temporary_folder, wait_until)


class LifeTests(unittest.TestCase):

  def setUp(self):
    self.base = temporary_folder()
    self.run_ = Run(self.base / "run", free_port())

  def tearDown(self):
    if self.run_.process and not self.run_.has_ended():
      self.run_.process.kill()
      self.run_.process.wait()
      self.run_.verb("stop")
    remove(self.base)

  def test_the_second_run_finds_everything_as_the_first_one_left_it(self):
    run = self.run_.start(is_first=True)
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    run.psql("insert into small_sample (loaded) values (2)")
    keys = (run.folder / "keys/key-ring.json")
    first_keys = keys.read_text()
    self.assertEqual(keys.stat().st_mode & 0o777, 0o600)
    self.assertEqual((run.folder / "database-url").stat().st_mode & 0o777, 0o600)
    self.assertEqual(run.end(), 0)
    run.words = ""
    run.start()
    self.assertNotIn("made", run.words, "the second start is no first one")
    self.assertEqual(run.psql("select count(*) from small_sample"), "2")
    self.assertEqual(keys.read_text(), first_keys)
    self.assertNotIn("sample", run.words)
    self.assertEqual(run.end(), 0)

  def test_the_end_is_in_order_and_leaves_no_process_and_no_socket(self):
    run = self.run_.start()
    server, postgres = run.server_pid(), run.postgres_pid()
    sockets = (run.folder / "postgres/data/postmaster.pid").read_text().splitlines()[4]
    self.assertTrue(os.path.isdir(sockets))
    self.assertEqual(run.end(signal.SIGTERM), 0)
    self.assertFalse(is_alive(server) or is_alive(postgres) or os.path.exists(sockets))
    self.assertLess(run.words.index("ending the server"), run.words.index("ending PostgreSQL"))
    self.assertIn("ends at", (run.folder / "server.log").read_text())
    self.assertIn("database system is shut down", (run.folder / "postgres.log").read_text())
    self.assertFalse((run.folder / "server.pid").exists())

  def test_a_server_that_is_killed_is_back_and_it_is_said(self):
    run = self.run_.start()
    for count in (1, 2, 3):
      pid = run.server_pid()
      os.kill(pid, signal.SIGKILL)
      run.wait_for(r"the server was killed by SIGKILL; it is started again", count)
      run.wait_for(r"the server listens on http", count)
      self.assertNotEqual(run.server_pid(), pid)
      self.assertIn("higgs_app", run.get()["DATABASE_URL"])

  def test_a_postgresql_that_is_killed_is_back_at_the_same_address(self):
    run = self.run_.start()
    url, server = run.get()["DATABASE_URL"], run.server_pid()
    os.kill(run.postgres_pid(), signal.SIGKILL)
    run.wait_for(r"PostgreSQL has died; it is started again")
    run.wait_for(r"PostgreSQL started")
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    self.assertEqual(run.server_pid(), server, "the server goes on and reconnects by itself")
    self.assertEqual(run.get()["DATABASE_URL"], url)

  def test_a_run_that_is_killed_takes_its_server_along_and_its_postgresql_is_adopted(self):
    run = self.run_.start()
    server, postgres = run.server_pid(), run.postgres_pid()
    run.process.kill()
    run.process.wait()
    wait_until(lambda: not is_alive(server))
    self.assertTrue(is_alive(postgres))
    run.words = ""
    run.start()
    self.assertIn(f"adopted the one that still runs (pid {postgres})", run.words)
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    self.assertEqual(run.end(), 0)
    self.assertFalse(is_alive(postgres))

  def test_stop_ends_it_from_outside_and_says_so_where_nothing_runs(self):
    run = self.run_
    self.assertIn("Nothing of this checkout runs", run.verb("stop").stdout)
    run.start()
    postgres = run.postgres_pid()
    self.assertIn("has ended in order", run.verb("stop").stdout)
    self.assertEqual(run.wait(), 0)
    self.assertFalse(is_alive(postgres))
    self.assertEqual(run.verb("stop").returncode, 0)

  def test_stop_ends_the_postgresql_of_a_run_that_was_killed(self):
    run = self.run_.start()
    postgres = run.postgres_pid()
    run.process.kill()
    run.process.wait()
    self.assertIn(f"(pid {postgres})", run.verb("stop").stdout)
    self.assertFalse(is_alive(postgres))

  def test_reset_removes_the_database_and_the_keys(self):
    run = self.run_.start()
    keys = (run.folder / "keys/key-ring.json").read_text()
    self.assertIn("Removed", run.verb("reset").stdout)
    self.assertEqual(list(run.folder.iterdir()), [])
    run.words = ""
    run.start()
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    self.assertNotEqual((run.folder / "keys/key-ring.json").read_text(), keys)
    run.end()

  def test_a_first_run_that_is_interrupted_leaves_nothing_half_made(self):
    run = self.run_
    run.environment["HIGGS_RUN_SAMPLE"] = str(self.base / "slow.sql")
    (self.base / "slow.sql").write_text(
      "create table small_sample (loaded integer);\n\\echo slow\nselect pg_sleep(600);\n")
    run.begin().wait_for("making it")
    wait_until(lambda: "pg_sleep" in self.activity(run))
    self.assertEqual(run.end(), 0)
    run.environment["HIGGS_RUN_SAMPLE"] = Run(self.base, 1).environment["HIGGS_RUN_SAMPLE"]
    run.words = ""
    run.start()
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    run.end()

  def activity(self, run) -> str:
    """The statements that run in a cluster whose database is not made yet."""
    try:
      folder = (run.folder / "postgres/data/postmaster.pid").read_text().splitlines()[4]
    except (OSError, IndexError):
      return ""
    return subprocess.run(
      ["psql", "-X", "-A", "-t", "-h", folder, "-U", "postgres", "-c",
       "select query from pg_stat_activity where pid <> pg_backend_pid()"],
      text=True, capture_output=True, env=clean_environment()).stdout


if __name__ == "__main__":
  unittest.main()

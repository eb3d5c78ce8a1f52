"""What can be wrong with a machine, each with its own clear words."""

import os
import shutil
import signal
import socket
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from support import Run, free_port, is_alive, remove, temporary_folder, wait_until

from running import build, checks
from running.backoff import DELAY_SECONDS_MAX, STEADY_SECONDS, Backoff
from running.problem import Problem, problem_of
from running.server import Server, end_survivor
from running.settings import Settings


class TroubleTests(unittest.TestCase):

  def setUp(self):
    self.base = temporary_folder()
    self.run_ = Run(self.base / "run", free_port())

  def tearDown(self):
    if self.run_.process and not self.run_.has_ended():
      self.run_.end()
    remove(self.base)

  def refused(self, *words: str) -> None:
    """It must end with status 1, and with these words."""
    run = self.run_
    run.words = ""
    run.begin()
    self.assertEqual(run.wait(), 1, run.words)
    for word in words:
      self.assertIn(word, run.words)
    self.assertNotIn("Traceback", run.words)

  def test_a_taken_port_names_who_has_it_and_another_one(self):
    with socket.create_server(("127.0.0.1", self.run_.port)):
      self.refused(f"port {self.run_.port} is taken by python", f"pid {os.getpid()}", "PORT=")

  def test_a_port_that_is_none_is_said(self):
    for port in ("0", "65536", "http", "-1", "3000 "):
      self.run_.environment["PORT"] = port
      self.refused("which is no port")

  def test_a_second_run_beside_a_first_is_refused_and_harms_nothing(self):
    run = self.run_.start()
    other = Run(run.folder, free_port()).begin()
    self.assertEqual(other.wait(), 1)
    self.assertIn(f"runs already (pid {run.process.pid}, http://127.0.0.1:{run.port})",
                  other.words)
    self.assertEqual(run.psql("select 1"), "1")

  def test_half_a_data_folder_is_refused_and_a_left_over_of_initdb_is_not(self):
    run = self.run_.start()
    run.end()
    data = run.folder / "postgres/data"
    (data / "PG_VERSION").rename(self.base / "PG_VERSION")
    self.refused("only half a database", "make reset")
    shutil.rmtree(data)
    (run.folder / "postgres/data.half-made").mkdir()
    run.words = ""
    run.start()

  def test_a_foreign_data_folder_is_never_touched(self):
    run = self.run_.start()
    run.end()
    data = run.folder / "postgres/data"
    (data / "made-by-make-run").unlink()
    before = sorted(path.name for path in data.iterdir())
    self.refused("did not make", "Move it away")
    self.assertEqual(sorted(path.name for path in data.iterdir()), before)

  def test_a_pid_file_whose_number_is_of_another_process_stops_nothing(self):
    run = self.run_.start()
    run.process.kill()
    run.process.wait()
    os.kill(run.postgres_pid(), signal.SIGKILL)
    wait_until(lambda: not is_alive(run.postgres_pid()))
    file = run.folder / "postgres/data/postmaster.pid"
    stranger = subprocess.Popen(["sleep", "600"])
    try:
      file.write_text(file.read_text().replace(file.read_text().splitlines()[0],
                                               str(stranger.pid), 1))
      run.words = ""
      run.start()
      run.end()
      self.assertIsNone(stranger.poll(), "the stranger lives")
    finally:
      stranger.kill()
      stranger.wait()

  def test_a_server_that_cannot_start_ends_the_run_with_its_own_words(self):
    for mode, words in (("dies", "ended with status 3"), ("refuses", "its configuration")):
      self.run_.environment["STUB_SERVE"] = mode
      self.refused(words, "the stub dies" if mode == "dies" else "not to its liking", "server.log")
      self.assertFalse((self.run_.folder / "postgres/data/postmaster.pid").exists())

  def test_a_given_database_is_used_and_none_is_made(self):
    other = Run(self.base / "other", free_port()).start()
    try:
      url = (other.folder / "database-url").read_text().strip()
      self.run_.environment |= {"DATABASE_URL": url, "PGOPTIONS": "-c search_path=public"}
      self.run_.start(is_first=True)
      self.assertEqual(self.run_.get()["DATABASE_URL"], url)
      self.assertFalse((self.run_.folder / "postgres").exists())
      self.run_.end()
      self.assertTrue(is_alive(other.postgres_pid()))
    finally:
      other.end()
    self.refused("could not be migrated", "database.log")

  def test_another_key_ring_is_taken_and_a_missing_one_refused(self):
    self.run_.environment["HIGGS_KEY_RING_FILE"] = str(self.base / "ring")
    self.refused("HIGGS_KEY_RING_FILE", "no such file")
    (self.base / "ring").write_text("{}")
    self.run_.start()
    self.assertEqual(self.run_.get()["HIGGS_KEY_RING_FILE"], str(self.base / "ring"))

  @unittest.skipIf(os.getuid() != 0, "only root can become another user")
  def test_it_works_as_a_user_without_any_rights(self):
    (self.base / "run").mkdir()
    shutil.chown(self.base / "run", "nobody", "nogroup")
    self.run_.prefix = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    self.run_.start(is_first=True)
    self.assertEqual((self.run_.folder / "postgres/data").stat().st_uid,
                     (self.base / "run").stat().st_uid)
    self.assertEqual(self.run_.psql("select count(*) from small_sample"), "1")
    self.assertEqual(self.run_.end(), 0)

  @unittest.skipIf(os.getuid() != 0, "only root hides folders from PostgreSQL's user")
  def test_data_of_a_checkout_that_only_root_may_enter_are_put_elsewhere(self):
    (self.base / "hidden").mkdir(mode=0o700)
    run = self.run_ = Run(self.base / "hidden/run", free_port())
    run.start(is_first=True)
    self.assertIn("/var/lib/higgs-domino/", run.words)
    self.assertEqual(run.psql("select count(*) from small_sample"), "1")
    elsewhere = Path(run.psql("show data_directory"))
    self.assertIn("Removed", run.verb("reset").stdout)
    self.assertFalse(elsewhere.parent.exists())


class PartsTests(unittest.TestCase):

  def setUp(self):
    self.base = temporary_folder()

  def tearDown(self):
    remove(self.base)

  def settings(self) -> Settings:
    return Settings.read(self.base, {"HIGGS_RUN_FOLDER": str(self.base)})

  def tool(self, name: str, words: str) -> None:
    file = self.base / name
    file.write_text(f"#!/bin/sh\n{words}\n")
    file.chmod(0o755)

  def test_an_old_a_missing_and_a_broken_toolchain_are_told_apart(self):
    for words, said in (("echo 'Swift version 6.1.2 (swift-6.1.2-RELEASE)'", "Swift is 6.1.2"),
                        ("echo nonsense", "nonsense"), (None, "no 'swift' in PATH")):
      (self.base / "swift").unlink(missing_ok=True)
      if words:
        self.tool("swift", words)
      with mock.patch.dict(os.environ, {"PATH": str(self.base)}):
        with self.assertRaises(Problem) as refusal:
          checks.check_swift()
      self.assertIn(said, refusal.exception.what)
      self.assertIn("swift.org", refusal.exception.advice[0])
    self.tool("swift", "echo 'Apple Swift version 6.2 (swiftlang)'")
    with mock.patch.dict(os.environ, {"PATH": str(self.base)}):
      self.assertEqual(checks.check_swift(), "6.2")

  def test_a_disk_that_is_too_small_is_said_before_the_build(self):
    usage = mock.Mock(free=checks.FIRST_BUILD_BYTES - 1)
    with mock.patch("shutil.disk_usage", return_value=usage):
      with self.assertRaises(Problem) as refusal:
        checks.check_disk(self.settings(), builds=True)
      self.assertIn("5 GB are needed for the first build", refusal.exception.what)
      checks.check_disk(self.settings(), builds=False)

  def test_a_disk_that_fills_up_is_said_in_words(self):
    self.assertIn("the disk is full", problem_of(OSError(28, "No space left", "/x")).what)

  def test_a_failed_build_shows_the_errors_of_the_compiler_once_each(self):
    log = self.base / "log"
    log.write_text("[1/2] Compiling\n" + "a.swift:1:2: error: no such thing\n" * 3)
    problem = build.failure(log, 1)
    self.assertEqual(problem.advice[0], "a.swift:1:2: error: no such thing")
    self.assertEqual(len(problem.advice), 2)

  def test_progress_reads_the_steps_of_swift_build(self):
    progress = build.Progress()
    progress.read("[12/345] Compiling NIOCore Channel.swift\n")
    self.assertEqual((progress.done, progress.total), (12, 345))

  def test_pauses_grow_to_a_bound_and_begin_anew_after_a_steady_life(self):
    backoff = Backoff()
    pauses = [backoff.died(1) for _ in range(12)]
    self.assertEqual(pauses, sorted(pauses))
    self.assertEqual(pauses[-1], DELAY_SECONDS_MAX)
    self.assertIsNone(backoff.died(1))
    self.assertLess(backoff.died(STEADY_SECONDS), 1)

  def test_a_server_that_does_not_listen_to_signals_is_killed(self):
    server = self.deaf_server()
    with mock.patch("running.server.STOP_SECONDS", 0.3):
      self.assertFalse(server.stop())
    self.assertIsNotNone(server.child.returncode)

  def test_the_server_of_a_killed_run_is_ended_and_a_stranger_with_its_number_is_not(self):
    server = self.deaf_server()
    mark = self.base / "server.mark"
    true_mark = mark.read_text()
    mark.write_text("1\n")
    self.assertIsNone(end_survivor(self.base))
    self.assertIsNone(server.child.poll())
    mark.write_text(true_mark)
    with mock.patch("running.server.STOP_SECONDS", 0.3):
      self.assertEqual(end_survivor(self.base), server.child.pid)
    server.child.wait()

  def deaf_server(self) -> Server:
    from support import STUB
    server = Server(STUB, self.base, dict(os.environ) | {
      "STUB_SERVE": "deaf", "HOST": "127.0.0.1", "PORT": str(free_port())})
    server.start()
    server.wait_until_ready()
    return server


if __name__ == "__main__":
  unittest.main()

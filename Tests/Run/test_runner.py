"""What `make test` itself says of its stages."""

import contextlib
import io
import os
import sys
import threading
import time
import unittest

from support import remove, temporary_folder

from harness.runner import (
  BAD_LINE_CHARACTERS_MAX, SUMMARY_BAD_LINES_MAX, Count, Interrupted, Runner, Stage, StageFailure,
  StageLeftOut, StageRun, Together)
from harness.stages import NO_CONTAINERS_STATUS, Servers, containers, stages

WAIT_SECONDS = 60


class RunnerTests(unittest.TestCase):

  def setUp(self):
    self.base = temporary_folder()

  def tearDown(self):
    remove(self.base)

  def run_stages(self, *stages: Stage | Together) -> tuple[Runner, str]:
    """The runner after its run, and the summary it printed."""
    runner = Runner(self.base, self.base / "logs", {})
    words = io.StringIO()
    with contextlib.redirect_stdout(words):
      runner.run(list(stages))
      runner.summary()
    return runner, words.getvalue().partition("\nSummary\n")[2]

  def test_summary_names_what_failed(self):
    def failing(run):
      run.log.write_text("✔ Test good() passed\n✘ Test bad() failed after 1 s\nnot ok 3 - worse\n")
      return Count(1, 2)

    _, summary = self.run_stages(Stage("alpha", failing), Stage("beta", lambda run: Count(4)))
    self.assertIn("    ✘ Test bad() failed after 1 s\n    not ok 3 - worse\n", summary)
    self.assertNotIn("good()", summary)

  def test_summary_stays_short(self):
    def failing(run):
      run.log.write_text("".join(f"✘ {number} {'x' * 1_000}\n" for number in range(100)))
      return Count(0, 100)

    _, summary = self.run_stages(Stage("alpha", failing))
    lines = [line for line in summary.splitlines() if "✘" in line]
    self.assertEqual(len(lines), SUMMARY_BAD_LINES_MAX)
    self.assertLessEqual(max(map(len, lines)), BAD_LINE_CHARACTERS_MAX + 4)

  def test_stage_without_what_it_needs_is_left_out(self):
    runner, summary = self.run_stages(
      Stage("alpha", lambda run: Count(0, 1)), Stage("beta", lambda run: Count(1), ("alpha",)))
    self.assertEqual(runner.outcomes["beta"].state, "left out")
    self.assertRegex(summary, r"beta +left out: needs alpha\n")

  def test_stage_that_this_machine_cannot_run_is_neither_passed_nor_failed(self):
    def impossible(_run):
      raise StageLeftOut("podman cannot start a container here: no rights")

    runner, summary = self.run_stages(
      Stage("alpha", impossible), Stage("beta", lambda run: Count(1), ("alpha",)))
    self.assertEqual([each.state for each in runner.outcomes.values()], ["left out"] * 2)
    self.assertEqual([each.count for each in runner.outcomes.values()], [Count()] * 2)
    self.assertRegex(
      summary, r"alpha +left out: podman cannot start a container here: no rights\n")

  def test_lanes_run_at_the_same_time(self):
    both = threading.Barrier(2, timeout=WAIT_SECONDS)

    def meeting(_run):
      both.wait()
      return Count(1)

    runner, summary = self.run_stages(
      Together(((Stage("alpha", meeting), Stage("beta", lambda run: Count(2), ("alpha",))),
                (Stage("gamma", meeting),))), Stage("delta", lambda run: Count(3), ("gamma",)))
    self.assertEqual({name: each.count.passed for name, each in runner.outcomes.items()},
                     {"alpha": 1, "beta": 2, "gamma": 1, "delta": 3})
    self.assertEqual(len({log.name[:2] for log in (self.base / "logs").iterdir()}), 4)

  def test_a_lane_goes_on_when_another_fails(self):
    runner, _ = self.run_stages(Together((
      (Stage("alpha", lambda run: Count(0, 1)), Stage("beta", lambda run: Count(1), ("alpha",))),
      (Stage("gamma", lambda run: Count(1)), Stage("delta", lambda run: Count(1))))))
    self.assertEqual({name: each.state for name, each in runner.outcomes.items()},
                     {"alpha": "failed", "beta": "left out", "gamma": "passed", "delta": "passed"})

  def test_an_end_ends_the_programs_of_every_lane(self):
    started = threading.Barrier(2, timeout=WAIT_SECONDS)

    def sleeping(run):
      started.wait()
      return Count(run.run("sleep", "1000", timeout_seconds=1000))

    def ending(_run):
      started.wait()
      while not runner.programs.running:
        time.sleep(0.01)
      raise Interrupted("SIGTERM")

    runner = Runner(self.base, self.base / "logs", {"PATH": os.environ["PATH"]})
    with self.assertRaises(Interrupted), contextlib.redirect_stdout(io.StringIO()):
      runner.run([Together(((Stage("alpha", sleeping), Stage("beta", sleeping)),
                            (Stage("gamma", ending),)))])
    self.assertEqual((runner.programs.running, list(runner.outcomes)), ([], []))
    with self.assertRaises(StageFailure):
      runner.programs.start(["true"])


def names_of(entries: list) -> list[str]:
  lanes = [entry.lanes if isinstance(entry, Together) else ((entry,),) for entry in entries]
  return [stage.name for each in lanes for lane in each for stage in lane]


class ContainersStageTests(unittest.TestCase):
  """The stage, with a program in the place of containers.py."""

  def setUp(self):
    self.base = temporary_folder()
    (self.base / ".venv/bin").mkdir(parents=True)
    (self.base / ".venv/bin/python").symlink_to(sys.executable)
    (self.base / "Tests/Containers").mkdir(parents=True)
    (self.base / "log").write_text("")

  def tearDown(self):
    remove(self.base)

  def stage(self, probe: str, tests: str = "raise SystemExit('the tests were run')",
            environment: dict[str, str] | None = None) -> Count:
    (self.base / "log").write_text("")
    (self.base / "Tests/Containers/containers.py").write_text(
      f"import sys\nif '--probe' in sys.argv:\n  {probe}\nelse:\n  {tests}\n")
    return containers(StageRun(self.base, self.base / "log", os.environ | (environment or {})))

  def test_no_container_can_start(self):
    probe = f"print('noise'); print('podman cannot: why'); sys.exit({NO_CONTAINERS_STATUS})"
    with self.assertRaisesRegex(StageLeftOut, "^podman cannot: why$"):
      self.stage(probe)
    with self.assertRaisesRegex(StageFailure, "^podman cannot: why$"):
      self.stage(probe, environment={"HIGGS_TEST_CONTAINERS": "required"})

  def test_containers_start(self):
    self.assertEqual(self.stage("pass", "print('7 passed, 0 failed')"), Count(7, 0))

  def test_failure_is_no_reason_to_leave_the_stage_out(self):
    tests = "print('6 passed, 1 failed'); sys.exit(1)"
    self.assertEqual(self.stage("pass", tests), Count(6, 1))
    with self.assertRaisesRegex(StageFailure, "without a count"):
      self.stage("raise SystemExit('a fault of the probe')")

  def test_only_the_whole_run_has_it(self):
    for quick in (False, True):
      names = names_of(stages(Servers(self.base, self.base), "15", quick))
      self.assertEqual("containers" in names, not quick)
      self.assertEqual(len(set(names)), len(names))


if __name__ == "__main__":
  unittest.main()

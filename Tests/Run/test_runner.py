"""What `make test` itself says of its stages."""

import contextlib
import io
import unittest

from support import remove, temporary_folder

from harness.runner import BAD_LINE_CHARACTERS_MAX, SUMMARY_BAD_LINES_MAX, Count, Runner, Stage


class RunnerTests(unittest.TestCase):

  def setUp(self):
    self.base = temporary_folder()

  def tearDown(self):
    remove(self.base)

  def run_stages(self, *stages: Stage) -> tuple[Runner, str]:
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
    self.assertIn("beta", summary)


if __name__ == "__main__":
  unittest.main()

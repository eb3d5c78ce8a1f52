"""Runs stages in order, some beside others: a line for each, its words in a log, all of it ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

END_GRACE_SECONDS = 20
SHOWN_LINES_MAX = 80
# How Swift Testing and pg_prove begin the lines of what went well.
BAD_LINE_STARTS = ("✘", "not ok", "FAIL")
BAD_LINE_CHARACTERS_MAX = 400
# The summary says again what failed: of a long run often only its end is kept.
SUMMARY_BAD_LINES_MAX = 12
GOOD_LINE_STARTS = ("◇ ", "✔ ", "➜ ", "━ ", "ok ")
NAME_COLUMNS = 34


class StageFailure(Exception):
  """A stage that failed, in words for its line."""


class StageLeftOut(Exception):
  """A stage that cannot be run on this machine, and why: it has neither passed nor failed."""


class Interrupted(Exception):
  """A signal asked the whole run to end."""


@dataclass(frozen=True)
class Count:
  """How many tests of a stage passed and failed."""

  passed: int = 0
  failed: int = 0


@dataclass
class Stage:
  """One step; it is left out when one that it needs did not pass, or when it says so itself."""

  name: str
  action: Callable[["StageRun"], Count]
  needs: tuple[str, ...] = ()


@dataclass
class Together:
  """Lanes of stages that run at the same time, each lane in order: for stages that mostly wait."""

  lanes: tuple[tuple[Stage, ...], ...]


@dataclass
class Outcome:
  """What became of a stage: passed, failed or left out."""

  state: str
  count: Count = Count()
  seconds: float = 0
  bad_lines: tuple[str, ...] = ()
  reason: str = ""


class StageRun:
  """What the action of one stage works with."""

  def __init__(self, root: Path, log: Path, environment: dict[str, str],
               programs: "Programs | None" = None):
    self.root = root
    self.log = log
    self.environment = environment
    self.programs = programs or Programs()

  def run(self, *command, timeout_seconds: int, environment: dict[str, str] | None = None) -> int:
    """Runs a program to its end, its words in the log; returns its exit status."""
    with self.log.open("a", encoding="utf-8") as log:
      process = self.programs.start(
        [str(word) for word in command], cwd=self.root, stdin=subprocess.DEVNULL, stdout=log,
        stderr=subprocess.STDOUT, env=self.environment | (environment or {}))
      try:
        return process.wait(timeout=timeout_seconds)
      except subprocess.TimeoutExpired:
        raise StageFailure(f"stopped after {timeout_seconds} s") from None
      finally:
        self.programs.end(process)

  def demand(self, *command, timeout_seconds: int, **options) -> str:
    """Runs a program that must succeed; returns the log up to now."""
    status = self.run(*command, timeout_seconds=timeout_seconds, **options)
    if status != 0:
      raise StageFailure(f"{Path(str(command[0])).name} ended with status {status}")
    return self.words()

  def words(self) -> str:
    """The log up to now."""
    return self.log.read_text(encoding="utf-8", errors="replace")


class Programs:
  """Those that run now; an interrupted run ends all of them, and none is started after that."""

  def __init__(self):
    self.lock = threading.Lock()
    self.running: list[subprocess.Popen] = []
    self.is_ending = False

  def start(self, words: list[str], **options) -> subprocess.Popen:
    with self.lock:
      if self.is_ending:
        raise StageFailure("the run was ended")
      process = subprocess.Popen(words, start_new_session=True, **options)
      self.running.append(process)
      return process

  def end(self, process: subprocess.Popen) -> None:
    end(process)
    with self.lock:
      self.running.remove(process)

  def end_all(self) -> None:
    with self.lock:
      self.is_ending = True
      running = list(self.running)
    for process in running:
      end(process)


def end(process: subprocess.Popen) -> None:
  """Ends a program and all that it started; it leads a session of its own."""
  for number in (signal.SIGTERM, signal.SIGKILL):
    try:
      signal_group(process.pid, number)
    except ProcessLookupError:
      break
    try:
      process.wait(timeout=END_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
      continue
  process.wait()


def signal_group(group: int, number: signal.Signals) -> None:
  """Signals all of a group, also where sudo has made its processes root's."""
  try:
    os.killpg(group, number)
  except PermissionError:
    subprocess.run(["sudo", "--non-interactive", "kill", f"-{number.value}", "--", f"-{group}"],
                   check=False, stderr=subprocess.DEVNULL)


@dataclass
class Runner:
  """The run of all stages."""

  root: Path
  logs: Path
  environment: dict[str, str]
  outcomes: dict[str, Outcome] = field(default_factory=dict)
  programs: Programs = field(default_factory=Programs)
  printing: threading.Lock = field(default_factory=threading.Lock)
  logs_made: int = 0

  def run(self, stages: list[Stage | Together]) -> None:
    """Runs what can be run; a failure stops only the stages that need it."""
    self.logs.mkdir(parents=True, exist_ok=True)
    for entry in stages:
      if isinstance(entry, Together):
        self.run_lanes(entry.lanes)
      else:
        print(f"{entry.name:{NAME_COLUMNS}}", end="", flush=True)
        self.run_stage(entry, self.make_log(entry))

  def run_lanes(self, lanes: tuple[tuple[Stage, ...], ...]) -> None:
    """Each lane in a thread; a line is printed when its stage has ended."""
    with ThreadPoolExecutor(max_workers=len(lanes)) as threads:
      try:
        futures = [threads.submit(self.run_lane, lane) for lane in lanes]
        ended, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in ended:
          future.result()
      except BaseException:
        self.programs.end_all()
        raise

  def run_lane(self, stages: tuple[Stage, ...]) -> None:
    for stage in stages:
      if self.programs.is_ending:
        return
      self.run_stage(stage, self.make_log(stage), f"{stage.name:{NAME_COLUMNS}}")

  def make_log(self, stage: Stage) -> Path:
    with self.printing:
      self.logs_made += 1
      number = self.logs_made
    log = self.logs / f"{number:02}-{stage.name.lower().replace(' ', '-')}.log"
    log.write_text("")
    return log

  def run_stage(self, stage: Stage, log: Path, title: str = "") -> None:
    """Runs a stage, unless one that it needs has not passed, and prints what became of it."""
    run = StageRun(self.root, log, self.environment, self.programs)
    missing = [name for name in stage.needs if self.outcomes[name].state != "passed"]
    if missing:
      outcome = Outcome("left out", reason=f"needs {', '.join(missing)}")
    else:
      outcome = outcome_of(stage, run)
    if self.programs.is_ending:
      return
    self.outcomes[stage.name] = outcome
    with self.printing:
      print(f"{title}{line_of(outcome)}{f'  {outcome.reason}' if outcome.count.failed else ''}")
      if outcome.state == "failed":
        show_end_of(run.words())
        print(f"    All of it: {os.path.relpath(log, self.root)}")
      sys.stdout.flush()

  def summary(self) -> Count:
    """Prints what became of every stage and returns the sum."""
    print("\nSummary")
    for name, outcome in self.outcomes.items():
      print(f"  {name:{NAME_COLUMNS}}{line_of(outcome)}")
      for line in outcome.bad_lines[:SUMMARY_BAD_LINES_MAX]:
        print(f"    {line}")
    counts = [outcome.count for outcome in self.outcomes.values()]
    return Count(sum(each.passed for each in counts), sum(each.failed for each in counts))


def outcome_of(stage: Stage, run: StageRun) -> Outcome:
  """Runs the action of a stage."""
  started = time.monotonic()
  reason = ""
  try:
    count = stage.action(run)
  except StageLeftOut as left_out:
    return Outcome("left out", seconds=time.monotonic() - started, reason=str(left_out))
  except StageFailure as failure:
    count, reason = Count(failed=1), str(failure)
  seconds = time.monotonic() - started
  if not count.failed:
    return Outcome("passed", count, seconds)
  bad = ([reason] if reason else []) + bad_lines(run.words())
  return Outcome("failed", count, seconds, tuple(bad), reason)


def line_of(outcome: Outcome) -> str:
  """Such as `passed    12.3 s   31 passed, 0 failed`."""
  if outcome.state == "left out":
    return f"left out: {outcome.reason}"
  line = f"{outcome.state}{outcome.seconds:9.1f} s"
  if outcome.count != Count():
    line += f"   {outcome.count.passed} passed, {outcome.count.failed} failed"
  return line


def bad_lines(words: str) -> list[str]:
  """The lines that name what failed, cut to a readable length."""
  return [line[:BAD_LINE_CHARACTERS_MAX] for line in words.splitlines()
          if line.startswith(BAD_LINE_STARTS)]


def show_end_of(words: str) -> None:
  """Prints the end of a log, indented, without what went well."""
  lines = [line for line in words.rstrip().splitlines() if not line.startswith(GOOD_LINE_STARTS)]
  if len(lines) > SHOWN_LINES_MAX:
    for line in bad_lines("\n".join(lines[:-SHOWN_LINES_MAX])):
      print(f"    {line}")
    print(f"    … of {len(lines)} lines the last {SHOWN_LINES_MAX}:")
  for line in lines[-SHOWN_LINES_MAX:]:
    print(f"    {line}")

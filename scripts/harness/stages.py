"""The stages of `make test`, in order."""

import os
import platform
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from running.build import COMMAND
from running.processes import command_line

from .runner import Count, Stage, StageFailure, StageLeftOut, StageRun, Together

INSTALL_TIMEOUT_SECONDS = 1800
BUILD_TIMEOUT_SECONDS = 3600
SWIFT_TESTS_TIMEOUT_SECONDS = 2400
SQL_TIMEOUT_SECONDS = 900
LOCKSTEP_TIMEOUT_SECONDS = 900
CHECKS_TIMEOUT_SECONDS = 600
RUN_TIMEOUT_SECONDS = 600
CHART_TIMEOUT_SECONDS = 1200
WEB_TIMEOUT_SECONDS = 120
BROWSER_TIMEOUT_SECONDS = 900
FAULTS_TIMEOUT_SECONDS = 1200
SMOKE_TIMEOUT_SECONDS = 900
CONTAINERS_TIMEOUT_SECONDS = 2400
PROBE_TIMEOUT_SECONDS = 180
SERVER_TIMEOUT_SECONDS = 180
LEFT_OVER_GRACE_SECONDS = 10

# What Tests/Containers/containers.py --probe ends with where no container can be started.
NO_CONTAINERS_STATUS = 77

# How often the server and PostgreSQL are killed.
FAULTS, FAULTS_QUICK = (50, 10), (6, 2)

BUILT_PROGRAMS = ("higgs", "higgs-dominoPackageTests.xctest")
TEMPLATE = "higgs_template"
# pgTAP is plain SQL: the 18 server takes Debian's copy. Its clock is far from UTC on purpose.
PGTAP_FOLDERS = "$system:/usr/share/postgresql/15"
SETTINGS_OF_18 = [f"extension_control_path={PGTAP_FOLDERS}", "timezone=Asia/Jakarta"]


@dataclass
class Servers:
  """The servers of this run, in a folder that ends with it."""

  root: Path
  folder: Path
  uris: dict[str, str] = field(default_factory=dict)
  bindirs: dict[str, str] = field(default_factory=dict)

  def start(self, run: StageRun, version: str, *settings: str) -> Count:
    """Starts the server of a version."""
    tool = self.root / "scripts/postgres"
    self.bindirs[version] = output(run, tool, "bindir", version)
    options = [word for setting in settings for word in ("--set", setting)]
    self.uris[version] = output(
      run, tool, "start", self.folder / version, "--bindir", self.bindirs[version], *options)
    return Count()

  def make_template(self, run: StageRun, version: str) -> Count:
    """Makes the template as an operator would: createdb, then setup.sql."""
    uri = self.uris[version]
    run.demand(f"{self.bindirs[version]}/psql", "-X", "-d", uri, "-c",
               f"create database {TEMPLATE}", timeout_seconds=SERVER_TIMEOUT_SECONDS)
    run.demand(f"{self.bindirs[version]}/psql", "-d", f"{uri.rsplit('/', 1)[0]}/{TEMPLATE}",
               "-f", "database/setup.sql", timeout_seconds=SERVER_TIMEOUT_SECONDS)
    return Count()

  def environment(self, version: str) -> dict[str, str]:
    """What tests read to find the server."""
    return {
      "HIGGS_TEST_POSTGRES": self.uris[version], "HIGGS_TEST_TEMPLATE": TEMPLATE,
      "HIGGS_TEST_PG_BINDIR": self.bindirs[version]}

  def make_temporary_folder(self) -> Path:
    """Where tests put what they make, their own servers too, so that it ends with the run."""
    temporary = self.folder / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    return temporary

  def stop(self) -> None:
    """Ends every server in the folder, tests' left-overs included, and removes the folder."""
    for version in self.bindirs:
      subprocess.run([self.root / "scripts/postgres", "stop", self.folder / version], check=False)
    end_processes_in(self.folder)
    shutil.rmtree(self.folder, ignore_errors=True)


def end_processes_in(folder: Path) -> None:
  """Ends the processes that work in the folder: only this run knows its random name."""
  for number in (signal.SIGQUIT, signal.SIGKILL):
    deadline = time.monotonic() + LEFT_OVER_GRACE_SECONDS
    for process in processes_in(folder):
      try:
        os.kill(process, number)
      except ProcessLookupError:
        pass
    while processes_in(folder) and time.monotonic() < deadline:
      time.sleep(0.1)


def processes_in(folder: Path) -> list[int]:
  """Their pids, where the system shows them."""
  found = []
  for entry in Path("/proc").glob("[0-9]*/cwd"):
    try:
      if Path(os.readlink(entry)).is_relative_to(folder):
        found.append(int(entry.parent.name))
    except PermissionError:
      # In a container root may not look there; a server's command line names its folder, too.
      if any(word.startswith(f"{folder}/") for word in command_line(int(entry.parent.name))):
        found.append(int(entry.parent.name))
    except OSError:
      pass
  return found


def output(run: StageRun, *command) -> str:
  """The only line of a program that must succeed."""
  words = run.demand(*command, timeout_seconds=SERVER_TIMEOUT_SECONDS)
  return words.rstrip().splitlines()[-1]


def stages(servers: Servers, first: str, quick: bool) -> list[Stage | Together]:
  """All stages; the quick run keeps to one server version.

  Players wait for one another and for servers that come back, so what plays runs beside what works.
  The Swift tests and the browser have both cores for themselves.
  """
  tree = tree_state(servers.root)
  with_18 = not quick and first != "18"
  smoke, faults = playing_stages(quick)
  web, make_run, browser = page_stages()
  chart = Stage("chart", lambda run: counted(
    run, "scripts/run-chart-tests", timeout_seconds=CHART_TIMEOUT_SECONDS), ("install",))
  images = [] if quick else [Stage("containers", containers, ("build",))]
  listed = [
    Stage("install", install),
    Stage("build", build, ("install",)),
    Stage("tail calls", tail_calls, ("build",)),
    *sql_stages(servers, first, []),
    Stage("Swift tests", lambda run: swift_tests(run, servers.environment(first)),
          ("build", f"template {first}")),
    Together(((lockstep(), *sql_test_stages(servers, first), web), (smoke, faults))),
    browser,
    Together(((chart,), (make_run,))),
  ]
  second = []
  if with_18:
    listed += sql_stages(servers, "18", SETTINGS_OF_18)
    second = [Stage("Swift tests 18", lambda run: swift_tests(
      run, servers.environment("18"), "--filter", "StoreTests"), ("build", "template 18")),
      *sql_test_stages(servers, "18")]
  listed.append(Together((tuple(second), tuple(images))))
  if first == "15":
    listed.append(Stage(
      "generated files", lambda run: generated_files(run, servers), ("PostgreSQL 15", "build")))
  listed.append(Stage("checks", lambda run: counted(
    run, "scripts/check", timeout_seconds=CHECKS_TIMEOUT_SECONDS), ("install",)))
  listed.append(Stage("clean tree", lambda run: clean_tree(run, tree)))
  return listed


def lockstep() -> Stage:
  return Stage("lockstep", lambda run: counted(
    run, "scripts/run-lockstep", timeout_seconds=LOCKSTEP_TIMEOUT_SECONDS), ("build",))


def page_stages() -> tuple[Stage, Stage, Stage]:
  """The page's modules, `make run`, and the page in a browser."""
  return (
    Stage("web unit", web_unit, ("install",)),
    Stage("make run", lambda run: counted(
      run, "scripts/run-unittests", "Tests/Run", timeout_seconds=RUN_TIMEOUT_SECONDS),
      ("install",)),
    Stage("browser", lambda run: counted(
      run, "scripts/with-server", ".venv/bin/python", "Tests/Browser/browser.py", "--url", "{url}",
      "--database-url", "{database-url}", timeout_seconds=BROWSER_TIMEOUT_SECONDS), ("build",)),
  )


def playing_stages(quick: bool) -> tuple[Stage, Stage]:
  """Hands played by programs, and servers killed under players."""
  kills, postgres_kills = FAULTS_QUICK if quick else FAULTS
  return (
    Stage("smoke", lambda run: counted(
      run, ".venv/bin/python", "Tests/Smoke/smoke.py", timeout_seconds=SMOKE_TIMEOUT_SECONDS),
      ("build",)),
    Stage("faults", lambda run: counted(
      run, ".venv/bin/python", "Tests/Faults/faults.py", "--kills", str(kills),
      "--postgres-kills", str(postgres_kills), timeout_seconds=FAULTS_TIMEOUT_SECONDS),
      ("build",)),
  )


def sql_stages(servers: Servers, version: str, settings: list[str]) -> list[Stage]:
  return [
    Stage(f"PostgreSQL {version}", lambda run: servers.start(run, version, *settings),
          ("install",)),
    Stage(f"template {version}", lambda run: servers.make_template(run, version),
          (f"PostgreSQL {version}",)),
  ]


def sql_test_stages(servers: Servers, version: str) -> list[Stage]:
  return [
    Stage(f"pgTAP {version}", lambda run: counted(
      run, "scripts/run-pgtap", "--server", servers.uris[version], "--template", TEMPLATE,
      timeout_seconds=SQL_TIMEOUT_SECONDS), (f"template {version}",)),
    Stage(f"installation {version}", lambda run: counted(
      run, "scripts/run-installation-tests", timeout_seconds=SQL_TIMEOUT_SECONDS,
      environment=servers.environment(version)),
      (f"PostgreSQL {version}",)),
  ]


# ---- Actions -----------------------------------------------------------------------------------


def install(run: StageRun) -> Count:
  run.demand("scripts/install-packages", timeout_seconds=INSTALL_TIMEOUT_SECONDS)
  return Count()


def build(run: StageRun) -> Count:
  """The very build of `make run`."""
  run.demand(*COMMAND, timeout_seconds=BUILD_TIMEOUT_SECONDS)
  return Count()


def tail_calls(run: StageRun) -> Count:
  """Whether the compiler has kept the stack in order: docs/decisions/tail-calls.md."""
  own = counted(
    run, "scripts/run-unittests", "Tests/TailCalls", timeout_seconds=CHECKS_TIMEOUT_SECONDS)
  if platform.machine() != "x86_64":
    return own
  programs = [run.root / f".build/release/{name}" for name in BUILT_PROGRAMS]
  found = counted(run, "scripts/check-tail-calls", *programs,
                  timeout_seconds=CHECKS_TIMEOUT_SECONDS)
  return Count(own.passed + found.passed, own.failed + found.failed)


def web_unit(run: StageRun) -> Count:
  """node's own test runner; its summary has the counts."""
  files = sorted(str(path.relative_to(run.root))
                 for path in (run.root / "Tests/Web").glob("*.test.mjs"))
  if not files:
    raise StageFailure("there is no Tests/Web/*.test.mjs")
  status = run.run("node", "--test", *files, timeout_seconds=WEB_TIMEOUT_SECONDS)
  counts = {name: int(count) for name, count in re.findall(
    r"^(?:#|ℹ) (pass|fail|cancelled) (\d+)$", run.words(), re.MULTILINE)}
  if "pass" not in counts:
    raise StageFailure(f"node ended with status {status} and without a count")
  failed = counts.get("fail", 0) + counts.get("cancelled", 0)
  return Count(counts["pass"], failed or (1 if status else 0))


def containers(run: StageRun) -> Count:
  """Images and compose; left out where podman cannot start a container at all, unless that is asked
  to be a failure by HIGGS_TEST_CONTAINERS=required."""
  program = ".venv/bin/python", "Tests/Containers/containers.py"
  if run.run(*program, "--probe", timeout_seconds=PROBE_TIMEOUT_SECONDS) == NO_CONTAINERS_STATUS:
    reason = run.words().rstrip().splitlines()[-1]
    if run.environment.get("HIGGS_TEST_CONTAINERS") == "required":
      raise StageFailure(reason)
    raise StageLeftOut(reason)
  return counted(run, *program, timeout_seconds=CONTAINERS_TIMEOUT_SECONDS)


def swift_tests(run: StageRun, environment: dict[str, str], *options: str) -> Count:
  # Two cores serve the tests and their servers; more at once would only wait for each other.
  width = {"SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH": "8"}
  status = run.run("swift", "test", "-c", "release", "--skip-build", *options,
                   timeout_seconds=SWIFT_TESTS_TIMEOUT_SECONDS, environment=environment | width)
  return swift_count(run.words(), status)


def swift_count(words: str, status: int) -> Count:
  """Reads Swift Testing's words; a run without an end (a crash) counts as one more failure."""
  totals = re.findall(r"Test run with (\d+) tests?\b", words)
  failed = len(re.findall(r"^\S+ Test (?!run with|case).* failed after ", words, re.MULTILINE))
  skipped = len(re.findall(r"^\S+ Test (?!run with|case).* skipped", words, re.MULTILINE))
  finished = re.search(r"Test run with .* (passed|failed) after", words)
  if not finished:
    passed = len(re.findall(r"^\S+ Test (?!run with|case).* passed after ", words, re.MULTILINE))
    return Count(passed, failed + 1)
  total = sum(map(int, totals))
  if status != 0 and failed == 0:
    failed = 1
  return Count(max(total - failed - skipped, 0), failed)


def counted(run: StageRun, *command, timeout_seconds: int,
            environment: dict[str, str] | None = None) -> Count:
  """A program whose last line is `N passed, N failed`."""
  status = run.run(*command, timeout_seconds=timeout_seconds, environment=environment)
  last_line = (run.words().rstrip().splitlines() or [""])[-1]
  match = re.fullmatch(r"(\d+) passed, (\d+) failed", last_line)
  if not match:
    raise StageFailure(f"{Path(command[0]).name} ended with status {status} and without a count")
  count = Count(int(match[1]), int(match[2]))
  if (status != 0) != (count.failed > 0):
    raise StageFailure(f"status {status} does not fit '{last_line}'")
  return count


def generated_files(run: StageRun, servers: Servers) -> Count:
  status = run.run("scripts/generate", "--check", "--server", servers.uris["15"], "--bindir",
                   servers.bindirs["15"], timeout_seconds=SQL_TIMEOUT_SECONDS)
  return Count(passed=1) if status == 0 else Count(failed=1)


def tree_state(root: Path) -> str | None:
  """What git sees as changed; None where there is no git."""
  ended = subprocess.run(["git", "status", "--porcelain"], cwd=root, text=True,
                         capture_output=True)
  return ended.stdout if ended.returncode == 0 else None


def clean_tree(run: StageRun, before: str | None) -> Count:
  after = tree_state(run.root)
  if after == before:
    return Count(passed=1)
  run.log.write_text(f"The run changed the working tree:\n{after}")
  return Count(failed=1)

"""A run in a folder of its own, with a stub for the program, and what one looks at from outside."""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
STUB = Path(__file__).parent / "stub_higgs"
WAIT_SECONDS = 180


class Run:
  """`scripts/run` as a process whose words are read as they come."""

  def __init__(self, folder: Path, port: int, prefix=(), **environment):
    self.folder = folder
    self.port = port
    self.prefix = list(prefix)
    self.environment = clean_environment() | {
      "HIGGS_RUN_FOLDER": str(folder), "HIGGS_RUN_PROGRAM": str(STUB), "PORT": str(port),
      "HIGGS_RUN_SAMPLE": str(STUB.parent / "small_sample.sql")} | environment
    self.words = ""
    self.process = None

  def begin(self) -> "Run":
    """Starts it, and reads on."""
    self.process = subprocess.Popen(
      [*self.prefix, ROOT / "scripts/run"], env=self.environment, text=True, cwd=ROOT,
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
      start_new_session=True)
    threading.Thread(target=self.read, args=(self.process,), daemon=True).start()
    return self

  def read(self, process) -> None:
    for line in process.stdout:
      self.words += line

  def start(self, is_first: bool = False) -> "Run":
    """Starts it and waits until it runs; on a copy of what was made once, unless it is to be the
    first run or there has been one."""
    if not is_first and not self.folder.exists():
      Template.copy_to(self.folder)
    self.begin()
    return self.wait_for(r"Higgs Domino runs")

  def wait_for(self, pattern: str, count: int = 1) -> "Run":
    """Waits until its words have the pattern so often."""
    wait_until(lambda: len(re.findall(pattern, self.words)) >= count or self.has_ended(),
               lambda: f"no {count} × '{pattern}' in:\n{self.words}")
    if len(re.findall(pattern, self.words)) < count:
      raise AssertionError(f"it ended without '{pattern}':\n{self.words}")
    return self

  def has_ended(self) -> bool:
    return self.process.poll() is not None

  def end(self, number=signal.SIGINT) -> int:
    """Asks for its end and waits for it; its status."""
    if not self.has_ended():
      self.process.send_signal(number)
    return self.wait()

  def wait(self) -> int:
    """Waits until it has ended by itself; its status."""
    status = self.process.wait(timeout=WAIT_SECONDS)
    time.sleep(0.05)
    return status

  def verb(self, verb: str) -> subprocess.CompletedProcess:
    """Another call of the same checkout: stop, reset."""
    return subprocess.run([*self.prefix, ROOT / "scripts/run", verb], env=self.environment,
                          text=True, capture_output=True, timeout=WAIT_SECONDS, cwd=ROOT)

  def server_pid(self) -> int:
    return int((self.folder / "server.pid").read_text())

  def postgres_pid(self) -> int:
    return int((self.folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])

  def psql(self, statement: str) -> str:
    """The answer of its database."""
    return subprocess.run(
      ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
       (self.folder / "database-url").read_text().strip(), "-c", statement],
      text=True, check=True, capture_output=True, timeout=WAIT_SECONDS).stdout.strip()

  def get(self) -> dict[str, str]:
    """What the stub says of its environment."""
    with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
      return dict(line.split("=", 1) for line in answer.read().decode().splitlines())


class Template:
  """A database that was made once; most tests begin with a copy of its files."""

  folder: Path | None = None

  @classmethod
  def copy_to(cls, folder: Path) -> None:
    if not cls.folder:
      cls.folder = temporary_folder()
      atexit.register(shutil.rmtree, cls.folder, True)
      run = Run(cls.folder / "run", free_port()).start(is_first=True)
      run.end()
    folder.mkdir()
    source = cls.folder / "run/postgres"
    subprocess.run(["cp", "-a", source, folder / "postgres"], check=True)
    (folder / "postgres/socket-folder").unlink(missing_ok=True)


def clean_environment() -> dict[str, str]:
  return {key: value for key, value in os.environ.items()
          if not key.startswith(("PG", "HIGGS_")) and key not in ("DATABASE_URL", "PORT", "HOST")}


def wait_until(is_so, words=lambda: "", seconds: float = WAIT_SECONDS) -> None:
  """Waits for what will be so; fails with the words if it will not."""
  deadline = time.monotonic() + seconds
  while not is_so():
    if time.monotonic() > deadline:
      raise AssertionError(words() or "it did not come to be in time")
    time.sleep(0.05)


def free_port() -> int:
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    return probe.getsockname()[1]


def is_alive(pid: int) -> bool:
  try:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
  except OSError:
    return False


def temporary_folder() -> Path:
  """A folder that PostgreSQL's user may pass through."""
  folder = Path(tempfile.mkdtemp(prefix="higgs-run-test.", dir="/tmp"))
  folder.chmod(0o755)
  return folder


def remove(folder: Path) -> None:
  """Ends whatever a failed test has left in a folder, and removes it."""
  for file in folder.rglob("postmaster.pid"):
    try:
      pid = int(file.read_text().splitlines()[0])
      if str(file.parent).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
        os.kill(pid, signal.SIGQUIT)
    except (OSError, ValueError, IndexError):
      continue
  shutil.rmtree(folder, ignore_errors=True)

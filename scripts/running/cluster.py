"""A PostgreSQL of our own in one folder: made, started, adopted, ended; never anybody else's."""

import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .problem import Problem
from .user import ServerUser

OLDEST_MAJOR, NEWEST_MAJOR = 15, 18
# Recovery after a crash has to read what was written since the last checkpoint.
START_TIMEOUT_SECONDS = 300
FAST_STOP_SECONDS = 60
MARK = "made-by-make-run"
SOCKET_PREFIX = "higgs-run."
SOCKET_FOLDER = re.compile(rf"/tmp/{re.escape(SOCKET_PREFIX)}\w{{8}}")
READY_TIMEOUT_SECONDS = 10
# A killed server's processes notice it and end.
LEFT_OVER_GRACE_SECONDS = 15
SETTINGS = """
# made-by-make-run: nothing listens but a socket in a private folder.
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
max_locks_per_transaction = 256
log_line_prefix = '%m [%p] '
lc_messages = 'C'
"""


def find_programs(major: int | None = None) -> Path:
  """The folder with initdb, postgres and psql; of one version, or the oldest that is fit."""
  for version in [major] if major else range(OLDEST_MAJOR, NEWEST_MAJOR + 1):
    folder = Path(f"/usr/lib/postgresql/{version}/bin")
    if (folder / "postgres").exists() and (folder / "psql").exists():
      return folder
  if (folder := programs_in_path(major)):
    return folder
  if major:
    raise Problem(f"the data are of PostgreSQL {major}, whose programs are gone",
                  f"Install them: apt-get install postgresql-{major}",
                  "Or begin anew, without the data: make reset")
  raise Problem("PostgreSQL's programs are not there", "Install them: scripts/install-packages")


def programs_in_path(major: int | None) -> Path | None:
  """Where other systems than Debian have them."""
  program = shutil.which("postgres")
  if not program:
    return None
  said = subprocess.run([program, "--version"], text=True, capture_output=True,
                        timeout=READY_TIMEOUT_SECONDS).stdout
  match = re.search(r" (\d+)", said)
  version = int(match[1]) if match else 0
  is_fit = version == major if major else OLDEST_MAJOR <= version <= NEWEST_MAJOR
  return Path(program).resolve().parent if is_fit else None


@dataclass
class Cluster:
  """One cluster; `folder` is the server user's own, `log` is anywhere."""

  folder: Path
  log: Path
  user: ServerUser
  settings: dict[str, str] = field(default_factory=dict)
  is_durable: bool = True
  child: subprocess.Popen | None = None
  started: float = 0

  @property
  def data(self) -> Path:
    return self.folder / "data"

  @property
  def programs(self) -> Path:
    """The programs of the version that the data are of."""
    version = self.data / "PG_VERSION"
    return find_programs(int(version.read_text().split(".")[0]) if version.exists() else None)

  # ---- Making it -------------------------------------------------------------------------------

  def make(self) -> bool:
    """Makes the cluster where there is none; True if it did. It is whole or not there."""
    if self.data.exists():
      self.check()
      return False
    half = self.folder / "data.half-made"
    shutil.rmtree(half, ignore_errors=True)
    status = self.user.run(
      self.programs / "initdb", f"--pgdata={half}", "--username=postgres", "--auth-local=trust",
      "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
      "--data-checksums", *([] if self.is_durable else ["--no-sync"]), log=self.log)
    if status != 0:
      shutil.rmtree(half, ignore_errors=True)
      raise Problem("initdb could not make the database's files; the end of its words:",
                    *last_lines(self.log))
    with (half / "postgresql.conf").open("a", encoding="utf-8") as file:
      file.write(SETTINGS + ("" if self.is_durable else "fsync = off\nfull_page_writes = off\n"))
    (half / MARK).touch()
    half.rename(self.data)
    return True

  def check(self) -> None:
    """Refuses a data folder that is not whole or not ours."""
    missing = [name for name in (MARK, "PG_VERSION", "global/pg_control", "postgresql.conf")
               if not (self.data / name).exists()]
    if missing == [MARK]:
      raise Problem(f"{self.data} has a PostgreSQL in it that this program did not make",
                    "Move it away, then: make run")
    if missing:
      raise Problem(f"{self.data} is only half a database: {missing[-1]} is missing",
                    "What is in it cannot be used. To begin anew: make reset, then make run")

  # ---- Finding it ------------------------------------------------------------------------------

  def pid(self) -> int | None:
    """The server that works on this very folder, whoever started it; None if there is none."""
    try:
      pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
      return None
    words = processes.command_line(pid)
    is_ours = words and Path(words[0]).name == "postgres" and str(self.data) in words
    return pid if is_ours and processes.start_mark(pid) else None

  @property
  def socket_folder(self) -> str | None:
    """Where the server that runs listens, as it says itself."""
    try:
      return (self.data / "postmaster.pid").read_text().splitlines()[4] or None
    except (OSError, IndexError):
      return None

  def uri(self, database: str, role: str = "postgres") -> str:
    """The address of a database in it."""
    return f"postgresql:///{database}?host={self.socket_folder}&user={role}"

  def is_ready(self) -> bool:
    """Whether it takes connections."""
    if not self.socket_folder:
      return False
    try:
      return subprocess.run(
        [self.programs / "pg_isready", "-q", "-h", self.socket_folder, "-d", "postgres",
         "-U", "postgres"], env=self.user.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=READY_TIMEOUT_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
      return False

  # ---- Starting and ending it ------------------------------------------------------------------

  def start(self) -> str:
    """Starts it, or adopts the one that still runs; says which, once it takes connections."""
    self.started = time.monotonic()
    pid = self.pid()
    if pid:
      word = f"adopted the one that still runs (pid {pid})"
    else:
      self.spawn()
      word = f"started (pid {self.child.pid})"
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not self.is_ready():
      if not pid and self.child.poll() is not None:
        raise Problem("PostgreSQL ended while it started; the end of its log:",
                      *last_lines(self.log), f"All of it: {self.log}")
      if time.monotonic() > deadline:
        raise Problem(f"PostgreSQL takes no connections after {START_TIMEOUT_SECONDS} s",
                      *last_lines(self.log), f"All of it: {self.log}")
      time.sleep(processes.POLL_SECONDS)
    return word

  def spawn(self) -> None:
    """Starts the server in a session of its own: a Ctrl-C is not for it."""
    socket_folder = self.make_socket_folder()
    self.clear_left_overs(socket_folder)
    options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
    with self.log.open("ab") as log:
      self.child = subprocess.Popen(
        [self.programs / "postgres", "-D", self.data, "-k", socket_folder, *options],
        executable=self.programs / "postgres", cwd="/", stdin=subprocess.DEVNULL, stdout=log,
        stderr=log, env=self.user.environment, start_new_session=True, **self.user.identity)

  def clear_left_overs(self, socket_folder: Path) -> None:
    """Removes the pid and socket files of a server that was killed.

    PostgreSQL only asks whether a process has the number. That may be another one by now, or a
    zombie whose parent does not look after it, and then it would not start.
    """
    deadline = time.monotonic() + LEFT_OVER_GRACE_SECONDS
    while self.has_processes():
      if self.pid() or time.monotonic() > deadline:
        return
      time.sleep(processes.POLL_SECONDS)
    (self.data / "postmaster.pid").unlink(missing_ok=True)
    for file in socket_folder.glob(".s.PGSQL.*"):
      file.unlink(missing_ok=True)

  def has_processes(self) -> bool:
    """Whether any process works in the folder: those of a killed server end a little later."""
    script = 'for link in /proc/[0-9]*/cwd; do [ "$link" -ef "$0" ] && exit 0; done; exit 1'
    return self.user.run("sh", "-c", script, self.data) == 0

  def make_socket_folder(self) -> Path:
    """A short path, since a socket's has about 100 characters at most, and nobody else's."""
    note = self.folder / "socket-folder"
    if note.exists() and self.is_own_socket_folder(kept := Path(note.read_text().strip())):
      return kept
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir="/tmp"))
    self.user.make_folder(folder)
    note.write_text(f"{folder}\n")
    return folder

  def is_own_socket_folder(self, folder: Path) -> bool:
    """Whether a folder is one of ours and still nobody else's."""
    try:
      status = folder.lstat()
    except OSError:
      return False
    return (bool(SOCKET_FOLDER.fullmatch(str(folder))) and stat.S_ISDIR(status.st_mode)
            and status.st_uid == self.user.uid and stat.S_IMODE(status.st_mode) == 0o700)

  def stop(self, hurried=lambda: False) -> None:
    """Ends it: fast, and where that takes too long, at once."""
    pid, folder = self.pid(), self.socket_folder
    if pid:
      processes.end(pid, processes.start_mark(pid), (
        (signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, 10), processes.KILL), hurried)
    if self.child:
      self.child.poll()
      self.child = None
    if folder:
      remove_socket_folder(Path(folder))

  def is_gone(self) -> bool:
    """Whether the server that we started or adopted has ended."""
    if self.child:
      return self.child.poll() is not None
    return self.pid() is None


def remove_socket_folder(folder: Path) -> None:
  """Removes a folder that `make_socket_folder` made, and no other."""
  if SOCKET_FOLDER.fullmatch(str(folder)):
    shutil.rmtree(folder, ignore_errors=True)


def last_lines(log: Path, count: int = 8) -> list[str]:
  """The end of a log."""
  try:
    return log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-count:]
  except OSError:
    return []

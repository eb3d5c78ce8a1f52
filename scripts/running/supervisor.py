"""The run itself: everything started in order, watched, started again, ended in order."""

import os
import shutil
import signal
import subprocess
import time

from . import build, checks, place, server
from .backoff import Backoff
from .cluster import Cluster
from .database import Database, server_environment
from .keys import key_ring
from .lock import Lock
from .problem import Problem, duration, event, problem_of, say, step
from .server import Server
from .settings import DATABASE, Settings
from .user import ServerUser

INSTALL_TIMEOUT_SECONDS = 1800
WATCH_SECONDS = 0.2
LOG_BYTES_MAX = 32 << 20
LOG_BYTES_KEPT = 1 << 20
FULL_DISK_BYTES = 64 << 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
  """Somebody asked for the end: Ctrl-C, make stop, a closed terminal."""


class Supervisor:
  """One run, from the checks to its orderly end."""

  def __init__(self, settings: Settings):
    self.settings = settings
    self.lock = Lock(settings.folder)
    self.cluster: Cluster | None = None
    self.server: Server | None = None
    self.signals = 0
    self.server_backoff = Backoff()
    self.cluster_backoff = Backoff()

  def run(self) -> int:
    """Everything; 0 after an orderly end."""
    self.settings.make_folder()
    self.lock.demand(self.settings.port)
    for number in SIGNALS:
      # Under nohup the end of the terminal is not ours.
      if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
        signal.signal(number, self.on_signal)
    try:
      self.start()
      self.watch()
    except Stopped:
      return 0
    except (Problem, OSError) as error:
      (error if isinstance(error, Problem) else problem_of(error)).tell()
      return 1
    finally:
      self.signals = max(self.signals, 1)
      self.stop()

  def on_signal(self, _number, _frame) -> None:
    """The first one ends what is being done; another one makes the end quick."""
    self.signals += 1
    if self.signals == 1:
      raise Stopped

  def is_hurried(self) -> bool:
    return self.signals > 1

  # ---- Starting --------------------------------------------------------------------------------

  def start(self) -> None:
    """All steps in order; each says how it went."""
    if pid := server.end_survivor(self.settings.folder):
      step("server", f"ended the one that an earlier run left behind (pid {pid})")
    builds = self.settings.program is None
    checks.check_system(self.settings, builds)
    if builds:
      self.install()
      build.build(self.settings.root, self.settings.folder / "build.log")
    self.start_cluster()
    Database(self.settings, self.cluster).prepare()
    self.start_server()
    self.lock.write(**self.lock.facts() | {"address": self.settings.address})
    self.tell()

  def install(self) -> None:
    """Missing packages, through the script that keeps apt from starting anything."""
    kind = "build" if self.settings.database_url else "run"
    if not shutil.which("dpkg-query"):
      step("packages", "this is no Debian: scripts/install-packages names what has to be there")
      return
    process = subprocess.Popen([self.settings.root / "scripts/install-packages", kind],
                               stdin=None, start_new_session=False)
    try:
      status = process.wait(timeout=INSTALL_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
      process.terminate()
      raise Problem(f"installing packages took over {duration(INSTALL_TIMEOUT_SECONDS)}",
                    "Look at what apt waits for, then: make run") from None
    except Stopped:
      # It has had the same signal and puts apt's settings back.
      process.terminate()
      process.wait()
      raise
    if status != 0:
      raise Problem("packages are missing; what to do about it is said above")

  def start_cluster(self) -> None:
    """Our own PostgreSQL, unless the caller has one."""
    if self.settings.database_url:
      step("postgres", "none of our own: DATABASE_URL is given")
      return
    user = ServerUser.find()
    folder = self.settings.folder
    self.cluster = Cluster(place.cluster_folder(folder, user), folder / "postgres.log", user)
    is_new = self.cluster.make()
    words = self.cluster.start()
    made = "made and " if is_new else ""
    step("postgres", f"{made}{words}, data in {self.shown(self.cluster.data)}")
    self.write_database_url()

  def shown(self, path) -> str:
    """A path as one would type it in the checkout."""
    relative = os.path.relpath(path, self.settings.root)
    return str(path) if relative.startswith("..") else relative

  def write_database_url(self) -> None:
    """For people and their psql."""
    file = self.settings.folder / "database-url"
    file.touch(mode=0o600)
    file.write_text(self.cluster.uri(DATABASE) + "\n")

  def start_server(self) -> None:
    """The game server; it is nobody's superuser, but what an application is."""
    environment = server_environment(self.cluster is not None) | {
      "PORT": str(self.settings.port), "HOST": self.settings.host,
      "HIGGS_KEY_RING_FILE": str(key_ring(self.settings.folder)),
      "LOG_FORMAT": os.environ.get("LOG_FORMAT", "text"),
      "DATABASE_URL": self.server_uri()}
    self.server = Server(self.settings.higgs, self.settings.folder, environment)
    self.server.start()
    address = self.server.wait_until_ready()
    took = duration(time.monotonic() - self.server.started)
    step("server", f"listens on {address} after {took} (pid {self.server.child.pid})")

  def server_uri(self) -> str:
    return self.cluster.uri(DATABASE, "higgs_app") if self.cluster else self.settings.database_url

  def tell(self) -> None:
    """Where to look, what to click, how to stop."""
    address, folder = self.settings.address, self.shown(self.settings.folder)
    database = f'psql "$(cat {folder}/database-url)"' if self.cluster else "your DATABASE_URL"
    for line in (
        "", "Higgs Domino runs.", "",
        f"  Play       {address}", f"  API        {address}/docs",
        f"  Health     {address}/health/ready", f"  Database   {database}",
        f"  Logs       {folder}/server.log" + (f", {folder}/postgres.log" if self.cluster else ""),
        "", "  Click      Play as guest, then a table: bots sit down with you, and a hand begins.",
        f"  Kill it    kill -9 $(cat {folder}/server.pid)   It is back at once; play on.",
        "  Stop it    Ctrl-C here, or make stop. The next make run goes on where it was.", ""):
      say(line)

  # ---- Watching --------------------------------------------------------------------------------

  def watch(self) -> None:
    """Until somebody asks for the end, or something cannot be kept alive."""
    while True:
      if self.cluster and self.cluster.is_gone():
        self.restart_cluster()
      elif self.server.is_gone():
        self.restart_server()
      self.keep_logs_small()
      time.sleep(WATCH_SECONDS)

  def restart_cluster(self) -> None:
    """The server waits for it by itself."""
    event("PostgreSQL has died; it is started again")
    lived = time.monotonic() - self.cluster.started
    while True:
      self.pause(self.cluster_backoff, lived, "PostgreSQL", self.cluster.log)
      try:
        event(f"PostgreSQL {self.cluster.start()}")
        self.write_database_url()
        return
      except Problem as problem:
        event(" ".join((problem.what, *problem.advice[-2:-1])))
        lived = 0

  def restart_server(self) -> None:
    """Says how it ended, and starts it again until it listens."""
    problem, lived = self.server.problem(), time.monotonic() - self.server.started
    while True:
      event(f"{problem.what.partition(';')[0]}; it is started again")
      self.pause(self.server_backoff, lived, "the server", self.server.log)
      if self.cluster and self.cluster.is_gone():
        return
      # The socket's folder is a new one after a PostgreSQL that was started again.
      self.server.environment["DATABASE_URL"] = self.server_uri()
      self.server.start()
      try:
        event(f"the server listens on {self.server.wait_until_ready()} "
              f"(pid {self.server.child.pid})")
        return
      except Problem as found:
        problem, lived = found, 0
        self.server.stop()

  def pause(self, backoff: Backoff, lived: float, name: str, log) -> None:
    """Waits longer after each death that follows soon; gives up after many."""
    if shutil.disk_usage(self.settings.folder).free < FULL_DISK_BYTES:
      event(f"the disk of {self.settings.folder} is full: make room")
    delay = backoff.died(lived)
    if delay is None:
      raise Problem(f"{name} dies again and again; all is ended now", f"See the end of {log}",
                    "Then: make run")
    time.sleep(delay)

  def keep_logs_small(self) -> None:
    """Cuts a log that has grown large to its end; who writes to it appends."""
    for name in ("server.log", "postgres.log", "database.log"):
      log = self.settings.folder / name
      if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        with log.open("r+b") as file:
          file.seek(-LOG_BYTES_KEPT, os.SEEK_END)
          kept = file.read()
          file.truncate(0)
          file.seek(0)
          file.write(kept)

  # ---- Ending ----------------------------------------------------------------------------------

  def stop(self) -> None:
    """The server first, so that it can finish its appends; then PostgreSQL."""
    if self.server and self.server.child and not self.server.is_gone():
      say()
      event("ending the server")
      if not self.server.stop(self.is_hurried):
        event("the server did not end in time and was killed; nothing that was seen is lost")
    if self.cluster and self.cluster.pid():
      event("ending PostgreSQL")
      self.cluster.stop(self.is_hurried)
    if self.server or self.cluster:
      event("all is ended; make run goes on where it was")

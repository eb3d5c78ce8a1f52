"""PostgreSQL and `higgs serve` of a test's own, on a free port and in a folder of its own."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import keys
from .cluster import Cluster
from .server import Server
from .settings import DATABASE
from .user import ServerUser

ROOT = Path(__file__).resolve().parents[2]
TOOL_TIMEOUT_SECONDS = 300
READY_TIMEOUT_SECONDS = 30
SERVER_PORTS = (20_000, 32_000)
PORT_ATTEMPTS_MAX = 100


class Stack:
  """What `make run` starts, in pieces that can be killed one by one."""

  def __init__(self, program: Path, settings: dict[str, str] | None = None):
    self.folder = Path(tempfile.mkdtemp(prefix="higgs-stack.", dir="/tmp"))
    self.folder.chmod(0o755)
    self.program = program
    self.port = free_port()
    user = ServerUser.find()
    (self.folder / "postgres").mkdir()
    user.make_folder(self.folder / "postgres")
    self.cluster = Cluster(self.folder / "postgres", self.folder / "postgres.log", user,
                           is_durable=False)
    self.settings = settings or {}
    self.server: Server | None = None

  @property
  def url(self) -> str:
    return f"http://127.0.0.1:{self.port}"

  @property
  def database_url(self) -> str:
    """As the superuser of its PostgreSQL."""
    return self.cluster.uri(DATABASE)

  def start(self) -> None:
    """Makes and starts everything."""
    self.cluster.make()
    self.cluster.start()
    self.psql(f"create database {DATABASE}", "postgres")
    environment = clean_environment() | {"DATABASE_URL": self.database_url}
    subprocess.run([self.program, "migrate", "up", "--migrations", ROOT / "database/migrations"],
                   check=True, env=environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TOOL_TIMEOUT_SECONDS)
    ring = self.folder / "keys/key-ring.json"
    keys.make(ring)
    self.server = Server(self.program, self.folder, clean_environment() | {
      "DATABASE_URL": self.cluster.uri(DATABASE, "higgs_app"), "PORT": str(self.port),
      "HOST": "127.0.0.1", "HIGGS_KEY_RING_FILE": str(ring),
      "LIMITS_FACTOR": "1000",
      "LOG_FORMAT": "text"} | self.settings)
    self.start_server()

  def start_server(self) -> None:
    """Starts the server and waits until it says that it listens."""
    self.server.start()
    self.server.wait_until_ready()

  def wait_until_ready(self) -> None:
    """Waits until its readiness says so."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while True:
      try:
        urllib.request.urlopen(f"{self.url}/health/ready", timeout=5).close()
        return
      except (OSError, urllib.error.URLError):
        if time.monotonic() > deadline:
          raise
        time.sleep(0.1)

  def kill_server(self) -> None:
    """kill -9, and nothing else."""
    self.server.child.kill()
    self.server.child.wait()

  def kill_postgres(self) -> None:
    """kill -9 of the postmaster; its children notice it."""
    os.kill(self.cluster.pid(), signal.SIGKILL)
    self.cluster.child.wait()

  def psql(self, statement: str, database: str = DATABASE) -> str:
    """The answer to a statement."""
    return subprocess.run(
      [self.cluster.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
       "-d", self.cluster.uri(database), "-f", "-"], input=statement, text=True, check=True,
      stdout=subprocess.PIPE, env=clean_environment(), timeout=TOOL_TIMEOUT_SECONDS).stdout.strip()

  def stop(self, keeps_folder: bool = False) -> None:
    """Ends everything by pid and removes the folder."""
    if self.server:
      self.server.stop()
    self.cluster.stop()
    if not keeps_folder:
      shutil.rmtree(self.folder, ignore_errors=True)


def clean_environment() -> dict[str, str]:
  """The caller's, without what steers another database or another server."""
  return {key: value for key, value in os.environ.items()
          if not key.startswith(("PG", "HIGGS_")) and key not in ("DATABASE_URL", "REDIS_URL",
                                                                  "PORT", "HOST")}


def free_port() -> int:
  """A port that nobody has, below those that the system gives to clients: a client that tries again
  and again to reach a dead server on one of these may be given it for itself, and then has it."""
  for port in random.sample(range(*SERVER_PORTS), PORT_ATTEMPTS_MAX):
    with socket.socket() as probe:
      try:
        probe.bind(("127.0.0.1", port))
        return port
      except OSError:
        continue
  raise RuntimeError(f"none of {PORT_ATTEMPTS_MAX} ports was free")

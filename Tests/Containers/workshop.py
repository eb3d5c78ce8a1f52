"""podman, buildah and podman-compose with a storage of their own, which ends with the run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIM = Path(__file__).resolve().parent / "podman"
PROJECT = "higgs-domino"
COMMAND_TIMEOUT_SECONDS = 300
SHOWN_CHARACTERS_MAX = 4000
# podman says these whenever there is no systemd; they mean nothing here.
NOISE = re.compile(r"healthchecks?: .*systemd|connect to syslog|add healthchecks|start healthchecks")

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
lock_type = "file"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE_CONF = """\
[storage]
driver = "{driver}"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""


class Failure(Exception):
  """What was expected and what came instead."""


class Workshop:
  """Everything that this run makes, in one folder; the user's own podman is not touched."""

  def __init__(self, folder: Path, port: int):
    self.folder = folder
    self.port = port
    self.environment = {
      key: value for key, value in os.environ.items()
      if not key.startswith(("PG", "HIGGS_", "COMPOSE_", "BACKUP_", "CONTAINER"))
      and key not in ("DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "LOG_LEVEL")}
    self.environment |= {
      "CONTAINERS_CONF": str(folder / "containers.conf"),
      "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"), "PORT": str(port)}
    self.write_settings("overlay")

  def write_settings(self, driver: str) -> None:
    for name, text in (("containers.conf", CONTAINERS_CONF), ("storage.conf", STORAGE_CONF)):
      (self.folder / name).write_text(text.format(folder=self.folder, driver=driver))

  # ---- Programs --------------------------------------------------------------------------------

  def try_run(self, *command, timeout_seconds: int = COMMAND_TIMEOUT_SECONDS, cwd: Path = ROOT,
              stdin: str | None = None) -> subprocess.CompletedProcess:
    """Runs a program to its end; its words are in stdout and stderr."""
    try:
      return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=self.environment, text=True,
        capture_output=True, timeout=timeout_seconds, errors="replace",
        **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}))
    except subprocess.TimeoutExpired:
      raise Failure(f"{words_of(command)} did not end in {timeout_seconds} s") from None

  def run(self, *command, **options) -> str:
    """Runs a program that must succeed; what it answered."""
    ended = self.try_run(*command, **options)
    if ended.returncode != 0:
      raise Failure(f"{words_of(command)} ended with {ended.returncode}:\n{tail(ended)}")
    return ended.stdout.strip()

  def podman(self, *words, **options) -> str:
    return self.run("podman", *words, **options)

  def compose(self, *words, **options) -> str:
    """podman-compose in the root of the checkout, as people run docker-compose there."""
    return self.run(sys.executable, "-m", "podman_compose", "--podman-path", SHIM, "--in-pod",
                    "false", *words, **options)

  # ---- Containers ------------------------------------------------------------------------------

  def name(self, service: str) -> str:
    return f"{PROJECT}_{service}_1"

  def inspect(self, service: str) -> dict:
    return json.loads(self.podman("inspect", self.name(service)))[0]

  def address(self, service: str) -> str:
    """Where other services find it."""
    return self.inspect(service)["NetworkSettings"]["Networks"][f"{PROJECT}_inside"]["IPAddress"]

  def execute(self, service: str, *command, **options) -> str:
    """Runs a program in a container that runs."""
    return self.podman("exec", self.name(service), *command, **options)

  def sql(self, statement: str, database: str = "higgs_domino") -> str:
    """The database's answer to its superuser."""
    return self.execute("database", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                        database, "-c", statement)

  def logs(self, service: str) -> list[str]:
    ended = self.try_run("podman", "logs", self.name(service))
    return [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]

  def volume(self, name: str) -> Path:
    """Where the files of a volume are on this machine."""
    return Path(self.podman("volume", "inspect", "-f", "{{.Mountpoint}}", f"{PROJECT}_{name}"))

  @property
  def url(self) -> str:
    return f"http://127.0.0.1:{self.port}"

  # ---- The end ---------------------------------------------------------------------------------

  def remove(self) -> None:
    """Ends all containers, takes the networks down, and removes every file."""
    for words in (("rm", "--all", "--force", "--time", "10"), ("network", "prune", "--force")):
      try:
        self.try_run("podman", *words)
      except Failure as failure:
        print(f"while ending: {failure}", file=sys.stderr)
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted(filter(lambda path: path.startswith(f"{self.folder}/"), mounts),
                        reverse=True):
      subprocess.run(["umount", "--lazy", mount], check=False)
    shutil.rmtree(self.folder, ignore_errors=True)


def words_of(command) -> str:
  return " ".join(map(str, command))[:200]


def tail(ended: subprocess.CompletedProcess) -> str:
  """The end of what a program said, without what podman always says."""
  lines = [line for line in (ended.stdout + ended.stderr).splitlines() if not NOISE.search(line)]
  return "\n".join(lines)[-SHOWN_CHARACTERS_MAX:]

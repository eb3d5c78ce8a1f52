"""The database: made once with its sample, whole or not at all, and migrated at every start."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from .cluster import Cluster, last_lines
from .problem import Problem, duration, step
from .settings import DATABASE, Settings

PREPARING = "higgs_preparing"
MIGRATE_TIMEOUT_SECONDS = 1800
SAMPLE_TIMEOUT_SECONDS = 900
PSQL_TIMEOUT_SECONDS = 120


class Database:
  """What has to be in PostgreSQL before the server can start."""

  def __init__(self, settings: Settings, cluster: Cluster | None):
    self.settings = settings
    self.cluster = cluster
    self.log = settings.folder / "database.log"

  def prepare(self) -> None:
    """Makes or migrates it."""
    started = time.monotonic()
    if not self.cluster:
      version = self.migrate(self.settings.database_url)
      step("database", f"{version} (DATABASE_URL); no sample data in a database of yours")
    elif self.exists(DATABASE):
      version = self.migrate(self.cluster.uri(DATABASE))
      step("database", f"{version} ({duration(time.monotonic() - started)})")
    else:
      self.make(started)

  def make(self, started: float) -> None:
    """Makes it under another name: only what is whole gets the right one."""
    step("database", "making it, with sample players and hands (about a minute)")
    self.psql(f"drop database if exists {PREPARING} with (force)")
    self.psql(f"create database {PREPARING}")
    version = self.migrate(self.cluster.uri(PREPARING))
    words = self.run(
      self.cluster.programs / "psql", "-X", "-d", self.cluster.uri(PREPARING), "-f",
      self.settings.sample, timeout_seconds=SAMPLE_TIMEOUT_SECONDS,
      what="the sample could not be loaded")
    self.psql(f"alter database {PREPARING} rename to {DATABASE}")
    sample = re.search(r"The sample is loaded: (.*)", words)
    step("", f"{version}, sample: {sample[1] if sample else 'loaded'} "
             f"({duration(time.monotonic() - started)})")

  def migrate(self, uri: str) -> str:
    """Runs what is pending; says at which version it is now."""
    words = self.run(
      self.settings.higgs, "migrate", "up", "--migrations",
      self.settings.root / "database/migrations", timeout_seconds=MIGRATE_TIMEOUT_SECONDS,
      what="the database could not be migrated", environment={"DATABASE_URL": uri})
    match = re.search(r"is (?:now )?at (\d+)", words)
    return f"at version {match[1]}" if match else "migrated"

  def exists(self, name: str) -> bool:
    return self.psql(f"select 1 from pg_database where datname = '{name}'").strip() == "1"

  def psql(self, statement: str, database: str = "postgres") -> str:
    """One statement as the cluster's superuser; its answer."""
    return self.run(
      self.cluster.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
      self.cluster.uri(database), "-c", statement, timeout_seconds=PSQL_TIMEOUT_SECONDS,
      what="PostgreSQL refused a statement")

  def run(self, *command, timeout_seconds: int, what: str,
          environment: dict[str, str] | None = None) -> str:
    """A program that must succeed; its words, which the log gets, too."""
    process = subprocess.Popen(
      [str(word) for word in command], cwd=self.settings.root, text=True, errors="replace",
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
      start_new_session=True, env=self.environment() | (environment or {}))
    try:
      words, _ = process.communicate(timeout=timeout_seconds)
    except BaseException as error:
      # What was begun is undone by PostgreSQL; a killed program leaves nothing half done.
      os.killpg(process.pid, signal.SIGKILL)
      process.wait()
      if isinstance(error, subprocess.TimeoutExpired):
        raise Problem(f"{what} in {duration(timeout_seconds)}", f"See {self.log}") from None
      raise
    with self.log.open("a", encoding="utf-8") as log:
      log.write(words)
    if process.returncode != 0:
      raise Problem(f"{what}; the end of its words:", *last_lines(self.log),
                    f"All of it: {self.log}")
    return words

  def environment(self) -> dict[str, str]:
    """The caller's; with a cluster of our own nothing that steers libpq elsewhere."""
    return server_environment(self.cluster is not None)


def server_environment(is_own: bool) -> dict[str, str]:
  """The caller's environment; for a database of our own without libpq's variables."""
  return {key: value for key, value in os.environ.items()
          if not (is_own and (key.startswith("PG") or key == "DATABASE_URL"))}

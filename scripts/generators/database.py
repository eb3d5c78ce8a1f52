"""A throw-away database on a given server, and the PostgreSQL programs that act on it."""

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .migrations import GeneratorError

TIMEOUT_SECONDS = 300


class Database:
  """One database, reached with the programs in `bindir`."""

  def __init__(self, server_uri: str, name: str, bindir: str):
    self.uri = server_uri.rsplit("/", 1)[0] + "/" + name
    self.bindir = Path(bindir)

  def run(self, program: str, *arguments: str, stdin: str | None = None) -> str:
    """Runs psql or pg_dump on this database; raises GeneratorError with its words."""
    ended = subprocess.run(
      [self.bindir / program, "--dbname", self.uri, *arguments], input=stdin, text=True,
      encoding="utf-8", capture_output=True, timeout=TIMEOUT_SECONDS, env=clean_environment())
    if ended.returncode != 0:
      raise GeneratorError(f"{program} failed: {ended.stderr.strip()}")
    return ended.stdout

  def psql(self, sql: str) -> str:
    """What psql prints for the statements, without decoration."""
    return self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-", stdin=sql)

  def run_file(self, path: Path) -> str:
    """Runs a file as a user of psql would."""
    return self.run("psql", "-X", "-f", str(path))

  def run_script(self, text: str) -> str:
    """Runs the text of a file as `run_file` does."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
      file.write(text)
      file.flush()
      return self.run_file(Path(file.name))

  def rows(self, query: str) -> list[dict]:
    """The rows of a query, each as a dictionary."""
    return json.loads(self.psql(f"select coalesce(json_agg(r), '[]') from ({query}) as r;"))


def clean_environment() -> dict[str, str]:
  """The environment without the caller's PG* variables."""
  return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


@contextmanager
def temporary_database(server_uri: str, bindir: str, name: str):
  """A new empty database that is dropped at the end."""
  server = Database(server_uri, "postgres", bindir)
  server.psql(f"drop database if exists {name} with (force); create database {name};")
  try:
    yield Database(server_uri, name, bindir)
  finally:
    server.psql(f"drop database if exists {name} with (force);")

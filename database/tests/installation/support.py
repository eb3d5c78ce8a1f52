"""Databases for the installation tests: on the given server, or on a new and empty one."""

import difflib
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

from generators.database import Database, clean_environment  # noqa: E402
from generators.migrations import read_migrations  # noqa: E402
from generators.schema_sql import dump  # noqa: E402
from generators.setup_sql import LOCK_KEY, setup_sql  # noqa: E402,F401

SETUP = ROOT / "database/setup.sql"
SCHEMA = ROOT / "database/schema.sql"
MIGRATIONS = read_migrations(ROOT / "database/migrations")
NEWEST = f"{MIGRATIONS[-1].version:03}"
TIMEOUT_SECONDS = 120


def bindir() -> str:
  """The programs of the version under test."""
  return os.environ["HIGGS_TEST_PG_BINDIR"]


class Server:
  """A server with helpers that make, run on and drop databases."""

  def __init__(self, uri: str):
    self.uri = uri

  def database(self, name: str, user: str = "postgres") -> Database:
    """The database as that user sees it."""
    return Database(self.uri.replace("//postgres@", f"//{user}@"), name, bindir())

  def create(self, name: str, options: str = "") -> None:
    """A new database, whatever was there under its name."""
    self.drop(name)
    self.database("postgres").psql(f"create database {name} {options};")

  def drop(self, name: str) -> None:
    """No such database any more."""
    self.database("postgres").psql(
      f"set client_min_messages = warning; drop database if exists {name} with (force);")

  def psql(self, name: str, *arguments: str, user: str = "postgres", **options):
    """Runs psql as a person would; returns what ended, with both outputs in `.stdout`."""
    uri = self.database(name, user).uri
    environment = clean_environment() | options.pop("environment", {})
    return subprocess.run(
      [f"{bindir()}/psql", "-d", uri, *arguments], text=True, encoding="utf-8",
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
      timeout=TIMEOUT_SECONDS, env=environment, **options)


def new_server(folder: str) -> Server:
  """A cluster of its own, without any of the project's roles."""
  started = subprocess.run(
    [ROOT / "scripts/postgres", "start", f"{folder}/server", "--bindir", bindir()], text=True,
    stdout=subprocess.PIPE, check=True)
  return Server(started.stdout.strip())


def end_server(folder: str) -> None:
  """Ends what `new_server` started."""
  subprocess.run([ROOT / "scripts/postgres", "stop", f"{folder}/server"], check=True)


def schema_of(database: Database) -> list[str]:
  """The lines of the schema as pg_dump prints it."""
  return dump(database).splitlines()


class InstallationTest(unittest.TestCase):
  """A test with a database of its own on the server that HIGGS_TEST_POSTGRES names."""

  def setUp(self):
    self.server = Server(os.environ["HIGGS_TEST_POSTGRES"])
    self.name = f"higgs_install_{os.getpid()}"
    self.server.create(self.name)
    self.addCleanup(self.server.drop, self.name)

  @property
  def database(self) -> Database:
    return self.server.database(self.name)

  def run_setup(self, *arguments: str, **options):
    """Runs database/setup.sql from another directory."""
    return self.server.psql(self.name, *arguments, "-f", str(SETUP), cwd="/", **options)

  def run_text(self, text: str):
    """Runs a text as a file."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
      file.write(text)
      file.flush()
      return self.server.psql(self.name, "-f", file.name)

  def assertSucceeds(self, ended, *words: str):
    self.assertEqual(ended.returncode, 0, ended.stdout)
    for word in words:
      self.assertIn(word, ended.stdout)

  def assertRefuses(self, ended, *words: str):
    self.assertNotEqual(ended.returncode, 0, ended.stdout)
    for word in words:
      self.assertIn(word, ended.stdout)

  def assertSameSchema(self, found: list[str], wanted: list[str]):
    difference = list(difflib.unified_diff(wanted, found, "wanted", "found", n=0, lineterm=""))
    if difference:
      self.fail("\n".join(["the schemas differ:", *difference]))

  def recorded(self) -> str:
    """The whole record, as text."""
    return self.database.psql("select m from public.schema_migrations as m order by version;")

"""The migration files: their order, names and hashes, checked before anything is made of them."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = re.compile(r"(\d{3})_([a-z0-9_]+)\.sql")
DIRECTIVE = re.compile(r"^-- *higgs:(.*)$", re.MULTILINE)


class GeneratorError(Exception):
  """What is wrong and what to do, in one sentence."""


@dataclass(frozen=True)
class Migration:
  """One file of database/migrations."""

  version: int
  name: str
  file_name: str
  sha256: str
  text: str
  in_transaction: bool


def read_migrations(folder: Path) -> list[Migration]:
  """The files in order; raises GeneratorError for a file or a numbering that cannot be."""
  paths = sorted(folder.glob("*.sql"))
  if not paths:
    raise GeneratorError(f"there are no migrations in {folder}")
  migrations = [read_migration(path) for path in paths]
  for expected, migration in enumerate(migrations, start=1):
    if migration.version != expected:
      raise GeneratorError(
        f"{migration.file_name} is where {expected:03} should be: numbers start at 001, "
        "without gap or repetition")
  return migrations


def read_migration(path: Path) -> Migration:
  """One file, by the rules that `higgs migrate` holds it to as well."""
  match = FILE_NAME.fullmatch(path.name)
  if not match:
    raise GeneratorError(f"{path.name}: call it like 005_rooms_by_region.sql")
  content = path.read_bytes()
  if b"\r" in content:
    raise GeneratorError(f"{path.name} has Windows line endings: save it with LF")
  if not content.endswith(b"\n"):
    raise GeneratorError(f"{path.name} does not end with a line feed: add one")
  text = content.decode("utf-8")
  return Migration(
    version=int(match[1]), name=match[2], file_name=path.name,
    sha256=hashlib.sha256(content).hexdigest(), text=text,
    in_transaction=not has_no_transaction_directive(path.name, text))


def has_no_transaction_directive(file_name: str, text: str) -> bool:
  """Whether the header asks to run outside a transaction (for indexes built concurrently)."""
  header = re.match(r"(?:--.*\n|\n)*", text)[0]
  directives = [match[1].strip() for match in DIRECTIVE.finditer(header)]
  if directives not in ([], ["no-transaction"]):
    raise GeneratorError(f"{file_name}: unknown directive {directives}; there is no-transaction")
  return bool(directives)

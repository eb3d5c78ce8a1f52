"""What a run is told by its environment, and where it keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

DEFAULT_PORT = 3000
DEFAULT_HOST = "127.0.0.1"
DATABASE = "higgs_domino"


@dataclass(frozen=True)
class Settings:
  """One run: its checkout, its folder, and what the caller asked for."""

  root: Path
  folder: Path
  host: str
  port: int
  database_url: str | None
  program: Path | None
  sample: Path

  @classmethod
  def read(cls, root: Path, environment=os.environ) -> "Settings":
    """The settings of the environment; HIGGS_RUN_* are for tests."""
    folder = Path(environment.get("HIGGS_RUN_FOLDER") or root / ".run")
    program = environment.get("HIGGS_RUN_PROGRAM")
    return cls(
      root=root, folder=folder.resolve(), host=environment.get("HIGGS_RUN_HOST") or DEFAULT_HOST,
      port=read_port(environment.get("PORT", "")),
      database_url=environment.get("DATABASE_URL") or None,
      program=Path(program).absolute() if program else None,
      sample=Path(environment.get("HIGGS_RUN_SAMPLE") or root / "database/init.sql").absolute())

  @property
  def higgs(self) -> Path:
    """The program."""
    return self.program or self.root / ".build/release/higgs"

  @property
  def address(self) -> str:
    """Where a browser on this machine finds it."""
    host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
    return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

  def make_folder(self) -> None:
    """Makes the folder of the run; others may pass through, since PostgreSQL's user has to."""
    self.folder.mkdir(parents=True, exist_ok=True)


def read_port(text: str) -> int:
  """The port; the default for no text."""
  if not text:
    return DEFAULT_PORT
  if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
    raise Problem(f"PORT is '{text}', which is no port", "Use a number of 1 to 65535, such as:",
                  "make run PORT=3001")
  return int(text)

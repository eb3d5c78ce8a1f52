"""The papers of the program's variables, which the program itself prints."""

import subprocess
from pathlib import Path

from .migrations import GeneratorError

TIMEOUT_SECONDS = 30
PAPERS = {"docs/configuration.md": "--markdown", ".env.example": "--env"}


def configuration_papers(root: Path, program: Path) -> dict[Path, str]:
  """Each paper by its path below the root."""
  if not (root / program).is_file():
    raise GeneratorError(f"there is no program {program}: run make build first")
  return {Path(path): printed(root / program, option) for path, option in PAPERS.items()}


def printed(program: Path, option: str) -> str:
  ended = subprocess.run([program, "configuration", option], text=True, stdout=subprocess.PIPE,
                         timeout=TIMEOUT_SECONDS)
  if ended.returncode != 0:
    raise GeneratorError(f"{program} configuration {option} ended with {ended.returncode}")
  return ended.stdout

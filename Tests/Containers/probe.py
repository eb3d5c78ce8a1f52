"""Whether this machine lets podman start a container at all: asked before the tests are run."""

import re
import shutil
from pathlib import Path

from images import LIMITS
from workshop import Failure, Workshop

# `make test` reads it: the stage is then left out, with the last line as its reason.
CANNOT_STATUS = 77
PROGRAM = "/bin/true"
REASON_CHARACTERS_MAX = 300


def run(workshop: Workshop) -> int:
  """Starts a container with a network and a limit, as all of the tests' have."""
  if not shutil.which("podman"):
    return 0  # Nothing is known yet, and the tests themselves name what is not installed.
  root = make_root(workshop)
  try:
    workshop.podman("run", "--rm", *LIMITS, "--rootfs", root, PROGRAM)
  except Failure as failure:
    return cannot(reason(str(failure)))
  print("podman can start a container here")
  return 0


def make_root(workshop: Workshop) -> Path:
  """A root file system of one program and its libraries: no image is needed."""
  root = workshop.folder / "probe"
  libraries = re.findall(r"(/\S+) \(0x", workshop.run("ldd", PROGRAM))
  for file in (PROGRAM, *libraries):
    (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, root / file[1:])
  for folder in ("dev", "etc", "proc", "run", "sys", "tmp"):
    (root / folder).mkdir(exist_ok=True)
  return root


def reason(words: str) -> str:
  """podman's own error, which comes after the words that name the command."""
  lines = [line for line in words.splitlines()[1:] if line.strip()]
  errors = [line for line in lines if line.startswith("Error")]
  return (errors or lines or [words])[0][:REASON_CHARACTERS_MAX]


def cannot(why: str) -> int:
  print(f"podman cannot start a container here: {why}")
  return CANNOT_STATUS

"""The key ring of this checkout: made once, readable by its owner only, never overwritten."""

import json
import os
import secrets
from pathlib import Path

from .problem import Problem, step

KEY_BYTES = 32
FIRST_KEY = "1"


def key_ring(folder: Path) -> Path:
  """The file with the keys; it is made where it is missing."""
  given = os.environ.get("HIGGS_KEY_RING_FILE")
  if given:
    if not Path(given).is_file():
      raise Problem(f"HIGGS_KEY_RING_FILE is {given}, and there is no such file",
                    "Name the key ring, or leave the variable out: one is made then.")
    return Path(given).absolute()
  file = folder / "keys/key-ring.json"
  if file.exists():
    return file
  make(file)
  step("keys", f"made {file}")
  return file


def make(file: Path) -> None:
  """Writes a new ring beside its place and moves it there, so that half a file is never read."""
  file.parent.mkdir(mode=0o700, exist_ok=True)
  text = json.dumps({"current": FIRST_KEY, "keys": {FIRST_KEY: secrets.token_hex(KEY_BYTES)}})
  half = file.with_suffix(".half-made")
  half.unlink(missing_ok=True)
  descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
  with os.fdopen(descriptor, "w", encoding="utf-8") as out:
    out.write(text + "\n")
    out.flush()
    os.fsync(out.fileno())
  half.rename(file)

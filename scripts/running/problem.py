"""What the run says: its steps, and what is wrong with what to do about it."""

import errno
import os
import sys
import time

STEP_COLUMNS = 12


class Problem(Exception):
  """Something that ends the run: what is wrong, and then what to do, a line each."""

  def __init__(self, what: str, *advice: str):
    super().__init__(what)
    self.what = what
    self.advice = advice

  def tell(self) -> None:
    """Says it on standard error."""
    lines = [f"make run: {self.what}", *(f"  {line}" for line in self.advice)]
    try:
      print("\n".join(lines), file=sys.stderr, flush=True)
    except OSError:
      pass  # The terminal is gone; nobody is there to be told.


def say(line: str = "") -> None:
  """Prints a line; a terminal that is gone is no reason to leave the servers alone."""
  try:
    print(line, flush=True)
  except OSError:
    pass


def step(name: str, words: str) -> None:
  """Says how a step went, such as `database    migrated to 009`."""
  say(f"{name:{STEP_COLUMNS}}{words}")


def event(words: str) -> None:
  """Says what happened while it runs, with the time."""
  say(f"{time.strftime('%H:%M:%S')}  {words}")


def duration(seconds: float) -> str:
  """Such as `0.8 s`, `42 s` or `12 min 05 s`."""
  if seconds < 10:
    return f"{seconds:.1f} s"
  if seconds < 60:
    return f"{seconds:.0f} s"
  return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def problem_of(error: OSError) -> Problem:
  """What an error of the system means to the user."""
  where = error.filename or "a file"
  if error.errno in (errno.ENOSPC, errno.EDQUOT):
    return Problem(f"the disk is full (at {where})", "Make room, then: make run")
  if error.errno in (errno.EACCES, errno.EPERM):
    return Problem(
      f"user {os.getuid()} may not use {where}: {error.strerror}",
      "Was it made by another user, such as root? Run as that user,",
      "or remove the folder .run of this checkout as that user.")
  if error.errno == errno.EROFS:
    return Problem(f"{where} is on a file system that cannot be written to",
                   "Clone the project to a folder that can be written to.")
  return Problem(f"{where}: {error.strerror or error}")

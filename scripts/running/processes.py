"""Processes, and that a number in a file still means the process that it was written for."""

import os
import signal
import time
from pathlib import Path

POLL_SECONDS = 0.1


def start_mark(pid: int) -> str | None:
  """When a process started, in the system's ticks: with its pid it is one process for ever."""
  try:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
  except OSError:
    return None
  fields = words.rpartition(")")[2].split()
  # A zombie is at its end already.
  return None if fields[0] in ("Z", "X") else fields[19]


def command_line(pid: int) -> list[str]:
  """The words that a process was started with; every user may read them."""
  try:
    words = Path(f"/proc/{pid}/cmdline").read_bytes()
  except OSError:
    return []
  return [word.decode("utf-8", "replace") for word in words.split(b"\0")]


def is_alive(pid: int, mark: str | None) -> bool:
  """Whether this very process is there still."""
  found = start_mark(pid)
  return found is not None and (mark is None or found == mark)


def send(pid: int, mark: str | None, number: int) -> None:
  """Signals a process if it is still the one that is meant."""
  if is_alive(pid, mark):
    try:
      os.kill(pid, number)
    except ProcessLookupError:
      pass


def wait_for_end(pid: int, mark: str | None, seconds: float, hurried=lambda: False) -> bool:
  """Whether the process ended in time; `hurried` ends the wait at once."""
  deadline = time.monotonic() + seconds
  while is_alive(pid, mark):
    if time.monotonic() > deadline or hurried():
      return not is_alive(pid, mark)
    time.sleep(POLL_SECONDS)
  return True


def end(pid: int, mark: str | None, steps, hurried=lambda: False) -> bool:
  """Sends signals in turn, each with its seconds of grace; True if the first one was enough."""
  for place, (number, seconds) in enumerate(steps):
    send(pid, mark, number)
    if wait_for_end(pid, mark, seconds, hurried if place == 0 else lambda: False):
      return place == 0
  return False


KILL = (signal.SIGKILL, 10)

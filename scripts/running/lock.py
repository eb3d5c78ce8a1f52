"""One run a folder: the lock that a run holds as long as it lives."""

import fcntl
import json
import os
import signal
import time
from pathlib import Path

from . import processes
from .problem import Problem

STOP_TIMEOUT_SECONDS = 100


class Lock:
  """A file that is locked by the run whose pid and address it holds."""

  def __init__(self, folder: Path):
    self.path = folder / "lock"
    self.file = None

  def take(self) -> bool:
    """Takes the lock; False where another run has it."""
    file = open(self.path, "a+", encoding="utf-8")
    try:
      fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      file.close()
      return False
    self.file = file
    return True

  def write(self, **facts) -> None:
    """Notes what others may want to know of the run."""
    self.file.seek(0)
    self.file.truncate()
    json.dump(facts, self.file)
    self.file.flush()

  def facts(self) -> dict:
    """What the run that has the lock noted; empty where nothing can be read."""
    try:
      return json.loads(self.path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
      return {}

  def demand(self, port: int) -> None:
    """Takes the lock, or says which run has it."""
    if not self.take():
      facts = self.facts()
      raise Problem(
        f"this checkout runs already (pid {facts.get('pid', 'unknown')}, "
        f"{facts.get('address', 'still starting')})",
        "To end it:                     make stop",
        "To run a second one beside it: clone the project to another folder,",
        f"                               and there: make run PORT={port + 1}")
    self.write(pid=os.getpid(), mark=processes.start_mark(os.getpid()))

  def stop_holder(self) -> int | None:
    """Ends the run that has the lock, in order, and takes the lock; its pid, or None."""
    if self.take():
      return None
    facts = self.facts()
    pid = facts.get("pid")
    if not isinstance(pid, int):
      raise Problem(f"a run holds {self.path}, but does not say which process it is",
                    "Wait a moment, then: make stop")
    processes.send(pid, facts.get("mark"), signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while not self.take():
      if time.monotonic() > deadline:
        raise Problem(f"the run with pid {pid} did not end in {STOP_TIMEOUT_SECONDS} s",
                      f"Look at it yourself; to end it at once: kill -9 {pid}; make stop")
      time.sleep(processes.POLL_SECONDS)
    return pid

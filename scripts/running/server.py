"""The game server as a process: started, waited for, ended in order."""

import ctypes
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .cluster import last_lines
from .problem import Problem

READY_TIMEOUT_SECONDS = 60
# The server promises 25 s whatever its clients do.
STOP_SECONDS = 28
CONFIGURATION_STATUS, DATABASE_STATUS = 64, 69
SET_PARENT_DEATH_SIGNAL = 1


@dataclass
class Server:
  """`higgs serve`, with its files in a folder."""

  program: Path
  folder: Path
  environment: dict[str, str]
  child: subprocess.Popen | None = None
  mark: str | None = None
  started: float = 0

  @property
  def log(self) -> Path:
    return self.folder / "server.log"

  @property
  def pid_file(self) -> Path:
    return self.folder / "server.pid"

  def start(self) -> None:
    """Starts it; it is ended if this program dies without a word."""
    self.out.write_text("")
    with self.out.open("ab") as out, self.log.open("ab") as log:
      self.child = subprocess.Popen(
        [self.program, "serve"], cwd=self.folder.parent, stdin=subprocess.DEVNULL, stdout=out,
        stderr=log, env=self.environment, start_new_session=True, preexec_fn=follow_parent)
    self.started = time.monotonic()
    self.mark = processes.start_mark(self.child.pid)
    self.pid_file.write_text(f"{self.child.pid}\n")
    (self.folder / "server.mark").write_text(f"{self.mark}\n")

  @property
  def out(self) -> Path:
    """Its standard output, where it says that it listens."""
    return self.folder / "server.out"

  def address(self) -> str | None:
    """Where it listens, once it has said so."""
    match = re.search(r'\blistening on (http[^\s"]+)', self.out.read_text(errors="replace"))
    return match[1] if match else None

  def wait_until_ready(self) -> str:
    """Its address. A server that ends meanwhile is a problem."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not (address := self.address()):
      if self.child.poll() is not None:
        raise self.problem()
      if time.monotonic() > deadline:
        raise Problem(f"the server does not listen after {READY_TIMEOUT_SECONDS} s; "
                      "the end of its log:", *last_lines(self.log), f"All of it: {self.log}")
      time.sleep(processes.POLL_SECONDS)
    return address

  def problem(self) -> Problem:
    """Why it ended."""
    words = {
      CONFIGURATION_STATUS: "the server refuses its configuration",
      DATABASE_STATUS: "the server does not reach its database",
    }.get(self.child.returncode, f"the server {how_it_ended(self.child.returncode)}")
    return Problem(f"{words}; the end of its log:", *last_lines(self.log),
                   f"All of it: {self.log}")

  def is_gone(self) -> bool:
    return self.child is not None and self.child.poll() is not None

  def stop(self, hurried=lambda: False) -> bool:
    """Ends it; True if it did so in order."""
    is_orderly = True
    if self.child and self.child.poll() is None:
      is_orderly = processes.end(self.child.pid, self.mark, (
        (signal.SIGTERM, STOP_SECONDS), processes.KILL), hurried)
      self.child.wait()
    self.pid_file.unlink(missing_ok=True)
    (self.folder / "server.mark").unlink(missing_ok=True)
    return is_orderly


def end_survivor(folder: Path) -> int | None:
  """Ends the server of a run that was killed; its pid, or None."""
  try:
    pid = int((folder / "server.pid").read_text())
    mark = (folder / "server.mark").read_text().strip()
  except (OSError, ValueError):
    return None
  if not processes.is_alive(pid, mark):
    return None
  processes.end(pid, mark, ((signal.SIGTERM, STOP_SECONDS), processes.KILL))
  return pid


def follow_parent() -> None:
  """Asks the kernel for a SIGTERM to this process when the one that started it dies."""
  libc = ctypes.CDLL(None)
  if hasattr(libc, "prctl"):
    libc.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def how_it_ended(status: int) -> str:
  """Such as `was killed by SIGKILL` or `ended with status 1`."""
  if status >= 0:
    return f"ended with status {status}"
  try:
    return f"was killed by {signal.Signals(-status).name}"
  except ValueError:
    return f"was killed by signal {-status}"

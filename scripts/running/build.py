"""The release build that `make run` and `make test` share, with its progress."""

import hashlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

from .checks import check_swift
from .problem import Problem, duration, say, step

COMMAND = ("swift", "build", "-c", "release", "--build-tests")
BUILD_TIMEOUT_SECONDS = 2 * 3600
# Without a terminal a line of progress comes every so often.
PLAIN_LINE_SECONDS = 15
SHOWN_ERRORS_MAX = 20
ERROR_CHARACTERS_MAX = 300


def build(root: Path, log: Path) -> None:
  """Builds what has changed; nothing where the last build was of these very files."""
  stamp = root / ".build/higgs-sources.sha256"
  wanted = digest_of_sources(root)
  if stamp.exists() and stamp.read_text() == wanted and (root / ".build/release/higgs").exists():
    step("build", "nothing has changed since the last one")
    return
  if not (root / ".build/release/higgs").exists():
    step("build", "release mode, with the tests; the first one takes 10 to 20 minutes on two cores")
  started = time.monotonic()
  steps = run_build(root, log)
  stamp.write_text(wanted)
  step("build", f"done in {duration(time.monotonic() - started)}{steps}")


def digest_of_sources(root: Path) -> str:
  """Of the names, times and sizes of all that the build reads, and of the toolchain."""
  digest = hashlib.sha256(check_swift().encode())
  files = [root / "Package.swift", root / "Package.resolved"]
  for folder in ("Sources", "Tests", "bench"):
    files += sorted(path for path in (root / folder).rglob("*") if path.is_file())
  for path in files:
    if path.exists() and "__pycache__" not in path.parts:
      status = path.stat()
      digest.update(f"{path.relative_to(root)} {status.st_mtime_ns} {status.st_size}\n".encode())
  return digest.hexdigest()


def run_build(root: Path, log: Path) -> str:
  """Runs the build with its words in the log and its progress on the screen."""
  with log.open("wb") as file:
    process = subprocess.Popen(COMMAND, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
      progress = follow(process, file)
    finally:
      end(process)
  if process.returncode != 0:
    raise failure(log, process.returncode)
  return f", {progress.total} steps" if progress.total else ""


def follow(process: subprocess.Popen, log) -> "Progress":
  """Copies the words to the log and shows how far it is, until they end."""
  progress = Progress()
  os.set_blocking(process.stdout.fileno(), False)
  with selectors.DefaultSelector() as selector:
    selector.register(process.stdout, selectors.EVENT_READ)
    while True:
      if selector.select(timeout=1):
        chunk = process.stdout.read(1 << 16)
        if chunk == b"":
          break
        if chunk:
          log.write(chunk)
          log.flush()
          progress.read(chunk.decode("utf-8", "replace"))
      progress.show()
      if time.monotonic() - progress.started > BUILD_TIMEOUT_SECONDS:
        raise Problem(f"the build was stopped after {duration(BUILD_TIMEOUT_SECONDS)}",
                      f"Its words: {log.name}")
  progress.clear()
  process.wait()
  return progress


class Progress:
  """How far a build is, by the words of `swift build`."""

  def __init__(self):
    self.started = time.monotonic()
    self.shown = self.started
    self.done = self.total = 0
    self.what = "fetching and planning"
    self.is_terminal = sys.stdout.isatty()

  def read(self, words: str) -> None:
    for done, total, what in re.findall(r"\[(\d+)/(\d+)\] ([^\r\n]+)", words):
      self.done, self.total, self.what = int(done), int(total), what

  def show(self) -> None:
    now = time.monotonic()
    if now - self.shown < (0.5 if self.is_terminal else PLAIN_LINE_SECONDS):
      return
    self.shown = now
    count = f"{self.done} of {self.total}  " if self.total else ""
    line = f"build       {duration(now - self.started)}  {count}{self.what}"
    if self.is_terminal:
      columns = os.get_terminal_size(sys.stdout.fileno()).columns
      print(f"\r\033[K{line[:columns - 1]}", end="", flush=True)
    else:
      say(line[:100])

  def clear(self) -> None:
    if self.is_terminal:
      print("\r\033[K", end="", flush=True)


def end(process: subprocess.Popen) -> None:
  """Ends the build and the compilers that it started."""
  for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
    if process.poll() is not None:
      return
    os.killpg(process.pid, number)
    try:
      process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
      pass


def failure(log: Path, status: int) -> Problem:
  """What the compiler had against it."""
  words = log.read_text(encoding="utf-8", errors="replace")
  errors = list(dict.fromkeys(
    line[:ERROR_CHARACTERS_MAX] for line in words.splitlines() if "error:" in line))
  advice = [f"All of it: {log}"]
  if "signal 9" in words or "Killed" in words:
    advice.insert(0, "The system ended the compiler: is there enough memory? 4 GB are.")
  if "No space left on device" in words:
    advice.insert(0, "The disk is full. Make room, then: make run")
  if "could not resolve host" in words.lower() or "unable to access" in words:
    advice.insert(0, "A package could not be fetched. Is the network there? Then: make run")
  return Problem(f"the build ended with status {status}", *errors[:SHOWN_ERRORS_MAX], *advice)

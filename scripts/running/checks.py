"""What is looked at before anything is done: the port, the disk, the toolchain."""

import errno
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from .problem import Problem, step
from .settings import Settings

# What a first build and the packages take, and what a run needs to go on.
FIRST_BUILD_BYTES = 5 << 30
RUN_BYTES = 1 << 30
OLDEST_SWIFT = (6, 2)
TOOL_TIMEOUT_SECONDS = 60


def check_system(settings: Settings, builds: bool) -> None:
  """Everything, the quickest first."""
  if not Path("/proc/self/stat").exists():
    raise Problem("this system has no /proc, and only Linux is supported here",
                  "On another system run it in a container with Debian or Ubuntu.")
  check_port(settings)
  free = check_disk(settings, builds)
  words = f"port {settings.port} is free, {free / (1 << 30):.0f} GB of disk"
  if builds:
    words += f", Swift {check_swift()}"
  step("checks", words)


def check_port(settings: Settings) -> None:
  """Whether the server will be able to listen."""
  family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
  with socket.socket(family, socket.SOCK_STREAM) as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
      probe.bind((settings.host, settings.port))
    except OSError as error:
      raise port_problem(settings, error) from None


def port_problem(settings: Settings, error: OSError) -> Problem:
  where = f"{settings.host}:{settings.port}"
  if error.errno == errno.EADDRINUSE:
    other = settings.port + 1 if settings.port < 65535 else 3000
    return Problem(f"port {settings.port} is taken{holder_of(settings.port)}",
                   f"Use another one: make run PORT={other}")
  if error.errno == errno.EACCES:
    return Problem(f"this user may not listen on port {settings.port}",
                   "Ports below 1024 are for root. Use another one: make run PORT=3000")
  return Problem(f"nothing can listen on {where}: {error.strerror or error}",
                 "Is HOST an address of this machine? Use: make run HOST=127.0.0.1")


def holder_of(port: int) -> str:
  """Such as ` by python3 (pid 123)`, where the system tells."""
  sockets = set()
  for table in ("/proc/net/tcp", "/proc/net/tcp6"):
    try:
      lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
    except OSError:
      continue
    for fields in map(str.split, lines):
      # Local address and port, state 0A (listening), inode.
      if int(fields[1].rpartition(":")[2], 16) == port and fields[3] == "0A":
        sockets.add(f"socket:[{fields[9]}]")
  for entry in Path("/proc").glob("[0-9]*/fd/*"):
    try:
      if os.readlink(entry) in sockets:
        folder = entry.parent.parent
        name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
        return f" by {name} (pid {folder.name})"
    except OSError:
      continue
  return " by another program"


def check_disk(settings: Settings, builds: bool) -> int:
  """The free bytes, if they are enough."""
  is_first = builds and not settings.higgs.exists()
  needed = FIRST_BUILD_BYTES if is_first else RUN_BYTES
  free = shutil.disk_usage(settings.folder).free
  if free < needed:
    raise Problem(
      f"{settings.folder} has {free / (1 << 30):.1f} GB of free disk, and "
      f"{needed / (1 << 30):.0f} GB are needed{' for the first build' if is_first else ''}",
      "Make room, or clone the project to a larger disk, then: make run")
  return free


def check_swift() -> str:
  """The version of the toolchain, if it is new enough."""
  oldest = ".".join(map(str, OLDEST_SWIFT))
  advice = f"Install Swift {oldest} or newer from https://www.swift.org/install, then: make run"
  program = shutil.which("swift")
  if not program:
    raise Problem("there is no 'swift' in PATH", advice)
  try:
    said = subprocess.run([program, "--version"], text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=TOOL_TIMEOUT_SECONDS)
  except (OSError, subprocess.TimeoutExpired) as error:
    raise Problem(f"'swift --version' does not work: {error}", advice) from None
  match = re.search(r"Swift version (\d+)\.(\d+)(?:\.(\d+))?", said.stdout + said.stderr)
  if not match:
    first = ((said.stdout + said.stderr).strip().splitlines() or ["nothing"])[0]
    raise Problem(f"{program} does not tell its version, but: {first}", advice)
  version = ".".join(filter(None, match.groups()))
  if (int(match[1]), int(match[2])) < OLDEST_SWIFT:
    raise Problem(f"Swift is {version}, and {oldest} or newer is needed", advice)
  return version

#!/usr/bin/env python3
"""Builds the images, brings docker-compose.yml up, plays, kills, restores: as an operator meets it.

Works with podman and buildah, as root, in a storage of its own in /var/tmp that ends with the run.
The images take the release build that is there. The last line is `N passed, N failed`.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import images
import installation
import lives
import probe
from running.stack import free_port
from workshop import ROOT, Failure, Workshop

PREFIX = "higgs-containers."
PLACE = Path("/var/tmp")
FREE_BYTES_MIN = 6 << 30
PROGRAMS = ("podman", "buildah", "runc", "debootstrap", "ldd", "strip")


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--program", type=Path, default=ROOT / ".build/release/higgs")
  parser.add_argument("--probe", action="store_true", help="say only whether containers can start")
  parser.add_argument("--keep", action="store_true", help="leave it running; prints its folder")
  arguments = parser.parse_args()
  if os.geteuid() != 0:
    return become_root(arguments.probe)
  for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stopped)
  remove_left_overs()
  folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PLACE))
  (folder / "pid").write_text(f"{os.getpid()}\n")
  workshop = Workshop(folder, free_port())
  try:
    if arguments.probe:
      return probe.run(workshop)
    return run(workshop, arguments.program.absolute())
  finally:
    if arguments.keep:
      print(f"It is left in {folder}; CONTAINERS_CONF and CONTAINERS_STORAGE_CONF are there.")
    else:
      workshop.remove()


def become_root(is_probe: bool) -> int:
  """podman's networks, debootstrap and the limits of memory are root's."""
  if shutil.which("sudo"):
    words = ["sudo", "--non-interactive", "--preserve-env=XDG_CACHE_HOME,HOME", sys.executable,
             *sys.argv]
    if os.spawnvp(os.P_WAIT, "sudo", [*words[:3], "true"]) == 0:
      os.execvp("sudo", words)
  if is_probe:
    return probe.cannot("this user is not root and may not use sudo without a password")
  print("FAIL containers can be tested here\n     This needs root: networks of containers and "
        "debootstrap are root's.\n     Run it as root, or as a user who may use sudo without "
        "a password: make test-containers")
  print("0 passed, 1 failed")
  return 1


def stopped(number, _frame):
  raise SystemExit(128 + number)


def remove_left_overs() -> None:
  """What runs that were killed have left behind."""
  for folder in PLACE.glob(f"{PREFIX}*"):
    try:
      pid = int((folder / "pid").read_text())
      os.kill(pid, 0)
    except (OSError, ValueError):
      Workshop(folder, 0).remove()


def run(workshop: Workshop, program: Path) -> int:
  """Every step in order; after a failed one that the rest stands on, the rest is left out."""
  steps = [(True, "podman, buildah and the disk for them are there", has_programs),
           *images.steps(program), *installation.STEPS, *lives.STEPS]
  passed = failed = 0
  for number, (is_needed, name, action) in enumerate(steps, start=1):
    started = time.monotonic()
    try:
      detail = action(workshop)
    except Failure as failure:
      failed += 1
      print(f"FAIL {name} ({time.monotonic() - started:.1f} s)")
      print("\n".join(f"     {line}" for line in str(failure).splitlines()), flush=True)
      if is_needed:
        print(f"     {len(steps) - number} further steps need this and were left out")
        break
    else:
      passed += 1
      print(f"ok   {name} ({time.monotonic() - started:.1f} s){f': {detail}' if detail else ''}",
            flush=True)
  print(f"{passed} passed, {failed} failed")
  return 1 if failed else 0


def has_programs(workshop: Workshop) -> str:
  """What is missing is said, and is a failure."""
  missing = [name for name in PROGRAMS if not shutil.which(name)]
  if missing:
    raise Failure(f"not installed: {', '.join(missing)}. Run: scripts/install-packages")
  free = shutil.disk_usage(PLACE).free
  if free < FREE_BYTES_MIN:
    raise Failure(f"{PLACE} has {free >> 30} GB of free disk, and {FREE_BYTES_MIN >> 30} are needed")
  return workshop.podman("--version")


if __name__ == "__main__":
  sys.exit(main())

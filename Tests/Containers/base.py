"""The base image: Debian made with debootstrap, kept on this machine for the next run."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from workshop import Failure, Workshop

IMAGE = "docker.io/library/debian:bookworm-slim"
SUITE = "bookworm"
AGE_DAYS_MAX = 30
MAKE_TIMEOUT_SECONDS = 900
# What the official slim image leaves out, too.
NEEDLESS = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale",
            "usr/share/lintian", "usr/share/groff", "var/cache/apt", "var/lib/apt/lists")
SOURCES = """\
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
"""


def cache() -> Path:
  """The folder for what is kept, outside of any checkout."""
  home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
  folder = Path(home) / "higgs-domino"
  folder.mkdir(parents=True, exist_ok=True)
  return folder


def give_base(workshop: Workshop) -> str:
  """Makes the base image where it is missing or old, and gives it its name."""
  archive = cache() / f"debian-{SUITE}-slim.tar"
  with (cache() / "lock").open("w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    is_kept = archive.exists() and time.time() - archive.stat().st_mtime < AGE_DAYS_MAX * 86400
    if not is_kept:
      make(workshop, archive)
  workshop.podman("import", "--quiet", archive, IMAGE)
  return "kept from before" if is_kept else "made anew"


def make(workshop: Workshop, archive: Path) -> None:
  """debootstrap, then what Debian's slim image is without; the archive is whole or not there."""
  if not shutil.which("debootstrap"):
    raise Failure("there is no debootstrap. Run: scripts/install-packages")
  with tempfile.TemporaryDirectory(prefix="debian.", dir=archive.parent) as folder:
    root = Path(folder) / "root"
    workshop.run("debootstrap", "--variant=minbase", SUITE, root,
                 timeout_seconds=MAKE_TIMEOUT_SECONDS)
    for name in NEEDLESS:
      shutil.rmtree(root / name, ignore_errors=True)
    for name in ("var/cache/apt/archives/partial", "var/lib/apt/lists/partial"):
      (root / name).mkdir(parents=True)
    (root / "etc/apt/sources.list").write_text(SOURCES)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/hostname").unlink(missing_ok=True)
    half = archive.with_suffix(".half-made")
    subprocess.run(["tar", "--create", f"--directory={root}", f"--file={half}", "."], check=True)
    half.rename(archive)

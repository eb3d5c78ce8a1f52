"""Where the cluster is: in the folder of the run, or where PostgreSQL's user can reach it."""

import hashlib
import shutil
from pathlib import Path

from .problem import Problem
from .user import ServerUser

ELSEWHERE = Path("/var/lib/higgs-domino")


def cluster_folder(folder: Path, user: ServerUser) -> Path:
  """The folder of the cluster, which PostgreSQL's user owns; it is made where it is missing.

  A checkout below a folder that only root may enter, such as /root, cannot hold it.
  """
  near = folder / "postgres"
  far = far_folder(folder)
  if far.exists() and user.is_other:
    return far
  user.make_folder(near)
  if user.reaches(near):
    return near
  if not user.is_other:
    raise Problem(f"{near} cannot be written to", "Look at the rights of the folder .run.")
  if any(near.iterdir()):
    raise Problem(f"user '{user.name}' cannot reach {near}, where the data are",
                  f"Let it through: chmod a+x {blocked_parent(near)}")
  near.rmdir()
  far.parent.mkdir(parents=True, exist_ok=True)
  far.parent.chmod(0o755)
  user.make_folder(far)
  return far


def far_folder(folder: Path) -> Path:
  """The one place outside of the checkout that belongs to it."""
  digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
  return ELSEWHERE / digest


def blocked_parent(folder: Path) -> Path:
  """The first folder on the way that others may not enter."""
  for parent in reversed(folder.parents):
    if not parent.stat().st_mode & 0o001:
      return parent
  return folder


def remove(folder: Path) -> list[Path]:
  """Removes the cluster of a run, wherever it is; what was removed."""
  removed = [place for place in (folder / "postgres", far_folder(folder)) if place.exists()]
  for place in removed:
    shutil.rmtree(place)
  return removed

"""The user that PostgreSQL runs as: the caller's own, and another one where that is root."""

import grp
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

SERVER_USER = "postgres"
TOOL_TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class ServerUser:
  """A user without power over the machine; PostgreSQL refuses any other."""

  name: str
  uid: int
  gid: int
  is_other: bool

  @classmethod
  def find(cls) -> "ServerUser":
    """The caller, or the user that Debian's package made for the server."""
    if os.geteuid() != 0:
      try:
        name = pwd.getpwuid(os.geteuid()).pw_name
      except KeyError:
        raise Problem(f"user {os.geteuid()} has no name on this machine, and PostgreSQL wants one",
                      "Add it to /etc/passwd, or run as another user.") from None
      return cls(name, os.geteuid(), os.getegid(), False)
    try:
      entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
      raise Problem(f"PostgreSQL does not run as root, and there is no user '{SERVER_USER}'",
                    f"Make one: useradd --system {SERVER_USER}") from None
    return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, True)

  @property
  def identity(self) -> dict:
    """What `subprocess` needs to start a program as this user."""
    if not self.is_other:
      return {}
    groups = [group.gr_gid for group in grp.getgrall() if self.name in group.gr_mem]
    return {"user": self.uid, "group": self.gid, "extra_groups": groups}

  @property
  def environment(self) -> dict[str, str]:
    """A small one: nothing of the caller's may steer the server."""
    return {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

  def run(self, *command, log: Path | None = None) -> int:
    """Runs a program as this user, its words in the log; its exit status."""
    words = open(log, "ab") if log else subprocess.DEVNULL
    try:
      return subprocess.run(
        [str(word) for word in command], cwd="/", stdin=subprocess.DEVNULL, stdout=words,
        stderr=subprocess.STDOUT, env=self.environment, timeout=TOOL_TIMEOUT_SECONDS,
        start_new_session=True, **self.identity).returncode
    except PermissionError:
      raise Problem(f"a program cannot be run as user '{self.name}'",
                    "Is this a container that may not change users? Run as another user.") from None
    finally:
      if log:
        words.close()

  def reaches(self, folder: Path) -> bool:
    """Whether this user may make files in a folder: all above it have to let it through."""
    return self.run("test", "-w", folder, "-a", "-x", folder) == 0

  def make_folder(self, folder: Path) -> None:
    """Makes a folder that is this user's alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if self.is_other:
      os.chown(folder, self.uid, self.gid)
    folder.chmod(0o700)

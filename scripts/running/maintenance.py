"""The database's own upkeep, every minute: seals, rollups, partitions ahead, statistics."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .cluster import Cluster
from .database import server_environment
from .settings import DATABASE

EVERY_SECONDS = 60
# Each task in a transaction of its own, as the application.
TASKS = r"""
set statement_timeout = '5min';
select format('select run_maintenance(%L)', d.task) from maintenance_due() as d \gexec
"""


@dataclass
class Maintenance:
  """One psql a minute, and never a second one beside it."""

  cluster: Cluster
  log: Path
  child: subprocess.Popen | None = None
  next: float = 0

  def tick(self) -> None:
    """Starts it where it is time; what fails stays due and is in the log."""
    if (self.child and self.child.poll() is None) or time.monotonic() < self.next:
      return
    self.next = time.monotonic() + EVERY_SECONDS
    with self.log.open("ab") as log:
      self.child = subprocess.Popen(
        [self.cluster.programs / "psql", "-X", "-q", "-A", "-t", "-d",
         self.cluster.uri(DATABASE, "higgs_app")],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
        env=server_environment(True))
    try:
      self.child.stdin.write(TASKS.encode())
      self.child.stdin.close()
    except OSError:
      pass  # It ended already: PostgreSQL is away. The next minute will do.

  def stop(self) -> None:
    """Ends what runs; the database undoes the task, which stays due."""
    if self.child:
      self.child.kill()
      self.child.wait()

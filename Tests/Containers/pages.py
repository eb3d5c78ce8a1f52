"""What docs/deployment.md shows to type about secrets and backups, typed as it stands."""

import re
import shutil
import sys
from pathlib import Path

from installation import secret_values, wait_until_ready
from workshop import ROOT, SHIM, Failure, Workshop

PAGE = ROOT / "docs/deployment.md"
SECTIONS = ("The secrets of the containers", "Backups of the containers")
BLOCKS_MIN = 5
BLOCK_TIMEOUT_SECONDS = 120
# podman-compose, by the name that people type.
COMPOSE = """\
#!/bin/sh
exec {python} -m podman_compose --podman-path {shim} --in-pod false "$@"
"""
USERS = "select count(*) from users"


def commands_work(workshop: Workshop) -> str:
  """Secrets are copied, a backup is made, looked at, and takes the place of what was lost."""
  users = int(workshop.sql(USERS))
  folder = make_place(workshop)
  said = [type_in(workshop, folder, block) for block in blocks()]
  wait_until_ready(workshop)
  copy = (folder / "secrets.txt").read_bytes()
  if missing := [secret for secret in secret_values(workshop) if secret not in copy]:
    raise Failure(f"{len(missing)} secrets are not in the copy that the page makes")
  if not any("seals_intact" in words for words in said):
    raise Failure("verify_ledger() did not answer:\n" + "\n".join(said))
  if int(workshop.sql(USERS)) < users or workshop.sql(
      "select count(*) from verify_ledger() where not is_ok") != "0":
    raise Failure("what was restored is less than what was there, or its ledger is not whole")
  shutil.rmtree(folder)
  return f"{len(said)} blocks"


def blocks() -> list[str]:
  """Those of the sections, in the order of the page."""
  found = []
  for section in re.split(r"^##+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
    if section.splitlines()[0] in SECTIONS:
      found += re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
  if len(found) < BLOCKS_MIN:
    raise Failure(f"{PAGE.name} has {len(found)} blocks in {', '.join(SECTIONS)}")
  return found


def make_place(workshop: Workshop) -> Path:
  """A folder to type in, with docker-compose in its path."""
  folder = workshop.folder / "pages"
  folder.mkdir()
  program = folder / "docker-compose"
  program.write_text(COMPOSE.format(python=sys.executable, shim=SHIM))
  program.chmod(0o755)
  return folder


def type_in(workshop: Workshop, folder: Path, block: str) -> str:
  """Runs a block to its end; the first command that fails ends it."""
  path = f"PATH={folder}:{workshop.environment['PATH']}"
  file = f"COMPOSE_FILE={ROOT / 'docker-compose.yml'}"
  ended = workshop.try_run("env", path, file, "bash", "-euo", "pipefail", "-c", block, cwd=folder,
                           timeout_seconds=BLOCK_TIMEOUT_SECONDS)
  if ended.returncode != 0:
    raise Failure(f"status {ended.returncode} of\n{block}\n{ended.stdout[-800:]}\n"
                  f"{ended.stderr[-1500:]}")
  return ended.stdout

"""Runs the script of the Secrets Job with the very lines that the chart renders for it."""

import os
import subprocess
from pathlib import Path

from support import CHART, rendered

SCRIPT = CHART / "files/make-secrets.sh"
STAND_IN = Path(__file__).parent / "stand_in_higgs"
TIMEOUT_SECONDS = 120


def rendered_environment(case: str) -> dict[str, str]:
  container = rendered(case).pod("secrets").spec["containers"][0]
  return {variable["name"]: variable["value"] for variable in container["env"]}


def make_secrets(api, programs, case="redis", **environment) -> subprocess.CompletedProcess:
  settings = rendered_environment(case) | api.environment | environment
  return subprocess.run(
    ["bash", SCRIPT], text=True, capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
    env={"PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(programs)} | settings)

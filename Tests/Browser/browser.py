#!/usr/bin/env python3
"""Plays Higgs Domino in headless Chromium against a running server.

  Tests/Browser/browser.py --url http://127.0.0.1:3000 --database-url postgresql://… [--only WORD]

Without --database-url what needs the ledger is left out. The last line is `N passed, N failed`.
"""

import argparse
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness.case import CASES, LeftOut, World, run_case
import cases.access
import cases.fairness
import cases.frames
import cases.hands
import cases.lobby
import cases.metrics
import cases.network
import cases.screens
import cases.seats

# Most of a hand is waiting for the others' turns: several browsers share the two cores well.
BROWSERS_AT_ONCE = 3


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--url", required=True)
  parser.add_argument("--database-url")
  parser.add_argument("--only", default="", help="cases whose name has this word")
  parser.add_argument("--shots", type=Path, help="folder for a picture of each case that fails")
  parser.add_argument("--at-once", type=int, default=BROWSERS_AT_ONCE)
  arguments = parser.parse_args()
  world = World(arguments.url.rstrip("/"), arguments.database_url, arguments.shots)
  chosen = [case for case in CASES if arguments.only in case.__doc__ + case.__name__]
  with ThreadPoolExecutor(arguments.at_once) as pool:
    outcomes = list(pool.map(lambda case: tell(case, world), chosen))
  passed, failed = outcomes.count("ok"), outcomes.count("FAIL")
  print(f"{passed} passed, {failed} failed")
  return 1 if failed or not passed else 0


def tell(case, world: World) -> str:
  """Runs a case and prints its line, and all that went wrong."""
  started = time.monotonic()
  outcome, words = "ok", ""
  try:
    run_case(case, world)
  except LeftOut as reason:
    outcome, words = "left out", f": {reason}"
  except Exception:
    outcome, words = "FAIL", "\n" + traceback.format_exc(limit=-6)
  name = case.__doc__.splitlines()[0]
  print(f"{outcome:8} {name} ({time.monotonic() - started:.1f} s){words}", flush=True)
  return outcome


if __name__ == "__main__":
  sys.exit(main())

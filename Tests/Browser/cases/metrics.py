"""What operators read, of a server that has been played on."""

import re
import urllib.request
from pathlib import Path

from harness.case import Stage, case

PAGE = Path(__file__).resolve().parents[3] / "docs/metrics.md"
# What only some servers have had occasion to count, and what only those with Redis have.
OCCASIONAL = {"higgs_sockets_closed_total", "higgs_redis_commands_total",
              "higgs_redis_connections_total", "higgs_redis_in_flight", "higgs_redis_up",
              "higgs_redis_waiting"}


def documented() -> dict[str, tuple[str, frozenset[str]]]:
  """Type and labels of each metric on the page."""
  rows = re.findall(r"^\| `(\w+)` \| (\w+) \| [^|]+ \|([^|]*)\| [^|]+ \|$",
                    PAGE.read_text(encoding="utf-8"), re.MULTILINE)
  return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def told(text: str) -> dict[str, tuple[str, frozenset[str]]]:
  """The same of an answer; every metric must say what it means."""
  kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
  meanings = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE))
  assert kinds.keys() == meanings.keys(), f"without a meaning: {kinds.keys() ^ meanings.keys()}"
  labels = {name: set() for name in kinds}
  for name, inside in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
    base = name if name in kinds else re.sub("_(bucket|sum|count)$", "", name)
    labels[base] |= set(re.findall(r'(\w+)="', inside)) - {"le"}
  return {name: (kind, frozenset(labels[name])) for name, kind in kinds.items()}


@case
def metrics_are_on_their_page(stage: Stage):
  """Every metric that the server tells is on docs/metrics.md with its type and labels, and no others"""
  player = stage.seated(language="en")
  assert player.wait_for_turn()
  player.place_by_click()
  text = urllib.request.urlopen(f"{stage.world.url}/metrics", timeout=10).read().decode()
  page, answer = documented(), told(text)
  assert answer.keys() - page.keys() == set(), "not on the page"
  assert page.keys() - answer.keys() <= OCCASIONAL, "on the page, and not told"
  for name, known in answer.items():
    assert page[name] == known, (name, page[name], known)
  for name in ("higgs_moves_total", "higgs_hands_started_total", "higgs_rooms", "higgs_sockets"):
    value = float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1])
    assert value >= 1, f"{name} is {value}"

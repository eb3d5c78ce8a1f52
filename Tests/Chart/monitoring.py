"""Alerts, dashboards, and which metrics there are."""

import json
import re

import yaml

from support import CHART, ROOT

# Names in a query that are no metrics: functions, words, labels.
QUERY_WORD = re.compile(r"\b(?:higgs|process|up)(?:_[a-z0-9_]+)?\b")
SUFFIXES = ("_bucket", "_sum", "_count")
NEEDED_FILE = ROOT / "Tests/Chart/metrics-needed.txt"


def alerts() -> dict[str, dict]:
  """Each alert's file by the file's name."""
  return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
          for path in sorted((CHART / "alerts").glob("*.yaml"))}


def dashboards() -> dict[str, dict]:
  return {path.name: json.loads(path.read_text(encoding="utf-8"))
          for path in sorted((CHART / "dashboards").glob("*.json"))}


def metrics_in(query: str) -> set[str]:
  """The metrics that a query reads; a histogram by its own name. Texts in quotes are values."""
  words = set(QUERY_WORD.findall(re.sub(r'"[^"]*"', '""', query)))
  return {strip_suffix(word) for word in words}


def strip_suffix(name: str) -> str:
  for suffix in SUFFIXES:
    if name.endswith(f"_seconds{suffix}"):
      return name.removesuffix(suffix)
  return name


def metrics_of_sources() -> set[str]:
  """What the sources write: names in full, and instruments by their labels (`higgs_` in front, the
  kind's ending behind; see Telemetry/Metrics)."""
  found = {"up"}
  endings = {"Counter": "_total", "Timer": "_seconds", "Meter": "", "Gauge": "", "Recorder": ""}
  for path in (ROOT / "Sources").rglob("*.swift"):
    text = path.read_text(encoding="utf-8")
    found |= set(re.findall(r'exposition\.add(?:Histogram)?\(\s*"([a-z0-9_]+)"', text))
    for kind, label in re.findall(r'\b(Counter|Timer|Meter|Gauge|Recorder)\(\s*label: "([\w]+)"',
                                  text):
      name = label if label.startswith("higgs") else f"higgs_{label}"
      found.add(name if name.endswith(endings[kind]) else name + endings[kind])
  return found


def metrics_needed() -> dict[str, str]:
  """What alerts ask of the server and the server does not write yet, each with its meaning."""
  lines = NEEDED_FILE.read_text(encoding="utf-8").splitlines()
  return dict(line.split(None, 1) for line in lines if line and not line.startswith("#"))

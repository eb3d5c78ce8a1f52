"""Alerts, dashboards, and which metrics there are."""

import json
import re

import yaml

from support import CHART, ROOT

# Names in a query that are no metrics: functions, words, labels.
QUERY_WORD = re.compile(r"\b(?:higgs|process|up)(?:_[a-z0-9_]+)?\b")
SUFFIXES = ("_bucket", "_sum", "_count")
METRICS_PAGE = ROOT / "docs/metrics.md"


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


def metrics_of_server() -> set[str]:
  """What docs/metrics.md lists; Tests/Browser/cases/metrics.py holds it to a server's answer."""
  return {"up"} | set(re.findall(r"^\| `(\w+)` \|", METRICS_PAGE.read_text(encoding="utf-8"),
                                 re.MULTILINE))

"""values.yaml, its schema, its page and the templates say the same."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from support import CHART, ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from generators.chart_values import ValuesError, read_values  # noqa: E402

VALUES = CHART / "values.yaml"
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
# What is handed to Kubernetes as a whole has keys of its own.
WHOLE = {"resources", "labels", "settings"}


def paths_of_values(value, path=()):
  """Every key of values.yaml, but for those inside of what is handed on as a whole."""
  for key, inner in value.items():
    yield (*path, key)
    if isinstance(inner, dict) and key not in WHOLE:
      yield from paths_of_values(inner, (*path, key))


def paths_of_schema(schema, path=()):
  if "$ref" in schema:
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
  for key, inner in schema.get("properties", {}).items():
    yield (*path, key)
    if key not in WHOLE:
      yield from paths_of_schema(inner, (*path, key))


def test_the_schema_has_every_value_and_no_other():
  values = set(paths_of_values(yaml.safe_load(VALUES.read_text(encoding="utf-8"))))
  schema = {path for path in paths_of_schema(SCHEMA) if path[:2] != ("ingress", "tls")}
  assert schema - {("global",)} | {("ingress", "tls")} == values


def test_nothing_unknown_is_taken_at_any_depth():
  def objects(schema, path=""):
    if "properties" in schema and schema.get("type") == "object":
      yield path, schema
      for key, inner in schema["properties"].items():
        yield from objects(inner, f"{path}.{key}")
  for path, found in objects(SCHEMA):
    assert found.get("additionalProperties") is False, path


def test_every_value_is_used_by_a_template():
  text = "".join(path.read_text(encoding="utf-8")
                 for path in sorted((CHART / "templates").rglob("*.*")))
  for value in read_values(VALUES.read_text(encoding="utf-8")):
    parent, _, key = value.path.rpartition(".")
    if not value.is_group and parent != "features" and not parent.endswith("resources"):
      assert re.search(rf"\.{key}\b", text), value.path


def test_every_value_has_a_comment():
  assert len(read_values(VALUES.read_text(encoding="utf-8"))) > 150
  with pytest.raises(ValuesError, match="has no comment"):
    read_values("# One.\na: 1\nb: 2\n")
  with pytest.raises(ValuesError, match="not of the form"):
    read_values("# One.\na: 1\n # Two.\n b: 2\n")


def test_the_page_of_the_chart_is_current():
  ended = subprocess.run([sys.executable, ROOT / "scripts/generate-chart-readme", "--check"],
                         text=True, capture_output=True, check=False)
  assert ended.returncode == 0, ended.stdout + ended.stderr


def test_no_default_is_a_password():
  for value in read_values(VALUES.read_text(encoding="utf-8")):
    if re.search(r"password|secret", value.path, re.IGNORECASE) and not value.is_group:
      is_name = value.path.endswith(("Key", "setPassword")) or value.path.startswith("secretsJob.")
      assert is_name or value.default in ('""', "[]"), value.path


def test_the_version_is_that_of_the_program():
  program = (ROOT / "Sources/higgs/Higgs.swift").read_text(encoding="utf-8")
  chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
  assert f'version: "{chart["appVersion"]}"' in program



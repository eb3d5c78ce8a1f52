"""What papers say to type, and what an install says, holds."""

import re

import pytest
import yaml

from support import CASES, CHART, ROOT, case_arguments, helm, known_operators, rendered

PAGE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
VALUES = [block for block in BLOCKS if re.match(r"[a-z]\w+:", block)]


def test_the_page_has_what_the_readme_promises():
  verbs = {line.split()[1] for line in LINES if line.startswith("helm ")}
  assert {"install", "upgrade", "rollback", "test"} <= verbs
  assert "kubectl get pods" in LINES and "cp helm-chart/values.yaml values-prod.yaml" in LINES
  assert len(VALUES) >= 4


@pytest.mark.parametrize("values", VALUES, ids=lambda values: values.splitlines()[1].strip())
def test_values_that_the_page_shows_are_taken(values, tmp_path):
  file = tmp_path / "values.yaml"
  file.write_text(values, encoding="utf-8")
  ended = helm("template", "higgs-domino", CHART, "-f", file, *known_operators())
  assert ended.returncode == 0, ended.stderr


def test_every_value_that_the_page_names_exists():
  values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
  named = re.findall(r"`((?:[a-z]\w*\.)+[a-z]\w*)(?:: \w+)?`", PAGE)
  paths = [name for name in named if name.split(".")[0] in values]
  assert len(paths) > 15
  for path in paths:
    here = values
    for key in path.split("."):
      assert key in here, path
      here = here[key]


def test_the_secrets_that_the_page_lists_are_those_that_are_made():
  listed = set(re.findall(r"^\| `(higgs-domino-[\w-]+)` \|", PAGE, re.MULTILINE))
  made = set()
  for case in ("defaults", "monitoring"):
    variables = rendered(case).pod("secrets").spec["containers"][0]["env"]
    lines = next(each["value"] for each in variables if each["name"] == "SECRETS")
    made |= {line.split()[1] for line in lines.splitlines()}
  assert listed == made | {"higgs-domino-cache", "higgs-domino-cache-tls"}


def notes(case: str) -> str:
  # helm install --dry-run takes no --api-versions; template shows no notes.
  ended = helm("install", "higgs-domino", CHART, "--namespace", "games", "--dry-run=client", "-f",
               CHART / f"ci/{case}-values.yaml")
  assert ended.returncode == 0, ended.stderr
  return ended.stdout.partition("\nNOTES:\n")[2]


@pytest.mark.parametrize("case", [
  case for case in CASES if "--api-versions" not in case_arguments(case)])
def test_the_notes_are_whole(case):
  said = notes(case)
  assert "helm test higgs-domino -n games" in said and "<no value>" not in said
  assert ("BACK UP the Secret" in said) is (case not in ("external", "existing-secrets"))
  assert ("no nightly backup" in said) is (case == "features-off")
  assert ("several nodes are not yet supported" in said) is (case == "several-nodes")
  assert ("https://play.example.com" in said) is (case == "ingress")
  assert ("is not verified" in said) is (case == "features-off")

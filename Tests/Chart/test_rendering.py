"""What is rendered: valid, the same each time, of our form."""

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml

from support import (
  BIN, CASES, CHART, ROOT, case_arguments, case_file, helm, rendered, template, with_values)

KUBERNETES = ("1.30", "1.34", "1.37")
SCHEMAS = Path(__file__).parent / "schemas"
NAME_MAX, CRON_JOB_NAME_MAX = 63, 52


# helm lint cannot be told what a cluster knows, and we refuse what an absent operator would need.
@pytest.mark.parametrize("case", [
  case for case in CASES if "--api-versions" not in case_arguments(case)])
def test_helm_lint_has_no_complaint(case):
  ended = helm("lint", "--strict", CHART, "-f", case_file(case))
  assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("case", CASES)
def test_rendering_twice_gives_the_same(case):
  assert template(*case_arguments(case)) == template(*case_arguments(case))


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(manifests, version):
  for found in manifests.objects:
    if "." not in found["apiVersion"] or found["apiVersion"].split("/")[0].endswith("k8s.io"):
      kubernetes_validate.validate(found, version, strict=True)


def test_a_misspelt_field_would_be_noticed():
  found = rendered("defaults").of_kind("Deployment")[0] | {"spek": {}}
  with pytest.raises(kubernetes_validate.ValidationError):
    kubernetes_validate.validate(found, "1.37", strict=True)


def test_operators_know_every_field(manifests):
  for found in manifests.objects:
    group = found["apiVersion"].split("/")[0]
    if group in ("postgresql.cnpg.io", "monitoring.coreos.com"):
      schema = json.loads((SCHEMAS / f"{found['kind']}.json").read_text(encoding="utf-8"))
      jsonschema.validate(found, schema)


def test_every_object_has_a_schema(manifests):
  groups = {found["apiVersion"].split("/")[0] for found in manifests.objects}
  known = {"v1", "apps", "batch", "policy", "autoscaling", "postgresql.cnpg.io",
           "monitoring.coreos.com"}
  assert all(group in known or group.endswith(".k8s.io") for group in groups)


def test_names_fit_and_are_unique(manifests):
  seen = set()
  for found in manifests.objects:
    name = found["metadata"]["name"]
    limit = CRON_JOB_NAME_MAX if found["kind"] == "CronJob" else NAME_MAX
    assert len(name) <= limit, name
    assert (found["kind"], name) not in seen, name
    seen.add((found["kind"], name))


def test_the_longest_release_name_fits():
  long = template("--set", "monitoring.enabled=true", "--set", "redis.mode=embedded",
                  release="r" * 53)
  for found in filter(None, yaml.safe_load_all(long)):
    limit = CRON_JOB_NAME_MAX if found["kind"] == "CronJob" else NAME_MAX
    assert len(found["metadata"]["name"]) <= limit


def test_every_object_is_in_the_namespace_of_the_release_and_carries_its_labels(manifests):
  for found in manifests.objects:
    assert found["metadata"]["namespace"] == "games"
    labels = found["metadata"]["labels"]
    assert labels["app.kubernetes.io/instance"] == "higgs-domino"
    assert labels["app.kubernetes.io/managed-by"] == "Helm"
    assert labels["app.kubernetes.io/component"]


def test_a_copy_of_the_values_changes_nothing(tmp_path):
  copy = shutil.copy(CHART / "values.yaml", tmp_path / "values-prod.yaml")
  assert template("-f", copy) == template()


def test_the_package_renders_as_the_folder_does(tmp_path):
  ended = helm("package", CHART, "--destination", tmp_path)
  assert ended.returncode == 0, ended.stderr
  package = next(tmp_path.glob("*.tgz"))
  packed = helm("template", "higgs-domino", package, "--namespace", "games", "--set",
                "monitoring.enabled=true")
  assert packed.stdout == template("--set", "monitoring.enabled=true")


def test_what_is_left_carries_the_label_by_which_it_is_found():
  claims = rendered("monitoring").of_kind("PersistentVolumeClaim")
  for found in rendered("monitoring").of_kind("StatefulSet"):
    claims += found["spec"]["volumeClaimTemplates"]
  assert len(claims) == 3
  for claim in claims:
    assert claim["metadata"]["labels"]["app.kubernetes.io/instance"] == "higgs-domino"


def test_nothing_enabled_renders_nothing_more():
  off = with_values(
    "migration.enabled=false", "backup.enabled=false", "tests.enabled=false",
    "networkPolicy.enabled=false", "serviceAccount.create=false", "database.mode=external",
    "database.external.host=db", "database.external.existingSecret=a", "keyRing.existingSecret=b")
  kinds = sorted(found["kind"] for found in off.objects)
  assert kinds == ["ConfigMap", "ConfigMap", "Deployment", "Service", "Service"]


@pytest.mark.parametrize("switch, kinds", [
  ("ingress.enabled=true,ingress.hosts={play.example.com}", {"Ingress"}),
  ("serviceMonitor.enabled=true", {"ServiceMonitor"}),
  ("prometheusRule.enabled=true", {"PrometheusRule"}),
  ("dashboards.enabled=true", {"ConfigMap"}),
])
def test_a_switch_adds_its_objects_and_no_others(switch, kinds):
  def keys(manifests):
    return {(found["kind"], found["metadata"]["name"]) for found in manifests.objects
            if found["kind"] != "Job"}
  added = keys(with_values(switch)) - keys(rendered("defaults"))
  assert {kind for kind, _ in added} == kinds and len(added) == 1


def test_what_is_written_by_hand_has_our_form():
  complaints = yamllint("yamllint.yaml", *(CHART / name for name in (
    "values.yaml", "Chart.yaml", "ci", "alerts")), ROOT / "Tests/Chart")
  assert not complaints, complaints


def test_what_is_rendered_has_no_key_twice_and_no_broken_form(tmp_path):
  for case in CASES:
    (tmp_path / f"{case}.yaml").write_text(template(*case_arguments(case)), encoding="utf-8")
  complaints = yamllint("yamllint-rendered.yaml", tmp_path)
  assert not complaints, complaints


def yamllint(configuration: str, *paths) -> str:
  ended = subprocess.run(
    [BIN / "yamllint", "--strict", "-c", Path(__file__).parent / configuration, *paths],
    text=True, capture_output=True, check=False)
  return ended.stdout + ended.stderr

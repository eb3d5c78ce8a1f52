"""From one release to the next: no field changes that Kubernetes does not let change, and each
release has its own Jobs."""

import shutil

import pytest
import yaml

from support import CHART, NAMESPACE, RELEASE, Manifests, case_arguments, helm, rendered

KEPT = {
  "Deployment": ("selector",),
  "StatefulSet": ("selector", "serviceName", "volumeClaimTemplates"),
  "Service": ("clusterIP", "type"),
  "PersistentVolumeClaim": ("accessModes", "resources", "storageClassName"),
}
CASES = ("defaults", "redis", "monitoring", "several-nodes", "external")


@pytest.fixture(scope="module")
def next_chart(tmp_path_factory):
  """The chart as the next release has it: other versions, another script."""
  copy = tmp_path_factory.mktemp("next") / "higgs-domino"
  shutil.copytree(CHART, copy)
  chart = yaml.safe_load((copy / "Chart.yaml").read_text(encoding="utf-8"))
  chart |= {"version": "1.1.0", "appVersion": "1.1.0"}
  (copy / "Chart.yaml").write_text(yaml.safe_dump(chart), encoding="utf-8")
  return copy


def upgraded(chart, case: str) -> Manifests:
  ended = helm("template", RELEASE, chart, "--namespace", NAMESPACE, "--is-upgrade",
               *case_arguments(case), "--set", "server.logLevel=debug,maintenance=true")
  assert ended.returncode == 0, ended.stderr
  return Manifests.read(ended.stdout, case)


@pytest.mark.parametrize("case", CASES)
def test_what_kubernetes_keeps_stays_as_it_is(case, next_chart):
  before, after = rendered(case), upgraded(next_chart, case)
  for kind, fields in KEPT.items():
    assert before.names(kind) == after.names(kind)
    for name in before.names(kind):
      for field in fields:
        old = before.named(kind, name)["spec"].get(field)
        assert after.named(kind, name)["spec"].get(field) == old, (kind, name, field)


@pytest.mark.parametrize("case", CASES)
def test_each_release_has_jobs_of_its_own(case, next_chart):
  assert not rendered(case).names("Job") & upgraded(next_chart, case).names("Job")


def test_the_images_follow_the_release(next_chart):
  images = {container["image"].partition(":")[2] for pod in upgraded(next_chart, "defaults").pods()
            for container in pod.containers}
  assert images == {"1.1.0"}


def test_secrets_and_volumes_keep_their_names(next_chart):
  def kept(manifests):
    pods = [pod for pod in manifests.pods() if pod.component in ("server", "database")]
    return sorted(volume["secret"]["secretName"] for pod in pods
                  for volume in pod.spec["volumes"] if "secret" in volume)
  assert kept(rendered("defaults")) == kept(upgraded(next_chart, "defaults"))

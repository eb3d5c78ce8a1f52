"""The chart, rendered, and what one asks of its objects."""

import functools
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm-chart"
BIN = Path(sys.executable).parent
HELM = BIN / "helm"
RELEASE, NAMESPACE = "higgs-domino", "games"
OPERATORS = ("postgresql.cnpg.io/v1", "monitoring.coreos.com/v1")
HELM_TIMEOUT_SECONDS = 60
SCRIPT_TIMEOUT_SECONDS = 180
CASES = sorted(path.name.removesuffix("-values.yaml") for path in (CHART / "ci").glob("*.yaml"))


def helm(*arguments, environment=None) -> subprocess.CompletedProcess:
  """Runs helm; it sees nothing of the user's own settings."""
  home = {key: "/nonexistent" for key in ("HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_CACHE_HOME")}
  return subprocess.run(
    [HELM, *map(str, arguments)], text=True, capture_output=True, cwd=ROOT,
    timeout=HELM_TIMEOUT_SECONDS, env=os.environ | home | (environment or {}), check=False)


def template(*arguments, release=RELEASE) -> str:
  """What the chart renders to; fails with helm's words."""
  ended = helm("template", release, CHART, "--namespace", NAMESPACE, *arguments)
  assert ended.returncode == 0, ended.stderr
  return ended.stdout


def case_arguments(case: str) -> list[str]:
  """How a file of ci/ is rendered: what the cluster must know stands in its comments."""
  versions = declared(case, "api-versions")
  return ["-f", str(case_file(case))] + [
    word for version in versions for word in ("--api-versions", version)]


def case_file(case: str) -> Path:
  return CHART / f"ci/{case}-values.yaml"


def declared(case: str, what: str) -> list[str]:
  """The words after `# what:` in a file of ci/."""
  match = re.search(rf"^# {what}: (.+)$", case_file(case).read_text(encoding="utf-8"), re.MULTILINE)
  return match[1].split() if match else []


@functools.cache
def rendered(case: str) -> "Manifests":
  return Manifests.read(template(*case_arguments(case)), case)


def with_values(*settings: str) -> "Manifests":
  """The defaults with some values set: `with_values("a.b=1")`."""
  words = [word for setting in settings for word in ("--set", setting)]
  return Manifests.read(template(*words, *known_operators()))


def known_operators() -> list[str]:
  return [word for version in OPERATORS for word in ("--api-versions", version)]


@dataclass(frozen=True)
class Pod:
  """A pod that an object makes."""

  owner: dict
  labels: dict
  spec: dict

  @property
  def name(self) -> str:
    return f"{self.owner['kind']}/{self.owner['metadata']['name']}"

  @property
  def component(self) -> str:
    return self.labels["app.kubernetes.io/component"]

  @property
  def containers(self) -> list[dict]:
    return self.spec.get("initContainers", []) + self.spec["containers"]

  @property
  def is_long_running(self) -> bool:
    return self.owner["kind"] in ("Deployment", "StatefulSet")

  @property
  def claim_names(self) -> list[str]:
    return [volume["persistentVolumeClaim"]["claimName"] for volume in self.spec.get("volumes", [])
            if "persistentVolumeClaim" in volume]


@dataclass(frozen=True)
class Manifests:
  """All objects of a rendering."""

  objects: tuple
  case: str = ""

  @classmethod
  def read(cls, text: str, case: str = "") -> "Manifests":
    return cls(tuple(filter(None, yaml.safe_load_all(text))), case)

  def of_kind(self, *kinds: str) -> list[dict]:
    return [found for found in self.objects if found["kind"] in kinds]

  def named(self, kind: str, name: str) -> dict:
    return next(found for found in self.of_kind(kind) if found["metadata"]["name"] == name)

  def names(self, kind: str) -> set[str]:
    return {found["metadata"]["name"] for found in self.of_kind(kind)}

  def pods(self) -> list[Pod]:
    return [Pod(found, template["metadata"]["labels"], template["spec"])
            for found in self.objects if (template := pod_template(found))]

  def pod(self, component: str) -> Pod:
    return next(pod for pod in self.pods() if pod.component == component)


def pod_template(found: dict) -> dict | None:
  """The template of the pods that an object makes, or the pod itself."""
  match found["kind"]:
    case "Pod":
      return found
    case "Deployment" | "StatefulSet" | "Job":
      return found["spec"]["template"]
    case "CronJob":
      return found["spec"]["jobTemplate"]["spec"]["template"]
  return None


def matches(selector: dict, labels: dict) -> bool:
  """Whether a selector of plain labels chooses."""
  return all(labels.get(key) == value for key, value in selector.items())


def script(name: str, **environment) -> subprocess.CompletedProcess:
  """A script as a container runs it; nothing of this machine's settings of libpq."""
  clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
  return subprocess.run(
    ["bash", CHART / "files" / name], text=True, capture_output=True, check=False,
    timeout=SCRIPT_TIMEOUT_SECONDS, env=clean | environment)

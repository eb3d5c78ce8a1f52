"""Every pod: restricted, bounded, and with nothing that it does not use."""

import re

import pytest

from support import rendered, with_values

SERVER_END_SECONDS = 25


def test_every_pod_fits_the_restricted_standard(manifests):
  assert manifests.pods()
  for pod in manifests.pods():
    security = pod.spec["securityContext"]
    assert security["runAsNonRoot"] is True and security["runAsUser"] > 0, pod.name
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}, pod.name
    for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
      assert not pod.spec.get(forbidden), pod.name
    for container in pod.containers:
      own = container["securityContext"]
      assert own["allowPrivilegeEscalation"] is False, (pod.name, container["name"])
      assert own["readOnlyRootFilesystem"] is True and own["privileged"] is False
      assert own["capabilities"] == {"drop": ["ALL"]}
      assert not any("hostPort" in port for port in container.get("ports", []))


def test_volumes_are_of_kinds_that_the_restricted_standard_allows(manifests):
  allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "secret"}
  for pod in manifests.pods():
    for volume in pod.spec.get("volumes", []):
      assert set(volume) - {"name"} <= allowed, (pod.name, volume["name"])
      if "emptyDir" in volume:
        assert volume["emptyDir"].get("sizeLimit"), (pod.name, volume["name"])


def test_users_are_those_of_the_images(manifests):
  users = {"server": 10001, "cache": 998, "secrets": 10001, "test": 10001, "database": 999,
           "migration": 999, "backup": 999, "backup-volume": 999, "prometheus": 65534,
           "grafana": 472}
  for pod in manifests.pods():
    security = pod.spec["securityContext"]
    assert security["runAsUser"] == security["fsGroup"] == users[pod.component], pod.name


def test_every_container_says_what_it_needs(manifests):
  for pod in manifests.pods():
    for container in pod.containers:
      resources = container["resources"]
      assert {"cpu", "memory", "ephemeral-storage"} <= set(resources["requests"]), pod.name
      assert {"memory", "ephemeral-storage"} <= set(resources["limits"]), pod.name
      assert re.search(r":[\w.-]+$|@sha256:[0-9a-f]{64}$", container["image"]), container["image"]
      assert not container["image"].endswith(":latest")
      assert container["imagePullPolicy"]


def test_no_pod_gets_the_services_of_the_namespace_as_variables(manifests):
  assert all(pod.spec["enableServiceLinks"] is False for pod in manifests.pods())


def test_only_the_secrets_job_has_a_token(manifests):
  for pod in manifests.pods():
    assert pod.spec["automountServiceAccountToken"] is (pod.component == "secrets"), pod.name


def test_rights_are_to_create_secrets_and_no_others(manifests):
  rules = [rule for role in manifests.of_kind("Role", "ClusterRole") for rule in role["rules"]]
  assert rules in ([], [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}])
  assert not manifests.of_kind("ClusterRole", "ClusterRoleBinding")


def test_what_runs_for_long_has_probes_and_what_ends_has_none(manifests):
  for pod in manifests.pods():
    for container in pod.spec["containers"]:
      probes = {"livenessProbe", "readinessProbe"} & set(container)
      assert len(probes) == (2 if pod.is_long_running else 0), pod.name


def test_every_job_ends_and_goes(manifests):
  jobs = [job["spec"] for job in manifests.of_kind("Job")]
  jobs += [job["spec"]["jobTemplate"]["spec"] for job in manifests.of_kind("CronJob")]
  for job in jobs:
    assert job["activeDeadlineSeconds"] > 0 and "backoffLimit" in job
    assert job["template"]["spec"]["restartPolicy"] == "Never"
  for job in manifests.of_kind("Job"):
    assert job["spec"]["ttlSecondsAfterFinished"] >= 600
    assert re.search(r"-1-[0-9a-f]{8}$", job["metadata"]["name"]), "its name has no revision"


def test_no_password_stands_in_what_is_rendered(manifests):
  assert not manifests.of_kind("Secret")
  for pod in manifests.pods():
    for container in pod.containers:
      for variable in container.get("env", []):
        is_secret = re.search(r"PASSWORD|AUTH|REDIS_URL", variable["name"])
        if is_secret and not variable["name"].endswith("_FILE"):
          assert "secretKeyRef" in variable["valueFrom"], variable["name"]
  for config in manifests.of_kind("ConfigMap"):
    assert not re.search(r"rediss?://:[0-9a-f]{8}|PASSWORD: ", str(config["data"]))


class TestServer:
  """The pod of the server."""

  pod = rendered("defaults").pod("server")
  container = pod.spec["containers"][0]

  def test_alive_is_not_ready(self):
    paths = {name: self.container[name]["httpGet"]["path"]
             for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/health/live", "livenessProbe": "/health/live",
                     "readinessProbe": "/health/ready"}

  def test_it_has_time_to_end(self):
    stop = self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert self.pod.spec["terminationGracePeriodSeconds"] >= stop + SERVER_END_SECONDS + 5

  def test_it_waits_for_its_schema_first(self):
    waiting = self.pod.spec["initContainers"][0]
    assert waiting["args"] == ["migrate", "wait", "--timeout-seconds", "600"]
    assert waiting["image"] == self.container["image"] == "higgs-domino:1.0.0"

  def test_two_never_run_at_once(self):
    spec = self.pod.owner["spec"]
    assert spec["replicas"] == 1 and spec["strategy"] == {"type": "Recreate"}

  def test_it_is_told_where_it_listens(self):
    data = rendered("defaults").named("ConfigMap", "higgs-domino-server")["data"]
    assert data["HOST"] == "0.0.0.0" and data["PORT"] == "3000"
    assert data["HIGGS_METRICS_PORT"] == "9464" and data["HIGGS_ENV"] == "production"
    assert data["DATABASE_URL"] == "postgres://higgs_app@higgs-domino-database:5432/higgs_domino"
    assert data["HIGGS_KEY_RING_FILE"] == "/etc/higgs/keys/key-ring.json"

  def test_a_new_pod_is_the_successor_of_the_old_one_and_no_stranger(self):
    assert {"name": "NODE_NAME", "value": "higgs-domino"} in self.container["env"]
    several = rendered("several-nodes").pod("server").spec["containers"][0]["env"]
    assert next(each for each in several if each["name"] == "NODE_NAME")["valueFrom"] == {
      "fieldRef": {"fieldPath": "metadata.name"}}

  def test_it_spreads(self):
    constraints = self.pod.spec["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in constraints} == {
      "kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    for each in constraints:
      assert each["labelSelector"]["matchLabels"].items() <= self.pod.labels.items()

  @pytest.mark.parametrize("setting, changes", [
    ("server.logLevel=debug", True), ("features.bots=false", True), ("maintenance=true", True),
    ("database.name=other", True), ("service.port=80", False)])
  def test_it_is_started_anew_when_its_settings_change(self, setting, changes):
    def checksum(manifests):
      template = manifests.pod("server").owner["spec"]["template"]
      return template["metadata"]["annotations"]["checksum/config"]
    assert (checksum(with_values(setting)) != checksum(rendered("defaults"))) is changes


def test_features_and_maintenance_reach_the_server():
  data = rendered("features-off").named("ConfigMap", "higgs-domino-server")["data"]
  assert [data[f"FEATURES_{name}"] for name in ("TOURNAMENTS", "SOCIAL", "BOTS")] == [
    "false"] * 3
  assert data["HIGGS_MAINTENANCE"] == "true"
  data = rendered("defaults").named("ConfigMap", "higgs-domino-server")["data"]
  assert data["FEATURES_BOTS"] == "true" and data["HIGGS_MAINTENANCE"] == "false"
  data = with_values("features.tournaments=true").named("ConfigMap", "higgs-domino-server")["data"]
  assert data["FEATURES_TOURNAMENTS"] == "true" and data["FEATURES_SOCIAL"] == "false"


@pytest.mark.parametrize("case, proxies", [
  ("defaults", "0"), ("ingress", "1"), ("several-nodes", "2")])
def test_as_many_proxies_are_trusted_as_there_are(case, proxies):
  data = rendered(case).named("ConfigMap", "higgs-domino-server")["data"]
  assert data["TRUSTED_PROXIES"] == proxies


class TestSeveralNodes:
  """The switches for the day on which several nodes are supported."""

  manifests = rendered("several-nodes")

  def test_the_autoscaler_has_the_say(self):
    deployment = self.manifests.pod("server").owner
    assert "replicas" not in deployment["spec"]
    scaler = self.manifests.of_kind("HorizontalPodAutoscaler")[0]["spec"]
    assert scaler["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert scaler["minReplicas"] == 2

  def test_a_drain_takes_one_at_a_time(self):
    budget = self.manifests.of_kind("PodDisruptionBudget")[0]["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"].items() <= self.manifests.pod("server").labels.items()

  def test_an_upgrade_starts_the_new_before_it_ends_the_old(self):
    strategy = self.manifests.pod("server").owner["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_with_one_server_nothing_blocks_a_drain(manifests):
  if manifests.case != "several-nodes":
    assert not manifests.of_kind("PodDisruptionBudget", "HorizontalPodAutoscaler")

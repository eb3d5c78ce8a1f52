"""Whatever is named exists, and whatever exists is used."""

import re

import pytest

from support import declared, matches, rendered, with_values

CA_OF_CNPG = "higgs-domino-pg-ca"
SUPERUSER_OF_CNPG = "higgs-domino-pg-superuser"


def made_secrets(manifests) -> dict[str, set[str]]:
  """What the Secrets Job makes: the keys of each Secret."""
  found = {}
  for pod in manifests.pods():
    if pod.component == "secrets":
      variables = {each["name"]: each["value"] for each in pod.spec["containers"][0]["env"]}
      for line in variables["SECRETS"].strip().splitlines():
        kind, name, *words = line.split()
        found[name] = {"key-ring": set(words), "passwords": set(words),
                       "tls": {"tls.crt", "tls.key", "ca.crt"}, "redis": {"password", "url"},
                       "grafana": {"admin-user", "admin-password"}}[kind]
  return found


def secret_references(pod):
  """The Secrets of a pod, each with the keys that are asked of it."""
  for container in pod.containers:
    for variable in container.get("env", []):
      if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
        yield reference["name"], reference["key"]
  for volume in pod.spec.get("volumes", []):
    if "secret" in volume:
      for item in volume["secret"]["items"]:
        yield volume["secret"]["secretName"], item["key"]
  for pull in pod.spec.get("imagePullSecrets", []):
    yield pull["name"], None


def test_every_secret_is_made_or_is_the_operators(manifests):
  made = made_secrets(manifests)
  others = set(declared(manifests.case, "external-secrets"))
  if manifests.of_kind("Cluster"):
    others |= {CA_OF_CNPG, SUPERUSER_OF_CNPG}
  for pod in manifests.pods():
    for name, key in secret_references(pod):
      assert name in made or name in others, (pod.name, name)
      assert name in others or key in made[name], (pod.name, name, key)
  for ingress in manifests.of_kind("Ingress"):
    assert {each["secretName"] for each in ingress["spec"].get("tls", [])} <= others


def test_no_secret_is_made_in_vain_or_beside_one_of_the_operators(manifests):
  used = {name for pod in manifests.pods() for name, _ in secret_references(pod)}
  assert set(made_secrets(manifests)) <= used
  for name in declared(manifests.case, "external-secrets"):
    assert name not in made_secrets(manifests)


def test_with_secrets_of_the_operators_there_is_no_job_and_no_right():
  for case in ("external", "existing-secrets"):
    manifests = rendered(case)
    assert not manifests.of_kind("Role", "RoleBinding"), case
    assert "secrets" not in {pod.component for pod in manifests.pods()}


def test_every_config_map_exists_with_its_keys_and_is_used(manifests):
  data = {found["metadata"]["name"]: set(found.get("data") or {})
          for found in manifests.of_kind("ConfigMap")}
  used = set()
  for pod in manifests.pods():
    for volume in pod.spec.get("volumes", []):
      if "configMap" in volume:
        used.add(name := volume["configMap"]["name"])
        assert name in data, (pod.name, name)
        assert {item["key"] for item in volume["configMap"].get("items", [])} <= data[name]
    for container in pod.containers:
      for source in container.get("envFrom", []):
        used.add(source["configMapRef"]["name"])
  assert used <= set(data)
  # Grafana's sidecar finds the dashboards by their label.
  assert {name for name in set(data) - used if not name.endswith("-dashboards")} == set()


def test_every_script_is_run(manifests):
  scripts = next((found.get("data") or {} for found in manifests.of_kind("ConfigMap")
                  if found["metadata"]["name"].endswith("-scripts")), {})
  commands = " ".join(word for pod in manifests.pods() for container in pod.containers
                      for word in container.get("command", []))
  assert all(f"/scripts/{name}" in commands for name in scripts)


def test_every_volume_is_mounted_and_every_mount_has_its_volume(manifests):
  for pod in manifests.pods():
    volumes = {volume["name"] for volume in pod.spec.get("volumes", [])}
    volumes |= {claim["metadata"]["name"]
                for claim in pod.owner["spec"].get("volumeClaimTemplates", [])}
    mounts = [mount for container in pod.containers
              for mount in container.get("volumeMounts", [])]
    assert {mount["name"] for mount in mounts} == volumes, pod.name
    for container in pod.containers:
      paths = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
      assert len(paths) == len(set(paths)), (pod.name, container["name"])


def test_every_mounted_path_is_used(manifests):
  """By a setting, an argument, a script; or it is where programs write by themselves."""
  by_themselves = {
    "/tmp", "/dev/shm", "/var/lib/postgresql", "/var/lib/grafana",
    "/etc/grafana/provisioning/datasources", "/etc/grafana/provisioning/dashboards"}
  words = str([found.get("data") for found in manifests.of_kind("ConfigMap")])
  for pod in manifests.pods():
    for container in pod.containers:
      own = str([container.get(key) for key in ("command", "args", "env", "readinessProbe")])
      for mount in container.get("volumeMounts", []):
        path = mount["mountPath"]
        assert path in by_themselves or path in own or path in words, (pod.name, path)


def test_every_service_finds_its_pods_by_a_port_that_they_have(manifests):
  for service in manifests.of_kind("Service"):
    selector = service["spec"]["selector"]
    pods = [pod for pod in manifests.pods() if matches(selector, pod.labels)]
    assert len({pod.name for pod in pods}) == 1, service["metadata"]["name"]
    ports = {port["name"] for container in pods[0].containers
             for port in container.get("ports", [])}
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_every_selector_chooses_the_pods_of_its_own_object_only(manifests):
  for found in manifests.of_kind("Deployment", "StatefulSet"):
    selector = found["spec"]["selector"]["matchLabels"]
    chosen = [pod.owner["metadata"]["name"] for pod in manifests.pods()
              if matches(selector, pod.labels)]
    assert chosen == [found["metadata"]["name"]]
    # A selector cannot be changed later: nothing that changes with a release may be in it.
    assert set(selector) == {"app.kubernetes.io/name", "app.kubernetes.io/instance",
                             "app.kubernetes.io/component"}


def test_every_account_and_service_that_is_named_exists(manifests):
  accounts, services = manifests.names("ServiceAccount") | {"default"}, manifests.names("Service")
  for pod in manifests.pods():
    assert pod.spec["serviceAccountName"] in accounts, pod.name
    if pod.owner["kind"] == "StatefulSet":
      assert pod.owner["spec"]["serviceName"] in services
  for binding in manifests.of_kind("RoleBinding"):
    assert binding["roleRef"]["name"] in manifests.names("Role")
    assert {subject["name"] for subject in binding["subjects"]} <= accounts
  for ingress in manifests.of_kind("Ingress"):
    for rule in ingress["spec"]["rules"]:
      for path in rule["http"]["paths"]:
        assert path["backend"]["service"]["name"] in services
  for monitor in manifests.of_kind("ServiceMonitor"):
    chosen = [service for service in manifests.of_kind("Service") if matches(
      monitor["spec"]["selector"]["matchLabels"], service["metadata"]["labels"])]
    assert [service["metadata"]["name"] for service in chosen] == ["higgs-domino-metrics"]
    ports = {port["name"] for port in chosen[0]["spec"]["ports"]}
    assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports


def test_hosts_in_settings_are_services_of_the_release_or_the_operators(manifests):
  host = next(found for found in manifests.of_kind("ConfigMap")
              if found["metadata"]["name"].endswith("-libpq"))["data"]["PGHOST"]
  services = manifests.names("Service") | {"postgres.example.com"}
  services |= {f"{cluster['metadata']['name']}-rw" for cluster in manifests.of_kind("Cluster")}
  assert host in services


def test_every_claim_is_mounted_by_a_pod_that_runs_at_once(manifests):
  """A claim that no pod mounts stays pending with many storage classes, and stops `--wait`."""
  claims = manifests.names("PersistentVolumeClaim")
  at_once = {name for pod in manifests.pods() if pod.owner["kind"] in ("Job", "Deployment")
             for name in pod.claim_names}
  assert claims <= at_once
  mounted = {name for pod in manifests.pods() for name in pod.claim_names}
  assert mounted == claims | set(declared(manifests.case, "external-claims"))


def test_only_tests_are_hooks_and_each_says_its_weight(manifests):
  for found in manifests.objects:
    annotations = found["metadata"].get("annotations", {})
    if "helm.sh/hook" in annotations:
      assert annotations["helm.sh/hook"] == "test"
      assert re.fullmatch(r"-?\d+", annotations["helm.sh/hook-weight"])
      assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
  pods = manifests.of_kind("Pod")
  weights = [pod["metadata"]["annotations"]["helm.sh/hook-weight"] for pod in pods]
  assert len(set(weights)) == len(weights)


@pytest.mark.parametrize("setting, plays", [
  ("service.port=80", True), ("features.bots=false", False), ("maintenance=true", False)])
def test_a_hand_is_played_where_one_can_be(setting, plays):
  pods = with_values(setting).names("Pod")
  assert ("higgs-domino-test-smoke" in pods) is plays and "higgs-domino-test-api" in pods

"""Wrong values are refused, in words that say what to do."""

import pytest

from support import CHART, OPERATORS, helm

WHY = "several nodes are not yet supported by the server"

REFUSALS = [
  ("replicaCount=2", [WHY]),
  ("replicaCount=0", ["/replicaCount"]),
  ("autoscaling.enabled=true", [WHY]),
  ("podDisruptionBudget.enabled=true", ["would block every drain", WHY]),
  ("unsupported.severalNodes=true,replicaCount=2", ["Several servers need Redis", "redis.mode"]),
  ("unsupported.severalNodes=true,podDisruptionBudget.enabled=true", ["would block every drain"]),
  ("unsupported.severalNodes=true,autoscaling.enabled=true,redis.mode=embedded,"
   "autoscaling.minReplicas=5,autoscaling.maxReplicas=3", ["minReplicas is greater"]),
  ("nameOverride=Weird Name,fullnameOverride=domino", ["nameOverride is Weird Name", "a label"]),
  ("replicas=3", ["additional properties 'replicas' not allowed"]),
  ("server.replica=3", ["/server", "'replica' not allowed"]),
  ("database.mode=mysql", ["'embedded', 'cnpg', 'external'"]),
  ("database.mode=external", ["database.external.host", "name of your PostgreSQL"]),
  ("database.mode=external,database.external.host=db", ["database.external.existingSecret",
                                                        "kubectl create secret"]),
  ("database.mode=external,database.external.host=db,database.external.existingSecret=a",
   ["adminExistingSecret", "migration.enabled and backup.enabled to false"]),
  ("database.external.sslMode=prefer", ["'verify-full', 'verify-ca', 'require', 'disable'"]),
  ("database.name=Higgs Domino", ["lower-case letters, digits and underscores"]),
  ("database.embedded.persistence.size=10GB", ["a size with its unit, such as 10Gi"]),
  ("database.cnpg.instances=2", ["3 or more: a commit waits for one of two standbys"]),
  ("database.cnpg.backup.schedule=0 3 * * *", ["six fields, the first one seconds"]),
  ("database.mode=cnpg,database.cnpg.backup.method=plugin", ["objectStore", "Barman Cloud"]),
  ("redis.mode=sentinel", ["'none', 'embedded', 'external'"]),
  ("redis.mode=external", ["redis.external.existingSecret", "kubectl create secret"]),
  ("redis.embedded.maxMemory=64Mi", ["such as 64mb"]),
  ("backup.schedule=nightly", ["five fields"]),
  ("backup.keep=0", ["/backup/keep"]),
  ("server.logLevel=loud", ["'trace', 'debug', 'info'"]),
  ("server.trustedProxies=11", ["'auto', 0, 1"]),
  ("server.terminationGracePeriodSeconds=31", ["terminationGracePeriodSeconds is too short",
                                               "preStopSeconds + 30"]),
  ("server.preStopSeconds=0", ["/server/preStopSeconds"]),
  ("image.digest=abc", ["sha256: and 64 hexadecimal digits"]),
  ("image.pullPolicy=Sometimes", ["'IfNotPresent', 'Always', 'Never'"]),
  ("fullnameOverride=Higgs_Domino", ["lower-case letters, digits and hyphens"]),
  ("ingress.enabled=true", ["ingress.hosts", "play.example.com"]),
  ("ingress.hosts={https://play.example.com/}", ["without http:// and path"]),
  ("networkPolicy.ingressController=,ingress.enabled=true,ingress.hosts={a.example.com}",
   ["ingressController"]),
  ("database.external.cidrs={10.0.0.1}", ["a range of addresses"]),
  ("monitoring.prometheus.alertmanager=http://alerts", ["host:port"]),
  ("features.chess=true", ["'chess' not allowed"]),
  ("features.bots=maybe", ["/features/bots", "boolean"]),
]


def refusal(*arguments) -> str:
  ended = helm("template", "h", CHART, *arguments)
  assert ended.returncode != 0, "it was taken"
  return ended.stderr


@pytest.mark.parametrize("setting, words", REFUSALS)
def test_it_is_refused_with_the_promised_words(setting, words):
  operators = [word for version in OPERATORS for word in ("--api-versions", version)]
  said = refusal("--set", setting, *operators)
  for promised in words:
    assert promised in said


@pytest.mark.parametrize("setting, words", [
  ("database.mode=cnpg", ["CloudNativePG is not installed", "Install its operator first"]),
  ("serviceMonitor.enabled=true", ["Prometheus operator is not installed", "monitoring.enabled"]),
  ("prometheusRule.enabled=true", ["Prometheus operator is not installed"]),
])
def test_an_absent_operator_is_said_before_anything_is_made(setting, words):
  said = refusal("--set", setting)
  for promised in words:
    assert promised in said


def test_the_words_of_a_refusal_are_no_value():
  """Words stand in the schema as if they were allowed; they must not be."""
  refusal("--set-string", f"replicaCount=only 1\\, since {WHY}")
  refusal("--set-string", "backup.schedule=five fields: minutes\\, hours\\, days\\, months\\, "
          "weekdays\\, such as 17 3 * * *")


@pytest.mark.parametrize("setting", ["replicaCount=2", "autoscaling.enabled=true"])
def test_who_leaves_out_the_schema_is_refused_as_well(setting):
  assert WHY in refusal("--skip-schema-validation", "--set", setting)


@pytest.mark.parametrize("setting", ["replicaCount=2", "autoscaling.enabled=true"])
def test_the_schema_itself_says_why(setting):
  said = refusal("--set", setting)
  assert "schema" in said and f"since {WHY}" in said


@pytest.mark.parametrize("release", ["1game", "my.game"])
def test_a_release_whose_services_kubernetes_would_refuse(release):
  ended = helm("template", release, CHART)
  assert ended.returncode != 0
  assert "Choose another name for the release, or set fullnameOverride" in ended.stderr
  assert helm("template", release, CHART, "--set", "fullnameOverride=domino").returncode == 0


def test_an_old_cluster_is_refused():
  assert "1.30" in refusal("--kube-version", "1.29.0")

"""The three databases, and Redis: names, certificates, durability."""

import pytest

from support import rendered, with_values


@pytest.mark.parametrize("mode, host", [
  ("embedded", "higgs-domino-database"), ("cnpg", "higgs-domino-pg-rw")])
def test_the_database_is_verified(mode, host):
  data = with_values(f"database.mode={mode}").named("ConfigMap", "higgs-domino-libpq")["data"]
  assert (data["PGHOST"], data["PGSSLMODE"]) == (host, "verify-full")
  assert data["PGSSLROOTCERT"] == "/etc/higgs/database-ca/ca.crt"


def test_the_certificates_are_for_the_names_that_are_used():
  manifests = rendered("redis")
  lines = next(each["value"] for each in manifests.pod("secrets").spec["containers"][0]["env"]
               if each["name"] == "SECRETS").splitlines()
  names = {line.split()[1]: line.split()[2].split(",") for line in lines if line.startswith("tls")}
  assert names["domino-database-tls"] == [
    "domino-database", "domino-database.games", "domino-database.games.svc",
    "domino-database.games.svc.cluster.local"]
  assert "domino-cache" in names["domino-cache-tls"]
  assert manifests.named("ConfigMap", "domino-libpq")["data"]["PGHOST"] == "domino-database"
  assert any(line == "redis domino-cache rediss domino-cache:6379/0" for line in lines)


def test_cnpg_commits_to_a_standby_and_backs_up():
  cluster = rendered("cnpg").of_kind("Cluster")[0]["spec"]
  assert cluster["instances"] == 3
  assert cluster["postgresql"]["synchronous"] == {
    "method": "any", "number": 1, "dataDurability": "required"}
  backup = rendered("cnpg").of_kind("ScheduledBackup")[0]["spec"]
  assert backup["method"] == "volumeSnapshot" and len(backup["schedule"].split()) == 6
  plugin = rendered("cnpg-plugin")
  assert plugin.of_kind("Cluster")[0]["spec"]["plugins"][0]["parameters"] == {
    "barmanObjectName": "backups"}
  assert plugin.of_kind("ScheduledBackup")[0]["spec"]["method"] == "plugin"


def test_an_external_database_is_verified_by_the_authority_of_the_operators():
  data = rendered("external").named("ConfigMap", "higgs-domino-libpq")["data"]
  assert data["PGSSLMODE"] == "verify-full" and data["PGPORT"] == "6432"
  assert data["PGSSLROOTCERT"] == "/etc/higgs/database-ca/ca.crt"
  public = with_values(
    "database.mode=external", "database.external.host=db", "database.external.existingSecret=a",
    "database.external.adminExistingSecret=b").named("ConfigMap", "higgs-domino-libpq")["data"]
  assert public["PGSSLROOTCERT"] == "/etc/ssl/certs/ca-certificates.crt"


@pytest.mark.parametrize("case", ["defaults", "external", "cnpg"])
def test_only_the_migration_and_the_backup_have_the_administrators_password(case):
  users = {}
  for pod in rendered(case).pods():
    for container in pod.containers:
      for variable in container.get("env", []):
        if variable["name"] == "PGUSER":
          users.setdefault(variable["value"], set()).add(pod.component)
  assert users["postgres"] == {"migration", "backup"}
  assert users["higgs_app"] == {"server", "test"}

"""The scripts of the migration and of the backup, run for real against a PostgreSQL of our own."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from secrets_job import STAND_IN
from support import ROOT, script

HARD_PASSWORD = "it's \\ \"quoted\" $HOME :colon"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory, secrets):
  """A PostgreSQL with the certificate that the Job has made; its roles need their passwords."""
  folder = tmp_path_factory.mktemp("postgres") / "server"
  for parent in list(folder.parents)[:3]:
    parent.chmod(0o755)
  tool = ROOT / "scripts/postgres"
  uri = subprocess.run([tool, "start", folder, "--set", "log_statement=all"], text=True,
                       check=True, stdout=subprocess.PIPE).stdout.split()[-1]
  port = re.search(r":(\d+)/", uri)[1]
  settings = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": "postgres",
              "PGDATABASE": "higgs_domino", "PGSSLMODE": "disable"}
  data = next(folder.glob("**/pg_hba.conf"))
  hba = data.read_text(encoding="utf-8")
  data.write_text("hostssl all higgs_app 127.0.0.1/32 scram-sha-256\n"
                  "host all higgs_app all reject\n" + hba, encoding="utf-8")
  for file, text in secrets.data("domino-database-tls").items():
    path = data.parent / file
    path.write_bytes(text)
    shutil.chown(path, data.owner(), data.group())
    path.chmod(0o600)
  (folder.parent / "ca.crt").write_bytes(secrets.data("domino-database-tls")["ca.crt"])
  for line in ("create database higgs_domino", "alter system set ssl = on",
               "alter system set ssl_cert_file = 'tls.crt'",
               "alter system set ssl_key_file = 'tls.key'", "select pg_reload_conf()"):
    psql(settings | {"PGDATABASE": "postgres"}, line)
  yield settings | {"FOLDER": str(folder)}
  subprocess.run([tool, "stop", folder], check=True, stdout=subprocess.DEVNULL)


def psql(settings: dict, statement: str) -> str:
  return subprocess.run(
    ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement], text=True,
    check=True, capture_output=True, env=os.environ | settings, timeout=60).stdout.strip()


def migrate(postgres, tmp_path, **environment) -> tuple[subprocess.CompletedProcess, list[str]]:
  """The migration's script; also what it has asked of the program."""
  (tmp_path / "higgs").symlink_to(STAND_IN)
  calls = tmp_path / "calls"
  calls.touch()
  ended = script("migrate.sh", **postgres | {
    "PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)} | environment)
  (tmp_path / "higgs").unlink()
  return ended, calls.read_text(encoding="utf-8").splitlines()


def test_waiting_ends_when_the_database_answers(postgres):
  ended = script("wait-for-database.sh", **postgres)
  assert ended.returncode == 0 and "The database answers." in ended.stdout


def test_waiting_has_a_bound_and_says_why(postgres):
  started = time.monotonic()
  ended = script("wait-for-database.sh", **postgres | {"PGPORT": "1", "WAIT_SECONDS": "2"})
  assert ended.returncode == 1 and time.monotonic() - started < 20
  assert "has not answered for 2 s" in ended.stderr and "refused" in ended.stderr


def test_the_migration_brings_a_new_database_up_and_gives_the_passwords(postgres, tmp_path):
  ended, calls = migrate(postgres, tmp_path, HIGGS_APP_PASSWORD=HARD_PASSWORD,
                         HIGGS_READONLY_PASSWORD="simple")
  assert ended.returncode == 0, ended.stderr
  assert calls == ["migrate wait --timeout-seconds 1", "migrate up"]
  assert int(psql(postgres, "select count(*) from schema_migrations")) >= 9
  assert HARD_PASSWORD not in ended.stdout + ended.stderr
  log = "".join(path.read_text(encoding="utf-8", errors="replace")
                for path in Path(postgres["FOLDER"]).glob("**/*.log"))
  assert "create database higgs_domino" in log, "this is not the server's log"
  assert "quoted" not in log and "password 'simple'" not in log


def test_the_server_signs_in_by_password_and_verified_tls(postgres, tmp_path):
  migrate(postgres, tmp_path, HIGGS_APP_PASSWORD=HARD_PASSWORD)
  authority = Path(postgres["FOLDER"]).parent / "ca.crt"
  settings = postgres | {
    "PGUSER": "higgs_app", "PGPASSWORD": HARD_PASSWORD, "PGSSLMODE": "verify-full",
    "PGSSLROOTCERT": str(authority), "PGHOST": "domino-database", "PGHOSTADDR": "127.0.0.1"}
  assert psql(settings, "select ssl from pg_stat_ssl where pid = pg_backend_pid()") == "t"
  for wrong in ({"PGPASSWORD": "wrong"}, {"PGHOST": "another-name"}, {"PGSSLMODE": "disable"}):
    with pytest.raises(subprocess.CalledProcessError):
      psql(settings | wrong, "select 1")


def test_a_second_migration_does_nothing(postgres, tmp_path):
  migrate(postgres, tmp_path)
  ended, calls = migrate(postgres, tmp_path)
  assert ended.returncode == 0 and calls[-1] == "migrate wait --timeout-seconds 1"
  assert "at least at this release's version" in ended.stdout


def test_after_a_rollback_a_newer_schema_is_left_alone(postgres, tmp_path):
  migrate(postgres, tmp_path)
  psql(postgres, "insert into schema_migrations (version, name, sha256, applied_by, duration_ms) "
       "select 999, 'of_a_later_release', sha256, applied_by, 1 from schema_migrations limit 1")
  try:
    ended, calls = migrate(postgres, tmp_path)
    assert ended.returncode == 0 and "migrate up" not in calls[1:]
  finally:
    psql(postgres, "delete from schema_migrations where version = 999")


def test_a_migration_that_fails_is_no_success(postgres, tmp_path):
  ended, _ = migrate(postgres | {"PGDATABASE": "no_such_database"}, tmp_path)
  assert ended.returncode != 0 and "no_such_database" in ended.stderr


def test_the_test_of_the_database_tells_the_right_role_from_a_wrong_one(postgres, tmp_path):
  migrate(postgres, tmp_path, HIGGS_APP_PASSWORD="simple")
  right = script("test-database.sh", **postgres | {
    "PGUSER": "higgs_app", "PGPASSWORD": "simple", "PGSSLMODE": "require"})
  assert right.returncode == 0, right.stderr
  assert "The ledger is in order." in right.stdout and "cannot make chips" in right.stdout
  wrong = script("test-database.sh", **postgres)
  assert wrong.returncode == 1 and "it is not the role that it should be" in wrong.stderr


def test_every_statement_of_the_runbooks_runs(postgres, tmp_path):
  migrate(postgres, tmp_path)
  pages = "".join(page.read_text(encoding="utf-8")
                  for page in (ROOT / "docs/runbooks").glob("*.md"))
  statements = {" ".join(each.split()) for each in re.findall(r"`(select[^`]+)`", pages)}
  assert len(statements) >= 8
  for statement in sorted(statements):
    psql(postgres, statement)


def test_a_backup_volume_is_tried(tmp_path):
  assert script("prepare-backup.sh", BACKUP_FOLDER=str(tmp_path)).returncode == 0
  assert not list(tmp_path.iterdir())
  ended = script("prepare-backup.sh", BACKUP_FOLDER="/proc")
  assert ended.returncode != 0

"""The Job that makes Secrets, run for real against an API server in Python."""

import json
import re
import shutil
import subprocess

import pytest

from api_server import PATH, APIServer
from secrets_job import STAND_IN, make_secrets


@pytest.fixture
def api(tmp_path):
  server = APIServer(tmp_path)
  yield server
  server.stop()


@pytest.fixture
def programs(tmp_path):
  """A folder with `higgs` in it."""
  folder = tmp_path / "programs"
  folder.mkdir()
  (folder / "higgs").symlink_to(STAND_IN)
  return folder


def test_it_makes_what_is_missing_and_keeps_it_for_ever(api, programs):
  ended = make_secrets(api, programs)
  assert ended.returncode == 0, ended.stderr
  assert set(api.secrets) == {"domino-key-ring", "domino-database", "domino-database-tls",
                              "domino-cache", "domino-cache-tls"}
  assert "domino-key-ring: made" in ended.stdout
  first = json.dumps(api.secrets)
  ended = make_secrets(api, programs)
  assert ended.returncode == 0, ended.stderr
  assert "domino-key-ring: is there and stays as it is" in ended.stdout
  assert json.dumps(api.secrets) == first


def test_one_that_is_missing_is_made_beside_those_that_are_there(api, programs):
  make_secrets(api, programs)
  kept, lost = api.secrets["domino-database"], api.secrets.pop("domino-cache")
  assert make_secrets(api, programs).returncode == 0
  assert api.secrets["domino-database"] == kept
  assert api.secrets["domino-cache"] != lost, "a lost password is made anew"


def test_what_it_makes_is_random_and_of_the_right_form(api, programs):
  assert make_secrets(api, programs).returncode == 0
  ring = json.loads(api.data("domino-key-ring")["key-ring.json"])
  assert re.fullmatch("[0-9a-f]{64}", ring["keys"][ring["current"]])
  passwords = api.data("domino-database")
  assert set(passwords) == {"postgres-password", "app-password", "readonly-password"}
  cache = api.data("domino-cache")
  every = [*passwords.values(), cache["password"]]
  assert len(set(every)) == 4 and all(re.fullmatch(b"[0-9a-f]{64}", each) for each in every)
  assert cache["url"] == b"rediss://:" + cache["password"] + b"@domino-cache:6379/0"
  labels = api.secrets["domino-cache"]["metadata"]["labels"]
  assert labels["app.kubernetes.io/managed-by"] == "higgs-domino-secrets-job"


def test_certificates_are_for_the_names_of_the_service_and_for_no_other(api, programs, tmp_path):
  assert make_secrets(api, programs).returncode == 0
  for file, data in api.data("domino-database-tls").items():
    (tmp_path / file).write_bytes(data)
  def verify(name):
    return subprocess.run(
      ["openssl", "verify", "-CAfile", tmp_path / "ca.crt", "-purpose", "sslserver",
       "-verify_hostname", name, tmp_path / "tls.crt"], capture_output=True, check=False).returncode
  for name in ("domino-database", "domino-database.games.svc",
               "domino-database.games.svc.cluster.local"):
    assert verify(name) == 0, name
  assert verify("domino-cache") != 0
  assert b"PRIVATE KEY" not in (tmp_path / "ca.crt").read_bytes()
  assert set(api.data("domino-database-tls")) == {"tls.crt", "tls.key", "ca.crt"}


def test_grafana_gets_an_administrator(api, programs):
  assert make_secrets(api, programs, case="monitoring").returncode == 0
  assert api.data("higgs-domino-grafana")["admin-user"] == b"admin"
  assert len(api.data("higgs-domino-grafana")["admin-password"]) == 64


def test_it_asks_for_nothing_but_to_create_secrets(api, programs):
  make_secrets(api, programs)
  assert set(api.requests) == {f"POST {PATH}"}


def test_an_api_server_that_fails_for_a_moment_is_asked_again(tmp_path, programs):
  api = APIServer(tmp_path, refusals=[503, 500])
  ended = make_secrets(api, programs)
  api.stop()
  assert ended.returncode == 0, ended.stderr
  assert len(api.secrets) == 5 and len(api.requests) == 7


def test_a_refusal_is_said_with_the_words_of_the_api_server(tmp_path, programs):
  api = APIServer(tmp_path, refusals=[403])
  ended = make_secrets(api, programs)
  api.stop()
  assert ended.returncode == 1
  assert "domino-key-ring: the API server answered 403" in ended.stderr
  assert "not now" in ended.stderr


def test_a_server_that_is_not_the_clusters_gets_no_token(api, programs, tmp_path):
  other = tmp_path / "other"
  other.mkdir()
  imposter = APIServer(other)
  shutil.copy(imposter.account / "ca.crt", api.account / "ca.crt")
  ended = make_secrets(api, programs)
  imposter.stop()
  assert ended.returncode == 1 and not api.requests
  assert "the API server did not answer" in ended.stderr


def test_a_program_that_makes_nothing_makes_no_empty_secret(api, programs):
  (programs / "higgs").unlink()
  (programs / "higgs").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
  (programs / "higgs").chmod(0o755)
  ended = make_secrets(api, programs)
  assert ended.returncode == 1 and "nothing was made for key-ring.json" in ended.stderr
  assert not api.secrets


def test_an_image_that_lacks_a_program_is_said(api, programs):
  (programs / "higgs").unlink()
  ended = make_secrets(api, programs)
  assert ended.returncode == 1 and "the image of the database has no higgs" in ended.stderr
  assert not api.requests


def test_it_leaves_nothing_behind(api, programs):
  make_secrets(api, programs)
  assert {path.name for path in programs.iterdir()} == {"higgs"}

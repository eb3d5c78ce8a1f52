"""The chart and the images agree: users, volumes, programs, the words of the environment."""

import re

import pytest

from support import ROOT, rendered

DOCKER = ROOT / "docker"
pytestmark = pytest.mark.skipif(not DOCKER.is_dir(), reason="this checkout has no docker/ yet")


def dockerfile(name: str) -> str:
  return (DOCKER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("file, component", [
  ("Dockerfile", "server"), ("Dockerfile.db", "database"), ("Dockerfile.cache", "cache")])
def test_users_are_those_of_the_images(file, component):
  user = rendered("redis").pod(component).spec["securityContext"]["runAsUser"]
  assert re.search(rf"^USER {user}:{user}$", dockerfile(file), re.MULTILINE)


def test_the_program_is_the_entry_point():
  assert 'ENTRYPOINT ["higgs"]' in dockerfile("Dockerfile")


@pytest.mark.parametrize("program", ["curl", "openssl"])
def test_the_image_of_the_database_has_what_the_scripts_call(program):
  """make-secrets.sh, test-connection.sh and test-api.sh run there."""
  assert re.search(rf"\b{program}\b", dockerfile("Dockerfile.db")), (
    f"add {program} to the packages of docker/Dockerfile.db")


def test_the_data_are_where_the_image_keeps_them():
  container = rendered("defaults").pod("database").spec["containers"][0]
  mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
  assert f'VOLUME ["{mounts["data"]}"]' in dockerfile("Dockerfile.db")


def test_the_image_of_the_database_knows_what_it_is_told():
  container = rendered("defaults").pod("database").spec["containers"][0]
  entry_point = "".join(path.read_text(encoding="utf-8")
                        for path in (DOCKER / "database").iterdir())
  for variable in container["env"]:
    assert variable["name"] in entry_point, variable["name"]

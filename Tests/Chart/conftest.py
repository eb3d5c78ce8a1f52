"""What several test files take."""

import pytest

from api_server import APIServer
from secrets_job import STAND_IN, make_secrets
from support import CASES, rendered


@pytest.fixture(params=CASES)
def manifests(request):
  """The chart as rendered for each file of helm-chart/ci."""
  return rendered(request.param)


@pytest.fixture(scope="session")
def secrets(tmp_path_factory):
  """What the Secrets Job makes."""
  folder = tmp_path_factory.mktemp("secrets")
  (folder / "programs").mkdir()
  (folder / "programs/higgs").symlink_to(STAND_IN)
  api = APIServer(folder)
  ended = make_secrets(api, folder / "programs")
  api.stop()
  assert ended.returncode == 0, ended.stderr
  return api

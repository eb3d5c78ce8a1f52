"""Each test that takes `manifests` runs for every file of helm-chart/ci."""

import pytest

from support import CASES, rendered


@pytest.fixture(params=CASES)
def manifests(request):
  return rendered(request.param)

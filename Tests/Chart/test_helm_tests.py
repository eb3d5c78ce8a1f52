"""The scripts of `helm test`, against a server that answers well or badly."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import script


class Answers(BaseHTTPRequestHandler):
  """A server with a given answer for each path."""

  answers: dict[str, tuple[int, str]] = {}

  def do_GET(self):
    status, text = self.answers.get(self.path, (404, ""))
    self.send_response(status)
    self.send_header("Content-Length", str(len(text)))
    self.end_headers()
    self.wfile.write(text.encode())

  def log_message(self, *_):
    pass


GOOD = {"/health/live": (200, '{"status":"ok"}'), "/health/ready": (200, '{"status":"ok"}'),
        "/v1/config": (200, '{"version":"1.0.0"}'), "/openapi.yaml": (200, "openapi: 3.1.0")}


@pytest.mark.parametrize("name, answers, is_good", [
  ("test-connection.sh", GOOD, True),
  ("test-connection.sh", GOOD | {"/health/ready": (404, "")}, False),
  ("test-api.sh", GOOD, True),
  ("test-api.sh", GOOD | {"/v1/config": (200, '{"version":"0.9.0"}')}, False),
  ("test-api.sh", GOOD | {"/openapi.yaml": (404, "")}, False),
  ("test-api.sh", GOOD | {"/metrics": (200, "up 1")}, False),
])
def test_the_tests_of_helm_can_fail(name, answers, is_good):
  server = ThreadingHTTPServer(("127.0.0.1", 0), type("A", (Answers,), {"answers": answers}))
  threading.Thread(target=server.serve_forever, daemon=True).start()
  ended = script(name, SERVER_URL=f"http://127.0.0.1:{server.server_address[1]}",
                 EXPECTED_VERSION="1.0.0")
  server.shutdown()
  server.server_close()
  assert (ended.returncode == 0) is is_good, ended.stdout + ended.stderr

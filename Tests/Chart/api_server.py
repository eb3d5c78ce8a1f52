"""As much of an API server as the Secrets Job talks to: by TLS, for one token, with no other right
than to create Secrets."""

import base64
import http.server
import json
import ssl
import subprocess
import threading
from pathlib import Path

TOKEN = "token-of-the-account"
PATH = "/api/v1/namespaces/games/secrets"


class APIServer:
  """Holds Secrets by their names; `refusals` are answers that it gives first."""

  def __init__(self, folder: Path, refusals=()):
    self.secrets: dict[str, dict] = {}
    self.refusals = list(refusals)
    self.requests: list[str] = []
    self.account = folder / "account"
    self.account.mkdir()
    make_certificate(folder)
    (self.account / "ca.crt").write_bytes((folder / "server.crt").read_bytes())
    (self.account / "token").write_text(TOKEN, encoding="utf-8")
    (self.account / "namespace").write_text("games", encoding="utf-8")
    self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
    threading.Thread(target=self.server.serve_forever, daemon=True).start()

  @property
  def environment(self) -> dict[str, str]:
    """What a pod is told."""
    return {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "ACCOUNT_FOLDER": str(self.account),
            "KUBERNETES_SERVICE_PORT": str(self.server.server_address[1])}

  def stop(self) -> None:
    self.server.shutdown()
    self.server.server_close()

  def data(self, name: str) -> dict[str, bytes]:
    """A Secret's data, decoded as Kubernetes does: strictly."""
    return {key: base64.b64decode(text, validate=True)
            for key, text in self.secrets[name]["data"].items()}

  def answer(self, method: str, path: str, token: str | None, body: bytes) -> tuple[int, dict]:
    self.requests.append(f"{method} {path}")
    if self.refusals:
      return self.refusals.pop(0), {"message": "not now"}
    if token != f"Bearer {TOKEN}":
      return 401, {"message": "Unauthorized"}
    if (method, path) != ("POST", PATH):
      return 403, {"message": f"the account may not {method} {path}"}
    document = json.loads(body)
    assert (document["apiVersion"], document["kind"]) == ("v1", "Secret")
    name = document["metadata"]["name"]
    if name in self.secrets:
      return 409, {"message": f'secrets "{name}" already exists', "reason": "AlreadyExists"}
    self.secrets[name] = document
    return 201, document

  def handler(self):
    api = self

    class Handler(http.server.BaseHTTPRequestHandler):
      """Reads a request whole, answers with JSON."""

      def reply(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, document = api.answer(
          self.command, self.path, self.headers.get("Authorization"), body)
        answer = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

      do_GET = do_POST = do_PUT = do_PATCH = reply

      def log_message(self, *_):
        pass

    return Handler


def make_certificate(folder: Path) -> None:
  """A certificate of its own for 127.0.0.1."""
  subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
     "-nodes", "-days", "1", "-subj", "/CN=API server", "-addext", "subjectAltName=IP:127.0.0.1",
     "-keyout", folder / "server.key", "-out", folder / "server.crt"],
    check=True, capture_output=True)

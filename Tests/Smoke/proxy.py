"""A server in front of the server: it can speak TLS, and it can lie."""

import re
import socket
import ssl
import subprocess
import threading
from pathlib import Path

READ_BYTES = 1 << 16
OPENSSL_TIMEOUT_SECONDS = 60


class Proxy:
  """Passes bytes on. `lies` gets what the server says and answers what the client hears."""

  def __init__(self, port: int, lies=None, certificate: tuple[Path, Path] | None = None):
    self.target = port
    self.lies = lies
    self.context = None
    if certificate:
      self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      self.context.load_cert_chain(*certificate)
    self.listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=self.accept, daemon=True).start()

  @property
  def port(self) -> int:
    return self.listener.getsockname()[1]

  def accept(self) -> None:
    while True:
      try:
        client, _ = self.listener.accept()
      except OSError:
        return
      threading.Thread(target=self.serve, args=(client,), daemon=True).start()

  def serve(self, client: socket.socket) -> None:
    try:
      if self.context:
        client = self.context.wrap_socket(client, server_side=True)
      server = socket.create_connection(("127.0.0.1", self.target))
    except OSError:
      client.close()
      return
    threading.Thread(target=pump, args=(client, server, None), daemon=True).start()
    pump(server, client, self.lies)

  def close(self) -> None:
    self.listener.close()


def pump(source: socket.socket, sink: socket.socket, lies) -> None:
  """Until one of them is at its end."""
  try:
    while data := source.recv(READ_BYTES):
      sink.sendall(lies(data) if lies else data)
  except OSError:
    pass
  for end in (source, sink):
    try:
      end.shutdown(socket.SHUT_RDWR)
    except OSError:
      pass


class RicherWallet:
  """After a hand has ended every wallet shows other chips, of as many digits."""

  def __init__(self):
    self.has_ended = False

  def __call__(self, data: bytes) -> bytes:
    self.has_ended = self.has_ended or b'"type":"hand.ended"' in data
    if not self.has_ended:
      return data
    return re.sub(rb'"balance":(\d)', lambda match: b'"balance":%d' % (int(match[1]) % 9 + 1), data)


class LostEvent:
  """One event of the room has the number of the next one, as if one were missing."""

  def __call__(self, data: bytes) -> bytes:
    if b'"type":"tile.placed"' not in data:
      return data
    return re.sub(rb'("type":"tile.placed","room":\d+,"seq":\d*)(\d)',
                  lambda match: match[1] + b"%d" % ((int(match[2]) + 2) % 10), data)


def make_certificate(folder: Path) -> tuple[Path, Path]:
  """A certificate for localhost that signs itself, and its key."""
  certificate, key = folder / "certificate.pem", folder / "key.pem"
  subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
     "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
     "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    check=True, capture_output=True, timeout=OPENSSL_TIMEOUT_SECONDS)
  return certificate, key

"""Redis of the release, started for real by its script and settings."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from support import rendered

WAIT_SECONDS = 30


@pytest.fixture
def redis(tmp_path, secrets):
  """Redis by the script and the settings of the chart, with its paths moved to a folder."""
  data = rendered("redis").named("ConfigMap", "domino-cache")["data"]
  with socket.create_server(("127.0.0.1", 0)) as taken:
    port = str(taken.getsockname()[1])
  for file, content in secrets.data("domino-cache-tls").items():
    (tmp_path / file).write_bytes(content)
  moved = {"/etc/redis-tls": str(tmp_path), "dir /tmp": f"dir {tmp_path}", "6379": port,
           "bind * -::*": "bind 127.0.0.1"}
  settings = data["redis.conf"]
  for old, new in moved.items():
    assert old in settings
    settings = settings.replace(old, new)
  (tmp_path / "given").mkdir()
  (tmp_path / "given/redis.conf").write_text(settings, encoding="utf-8")
  (tmp_path / "redis.sh").write_text(data["redis.sh"], encoding="utf-8")
  password = secrets.data("domino-cache")["password"].decode()
  process = subprocess.Popen(
    ["sh", tmp_path / "redis.sh"], stdout=subprocess.DEVNULL, env=os.environ | {
      "REDIS_PASSWORD": password, "WORK_FOLDER": str(tmp_path),
      "SETTINGS_FOLDER": str(tmp_path / "given")})
  yield {"port": port, "password": password, "ca": tmp_path / "ca.crt", "pid": process.pid}
  process.terminate()
  assert process.wait(timeout=WAIT_SECONDS) == 0


def ping(redis, *options, password="") -> str:
  """The readiness probe's own command."""
  probe = rendered("redis").pod("cache").spec["containers"][0]["readinessProbe"]["exec"]["command"]
  words = [str(redis["ca"]) if word == "/etc/redis-tls/ca.crt" else word for word in probe]
  words[1:1] = ["-h", "127.0.0.1", "-p", redis["port"], *options]
  deadline = time.monotonic() + WAIT_SECONDS
  while True:
    ended = subprocess.run(words, text=True, capture_output=True, check=False, timeout=10,
                           env=os.environ | {"REDISCLI_AUTH": password})
    said = ended.stdout + ended.stderr
    if "refused" not in said or time.monotonic() > deadline:
      return said
    time.sleep(0.1)


def test_redis_answers_by_tls_and_password_only(redis):
  assert "PONG" in ping(redis, "--sni", "domino-cache", password=redis["password"])
  assert "NOAUTH" in ping(redis)
  plain = subprocess.run(["redis-cli", "-h", "127.0.0.1", "-p", redis["port"], "ping"], text=True,
                         capture_output=True, check=False, timeout=10)
  assert "PONG" not in plain.stdout


def test_the_password_of_redis_stands_in_no_command_line(redis):
  ping(redis, password=redis["password"])
  words = Path(f"/proc/{redis['pid']}/cmdline").read_text(encoding="utf-8")
  assert "redis-server" in words and redis["password"] not in words



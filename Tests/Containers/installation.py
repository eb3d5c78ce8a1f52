"""docker-compose.yml as it stands after `docker-compose up -d`."""

import json
import re
import time
import urllib.request
from pathlib import Path

import images
from workshop import ROOT, Failure, Workshop

UP_TIMEOUT_SECONDS = 400
READY_SECONDS = 60
SERVICES = ("app", "database", "cache")
USERS = {"app": "10001", "database": "999", "cache": "998"}
# Where `make run` looks for the address; all else that a server says is JSON.
PLAIN_LINE = re.compile(r"(listening|metrics) on http://\S+")


def up(workshop: Workshop) -> str:
  started = time.monotonic()
  workshop.compose("up", "-d", timeout_seconds=UP_TIMEOUT_SECONDS)
  wait_until_ready(workshop)
  return f"ready after {time.monotonic() - started:.1f} s"


def wait_until_ready(workshop: Workshop) -> None:
  """Until the server says that it is ready to play."""
  deadline = time.monotonic() + READY_SECONDS
  while True:
    try:
      urllib.request.urlopen(f"{workshop.url}/health/ready", timeout=5).close()
      return
    except OSError as error:
      if time.monotonic() > deadline:
        raise Failure(f"not ready after {READY_SECONDS} s: {error}\n"
                      + "\n".join(workshop.logs("app")[-20:])) from None
      time.sleep(0.2)


def same_files(_workshop: Workshop) -> None:
  """The root's file is the other one, seen from the root."""
  from generators.compose import root_compose
  if (ROOT / "docker-compose.yml").read_text(encoding="utf-8") != root_compose(ROOT):
    raise Failure("docker-compose.yml is not what docker/docker-compose.yml makes: make generate")


def in_order(workshop: Workshop) -> None:
  """The server had nothing to wait for: the database was healthy before it was started."""
  early = [line for line in workshop.logs("app") if "cannot connect" in line]
  if early:
    raise Failure(f"the server came before its database:\n{early[0]}")
  code = workshop.inspect("init")["State"]["ExitCode"]
  if code != 0:
    raise Failure(f"init ended with {code}")


def serves(workshop: Workshop) -> None:
  """The page and the papers are in the image."""
  for path, word in (("/", "<!doctype html"), ("/openapi.yaml", "openapi: 3"),
                     ("/v1/stakes", "gaple")):
    try:
      with urllib.request.urlopen(workshop.url + path, timeout=10) as answer:
        words = answer.read().decode()
    except OSError as error:
      raise Failure(f"GET {path}: {error}") from None
    if word not in words:
      raise Failure(f"GET {path} has no '{word}' in it, but: {words[:200]}")


def metrics_apart(workshop: Workshop) -> None:
  """Metrics have a port of their own, which only other containers reach."""
  ask = ("exec 3<>/dev/tcp/127.0.0.1/{}; printf 'GET /metrics HTTP/1.1\\r\\nHost: app\\r\\n"
         "Connection: close\\r\\n\\r\\n' >&3; cat <&3")
  inside = workshop.execute("app", "bash", "-c", ask.format(9464))
  if "higgs_pool_connections" not in inside:
    raise Failure(f"port 9464 says: {inside[:300]}")
  if "higgs_pool_connections" in workshop.execute("app", "bash", "-c", ask.format(3000)):
    raise Failure("the players' port serves metrics, too")


def confined(workshop: Workshop) -> None:
  """Not root, nothing writable but what is given, no capability, no way to more rights."""
  for service in SERVICES:
    found = dict(line.split(":", 1) for line in workshop.execute(
      service, "cat", "/proc/1/status").splitlines())
    if found["Uid"].split() != [USERS[service]] * 4:
      raise Failure(f"{service} runs as {found['Uid'].split()}")
    if int(found["CapEff"], 16) or int(found["CapBnd"], 16) or found["NoNewPrivs"].strip() != "1":
      raise Failure(f"{service}: CapEff {found['CapEff']}, CapBnd {found['CapBnd']}, "
                    f"NoNewPrivs {found['NoNewPrivs']}")
    ended = workshop.try_run("podman", "exec", "--user", "0", workshop.name(service), "bash", "-c",
                             "echo >/opt/higgs/written")
    if ended.returncode == 0 or "Read-only file system" not in ended.stderr:
      raise Failure(f"{service}: its root file system can be written: {ended.stderr}")
    limit = workshop.inspect(service)["HostConfig"]["Memory"]
    if not limit:
      raise Failure(f"{service} has no limit of memory")


def only_port(workshop: Workshop) -> None:
  """Only the server can be reached from outside, and only from this machine."""
  found = {service: {port: hosts for port, hosts in workshop.inspect(service)[
    "NetworkSettings"]["Ports"].items() if hosts} for service in SERVICES}
  wanted = {"3000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(workshop.port)}]}
  if found != {"app": wanted, "database": {}, "cache": {}}:
    raise Failure(f"ports: {found}")


def json_lines(workshop: Workshop) -> str:
  """What `docker-compose logs` shows can be read by machines."""
  count = 0
  for service in ("init", *SERVICES):
    for line in workshop.logs(service):
      if service == "app" and PLAIN_LINE.fullmatch(line):
        continue
      try:
        event = json.loads(line)
      except ValueError:
        raise Failure(f"{service}: {line}") from None
      if not {"level", "logger", "message"} <= event.keys():
        raise Failure(f"{service} leaves out a key: {line}")
      count += 1
  if not workshop.logs("database"):
    raise Failure("the database has said nothing")
  return f"{count} lines"


def secret_values(workshop: Workshop) -> list[bytes]:
  """What nobody may see."""
  folder = workshop.volume("secrets")
  ring = json.loads((folder / "key-ring.json").read_text())
  values = [key.encode() for key in ring["keys"].values()]
  values += [path.read_bytes().strip() for path in folder.glob("*.password")]
  if len(values) < 5 or min(map(len, values)) < 64 or len(set(values)) != len(values):
    raise Failure(f"the secrets in {folder} are too few, too short or alike")
  return values


def no_secrets(workshop: Workshop) -> str:
  """Not in images, settings, environments, command lines or logs."""
  secrets = secret_values(workshop)
  places = dict(words_of_containers(workshop))
  for image in images.USERS:
    places[f"inspect {image}"] = workshop.podman("image", "inspect", image).encode()
  for name, words in places.items():
    if any(secret in words for secret in secrets):
      raise Failure(f"a secret is in {name}")
  for image in images.USERS:
    for name, words in images.layer_files(workshop, image):
      if any(secret in words for secret in secrets):
        raise Failure(f"a secret is in {image}, {name}")
  kept = workshop.sql("select count(*) from pg_stat_statements where query ~* 'password '''",
                      "postgres")
  if kept != "0":
    raise Failure("pg_stat_statements keeps a statement with a password")
  return f"looked for {len(secrets)} in {len(places)} places and in every layer"


def words_of_containers(workshop: Workshop):
  for service in ("init", *SERVICES):
    yield f"inspect {service}", json.dumps(workshop.inspect(service)).encode()
    yield f"logs of {service}", "\n".join(workshop.logs(service)).encode()
  for service in SERVICES:
    for pid in workshop.podman("top", workshop.name(service), "hpid").split()[1:]:
      for kind in ("environ", "cmdline"):
        try:
          yield f"{kind} of {service} {pid}", Path(f"/proc/{pid}/{kind}").read_bytes()
        except OSError:
          continue  # A health check that has ended meanwhile.


def cache_wants_password(workshop: Workshop) -> None:
  answer = workshop.execute("cache", "redis-cli", "ping")
  if "NOAUTH" not in answer:
    raise Failure(f"without a password Redis says: {answer}")
  workshop.execute("cache", "/opt/higgs/libexec/healthcheck")


def readme_commands(workshop: Workshop) -> None:
  """createdb, then setup.sql, as the README has it; and the tools that belong to the image."""
  words = workshop.execute("database", "bash", "-c",
                           "createdb by_hand && psql -d by_hand -f database/setup.sql")
  newest = sorted((ROOT / "database/migrations").glob("*.sql"))[-1].name.split("_")[0]
  if f"is now at {newest}" not in words:
    raise Failure(words)
  workshop.execute("database", "dropdb", "by_hand")
  workshop.execute("database", "pgbackrest", "version")
  extensions = workshop.sql("select string_agg(extname, ' ' order by extname) from pg_extension",
                            "postgres")
  if extensions != "amcheck pg_stat_statements plpgsql":
    raise Failure(f"extensions: {extensions}")
  if workshop.sql("show data_checksums") != "on":
    raise Failure("data pages have no checksums")
  hashes = workshop.sql("select count(*) from pg_authid where rolcanlogin and "
                        "rolpassword not like 'SCRAM-SHA-256$%' or rolcanlogin and "
                        "rolpassword is null")
  if hashes != "0":
    raise Failure("a role that may log in has no SCRAM password")


STEPS = [
  (False, "the root's docker-compose.yml is generated from docker/", same_files),
  (True, "docker-compose up -d on a bare clone", up),
  (False, "it started in the order of health", in_order),
  (False, "page, API and openapi.yaml are served", serves),
  (False, "metrics have a port of their own", metrics_apart),
  (False, "no root, no capability, read-only root file systems, limits", confined),
  (False, "only the server's port is open, on 127.0.0.1", only_port),
  (False, "Redis wants its password", cache_wants_password),
  (False, "createdb and setup.sql in the database's image, and its tools", readme_commands),
  (False, "logs are JSON lines", json_lines),
  (False, "no secret in images, settings, environments, command lines, logs", no_secrets),
]

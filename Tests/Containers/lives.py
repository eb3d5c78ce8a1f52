"""What an installation lives through: kills, an orderly end, a backup, going down and up again."""

import asyncio
import hashlib
import os
import signal
import time

import images
import pages
from hand import play_over_a_kill
from installation import UP_TIMEOUT_SECONDS, up, wait_until_ready
from web import Refused, request
from workshop import PROJECT, ROOT, Failure, Workshop

RESTART_SECONDS = 60
ORDERLY_SECONDS = 25
BACKUP_TIMEOUT_SECONDS = 300
LEDGER = "select count(*), coalesce(sum(amount), 0) from transactions"
USERS = "select count(*) from users"
MOVES = "select count(*), md5(string_agg(m::text, '|' order by m::text)) from game_moves m"

# The guest of the first hand, to be met again after a new start.
played = {}


def main_pid(workshop: Workshop, service: str) -> int:
  return workshop.inspect(service)["State"]["Pid"]


def kill(workshop: Workshop, service: str) -> None:
  """kill -9 of the container's first process, and no more: the restart is the policy's."""
  pid = main_pid(workshop, service)
  os.kill(pid, signal.SIGKILL)
  deadline = time.monotonic() + RESTART_SECONDS
  while main_pid(workshop, service) in (0, pid):
    if time.monotonic() > deadline:
      raise Failure(f"{service} was not started again within {RESTART_SECONDS} s")
    time.sleep(0.1)


def smoke(workshop: Workshop) -> str:
  """A whole hand by the program that operators have for it, from another container."""
  words = workshop.podman(
    "run", "--rm", "--network", f"{PROJECT}_inside", "--add-host", f"app:{workshop.address('app')}",
    "--read-only", "--cap-drop", "ALL", "--no-healthcheck", images.APP, "smoke", "http://app:3000")
  return words.splitlines()[-1]


def hand_goes_on(workshop: Workshop) -> str:
  """The hand in which the server is killed ends as it was begun."""
  player, witness, hand = asyncio.run(play_over_a_kill(
    workshop.url, lambda: kill(workshop, "app")))
  stored = int(workshop.sql(f"select count(*) from game_moves where hand_id = '{hand}'"))
  seen = sum(1 for each, _ in witness.moves if each == hand)
  if stored < seen or not seen:
    raise Failure(f"{seen} moves of hand {hand} were seen, and {stored} are stored")
  played["secret"], played["id"] = player.secret, player.id
  return f"{seen} moves, {witness.resumed} returns with the same tiles"


def database_comes_back(workshop: Workshop) -> None:
  """kill -9 of the container, then of the server in it."""
  before = workshop.sql(LEDGER)
  kill(workshop, "database")
  wait_until_healthy(workshop, "database")
  pid = workshop.execute("database", "head", "-n", "1", "/var/lib/postgresql/data/postmaster.pid")
  old = main_pid(workshop, "database")
  # What podman makes of this is open: the container may be gone before it can tell.
  workshop.try_run("podman", "exec", workshop.name("database"), "bash", "-c", f"kill -9 {pid}")
  deadline = time.monotonic() + RESTART_SECONDS
  while main_pid(workshop, "database") in (0, old):
    if time.monotonic() > deadline:
      raise Failure("the container outlived its killed server")
    time.sleep(0.1)
  wait_until_healthy(workshop, "database")
  check_ledger(workshop, before)
  wait_until_ready(workshop)


def wait_until_healthy(workshop: Workshop, service: str) -> None:
  deadline = time.monotonic() + RESTART_SECONDS
  while workshop.try_run("podman", "healthcheck", "run", workshop.name(service)).returncode != 0:
    if time.monotonic() > deadline:
      raise Failure(f"{service} is not healthy after {RESTART_SECONDS} s:\n"
                    + "\n".join(workshop.logs(service)[-20:]))
    time.sleep(0.3)


def check_ledger(workshop: Workshop, least: str = "0|0", database: str = "higgs_domino") -> None:
  """Every check of the ledger holds, and nothing that was posted is missing."""
  broken = workshop.sql("select check_name, problem from verify_ledger() where not is_ok", database)
  if broken:
    raise Failure(f"verify_ledger(): {broken}")
  count = int(workshop.sql(LEDGER, database).split("|")[0])
  if count < int(least.split("|")[0]):
    raise Failure(f"{count} transactions, and there were {least.split('|')[0]}")


def one_server(workshop: Workshop) -> None:
  """A second container on the same data refuses to begin."""
  ended = workshop.try_run(
    "podman", "run", "--rm", "--no-healthcheck", "--read-only", "--cap-drop", "ALL",
    "--volume", f"{PROJECT}_database-files:/var/lib/postgresql",
    "--volume", f"{PROJECT}_database-secrets:/run/secrets/higgs:ro", *password_files(),
    images.DATABASE)
  if ended.returncode == 0 or "another container serves the data" not in ended.stdout:
    raise Failure(f"status {ended.returncode}: {ended.stdout[-500:]}")
  wait_until_healthy(workshop, "database")


def password_files() -> list[str]:
  names = {"POSTGRES_PASSWORD_FILE": "postgres", "HIGGS_APP_PASSWORD_FILE": "higgs_app",
           "HIGGS_READONLY_PASSWORD_FILE": "higgs_readonly"}
  return [word for name, role in names.items()
          for word in ("--env", f"{name}=/run/secrets/higgs/{role}.password")]


def ends_in_order(workshop: Workshop) -> str:
  """SIGTERM: the server ends by itself, in its time, with status 0."""
  started = time.monotonic()
  workshop.podman("stop", "--time", "30", workshop.name("app"))
  seconds = time.monotonic() - started
  code = workshop.inspect("app")["State"]["ExitCode"]
  workshop.podman("start", workshop.name("app"))
  wait_until_ready(workshop)
  if code != 0 or seconds > ORDERLY_SECONDS:
    raise Failure(f"it ended with {code} after {seconds:.1f} s")
  return f"{seconds:.1f} s"


def backup(workshop: Workshop) -> str:
  """A backup by the service of the profile, restored into an empty database, and compared."""
  workshop.compose("--profile", "backup", "up", "-d", "--no-recreate", "backup",
                   timeout_seconds=UP_TIMEOUT_SECONDS)
  wait_until_healthy(workshop, "backup")
  least = int(workshop.sql(USERS))
  workshop.execute("backup", "/opt/higgs/libexec/backup-nightly", "now",
                   timeout_seconds=BACKUP_TIMEOUT_SECONDS)
  files = [name for name in workshop.execute("backup", "ls", "/backups").split()
           if name.endswith(".dump")]
  if len(files) != 1:
    raise Failure(f"the folder of backups has: {files}")
  workshop.execute("database", "createdb", "restored")
  workshop.execute(
    "backup", "higgs", "backup", "restore", f"/backups/{files[0]}", "--database-url",
    "postgres://postgres@database:5432/restored?passfile=/run/secrets/higgs/pgpass",
    timeout_seconds=BACKUP_TIMEOUT_SECONDS)
  check_ledger(workshop, database="restored")
  found = int(workshop.sql(USERS, "restored"))
  if found < max(least, 1):
    raise Failure(f"{found} users were restored, and there were {least}")
  workshop.execute("database", "dropdb", "restored")
  return files[0]


def wrong_words(workshop: Workshop) -> None:
  """What is set wrongly is named, with what to do."""
  for image, words, wanted in (
      (images.DATABASE, [], "POSTGRES_PASSWORD_FILE is missing: name a file"),
      (images.DATABASE, ["--env", "POSTGRES_PASSWORD_FILE=/none"], "is /none, which is not there"),
      (images.DATABASE, ["--env", "BACKUP_TIME=25:00"], "--at"),
      (images.CACHE, [], "REDIS_PASSWORD_FILE is '': name a file"),
      (images.APP, [], "DATABASE_URL is missing")):
    command = ["/opt/higgs/libexec/backup-nightly"] if wanted == "--at" else []
    ended = workshop.try_run("podman", "run", "--rm", "--no-healthcheck", "--read-only", "--network",
                             "none", "--volume", "/backups", *words, image, *command,
                             timeout_seconds=30)
    said = ended.stdout + ended.stderr
    if ended.returncode == 0 or wanted not in said:
      raise Failure(f"{image} {words}: status {ended.returncode}, without '{wanted}':\n{said[-600:]}")


def tls(workshop: Workshop) -> None:
  """With a certificate the database takes TLS connections and no others."""
  folder = workshop.folder / "tls"
  folder.mkdir()
  workshop.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-days", "2", "-subj", "/CN=database", "-keyout", folder / "key.pem",
               "-out", folder / "certificate.pem")
  for file in folder.iterdir():
    os.chown(file, 999, 999)
  workshop.podman(
    "run", "--detach", "--name", workshop.name("tls"), "--read-only", "--cap-drop", "ALL",
    "--volume", f"{PROJECT}_database-secrets:/run/secrets/higgs:ro", "--volume", f"{folder}:/tls:ro",
    "--env", "HIGGS_TLS_CERTIFICATE_FILE=/tls/certificate.pem", "--env",
    "HIGGS_TLS_KEY_FILE=/tls/key.pem", *password_files(), images.DATABASE)
  wait_until_healthy(workshop, "tls")
  answers = [workshop.try_run(
    "podman", "exec", "--env", "PGPASSFILE=/run/secrets/higgs/pgpass", workshop.name("tls"), "psql",
    "-Atc", "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
    f"host=127.0.0.1 user=postgres dbname=higgs_domino sslmode={mode}")
    for mode in ("require", "disable")]
  workshop.podman("rm", "--force", "--volumes", "--time", "10", workshop.name("tls"))
  if answers[0].stdout.strip() != "t" or answers[1].returncode == 0:
    raise Failure(f"with TLS: {answers[0]}\nwithout: {answers[1]}")


def down_and_up(workshop: Workshop) -> str:
  """Containers go, volumes stay: the same keys, ledger, moves, and the guest is known."""
  workshop.podman("stop", "--time", "30", workshop.name("app"))
  before = workshop.sql(LEDGER), workshop.sql(MOVES), key_ring(workshop)
  workshop.compose("--profile", "backup", "down", timeout_seconds=UP_TIMEOUT_SECONDS)
  left = workshop.podman("ps", "--all", "--quiet")
  if left:
    raise Failure(f"containers are left: {left}")
  words = up(workshop)
  if key_ring(workshop) != before[2]:
    raise Failure("the keys are other ones")
  check_ledger(workshop, before[0])
  if int(workshop.sql(MOVES).split("|")[0]) < int(before[1].split("|")[0]):
    raise Failure(f"moves before: {before[1]}, now: {workshop.sql(MOVES)}")
  if played:
    meet_again(workshop)
  return words


def key_ring(workshop: Workshop) -> str:
  file = workshop.volume("secrets") / "key-ring.json"
  return hashlib.sha256(file.read_bytes()).hexdigest()


def meet_again(workshop: Workshop) -> None:
  """The guest of the first hand signs in with the secret of then."""
  try:
    answer = request(f"{workshop.url}/v1/auth/guest/sign-in", "POST",
                     {"guest_secret": played["secret"]})
  except Refused as refused:
    raise Failure(f"the guest of the first hand is not known any more: {refused}") from None
  if answer["player"]["id"] != played["id"]:
    raise Failure(f"another guest: {answer['player']['id']}")


def from_docker(workshop: Workshop) -> None:
  """The file in docker/ means the same installation: nothing is made anew."""
  before = workshop.podman("volume", "ls", "--quiet")
  workshop.compose("up", "-d", cwd=ROOT / "docker", timeout_seconds=UP_TIMEOUT_SECONDS)
  wait_until_ready(workshop)
  if workshop.podman("volume", "ls", "--quiet") != before:
    raise Failure("other volumes were made")


def nothing_is_left(workshop: Workshop) -> None:
  """down --volumes takes all of it: data without their keys would be of no use."""
  workshop.compose("--profile", "backup", "down", "--volumes", timeout_seconds=UP_TIMEOUT_SECONDS)
  left = [name for name in workshop.podman("volume", "ls", "--quiet").split()
          if name.startswith(f"{PROJECT}_")]
  if left:
    raise Failure(f"volumes are left: {', '.join(left)}")


STEPS = [
  (False, "a hand goes on after kill -9 of the server's container", hand_goes_on),
  (False, "higgs smoke plays a hand from another container", smoke),
  (False, "the database comes back after kill -9, ledger whole", database_comes_back),
  (False, "a second container on the same data refuses", one_server),
  (False, "the database with a certificate takes TLS only", tls),
  (False, "wrong settings are named", wrong_words),
  (False, "SIGTERM ends the server in order", ends_in_order),
  (False, "a backup is made and restored", backup),
  (False, "the commands of docs/deployment.md do what they say", pages.commands_work),
  (False, "down, volumes kept, up again: all is as it was", down_and_up),
  (False, "docker/docker-compose.yml brings the same installation up", from_docker),
  (False, "down --volumes leaves nothing", nothing_is_left),
]

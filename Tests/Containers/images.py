"""The three images: built, small, without rights, without secrets."""

import json
import os
import re
import stat
import tarfile
from pathlib import Path

from base import IMAGE, give_base
from workshop import ROOT, Failure, Workshop

VERSION = "1.0.0"
APP, DATABASE, CACHE = (f"{name}:{VERSION}" for name in (
  "higgs-domino", "higgs-domino-db", "higgs-domino-cache"))
FILES = {APP: "docker/Dockerfile", DATABASE: "docker/Dockerfile.db", CACHE: "docker/Dockerfile.cache"}
USERS = {APP: "10001:10001", DATABASE: "999:999", CACHE: "998:998"}
APP_BYTES_MAX = 150_000_000
BUILD_TIMEOUT_SECONDS = 900
# Of the containers that only show whether any can start.
LIMITS = ("--memory", "64m", "--read-only")
PRIVATE_KEY = re.compile(rb"\A\s*-----BEGIN [A-Z ]*PRIVATE KEY-----")
SHARED_BEGIN, SHARED_END = "# ---- The program", "AS program\n"


def steps(program: Path) -> list:
  """In order: (whether the rest needs it, its name, its action)."""
  return [
    (True, "a Debian base is there", give_base),
    (True, "the kernel lets containers run", can_run),
    (True, "buildah builds the three images", lambda workshop: build(workshop, program)),
    (False, "both Dockerfiles compile in the same words", same_words),
    (False, f"the server's image has at most {APP_BYTES_MAX // 1_000_000} MB", app_is_small),
    (False, "images name user, entry point and health check", configured),
    (False, "no program in an image lends rights; the server is stripped", no_rights),
    (False, "no layer of an image has a private key", no_keys),
  ]


def can_run(workshop: Workshop) -> None:
  """A container of nothing but Debian, with a network and a limit."""
  try:
    workshop.podman("run", "--rm", *LIMITS, IMAGE, "true")
  except Failure as failure:
    raise Failure("this kernel, or the container that this is, does not let containers run; run "
                  f"it on a machine of your own:\n{failure}") from None


def build(workshop: Workshop, program: Path) -> str:
  collected = workshop.folder / "collected"
  workshop.run("docker/collect", program, collected)
  sizes = []
  for image, file in FILES.items():
    workshop.run(
      "buildah", "bud", "--layers", "--format", "docker", "--file", file, "--tag", image,
      "--build-arg", f"DEBIAN_IMAGE={IMAGE}", "--build-arg", "BINARY=prebuilt",
      "--build-context", f"prebuilt-higgs={collected}", ".", timeout_seconds=BUILD_TIMEOUT_SECONDS)
    sizes.append(f"{image} {size(workshop, image) / 1e6:.0f} MB")
  return ", ".join(sizes)


def size(workshop: Workshop, image: str) -> int:
  return int(workshop.podman("image", "inspect", "-f", "{{.Size}}", image))


def app_is_small(workshop: Workshop) -> str:
  found = size(workshop, APP)
  if found > APP_BYTES_MAX:
    raise Failure(f"it has {found} bytes")
  return f"{found / 1e6:.1f} MB"


def same_words(_workshop: Workshop) -> None:
  """Docker's cache then compiles once for both."""
  parts = []
  for image in (APP, DATABASE):
    text = (ROOT / FILES[image]).read_text(encoding="utf-8")
    parts.append(text[text.index(SHARED_BEGIN):text.index(SHARED_END)])
  if parts[0] != parts[1]:
    raise Failure(f"the stages up to '{SHARED_END.strip()}' differ between {FILES[APP]} and "
                  f"{FILES[DATABASE]}: make them the same")


def configured(workshop: Workshop) -> None:
  for image, user in USERS.items():
    found = json.loads(workshop.podman("image", "inspect", image))[0]
    config = found["Config"]
    if config.get("User") != user:
      raise Failure(f"{image} runs as '{config.get('User')}', not as {user}")
    if not (config.get("Healthcheck") or found.get("HealthCheck") or found.get("Healthcheck")):
      raise Failure(f"{image} has no health check")
  config = json.loads(workshop.podman("image", "inspect", APP))[0]["Config"]
  if (config["Entrypoint"], config["Cmd"]) != (["higgs"], ["serve"]):
    raise Failure(f"{APP} runs {config['Entrypoint']} {config['Cmd']}")


def no_rights(workshop: Workshop) -> None:
  for image in USERS:
    place = Path(workshop.podman("image", "mount", image))
    try:
      lent = [path for path in files_below(place)
              if path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)]
      if lent:
        raise Failure(f"{image}: {', '.join(map(str, lent))}")
      if image == APP:
        check_program(workshop, place / "opt/higgs/lib/higgs")
    finally:
      workshop.podman("image", "unmount", image)


def files_below(place: Path):
  for folder, _, names in os.walk(place):
    for name in names:
      path = Path(folder) / name
      if not path.is_symlink():
        yield path


def check_program(workshop: Workshop, program: Path) -> None:
  if ".symtab" in workshop.run("readelf", "--section-headers", "--wide", program):
    raise Failure("the server still has its symbols")


def no_keys(workshop: Workshop) -> None:
  found = [f"{image}: {name}" for image in USERS for name, words in layer_files(workshop, image)
           if PRIVATE_KEY.match(words[:200])]
  if found:
    raise Failure("\n".join(found))


def layer_files(workshop: Workshop, image: str):
  """Each regular file of each layer with its bytes, also of those that a later layer removes."""
  archive = workshop.folder / "layers.tar"
  archive.unlink(missing_ok=True)
  workshop.podman("save", "--quiet", "--format", "docker-archive", "--output", archive, image)
  with tarfile.open(archive) as outer:
    for layer in outer:
      if not layer.isfile() or not layer.name.endswith(".tar"):
        yield layer.name, outer.extractfile(layer).read() if layer.isfile() else b""
        continue
      with tarfile.open(fileobj=outer.extractfile(layer)) as inner:
        for member in inner:
          if member.isfile():
            yield f"{layer.name}/{member.name}", inner.extractfile(member).read()
  archive.unlink()

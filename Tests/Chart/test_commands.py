"""Commands that pages show are commands: each program itself, or its help, is asked."""

import functools
import re
import shutil
import subprocess
import sys

import pytest

from papers import PAGES, PROGRAMS, blocks, commands, name_of
from support import BIN, CASES, CHART, ROOT, helm, matches, rendered

TIMEOUT_SECONDS = 30
PROGRAM = ROOT / ".build/release/higgs"
FLAG = re.compile(r"--[a-z][\w-]*")
KUBECTL = BIN / "kubectl"
# Nobody listens there: kubectl has read its whole command line when it finds that out.
KUBECONFIG = """\
{apiVersion: v1, kind: Config, current-context: none,
 clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}],
 contexts: [{name: none, context: {cluster: none}}]}
"""
KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet", "service": "Service",
         "cronjob": "CronJob"}


def ask(*words, **options) -> subprocess.CompletedProcess:
  return subprocess.run(list(map(str, words)), text=True, capture_output=True, check=False,
                        timeout=TIMEOUT_SECONDS, **options)


def flags(words) -> list[str]:
  """The long options in words, without what only looks like one behind `--`."""
  words = list(words)
  words = words[:words.index("--")] if "--" in words else words
  return [found[0] for word in words if (found := FLAG.match(word.strip("[]")))]


def assert_known(words, text: str) -> None:
  known = set(FLAG.findall(text))
  assert [flag for flag in flags(words) if flag not in known] == []


def test_pages_show_commands_of_every_program():
  assert {program: len(commands(program)) > least for program, least in zip(
    PROGRAMS, (15, 12, 20, 25, 0, 12), strict=True)} == dict.fromkeys(PROGRAMS, True)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_blocks_of_commands_are_a_shells(page):
  for block in blocks(page):
    if block.split(" ")[0] in (*PROGRAMS, "git", "for", "psql", "createdb") and "   " not in block:
      ended = ask("bash", "-n", "-c", block)
      assert ended.returncode == 0, ended.stderr


# ---- docker-compose ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", commands("docker-compose"), ids=str)
def test_compose_takes_it(command, tmp_path):
  """podman-compose without podman: it reads the file and its profiles, and does nothing."""
  nothing = tmp_path / "podman"
  nothing.write_text("#!/bin/sh\necho '[]'\n")
  nothing.chmod(0o755)
  ended = ask(sys.executable, "-m", "podman_compose", "--dry-run", "--podman-path", nothing,
              *command.words[1:], cwd=ROOT)
  assert ended.returncode == 0, ended.stderr[-600:]


# ---- helm --------------------------------------------------------------------------------------


@functools.cache
def help_of_helm(verb: str) -> str:
  ended = helm(verb, "--help")
  assert ended.returncode == 0 and f"helm {verb} " in ended.stdout, f"helm has no {verb}"
  return ended.stdout


@pytest.mark.parametrize("command", commands("helm"), ids=str)
def test_helm_takes_it(command, tmp_path):
  verb, *words = command.words[1:]
  assert_known(words, help_of_helm(verb))
  if verb not in ("install", "upgrade") or "./helm-chart" not in words:
    return
  # Verbs that change a cluster are run without one: they render all that they would send.
  (tmp_path / "helm-chart").symlink_to(CHART)
  shutil.copy(CHART / "values.yaml", tmp_path / "values-prod.yaml")
  words = [str(tmp_path / word) if word.startswith(("./", "values-")) else word
           for word in words if word not in ("--reuse-values", "--install")]
  ended = helm("install", *words, "--dry-run=client")
  assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
  "name", [word.removeprefix("name=") for command in commands("helm") for word in command.words
           if word.startswith("name=")])
def test_a_test_of_helm_that_a_page_names_exists(name):
  assert name in rendered("defaults").names("Pod")


# ---- kubectl -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", commands("kubectl"), ids=str)
def test_kubectl_takes_it(command, tmp_path):
  (tmp_path / "config").write_text(KUBECONFIG)
  (tmp_path / "ca.crt").write_text("a certificate")
  ended = ask(KUBECTL, *command.words[1:], cwd=tmp_path, env={
    "KUBECONFIG": str(tmp_path / "config"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
  assert ended.returncode == 1 and "refused" in ended.stderr, ended.stderr


@pytest.mark.parametrize("command", commands("kubectl"), ids=str)
def test_the_chart_makes_what_kubectl_asks_for(command):
  words = " ".join(command.words)
  for kind, name in re.findall(rf"\b({'|'.join(KINDS)})[/ ](higgs-domino[\w-]*)", words):
    assert any(name in rendered(case).names(KINDS[kind]) for case in CASES), (kind, name)
  for selector in re.findall(r" -l (\S+)", words):
    wanted = dict(each.split("=") for each in selector.split(","))
    assert any(matches(wanted, labels) for case in CASES for labels in all_labels(case)), selector


def all_labels(case: str):
  yield from (found["metadata"].get("labels", {}) for found in rendered(case).objects)
  yield from (pod.labels for pod in rendered(case).pods())


# ---- higgs -------------------------------------------------------------------------------------


@functools.cache
def help_of_higgs(*path: str) -> str:
  ended = ask(PROGRAM, "help", *path)
  assert ended.returncode == 0, ended.stderr
  return ended.stdout


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize("command", commands("higgs"), ids=str)
def test_higgs_takes_it(command):
  path, words = [], [word.strip("[]") for word in command.words[1:]]
  while words and "SUBCOMMANDS:" in (text := help_of_higgs(*path)):
    verbs = re.findall(r"^  (\w+)", text.partition("SUBCOMMANDS:")[2], re.MULTILINE)
    assert words[0] in verbs
    path.append(words.pop(0))
  usage = re.search(r"^USAGE: higgs ?(.*)", help_of_higgs(*path), re.MULTILINE)[1]
  assert_known(words, usage)
  taking = set(re.findall(r"(--[\w-]+) <", usage))
  own = [word for before, word in zip(["", *words], words, strict=False)
         if not word.startswith("--") and before not in taking]
  bare = re.sub(r"\[[^]]*\]|--[\w-]+ <[^>]*>", "", usage)
  assert len(own) <= bare.count("<")
  if command.is_whole:
    assert len(own) == bare.count("<")
    needed = set(flags(re.sub(r"\[[^]]*\]", "", usage).split()))
    assert needed <= set(flags(words))


# ---- buildah and make --------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("buildah"), reason="there is no buildah")
@pytest.mark.parametrize("command", commands("buildah"), ids=str)
def test_buildah_takes_it(command):
  assert_known(command.words, ask("buildah", command.words[1], "--help").stdout)


def test_make_has_the_verbs():
  verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
  named = {command.words[1] for command in commands("make") if len(command.words) > 1}
  assert named - verbs == set()

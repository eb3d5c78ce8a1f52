"""The program has the commands that the chart calls, and reads what the chart tells it; where it is
built, and where its page of settings is."""

import subprocess

import pytest

from support import CASES, ROOT, rendered

PROGRAM = ROOT / ".build/release/higgs"
CONFIGURATION = ROOT / "docs/configuration.md"


def calls() -> list[tuple[str, ...]]:
  """What containers of the chart call by name, and what its scripts do."""
  found = {("keys", "make"), ("migrate", "up"), ("migrate", "wait")}
  for case in CASES:
    for pod in rendered(case).pods():
      for container in pod.containers:
        words = container.get("command", ["higgs"]) + container.get("args", [])
        is_ours = "higgs-domino:" in container["image"] or "command" in container
        if is_ours and words[0] == "higgs":
          found.add(tuple(word for word in words[1:3] if word.isalpha()))
  return sorted(found)


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_the_program_has_the_command(words):
  ended = subprocess.run([PROGRAM, *words, "--help"], text=True, capture_output=True, check=False,
                         timeout=30)
  assert ended.returncode == 0 and f"higgs {' '.join(words)}" in ended.stdout, ended.stderr


@pytest.mark.skipif(not CONFIGURATION.exists(), reason="docs/configuration.md is not there yet")
@pytest.mark.parametrize("case", CASES)
def test_the_program_reads_what_it_is_told(case):
  page = CONFIGURATION.read_text(encoding="utf-8")
  name = rendered(case).pod("server").owner["metadata"]["name"]
  told = set(rendered(case).named("ConfigMap", f"{name}-server")["data"])
  variables = rendered(case).pod("server").spec["containers"][0]["env"]
  told |= {each["name"] for each in variables if not each["name"].startswith("PG")}
  assert {name for name in told if f"`{name}`" not in page} == set()

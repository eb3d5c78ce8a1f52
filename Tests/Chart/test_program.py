"""The program, where it is built, has the commands that the chart calls."""

import subprocess

import pytest

from support import CASES, ROOT, rendered

PROGRAM = ROOT / ".build/release/higgs"
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")


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


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_the_program_has_the_command(words):
  ended = subprocess.run([PROGRAM, *words, "--help"], text=True, capture_output=True, check=False,
                         timeout=30)
  assert ended.returncode == 0 and f"higgs {' '.join(words)}" in ended.stdout, ended.stderr

"""The pages, and the commands that they show."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from support import ROOT

PAGES = sorted(
  path for pattern in ("*.md", "docs/*.md", "docs/runbooks/*.md", "helm-chart/README.md")
  for path in ROOT.glob(pattern) if path.name != "CHANGELOG.md")  # It tells what was.
PROGRAMS = ("docker-compose", "helm", "kubectl", "higgs", "buildah", "make")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
# What stands after a command in a list of them: `higgs serve      the server`, `… # the one in question`.
REMARK = re.compile(r"\s{3,}|\s+# ")


@dataclass(frozen=True)
class Command:
  """What a page shows to type; not whole where it only names a verb, or leaves words to choose."""

  page: str
  words: tuple[str, ...]
  is_whole: bool

  def __str__(self) -> str:
    return f"{self.page}: {' '.join(self.words)}"


def text_of(page: Path) -> str:
  return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
  return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[str]:
  """The blocks that have no language, or that of a shell."""
  return [words for language, words in BLOCK.findall(text_of(page)) if language in ("", "sh", "bash")]


def commands(program: str) -> list[Command]:
  """Those of a program, of all pages, each once."""
  found = [command for page in PAGES for command in commands_of(page)
           if command.words[0] == program]
  return list(dict.fromkeys(found))


def commands_of(page: Path) -> list[Command]:
  found = [command for block in blocks(page) for line, is_whole in lines(block)
           for command in simple(name_of(page), line, is_whole)]
  for span in SPAN.findall(BLOCK.sub("", text_of(page))):
    words = span.replace("\n", " ").replace("\\|", "|")
    if words.partition(" ")[0] in PROGRAMS:
      found += simple(name_of(page), words, False)
  return found


def lines(block: str):
  """The lines of a block that begin with a program, those that they go on in joined."""
  held = ""
  for line in block.splitlines():
    if not held and line.split(" ")[0] not in (*PROGRAMS, "for"):
      continue
    held += f"{line}\n"
    if is_open(held):
      continue
    command = held.strip()
    if command.startswith("higgs "):
      yield REMARK.split(command)[0], not REMARK.search(command)
    else:
      yield command, True
    held = ""
  assert not held, f"a quotation is not closed: {held}"


def is_open(words: str) -> bool:
  """Whether a shell would wait for another line."""
  try:
    first = shlex.split(words)[0]
  except ValueError:
    return not REMARK.search(words)
  return words.endswith("\\\n") or first == "for" and not words.endswith("\ndone\n")


def simple(page: str, line: str, is_whole: bool):
  """The commands of our programs in a line, also those that another one is given to run."""
  lexer = shlex.shlex(line.replace("\\\n", " "), posix=True, punctuation_chars=True)
  lexer.whitespace_split, lexer.commenters = True, ""
  words: list[str] = []
  for word in [*lexer, ";"]:
    if word[0] not in "();<>|&":
      words.append(word)
      continue
    words = words[words[:1] == ["do"]:]
    if words and words[0] in PROGRAMS:
      yield Command(page, tuple(words), is_whole)
      yield from inner(page, words)
    words = []


def inner(page: str, words: list[str]):
  """What `docker-compose exec` runs in the container, by itself or in a shell."""
  if words[0] != "docker-compose" or "exec" not in words:
    return
  if "-c" in words and "sh" in words:
    text = words[words.index("-c") + 1]
    text = re.sub(r'"\$\([^)]*\)"', "FILE", text)
    yield from simple(page, text, True)
  elif "higgs" in words:
    yield Command(page, tuple(words[words.index("higgs"):]), True)

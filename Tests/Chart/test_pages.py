"""What pages name is there: files, places in other pages, variables of the environment."""

import functools
import re
from pathlib import Path

import pytest

from papers import BLOCK, PAGES, blocks, name_of, text_of
from support import ROOT

FOLDERS = ("bench", "database", "docker", "docs", "examples", "helm-chart", "scripts", "Sources",
           "Tests", "web")
FILE = re.compile(rf"(?<![\w/.:@<…-])(?:{'|'.join(FOLDERS)})/[\w./-]*[\w*/]")
# Names of files that whoever reads makes: the next migration, the next release.
EXAMPLE = re.compile(r"NNN|NUMBER|1\.1\.0")
LINK = re.compile(r"\]\(([^)\s:]*)\)")
VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
# Where a variable is read; the page of settings is made from the program itself.
READERS = ("docs/configuration.md", "docker-compose.yml", "Makefile", "docker/**/*", "scripts/**/*",
           "Tests/**/*.py", "bench/**/*")
COMPOSES_OWN = {"COMPOSE_PROFILES"}


def anchors(page: Path) -> set[str]:
  """The headings, as GitHub makes them places to link to."""
  text = BLOCK.sub("", text_of(page))
  return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
          for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
  for link in LINK.findall(text_of(page)):
    file, _, place = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    assert target.exists(), link
    assert not place or place in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_it_names_are_there(page):
  names = {name.rstrip("/") for name in FILE.findall(text_of(page)) if not EXAMPLE.search(name)}
  assert [name for name in sorted(names) if not any(ROOT.glob(name))] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_variables_that_it_names_are_read(page):
  shown = " ".join(re.findall(r"`([^`]+)`", BLOCK.sub("", text_of(page))) + blocks(page))
  assert {name for name in VARIABLE.findall(shown) if name not in read_variables()} == set()


@functools.cache
def read_variables() -> set[str]:
  files = [path for pattern in READERS for path in ROOT.glob(pattern) if path.is_file()]
  return COMPOSES_OWN.union(*(
    VARIABLE.findall(path.read_text(encoding="utf-8", errors="replace")) for path in files))

"""docker-compose.yml in the root: the one of docker/, with its paths as the root sees them."""

import re
from pathlib import Path

from .migrations import GeneratorError

SOURCE = "docker/docker-compose.yml"
HEAD = f"""\
# Generated from {SOURCE} by `make generate`; edit that, not this file.

"""
# Two dots that begin a path: after a space, a quote or a dash.
PARENT = re.compile(r"(?m)(?<=[ \"'])\.\.(?=/|$)")
# A path that would mean another thing in the root.
NEIGHBOUR = re.compile(r"(?m)^\s*(?:- |context: |file: )[\"']?\./")


def root_compose(root: Path) -> str:
  """The text of the root's file."""
  text = (root / SOURCE).read_text(encoding="utf-8")
  if NEIGHBOUR.search(text):
    raise GeneratorError(f"{SOURCE} has a path that begins with one dot: begin it with two")
  return HEAD + PARENT.sub(".", text)

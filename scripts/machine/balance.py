"""Whether every asynchronous function takes its arguments off the stack as its callers put them on.

Asynchronous Swift functions call each other by jumps (LLVM's `swifttailcc`), and the called function
takes the arguments off the stack. How many bytes that is, its callers and its own jumps must agree
on. LLVM of Swift 6.3 got it wrong once for a specialized function; the program then jumps to
address 0 much later, in `swift_job_run`. docs/decisions/tail-calls.md tells the story.

For a function with S bytes to take off, each jump obeys S = taken + S(target). Resumed parts and the runtime's own functions have no arguments on
the stack; LLVM rounds their 0 bytes to 8.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .disassembly import Function
from .frames import Exit, exits

RESUMED = re.compile(r"T[QY]\d+_$")
ASYNCHRONOUS = re.compile(r"Ya|T[QY]\d+_$")
RUNTIME = re.compile(
  r"swift_(task_switch|continuation_await|task_future_wait(_throwing)?"
  r"|taskGroup_wait_next_throwing|taskGroup_waitAll"
  r"|asyncLet_(get|finish|get_throwing|consume|consume_throwing))@plt$")
BYTES_OF_NO_ARGUMENTS = 8
NOTHING = "(no bytes)"


@dataclass(frozen=True)
class Conflict:
  """A jump whose two sides do not agree, by so many bytes."""

  function: str
  target: str
  difference: int


@dataclass(frozen=True)
class Report:
  """How many asynchronous functions there were, and the conflicts among them."""

  examined: int
  conflicts: tuple[Conflict, ...]


class Sizes:
  """Which sizes hang together, and how: a union-find whose edges carry differences."""

  def __init__(self):
    self.parents: dict[str, tuple[str, int]] = {}

  def find(self, name: str) -> tuple[str, int]:
    """The root of a name, and by how much the size of the name is larger than the root's."""
    path = []
    while name in self.parents:
      path.append(name)
      name = self.parents[name][0]
    above = 0
    for step in reversed(path):
      above += self.parents[step][1]
      self.parents[step] = (name, above)
    return name, above

  def relate(self, name: str, other: str, difference: int) -> int:
    """Says size(name) = size(other) + difference; returns by how much that is known to be wrong."""
    (root, above), (other_root, other_above) = self.find(name), self.find(other)
    if root == other_root:
      return above - other_above - difference
    self.parents[root] = (other_root, difference + other_above - above)
    return 0


def examine(functions: Iterable[Function]) -> Report:
  """Compares all callers of all asynchronous functions with them."""
  sizes, certain, jumps, examined = Sizes(), [], [], 0
  for function in functions:
    if not ASYNCHRONOUS.search(function.name):
      continue
    examined += 1
    if RESUMED.search(function.name):
      sizes.relate(function.name, NOTHING, BYTES_OF_NO_ARGUMENTS)
    for way_out in exits(function):
      if RUNTIME.match(way_out.target):
        certain.append((function.name, way_out))
      elif not way_out.target.endswith("@plt"):
        jumps.append((function.name, way_out))
  conflicts = []
  # What the runtime expects is certain, so it comes first.
  for function, way_out in certain:
    bytes_of_function = way_out.taken + BYTES_OF_NO_ARGUMENTS
    note(conflicts, function, way_out, sizes.relate(function, NOTHING, bytes_of_function))
  for function, way_out in jumps:
    note(conflicts, function, way_out, sizes.relate(function, way_out.target, way_out.taken))
  return Report(examined, tuple(conflicts))


def note(conflicts: list[Conflict], function: str, way_out: Exit, wrong_by: int) -> None:
  if wrong_by:
    conflicts.append(Conflict(function, way_out.target, wrong_by))

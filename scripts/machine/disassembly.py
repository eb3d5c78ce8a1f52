"""The functions of a program as objdump prints them."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEAD = re.compile(r"([0-9a-f]+) <(.*)>:$")
PREFIXES = ("bnd", "notrack", "rep", "repz", "repnz", "lock")


@dataclass(frozen=True)
class Instruction:
  """One instruction in AT&T form, its prefixes and comments left out."""

  address: int
  name: str
  operands: str


@dataclass
class Function:
  """A symbol and the instructions from it to the next one."""

  name: str
  body: list[Instruction] = field(default_factory=list)


def disassembled(program: str) -> Iterator[Function]:
  """Every function of an x86-64 program that has its symbols."""
  command = ["objdump", "--disassemble", "--no-show-raw-insn", program]
  with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
    yield from functions(process.stdout)
  if process.returncode != 0:
    raise RuntimeError(f"objdump ended with status {process.returncode} on {program}")


def functions(lines: Iterable[str]) -> Iterator[Function]:
  """Reads objdump's lines."""
  function = None
  for line in lines:
    head = HEAD.match(line)
    if head:
      if function:
        yield function
      function = Function(head[2])
    elif function and line.startswith(" ") and ":\t" in line:
      instruction = read(line)
      if instruction:
        function.body.append(instruction)
  if function:
    yield function


def read(line: str) -> Instruction | None:
  """One line, as `  23b9f0:\tsub    $0x10,%rsp`."""
  address, words = line.split(":\t", 1)
  words = words.split("#", 1)[0].split()
  while len(words) > 1 and words[0] in PREFIXES:
    words.pop(0)
  if not words:
    return None
  return Instruction(int(address, 16), words[0], " ".join(words[1:]))

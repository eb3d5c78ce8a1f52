"""Where the stack pointer of a function stands at each of its jumps to others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .disassembly import Function, Instruction

NUMBER = re.compile(r"\$(-?0x[0-9a-f]+)$")
TARGET = re.compile(r"([0-9a-f]+) <([^>]*)>$")
NEAR = re.compile(r"(-?0x[0-9a-f]+)?\((%rsp|%rbp)\),(%rsp|%rbp)$")
ENDS = ("ret", "ud2", "hlt", "int3")


@dataclass(frozen=True)
class Exit:
  """A jump to another function. `taken` says how many bytes of the stack the function has taken
  off beyond what it found; negative where it has put some on."""

  target: str
  taken: int


@dataclass
class Stand:
  """The stack pointer, and what rbp holds where it is known; both from the pointer at entry."""

  stack: int
  base: int | None = None


def exits(function: Function) -> Iterator[Exit]:
  """All jumps to other functions. A path whose stack cannot be followed ends without one."""
  places = {instruction.address: index for index, instruction in enumerate(function.body)}
  seen: set[int] = set()
  open_paths = [(0, Stand(0))]
  while open_paths:
    index, stand = open_paths.pop()
    while index < len(function.body) and index not in seen:
      seen.add(index)
      instruction = function.body[index]
      if instruction.name.startswith("j"):
        target = TARGET.search(instruction.operands)
        inside = target and places.get(int(target[1], 16))
        if target and inside is None:
          yield Exit(target[2], stand.stack)
        elif target and instruction.name != "jmp":
          open_paths.append((inside, Stand(stand.stack, stand.base)))
        if instruction.name == "jmp":
          if inside is None:
            break
          index = inside
          continue
      elif instruction.name in ENDS or not follow(instruction, stand):
        break
      index += 1


def follow(instruction: Instruction, stand: Stand) -> bool:
  """Does to the stand what the instruction does to the registers; False where that is not known."""
  name, operands = instruction.name, instruction.operands
  near = NEAR.match(operands) if name == "lea" else None
  if name.startswith("push"):
    stand.stack -= 8
  elif name.startswith("pop"):
    stand.stack += 8
    if operands == "%rbp":
      stand.base = None
  elif near:
    return move(stand, near[2], near[3], int(near[1] or "0", 16))
  elif name == "mov" and operands in ("%rsp,%rbp", "%rbp,%rsp"):
    return move(stand, *operands.split(","), 0)
  elif name == "leave":
    return stand.base is not None and move(stand, "%rbp", "%rsp", 8)
  elif operands.endswith(",%rsp"):
    amount = number(operands.removesuffix(",%rsp")) if name in ("add", "sub") else None
    if amount is None:
      return False
    stand.stack += amount if name == "add" else -amount
  elif operands.endswith(",%rbp") and name in ("mov", "lea"):
    stand.base = None
  return True


def move(stand: Stand, source: str, target: str, offset: int) -> bool:
  """Sets one of the two registers from the other."""
  value = stand.stack if source == "%rsp" else stand.base
  if value is None:
    return False
  if target == "%rsp":
    stand.stack = value + offset
  else:
    stand.base = value + offset
  return True


def number(operand: str) -> int | None:
  """An immediate operand; objdump prints negative ones as 64 bits without a sign."""
  match = NUMBER.match(operand)
  if not match:
    return None
  value = int(match[1], 16)
  return value - (1 << 64) if value >= 1 << 63 else value

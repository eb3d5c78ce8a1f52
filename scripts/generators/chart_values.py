"""Reads values.yaml with its comments, line by line, and makes a page of it.

Only the forms that our values.yaml has: two spaces a level, a comment above each key, lists in
dashes below a key. So no YAML reader that keeps comments is needed.
"""

import re
from dataclasses import dataclass, field

KEY = re.compile(r"^( *)([A-Za-z][A-Za-z0-9]*):(?: (.+))?$")
INDENT = 2


class ValuesError(Exception):
  """values.yaml is not of the form that is read here."""


@dataclass
class Value:
  """A key with its comment; a group has no default of its own."""

  path: str
  comment: str
  default: str = ""
  is_group: bool = False
  items: list[str] = field(default_factory=list)


def read_values(text: str) -> list[Value]:
  """Every key in order; raises ValuesError for one without a comment."""
  values, path, comment = [], [], []
  for number, line in enumerate(text.splitlines(), start=1):
    if not line.strip():
      comment = []
    elif line.lstrip().startswith("#"):
      comment.append(line.strip().removeprefix("#").strip())
    elif line.lstrip().startswith("- "):
      values[-1].items.append(line.strip().removeprefix("- "))
    else:
      values.append(value_of(line, number, path, comment))
      comment = []
  for value, following in zip(values, values[1:] + [Value("", "")]):
    value.is_group = following.path.startswith(value.path + ".")
  return values


def value_of(line: str, number: int, path: list[str], comment: list[str]) -> Value:
  """The value of a line; `path` becomes where it stands."""
  match = KEY.match(line)
  if not match or len(match[1]) % INDENT or len(match[1]) // INDENT > len(path):
    raise ValuesError(f"values.yaml:{number}: this line is not of the form that is read here")
  del path[len(match[1]) // INDENT:]
  path.append(match[2])
  if not comment:
    raise ValuesError(f"values.yaml:{number}: {'.'.join(path)} has no comment above it")
  return Value(".".join(path), " ".join(comment), match[3] or "")


def page(values: list[Value]) -> str:
  """A table for the plain values, then one for each group at the top."""
  lines = []
  plain = [value for value in values if "." not in value.path and not value.is_group]
  lines += section("General", "", plain)
  for group in values:
    if "." not in group.path and group.is_group:
      inside = [value for value in values if value.path.startswith(group.path + ".")]
      lines += section(f"`{group.path}`", group.comment, inside)
  return "\n".join(lines) + "\n"


def section(title: str, comment: str, values: list[Value]) -> list[str]:
  lines = ["", f"## {title}", ""]
  if comment:
    lines += [comment, ""]
  lines += ["| value | default | meaning |", "|---|---|---|"]
  return lines + [row(value) for value in values]


def row(value: Value) -> str:
  shown = value.default or (f"[{', '.join(value.items)}]" if value.items else "")
  default = f"`{escaped(shown)}`" if shown else ""
  return f"| `{value.path}` | {default} | {escaped(value.comment)} |"


def escaped(text: str) -> str:
  return text.replace("|", "\\|")

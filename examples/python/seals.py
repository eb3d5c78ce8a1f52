"""Recomputes the seals of a Higgs Domino ledger from its rows, by nothing but docs/database.md:
an auditor's proof that the chain is what the rows say, made outside the database.

  pip install 'psycopg[binary]'
  DATABASE_URL=postgresql://higgs_app@127.0.0.1/higgs_domino python examples/python/seals.py

Give the hash of a published head to prove that it is in the chain, too. Only rows that are in
transactions are read: a block with rows of a detached month comes out WRONG here.
"""

import hashlib
import os
import struct
import sys
import uuid
from datetime import datetime, timedelta, timezone

import psycopg

ROWS_AT_ONCE = 2000
BYTEA, BIGINT, INTEGER, UUID, TIMESTAMPTZ = 17, 20, 23, 2950, 1184
EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)

# The columns in the order of the bytes, each with the PostgreSQL type that it is sent as.
COLUMNS = [
  ("id", UUID), ("kind", BYTEA), ("debit_wallet_id", BIGINT), ("credit_wallet_id", BIGINT),
  ("currency", BYTEA), ("amount", BIGINT), ("debit_balance_after", BIGINT),
  ("credit_balance_after", BIGINT), ("group_id", UUID), ("group_size", INTEGER),
  ("reverses", UUID), ("reference_type", BYTEA), ("reference_id", BYTEA), ("actor_id", UUID),
  ("metadata::text", BYTEA), ("posted_at", TIMESTAMPTZ), ("posted_xid", BIGINT),
]
ROWS = f"""
  select {", ".join(name for name, _ in COLUMNS)} from transactions
  where (posted_xid, id) > (%s, %s) and (posted_xid, id) <= (%s, %s)
  order by posted_xid, id
"""


def encode(value, type_number: int) -> bytes:
  """One column: its type, its length and its binary form; length -1 and nothing for null."""
  if value is None:
    return struct.pack(">Ii", type_number, -1)
  if type_number == TIMESTAMPTZ:
    data = struct.pack(">q", (value - EPOCH) // timedelta(microseconds=1))
  elif type_number == UUID:
    data = value.bytes
  elif type_number == BYTEA:
    data = value.encode()
  else:
    data = struct.pack(">q" if type_number == BIGINT else ">i", value)
  return struct.pack(">Ii", type_number, len(data)) + data


def row_bytes(row: tuple) -> bytes:
  """A row of the ledger: the number of its columns, then each of them."""
  return struct.pack(">I", len(COLUMNS)) + b"".join(
    encode(value, type_number) for value, (_, type_number) in zip(row, COLUMNS))


def recompute(database: psycopg.Connection, head: bytes | None) -> int:
  """Goes through the chain from its first block; returns how many blocks are not as they should."""
  previous, previous_hash = (-1, uuid.UUID(int=0)), bytes(32)
  wrong, has_head = 0, head is None
  for no, last_xid, last_id, count, stored_previous, stored in database.execute(
    "select no, last_xid, last_id, transactions, previous_hash, hash from ledger_seals order by no"
  ).fetchall():
    digest, rows = hashlib.sha256(previous_hash), 0
    with database.cursor(name="rows") as cursor:
      cursor.itersize = ROWS_AT_ONCE
      for row in cursor.execute(ROWS, [*previous, last_xid, last_id]):
        digest.update(row_bytes(row))
        rows += 1
    is_good = stored_previous == previous_hash and digest.digest() == stored and rows == count
    print(f"block {no}: {count} rows, {stored.hex()} {'ok' if is_good else 'WRONG'}")
    wrong += not is_good
    has_head = has_head or stored == head
    previous, previous_hash = (last_xid, last_id), stored
  if previous_hash == bytes(32):
    print("there is no seal yet: select seal_ledger();")
  if not has_head:
    print("the head that was given is in no block: history was rewritten")
  return wrong + (not has_head)


def main() -> None:
  url = os.environ.get("DATABASE_URL")
  if not url:
    sys.exit("seals.py: set DATABASE_URL, such as postgresql://higgs_app@127.0.0.1/higgs_domino")
  try:
    head = bytes.fromhex(sys.argv[1]) if len(sys.argv) > 1 else None
    with psycopg.connect(url, connect_timeout=5) as database:
      sys.exit(1 if recompute(database, head) else 0)
  except ValueError:
    sys.exit("seals.py: a head is 64 hexadecimal digits")
  except psycopg.Error as error:
    sys.exit(f"seals.py: {str(error).strip()}")


if __name__ == "__main__":
  main()

"""The ledger of Higgs Domino from Python, without the server: a player, a payment, a group, a
retry, a refusal, a reversal, and the history.

  pip install 'psycopg[binary]'
  DATABASE_URL=postgresql://higgs_app@127.0.0.1/higgs_domino python examples/python/ledger.py

The role higgs_app is enough. Run it as often as you like: each run makes a player of its own.
"""

import os
import secrets
import sys
import time
import uuid
from dataclasses import dataclass

import psycopg

OLDEST_SCHEMA = 5
CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT = "10s"
ATTEMPTS_MAX = 3


@dataclass(frozen=True)
class Payment:
  """One row of the ledger to be: an amount that goes from one wallet to another."""

  id: uuid.UUID
  kind: str
  debit: int
  credit: int
  amount: int
  currency: str = "COINS"
  group_id: uuid.UUID | None = None
  group_size: int | None = None
  reverses: uuid.UUID | None = None


@dataclass(frozen=True)
class Answer:
  """What the ledger said to one payment."""

  outcome: str
  debit_balance: int | None
  credit_balance: int | None


class Ids:
  """Version-7 identifiers (RFC 9562) that rise, so that a history shows payments in order."""

  def __init__(self):
    self.last_milliseconds = 0

  def new(self) -> uuid.UUID:
    """48 bits of milliseconds since 1970, then chance; no two in one millisecond."""
    self.last_milliseconds = max(self.last_milliseconds + 1, time.time_ns() // 1_000_000)
    value = self.last_milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def run(database: psycopg.Connection, statement: str, values: list) -> list[tuple]:
  """One statement in a transaction of its own, with a time limit that a pooler cannot leak."""
  with database.transaction():
    database.execute(f"set local statement_timeout = '{STATEMENT_TIMEOUT}'")
    return database.execute(statement, values).fetchall()


def post(database: psycopg.Connection, payments: list[Payment]) -> list[Answer]:
  """Posts payments in one call, at most 1000; one answer each, in order."""
  rows = run(
    database, """
    select outcome, debit_balance_after, credit_balance_after
    from post_transactions(
      ids => %s, kinds => %s, debit_wallet_ids => %s::bigint[], credit_wallet_ids => %s::bigint[],
      currencies => %s, amounts => %s::bigint[], group_ids => %s::uuid[],
      group_sizes => %s::integer[], reverses => %s::uuid[])
    order by item
    """, [
      [p.id for p in payments], [p.kind for p in payments], [p.debit for p in payments],
      [p.credit for p in payments], [p.currency for p in payments],
      [p.amount for p in payments], [p.group_id for p in payments],
      [p.group_size for p in payments], [p.reverses for p in payments],
    ])
  return [Answer(*row) for row in rows]


def post_surely(url: str, payments: list[Payment]) -> list[Answer]:
  """Posts over a new connection, again after a lost one: the ids make a retry harmless."""
  for attempt in range(1, ATTEMPTS_MAX + 1):
    try:
      with connect(url) as database:
        return post(database, payments)
    except psycopg.OperationalError:
      if attempt == ATTEMPTS_MAX:
        raise
  raise AssertionError("unreachable")


def group(*payments: Payment) -> list[Payment]:
  """Payments that are posted whole or not at all; the group is named by its first one's id."""
  first = payments[0].id
  return [
    Payment(p.id, p.kind, p.debit, p.credit, p.amount, p.currency, first, len(payments))
    for p in payments]


def connect(url: str) -> psycopg.Connection:
  """A connection whose every statement is a transaction of its own."""
  return psycopg.connect(
    url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS, prepare_threshold=None)


def wallet(database: psycopg.Connection, player: uuid.UUID, currency: str = "COINS") -> int:
  """The number of a player's wallet."""
  return run(database, "select get_user_wallet(%s, %s)", [player, currency])[0][0]


def create_player(database: psycopg.Connection, ids: Ids, name: str) -> uuid.UUID:
  """An account with its wallets; with an id of ours it can be tried again as well."""
  return run(database, "select create_player(%s, user_id => %s)", [name, ids.new()])[0][0]


def demonstrate(url: str, database: psycopg.Connection) -> None:
  """The whole story; every step prints what the ledger answered."""
  ids, name = Ids(), f"python_{secrets.token_hex(4)}"
  purse = wallet(database, create_player(database, ids, name))
  friend = wallet(database, create_player(database, ids, name + "_b"))
  [(issue, burn)] = run(
    database, "select wallet_of('issue', 'COINS'), wallet_of('burn', 'COINS')", [])

  grant = Payment(ids.new(), "grant", debit=issue, credit=purse, amount=5000)
  show("a grant", post(database, [grant]))
  show("the same grant again", post_surely(url, [grant]))
  show("its id for another amount", post(
    database, [Payment(grant.id, "grant", issue, purse, 9999)]))

  show("a gift and its fee, as a group", post(database, group(
    Payment(ids.new(), "gift", purse, friend, 1000),
    Payment(ids.new(), "burn", purse, burn, 50))))
  show("a group that is too dear", post(database, group(
    Payment(ids.new(), "gift", purse, friend, 100),
    Payment(ids.new(), "gift", purse, friend, 9000))))

  show("2000 of the grant taken back", post(database, [
    Payment(ids.new(), "reversal", purse, issue, 2000, reverses=grant.id)]))

  print("\nThe player's history")
  for kind, amount, balance in run(
    database, "select kind, signed_amount, balance_after from get_wallet_history(%s)", [purse]):
    print(f"  {kind:10}{amount:>8}{balance:>8}")


def show(what: str, answers: list[Answer]) -> None:
  """Prints a step and its answers."""
  for answer in answers:
    print(f"{what:32}{answer.outcome:32}{text(answer.debit_balance):>8}"
          f"{text(answer.credit_balance):>8}")


def text(balance: int | None) -> str:
  """A balance for people; a wallet of the house has none."""
  return "-" if balance is None else str(balance)


def check_schema(database: psycopg.Connection) -> None:
  """Ends with advice where this is no database of ours, or one that is too old."""
  try:
    version = run(database, "select max(version) from schema_migrations", [])[0][0]
  except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
    version = None
  if version is None or version < OLDEST_SCHEMA:
    sys.exit(
      f"ledger.py: database {database.info.dbname} has no Higgs Domino schema of version "
      f"{OLDEST_SCHEMA} or newer.\n"
      f"  Run as its owner: psql -d {database.info.dbname} -f database/setup.sql")


def main() -> None:
  url = os.environ.get("DATABASE_URL")
  if not url:
    sys.exit("ledger.py: set DATABASE_URL, such as postgresql://higgs_app@127.0.0.1/higgs_domino")
  try:
    with connect(url) as database:
      check_schema(database)
      demonstrate(url, database)
  except psycopg.OperationalError as error:
    sys.exit(f"ledger.py: cannot reach the database: {str(error).strip()}")
  except psycopg.Error as error:
    hint = error.diag.message_hint
    sys.exit(f"ledger.py: {error.diag.message_primary}" + (f"\n  {hint}" if hint else ""))


if __name__ == "__main__":
  main()

"""Asks the ledger, as an operator would: with psql."""

import subprocess

TIMEOUT_SECONDS = 30


class Database:
  """The database of the server that is tested."""

  def __init__(self, url: str):
    self.url = url

  def rows(self, query: str, **values) -> list[list[str]]:
    """The rows of a query; `:'name'` in it stands for a value."""
    settings = [word for name, value in values.items() for word in ("-v", f"{name}={value}")]
    ended = subprocess.run(
      ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", *settings, self.url],
      input=query, text=True, capture_output=True, timeout=TIMEOUT_SECONDS)
    assert ended.returncode == 0, ended.stderr
    return [line.split("\t") for line in ended.stdout.splitlines()]

  def number(self, query: str, **values) -> int:
    """The only number of a query."""
    return int(self.rows(query, **values)[0][0])

  def balance(self, player: str) -> int:
    """The chips in a player's wallet."""
    return self.number(
      "select balance from user_wallets where user_id = :'player' and currency = 'COINS';",
      player=player)

  def stacks(self, room: int) -> dict[int, int]:
    """The chips in front of each seat of a room, as the ledger has them."""
    return {int(seat): int(balance) for seat, balance in self.rows(
      """
      select s.seat, w.balance
      from game_sessions as s join user_wallets as w on w.id = s.seat_wallet_id
      where s.room_id = :room and s.stood_up_at is null;
      """, room=room)}

  def moves(self, hand: str) -> int:
    """How many moves the journal has of a hand."""
    return self.number("select count(*) from game_moves where hand_id = :'hand';", hand=hand)

  def demand_clean_ledger(self) -> None:
    """Runs every check of the ledger."""
    bad = self.rows("select check_name, problem from verify_ledger() where not is_ok;")
    assert not bad, bad

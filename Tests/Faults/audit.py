"""Holds everything that was seen against the database, after all the killing."""

import json

from deal import PASS_BYTES, deck_of, hands_of, placement_bytes
from running.stack import Stack
from witness import Witness


class Audit:
  """One look at the database, then check by check; each check returns what is wrong."""

  def __init__(self, stack: Stack, witness: Witness):
    self.stack = stack
    self.witness = witness
    self.moves = {(row["hand_id"], row["no"]): row for row in self.rows(
      "select hand_id, no, seat, actor, encode(move, 'hex') as move, ref from game_moves")}
    self.hands = {row["id"]: row for row in self.rows(
      """select id, room_id, number, status, encode(server_seed_commit, 'hex') as commit,
         encode(server_seed, 'hex') as seed, void_reason from game_hands""")}
    self.seats: dict[str, dict[int, dict]] = {}
    for row in self.rows("select hand_id, seat, user_id, stack_start, client_seed, net, rake "
                         "from hand_seats"):
      self.seats.setdefault(row["hand_id"], {})[row["seat"]] = row

  def rows(self, query: str) -> list[dict]:
    return json.loads(self.stack.psql(
      f"select coalesce(json_agg(q), '[]'::json) from ({query}) as q"))

  def run(self) -> list[tuple[str, int, list[str]]]:
    """Name, how much was looked at, and what is wrong."""
    checks = (
      ("clients saw no contradiction, no gap, no hidden tile", self.seen),
      ("every move that was shown is in the journal", self.shown_moves),
      ("every hand began as it was shown", self.shown_hands),
      ("every result that was shown is settled as shown", self.shown_results),
      ("every deal follows from its seeds, and is what the seats were dealt", self.deals),
      ("no hand was given up", self.voids),
      ("every acknowledged move is there exactly once, every refused one not", self.commands),
      ("every acknowledged payment is there exactly once, every refused one not", self.payments),
      ("every guest has the chips that his hands say", self.chips),
      ("verify_ledger() is clean", lambda: self.verified("verify_ledger")),
      ("verify_journal() is clean", lambda: self.verified("verify_journal")),
    )
    return [(name, *check()) for name, check in checks]

  def seen(self) -> tuple[int, list[str]]:
    return self.witness.frame_count, self.witness.problems

  def shown_moves(self) -> tuple[int, list[str]]:
    problems = []
    for (hand, number), move in self.witness.moves.items():
      row = self.moves.get((hand, number))
      expected = PASS_BYTES if move["kind"] == "pass" else placement_bytes(
        move["tile"], move["end"])
      if not row:
        problems.append(f"{hand} move {number}: shown {move}, and not in the journal")
      elif (row["seat"], row["actor"], bytes.fromhex(row["move"])) != (
          move["seat"], move["by"], expected):
        problems.append(f"{hand} move {number}: shown {move}, and the journal has {row}")
    return len(self.witness.moves), problems

  def shown_hands(self) -> tuple[int, list[str]]:
    problems = []
    for hand, facts in self.witness.hands.items():
      row = self.hands.get(hand)
      if not row:
        problems.append(f"{hand}: shown, and not in the database")
        continue
      if (row["room_id"], row["number"]) != (facts["room"], facts["number"]):
        problems.append(f"{hand}: shown as {facts}, and is {row}")
      seats = {seat: (each["stack_start"], each["client_seed"])
               for seat, each in self.seats.get(hand, {}).items()}
      if "seats" in facts and facts["seats"] != seats:
        problems.append(f"{hand}: seats shown {facts['seats']}, and are {seats}")
    by_number = {(row["room_id"], row["number"]): row["commit"] for row in self.hands.values()}
    for key, commits in self.witness.commits.items():
      if key in by_number and commits != {by_number[key]}:
        problems.append(f"room and number {key}: promised {commits}, dealt {by_number[key]}")
    return len(self.witness.hands) + len(self.witness.commits), problems

  def shown_results(self) -> tuple[int, list[str]]:
    problems = []
    for hand, frame in self.witness.ended.items():
      row = self.hands.get(hand, {})
      if row.get("status") != "settled" or row.get("seed") != frame["reveal"]["server_seed"]:
        problems.append(f"{hand}: shown as ended, and is {row}")
        continue
      shown = {each["seat"]: (each["net"], each["rake"]) for each in frame["net"]}
      kept = {seat: (each["net"], each["rake"]) for seat, each in self.seats.get(hand, {}).items()}
      if shown != kept:
        problems.append(f"{hand}: net and rake shown {shown}, and are {kept}")
    return len(self.witness.ended), problems

  def deals(self) -> tuple[int, list[str]]:
    problems, looked = [], 0
    for hand, row in self.hands.items():
      if not row["seed"]:
        continue
      looked += 1
      seats = self.seats.get(hand, {})
      deck = deck_of(bytes.fromhex(row["seed"]), [seats[seat]["client_seed"] for seat in
                                                  sorted(seats)], row["number"])
      dealt = hands_of(deck, list(seats))
      for seat, tiles in dealt.items():
        shown = self.witness.dealt.get((hand, seat))
        if shown is not None and shown != tiles:
          problems.append(f"{hand} seat {seat}: was shown {sorted(shown)}, dealt {sorted(tiles)}")
      frame = self.witness.ended.get(hand)
      if frame and list(frame["reveal"]["deck"]) != deck:
        problems.append(f"{hand}: revealed {frame['reveal']['deck']}, the seeds give {deck}")
    return looked, problems

  def voids(self) -> tuple[int, list[str]]:
    return len(self.hands), [f"{hand}: {row['void_reason']}" for hand, row in self.hands.items()
                             if row["status"] == "voided"]

  def commands(self) -> tuple[int, list[str]]:
    problems = []
    by_ref: dict[tuple[str, str], list[int]] = {}
    for (hand, number), row in self.moves.items():
      if row["ref"]:
        by_ref.setdefault((hand, row["ref"]), []).append(number)
    for fact in self.witness.acknowledged:
      found = by_ref.get((fact["hand"], fact["ref"]), [])
      if found != [fact["move"]]:
        problems.append(f"{fact} was acknowledged, and the journal has it at {found}")
      elif bytes.fromhex(self.moves[fact["hand"], fact["move"]]["move"])[:2] != placement_bytes(
          fact["tile"], fact["end"])[:2]:
        problems.append(f"{fact} was acknowledged with another tile")
    problems += [f"{fact} was refused, and the journal has it" for fact in self.witness.refused
                 if (fact["hand"], fact["ref"]) in by_ref]
    return len(self.witness.acknowledged) + len(self.witness.refused), problems

  def payments(self) -> tuple[int, list[str]]:
    posted: dict[str, list[int]] = {}
    for row in self.rows("select id, amount from transactions"):
      posted.setdefault(row["id"], []).append(row["amount"])
    stays = {row["id"] for row in self.rows("select id from game_sessions")}
    problems = []
    for top_up in self.witness.top_ups:
      expected = [top_up["amount"]] if top_up["is_done"] else []
      if posted.get(top_up["id"], []) != expected:
        problems.append(f"{top_up}, and the ledger has {posted.get(top_up['id'], [])}")
    problems += [f"{stay} was acknowledged, and there is no such stay" for stay in
                 self.witness.stays if stay["id"] not in stays]
    return len(self.witness.top_ups) + len(self.witness.stays), problems

  def chips(self) -> tuple[int, list[str]]:
    """Granted at the start, plus the results of the settled hands, is what a guest has now."""
    rows = self.rows(
      """select u.username,
           coalesce((select sum(t.amount) from transactions as t
                     join user_wallets as w on w.id = t.credit_wallet_id
                     where w.user_id = u.id and t.kind = 'grant'), 0)
           + coalesce((select sum(s.net) from hand_seats as s where s.user_id = u.id), 0)
             as expected,
           coalesce((select sum(w.balance) from user_wallets as w
                     where w.user_id = u.id and w.kind = 'player' and w.currency = 'COINS'), 0)
           + coalesce((select sum(w.balance) from game_sessions as g
                       join user_wallets as w on w.id = g.seat_wallet_id
                       where g.user_id = u.id and g.stood_up_at is null), 0) as found
         from users as u where u.account_type = 'guest'""")
    return len(rows), [str(row) for row in rows if row["expected"] != row["found"]]

  def verified(self, function: str) -> tuple[int, list[str]]:
    rows = self.rows(f"select * from {function}()")
    return sum(row["examined"] for row in rows), [str(row) for row in rows if not row["is_ok"]]

"""The proof by killing must be able to fail: each thing that could go wrong, made to go wrong."""

import copy
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from audit import Audit
from deal import deck_of, hands_of, placement_bytes
from witness import Sight, Witness

ROOM, HAND = 7, "hand"
SEED = bytes(range(32))
CLIENTS = ["zero", "one"]
DECK = deck_of(SEED, CLIENTS, 1)
DEALT = hands_of(DECK, [0, 1])
OWN, OTHER = sorted(DEALT[0]), sorted(DEALT[1])


def frame(kind: str, seq: int, **content) -> dict:
  return {"type": kind, "room": ROOM, "seq": seq, **content}


def started(seq: int) -> dict:
  return frame("hand.started", seq, hand=HAND, number=1, your_tiles=OWN, turn=None, seats=[
    {"seat": 0, "stack": 1000, "client_seed": "zero"},
    {"seat": 1, "stack": 2000, "client_seed": "one"}])


def placed(seq: int, move: int = 1, tile: str = OWN[0], seat: int = 0) -> dict:
  return frame("tile.placed", seq, move=move, seat=seat, tile=tile, end="left", by="player",
               turn=None)


def snapshot(seq: int, moves=(), tiles=OWN) -> dict:
  return frame("snapshot", seq, state={
    "you": {"seat": 0, "stack": 1000}, "deal": None,
    "hand": {"id": HAND, "number": 1, "moves": list(moves), "your_tiles": list(tiles),
             "turn": None}})


class SightTests(unittest.TestCase):

  def seen(self, *frames: dict) -> list[str]:
    """The problems of a client that is shown these frames, after a snapshot without a hand."""
    witness = Witness()
    sight = Sight(witness, "client", ROOM)
    empty = frame("snapshot", 10, state={"you": {"seat": 0, "stack": 1000}, "hand": None})
    for each in (empty, *frames):
      sight.take(str(each).replace("'", '"'), each)
    return witness.problems

  def test_good_frames_are_no_problem(self):
    self.assertEqual(self.seen(started(11), placed(12), snapshot(12, [
      placed(0) | {"kind": "place"}], OWN[1:])), [])

  def test_a_gap_a_repetition_and_a_step_back_are_found(self):
    for seq in (13, 11, 10):
      self.assertTrue(self.seen(started(11), placed(seq)), seq)

  def test_a_move_that_is_missing_after_a_snapshot_is_found(self):
    self.assertIn("had seen 1 moves", self.seen(started(11), placed(12), snapshot(12))[0])

  def test_another_move_at_the_same_place_is_found(self):
    moved = placed(0) | {"kind": "place", "tile": OWN[1]}
    problems = self.seen(started(11), placed(12), snapshot(12, [moved], OWN[1:]))
    self.assertTrue(any("and the snapshot has" in problem for problem in problems))

  def test_other_tiles_after_a_snapshot_are_found(self):
    problems = self.seen(started(11), snapshot(11, tiles=[*OWN[1:], OTHER[0]]))
    self.assertIn("after the snapshot", problems[0])

  def test_a_tile_that_must_be_hidden_is_found(self):
    shown = placed(12) | {"hint": OTHER[0]}
    self.assertIn("was shown", self.seen(started(11), shown)[0])

  def test_a_move_out_of_turn_is_found(self):
    self.assertIn("move 2 after 0", self.seen(started(11), placed(12, move=2))[0])

  def test_two_clients_that_are_told_different_things_are_found(self):
    for other in (placed(12, tile=OWN[1]), placed(12) | {"by": "timeout"}):
      witness = Witness()
      for each in (placed(12), other):
        sight = Sight(witness, "client", ROOM)
        sight.begin(HAND, 1, OWN)
        sight.seq = 11
        sight.take("", each)
      self.assertTrue(witness.problems)


class FakeStack:
  """Answers the audit's queries by the table that they read."""

  def __init__(self):
    self.tables = {
      "from game_moves": [{"hand_id": HAND, "no": 1, "seat": 0, "actor": "player", "ref": "r1",
                           "move": placement_bytes(OWN[0], "left").hex()}],
      "from game_hands": [{"id": HAND, "room_id": ROOM, "number": 1, "status": "settled",
                           "commit": "c", "seed": SEED.hex(), "void_reason": None}],
      "from hand_seats\"": [], "from transactions\"": [{"id": "t1", "amount": 5}],
      "from game_sessions\"": [{"id": "s1"}], "from users": [], "verify_": []}
    self.tables['from hand_seats"'] = [
      {"hand_id": HAND, "seat": 0, "user_id": "u", "stack_start": 1000, "client_seed": "zero",
       "net": 97, "rake": 3},
      {"hand_id": HAND, "seat": 1, "user_id": "v", "stack_start": 2000, "client_seed": "one",
       "net": -100, "rake": 0}]

  def answer(self, query: str) -> list[dict]:
    for words, rows in self.tables.items():
      if words.rstrip('"') in query and (not words.endswith('"') or "users" not in query):
        return copy.deepcopy(rows)
    raise AssertionError(query)


class FakeAudit(Audit):
  def rows(self, query: str) -> list[dict]:
    return self.stack.answer(query)


class AuditTests(unittest.TestCase):

  def setUp(self):
    self.stack = FakeStack()
    self.witness = Witness()
    sight = Sight(self.witness, "client", ROOM)
    sight.seat, sight.seq = 0, 10
    sight.take("", started(11))
    sight.take("", placed(12))
    sight.take("", frame("hand.ended", 13, hand=HAND, reveal={
      "server_seed": SEED.hex(), "deck": DECK}, payments=[], net=[
        {"seat": 0, "net": 97, "rake": 3, "stack": 1097},
        {"seat": 1, "net": -100, "rake": 0, "stack": 1900}]))
    self.witness.acknowledged.append({"hand": HAND, "move": 1, "ref": "r1", "tile": OWN[0],
                                      "end": "left"})
    self.witness.top_ups.append({"id": "t1", "amount": 5, "is_done": True})
    self.witness.stays.append({"id": "s1"})

  def failed(self) -> list[str]:
    return [name for name, _, problems in FakeAudit(self.stack, self.witness).run() if problems]

  def row(self, table: str) -> dict:
    return self.stack.tables[table][0]

  def test_a_database_that_has_it_all_passes(self):
    self.assertEqual(self.failed(), [])

  def test_a_move_that_is_not_in_the_journal_fails(self):
    self.stack.tables["from game_moves"].clear()
    self.assertEqual(len(self.failed()), 2)

  def test_a_move_of_another_seat_actor_or_tile_fails(self):
    for change in ({"seat": 1}, {"actor": "bot"}, {"move": "02"},
                   {"move": placement_bytes(OWN[0], "right").hex()}):
      self.setUp()
      self.row("from game_moves").update(change)
      self.assertIn("every move that was shown is in the journal", self.failed(), change)

  def test_a_hand_that_is_gone_void_or_not_settled_fails(self):
    for change in ({"id": "other"}, {"status": "voided", "void_reason": "x"},
                   {"status": "playing", "seed": None}, {"number": 2}):
      self.setUp()
      self.row("from game_hands").update(change)
      self.assertTrue(self.failed(), change)

  def test_another_stack_seed_net_or_rake_fails(self):
    for change in ({"stack_start": 1}, {"client_seed": "x"}, {"net": 98}, {"rake": 4}):
      self.setUp()
      self.row('from hand_seats"').update(change)
      self.assertTrue(self.failed(), change)

  def test_an_acknowledged_move_that_is_there_twice_or_not_fails(self):
    rows = self.stack.tables["from game_moves"]
    rows.append(rows[0] | {"no": 2})
    self.assertEqual(len(self.failed()), 1)
    self.setUp()
    self.row("from game_moves")["ref"] = None
    self.assertEqual(len(self.failed()), 1)

  def test_a_refused_move_that_is_there_fails(self):
    self.witness.refused.append({"hand": HAND, "ref": "r1"})
    self.assertEqual(len(self.failed()), 1)

  def test_a_payment_that_is_missing_double_other_or_refused_fails(self):
    self.row('from transactions"')["amount"] = 6
    self.assertEqual(len(self.failed()), 1)
    self.stack.tables['from transactions"'].append({"id": "t1", "amount": 5})
    self.assertEqual(len(self.failed()), 1)
    self.stack.tables['from transactions"'].clear()
    self.assertEqual(len(self.failed()), 1)
    self.setUp()
    self.witness.top_ups[0]["is_done"] = False
    self.assertEqual(len(self.failed()), 1)

  def test_a_stay_that_is_not_there_fails(self):
    self.stack.tables['from game_sessions"'].clear()
    self.assertEqual(len(self.failed()), 1)

  def test_chips_that_do_not_add_up_fail(self):
    self.stack.tables["from users"] = [{"username": "x", "expected": 1, "found": 2}]
    self.assertEqual(len(self.failed()), 1)

  def test_a_ledger_or_journal_that_is_not_clean_fails(self):
    self.stack.tables["verify_"] = [{"check_name": "x", "is_ok": False, "examined": 1}]
    self.assertEqual(len(self.failed()), 2)

  def test_tiles_that_do_not_follow_from_the_seed_fail(self):
    self.witness.dealt[HAND, 0] = set(OTHER)
    self.assertEqual(len(self.failed()), 1)


class DealTests(unittest.TestCase):

  def test_decks_are_those_of_the_golden_file(self):
    vectors = json.loads((Path(__file__).resolve().parents[1]
                          / "FairnessTests/Vectors/fair_shuffle.json").read_text())["vectors"]
    self.assertGreaterEqual(len(vectors), 2)
    for vector in vectors:
      deck = deck_of(bytes.fromhex(vector["server_seed_hex"]), [vector["client_seed"]],
                     vector["nonce"])
      self.assertEqual(deck, vector["permutation_ids"])


if __name__ == "__main__":
  unittest.main()

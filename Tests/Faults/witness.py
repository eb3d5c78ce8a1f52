"""What all clients together have seen, to be held against the database afterwards."""

import re
from dataclasses import dataclass, field

TILE = re.compile(r'"([0-6]-[0-6])"')


@dataclass
class Witness:
  """Everything that any client was told; a contradiction is noted at once."""

  problems: list[str] = field(default_factory=list)
  moves: dict[tuple[str, int], dict] = field(default_factory=dict)
  hands: dict[str, dict] = field(default_factory=dict)
  ended: dict[str, dict] = field(default_factory=dict)
  voided: dict[str, str] = field(default_factory=dict)
  commits: dict[tuple[int, int], set[str]] = field(default_factory=dict)
  dealt: dict[tuple[str, int], set[str]] = field(default_factory=dict)
  frames: dict[tuple[int, int], tuple] = field(default_factory=dict)
  acknowledged: list[dict] = field(default_factory=list)
  refused: list[dict] = field(default_factory=list)
  top_ups: list[dict] = field(default_factory=list)
  stays: list[dict] = field(default_factory=list)
  cash_outs: list[dict] = field(default_factory=list)
  frame_count: int = 0
  move_frames: int = 0
  resumed: int = 0
  same_tiles: int = 0
  sent_again: int = 0
  done_again: int = 0
  snapshots: int = 0

  def problem(self, words: str) -> None:
    if words not in self.problems:
      self.problems.append(words)

  def move(self, hand: str, move: dict) -> None:
    """A move that somebody was shown, in a frame or in a snapshot."""
    fact = {name: move.get(name) for name in ("seat", "kind", "tile", "end", "by")}
    known = self.moves.setdefault((hand, move["move"]), fact)
    if known != fact:
      self.problem(f"hand {hand} move {move['move']}: {known} to one client, {fact} to another")

  def hand(self, hand: str, **facts) -> None:
    """What a hand began with."""
    known = self.hands.setdefault(hand, {})
    for name, value in facts.items():
      if known.setdefault(name, value) != value:
        self.problem(f"hand {hand}: {name} {known[name]} to one client, {value} to another")

  def frame(self, room: int, seq: int, essence: tuple) -> None:
    """One number is one event for all."""
    if self.frames.setdefault((room, seq), essence) != essence:
      self.problem(f"room {room} seq {seq}: {self.frames[room, seq]} to one client, "
                   f"{essence} to another")


class Sight:
  """One room as one client sees it: what it has been told, in order."""

  def __init__(self, witness: Witness, who: str, room: int):
    self.witness = witness
    self.who = who
    self.room = room
    self.seq: int | None = None
    self.seat: int | None = None
    self.hand: str | None = None
    self.number = 0
    self.moves: list[dict] = []
    self.tiles: set[str] = set()
    self.placed: set[str] = set()
    self.turn: dict | None = None
    self.is_paused = False
    self.stack: int | None = None

  # ---- Order -----------------------------------------------------------------------------------

  def take(self, text: str, frame: dict) -> None:
    """A durable frame or a snapshot."""
    if frame["type"] == "snapshot":
      self.take_snapshot(text, frame)
      return
    seq = frame["seq"]
    if self.seq is None:
      self.witness.problem(f"{self.who} room {self.room}: {frame['type']} before a snapshot")
    elif seq != self.seq + 1:
      self.witness.problem(f"{self.who} room {self.room}: seq {seq} after {self.seq}: "
                           f"{frame['type']}")
    self.seq = seq
    self.witness.frame_count += 1
    self.witness.frame(self.room, seq, essence_of(frame))
    self.check_hidden(text, frame)
    if "turn" in frame:
      self.turn = frame["turn"]
    action = getattr(self, "on_" + frame["type"].replace(".", "_"), None)
    if action:
      action(frame)

  def check_hidden(self, text: str, frame: dict) -> None:
    """No tile that this client may not see, while the hand runs."""
    if frame["type"] in ("hand.ended", "hand.voided", "hand.started") or not self.hand:
      return
    shown = set(TILE.findall(text)) - self.placed - self.tiles - {frame.get("tile")}
    if shown:
      self.witness.problem(f"{self.who} room {self.room} was shown {shown} in {text[:300]}")

  # ---- Hands -----------------------------------------------------------------------------------

  def begin(self, hand: str | None, number: int = 0, tiles=()) -> None:
    self.hand, self.number = hand, number
    self.moves, self.tiles, self.placed = [], set(tiles or ()), set()

  def on_deal_committed(self, frame: dict) -> None:
    self.witness.commits.setdefault((self.room, frame["number"]), set()).add(frame["commit"])

  def on_hand_started(self, frame: dict) -> None:
    self.begin(frame["hand"], frame["number"], frame.get("your_tiles"))
    seats = {seat["seat"]: (seat["stack"], seat["client_seed"]) for seat in frame["seats"]}
    self.witness.hand(frame["hand"], room=self.room, number=frame["number"], seats=seats)
    if self.seat in seats:
      self.witness.dealt[frame["hand"], self.seat] = set(self.tiles)
      if len(self.tiles) != 7:
        self.witness.problem(f"{self.who} was dealt {sorted(self.tiles)} in {frame['hand']}")

  def on_tile_placed(self, frame: dict) -> None:
    self.take_move(frame | {"kind": "place"})

  def on_seat_passed(self, frame: dict) -> None:
    self.take_move(frame | {"kind": "pass"})

  def take_move(self, move: dict) -> None:
    self.witness.move_frames += 1
    if move["move"] != len(self.moves) + 1:
      self.witness.problem(f"{self.who} {self.hand}: move {move['move']} after "
                           f"{len(self.moves)} moves")
    self.moves.append(move)
    self.placed.add(move.get("tile"))
    self.witness.move(self.hand, move)

  def on_hand_ended(self, frame: dict) -> None:
    if frame["hand"] != self.hand:
      self.witness.problem(f"{self.who}: {frame['hand']} ended while {self.hand} was played")
    self.witness.ended.setdefault(frame["hand"], frame)
    for each in frame["net"]:
      if each["seat"] == self.seat:
        self.stack = each["stack"]
    self.begin(None)
    self.turn = None

  def on_hand_voided(self, frame: dict) -> None:
    self.witness.voided[frame["hand"]] = frame.get("reason", "")
    self.begin(None)
    self.turn = None

  # ---- Snapshots -------------------------------------------------------------------------------

  def take_snapshot(self, text: str, frame: dict) -> None:
    """What is known already must be in it: the same hand at the same move or later."""
    state, hand = frame["state"], frame["state"].get("hand")
    self.witness.snapshots += 1
    if self.seq is not None and frame["seq"] < self.seq:
      self.witness.problem(f"{self.who} room {self.room}: a snapshot of {frame['seq']} after "
                           f"{self.seq}")
    self.seq = frame["seq"]
    you = state.get("you")
    self.seat = you["seat"] if you else None
    self.stack = you.get("stack") if you else None
    deal = state.get("deal")
    if deal:
      self.on_deal_committed(deal)
    if not hand:
      self.begin(None)
      self.turn = None
      return
    known, tiles = (self.moves, self.tiles) if hand["id"] == self.hand else ([], None)
    if hand["id"] == self.hand:
      self.witness.resumed += 1
    self.compare(known, hand)
    placed = {move["tile"] for move in hand["moves"] if move.get("tile")}
    held = set(hand.get("your_tiles") or ())
    own = {move["tile"] for move in hand["moves"]
           if move.get("tile") and move["seat"] == self.seat}
    if tiles and self.seat is not None:
      self.witness.same_tiles += 1
    if tiles and self.seat is not None and held | own != tiles:
      self.witness.problem(f"{self.who} {hand['id']}: had {sorted(tiles)}, and after the snapshot "
                           f"{sorted(held | own)}")
    self.begin(hand["id"], hand["number"], held | own)
    self.placed, self.moves = placed, list(hand["moves"])
    self.turn = hand.get("turn")
    for move in hand["moves"]:
      self.witness.move(hand["id"], move)
    self.witness.hand(hand["id"], room=self.room, number=hand["number"])

  def compare(self, known: list[dict], hand: dict) -> None:
    """Nothing that was seen may be missing."""
    if len(hand["moves"]) < len(known):
      self.witness.problem(f"{self.who} {hand['id']}: had seen {len(known)} moves, and the snapshot "
                           f"has {len(hand['moves'])}")
    for mine, theirs in zip(known, hand["moves"]):
      if any(mine.get(name) != theirs.get(name) for name in ("move", "seat", "kind", "tile", "end")):
        self.witness.problem(f"{self.who} {hand['id']}: saw {mine}, and the snapshot has {theirs}")


def essence_of(frame: dict) -> tuple:
  """What every receiver of an event must have been told alike."""
  return tuple((name, repr(frame.get(name))) for name in (
    "type", "hand", "move", "seat", "tile" if frame["type"] != "tile.drawn" else "move", "end",
    "by", "number", "commit", "stack", "amount", "payments", "net"))

"""A player at one table: plays what is legal, and sends again what was not answered."""

import asyncio
import json
import os
import random
import time

import websockets

from web import Refused, until_answered
from witness import Sight, Witness

CONNECT_TIMEOUT_SECONDS = 8
AGAIN_SECONDS = 0.25
THINK_SECONDS_MAX = 0.4
STAKE = "gaple_warung"
BUY_IN = 6000
ROOM_FRAMES = {"snapshot", "seat.taken", "seat.left", "seat.leaving", "seat.promised", "seat.topped_up",
               "deal.committed", "hand.started", "tile.placed", "seat.passed", "tile.drawn",
               "hand.ended", "hand.voided", "room.closed", "trustee"}


def new_id() -> str:
  """A version-7 identifier."""
  value = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
  value = value & ~(0xF << 76) | (7 << 76)
  value = value & ~(3 << 62) | (2 << 62)
  text = f"{value:032x}"
  return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Player:
  """One guest with one socket, which comes back as often as it is lost."""

  def __init__(self, url: str, name: str, witness: Witness, seed: int):
    self.url = url
    self.name = name
    self.witness = witness
    self.random = random.Random(seed)
    self.token = self.secret = self.id = None
    self.sights: dict[int, Sight] = {}
    self.pending: dict[str, dict] = {}
    self.again: set[str] = set()
    self.promises: dict[int, dict] = {}
    self.refs = 0
    self.socket = None
    self.is_done = False
    self.is_leaving = False
    self.wants_seat: int | None = None
    self.thinking: asyncio.Task | None = None
    self.connections = 0

  # ---- Signing in ------------------------------------------------------------------------------

  async def sign_in(self) -> None:
    answer = await until_answered(f"{self.url}/v1/auth/guest", "POST", {"display_name": self.name})
    self.secret, self.token = answer["guest_secret"], answer["access_token"]
    self.id = answer["player"]["id"]

  async def renew(self) -> None:
    answer = await until_answered(f"{self.url}/v1/auth/guest/sign-in", "POST",
                                  {"guest_secret": self.secret})
    self.token = answer["access_token"]

  def watch(self, room: int) -> Sight:
    """From the next connection on, this room is watched."""
    return self.sights.setdefault(room, Sight(self.witness, self.name, room))

  # ---- The socket ------------------------------------------------------------------------------

  async def live(self) -> None:
    """Connects, plays, and connects again, until it is done."""
    while not self.is_done:
      try:
        await self.connected()
      except (OSError, websockets.WebSocketException, asyncio.TimeoutError):
        pass
      except Refused as error:
        self.witness.problem(f"{self.name}: {error}")
      self.socket = None
      if not self.is_done:
        await asyncio.sleep(AGAIN_SECONDS)

  async def connected(self) -> None:
    address = self.url.replace("http", "ws", 1) + "/v1/socket"
    async with websockets.connect(address, open_timeout=CONNECT_TIMEOUT_SECONDS, close_timeout=1,
                                  max_size=1 << 20, compression=None) as socket:
      rooms = [{"id": room} | ({"seq": sight.seq} if sight.seq is not None else {})
               for room, sight in self.sights.items()]
      await socket.send(json.dumps(
        {"type": "hello", "token": self.token, "protocol": 1, "rooms": rooms}))
      self.connections += 1
      try:
        async for text in socket:
          await self.take(socket, text, json.loads(text))
      except websockets.ConnectionClosed as closed:
        await self.closed(closed)

  async def closed(self, closed) -> None:
    code = closed.rcvd.code if closed.rcvd else None
    if code == 4401:
      await self.renew()
    elif code not in (None, 1000, 1001, 1012, 1006, 1011):
      self.witness.problem(f"{self.name}: closed with {code} {closed.rcvd.reason}")

  async def take(self, socket, text: str, frame: dict) -> None:
    kind = frame["type"]
    if kind == "welcome":
      self.socket = socket
      await self.after_welcome()
    elif kind == "error" and frame["code"] in ("moved", "unavailable") and "ref" not in frame:
      await socket.close()
    elif kind in ("done", "error"):
      self.answered(frame)
    elif kind == "moved":
      await socket.close()
    elif kind in ROOM_FRAMES:
      sight = self.watch(frame["room"])
      sight.take(text, frame)
      self.after(sight, frame)
      self.follow_promise(frame)
    if kind == "running" and frame.get("turn"):
      self.watch(frame["room"]).turn = frame["turn"]
      self.consider(self.watch(frame["room"]))

  async def after_welcome(self) -> None:
    """What was not answered is sent again, as it was."""
    for command in list(self.pending.values()):
      self.witness.sent_again += 1
      self.again.add(command["ref"])
      await self.socket.send(json.dumps(command))

  # ---- Commands --------------------------------------------------------------------------------

  async def send(self, kind: str, room: int, **content) -> None:
    self.refs += 1
    command = {"type": kind, "ref": f"{self.name}-{self.refs}", "room": room, **content}
    self.pending[command["ref"]] = command
    if self.socket:
      try:
        await self.socket.send(json.dumps(command))
      except websockets.ConnectionClosed:
        pass  # It is sent again after the next welcome.

  def answered(self, frame: dict) -> None:
    command = self.pending.pop(frame.get("ref"), None)
    if not command:
      if frame["type"] == "error" and not self.promises.pop(frame.get("room"), None):
        self.witness.problem(f"{self.name}: {frame}")
      return
    if frame["type"] == "error" and frame["code"] in ("busy", "paused", "rate_limited", "moved"):
      self.pending[command["ref"]] = command
      asyncio.ensure_future(self.send_later(command))
      return
    if frame["type"] == "done" and command["ref"] in self.again:
      self.witness.done_again += 1
    getattr(self, "answered_" + command["type"], lambda *_: None)(command, frame)

  async def send_later(self, command: dict) -> None:
    await asyncio.sleep(AGAIN_SECONDS * 2)
    if self.socket and command["ref"] in self.pending:
      try:
        await self.socket.send(json.dumps(command))
      except websockets.ConnectionClosed:
        pass

  def answered_place(self, command: dict, frame: dict) -> None:
    fact = {"player": self.name, "ref": command["ref"], "hand": command["turn"]["hand"],
            "move": command["turn"]["move"], "tile": command["tile"], "end": command["end"],
            "code": frame.get("code")}
    (self.witness.acknowledged if frame["type"] == "done" else self.witness.refused).append(fact)
    if frame["type"] == "error" and frame["code"] not in ("wrong_turn", "not_your_turn"):
      self.witness.problem(f"{self.name}: {command} was answered by {frame}")

  def answered_sit(self, command: dict, frame: dict) -> None:
    if frame.get("is_waiting"):
      self.promises[command["room"]] = command
    elif frame["type"] == "done":
      self.has_sat(command)
      if "seat" in frame and frame["seat"] is not None:
        self.sights[command["room"]].seat = frame["seat"]
    elif frame["code"] not in ("seat_taken", "already_seated", "insufficient_funds", "room_full",
                               "hand_running"):
      self.witness.problem(f"{self.name}: {command} was answered by {frame}")

  def has_sat(self, command: dict) -> None:
    """A seat was had, and paid."""
    self.witness.stays.append({"id": command["id"], "amount": command["buy_in"],
                               "player": self.id})

  def follow_promise(self, frame: dict) -> None:
    """A bot's seat is had when its hand is over; one that the server has forgotten is wished again."""
    command = self.promises.get(frame["room"])
    if not command:
      return
    if frame["type"] == "seat.taken" and frame["player"]["id"] == self.id:
      self.has_sat(self.promises.pop(frame["room"]))
    elif frame["type"] == "snapshot":
      state = frame["state"]
      if state["you"]:
        self.has_sat(self.promises.pop(frame["room"]))
      elif not any(seat.get("promised_to") == self.id for seat in state["seats"]):
        del self.promises[frame["room"]]
        asyncio.ensure_future(self.sit(frame["room"], command["id"]))

  def answered_top_up(self, command: dict, frame: dict) -> None:
    self.witness.top_ups.append({"id": command["id"], "amount": command["amount"],
                                 "is_done": frame["type"] == "done", "code": frame.get("code")})

  # ---- Playing ---------------------------------------------------------------------------------

  def after(self, sight: Sight, frame: dict) -> None:
    """What one does after an event."""
    if frame["type"] == "seat.taken" and frame["player"]["id"] == self.id:
      sight.seat = frame["seat"]
    elif frame["type"] == "seat.left" and frame["seat"] == sight.seat:
      sight.seat = None
      if not self.is_leaving:
        asyncio.ensure_future(self.sit(sight.room))
    elif frame["type"] == "hand.ended" and sight.seat is not None:
      asyncio.ensure_future(self.between_hands(sight))
    elif frame["type"] == "trustee" and frame["seat"] == sight.seat and frame["on"]:
      asyncio.ensure_future(self.send("back", sight.room))
    self.consider(sight)

  def consider(self, sight: Sight) -> None:
    """Plays when it is this seat's turn."""
    turn = sight.turn
    if not turn or turn["seat"] != sight.seat or not turn.get("legal"):
      return
    if any(command["type"] == "place" and command["turn"]["move"] == turn["move"]
           and command["turn"]["hand"] == turn["hand"] for command in self.pending.values()):
      return
    if self.thinking and not self.thinking.done():
      self.thinking.cancel()
    self.thinking = asyncio.ensure_future(self.think_and_place(sight, turn))

  async def think_and_place(self, sight: Sight, turn: dict) -> None:
    await asyncio.sleep(self.random.uniform(0, THINK_SECONDS_MAX))
    choice = self.random.choice(turn["legal"])
    await self.send("place", sight.room, turn={"hand": turn["hand"], "move": turn["move"]},
                    tile=choice["tile"], end=self.random.choice(choice["ends"]))

  async def between_hands(self, sight: Sight) -> None:
    """Now and then something with money, or a seed of one's own."""
    dice = self.random.random()
    if dice < 0.2:
      await self.send("client_seed", sight.room, seed=f"s{self.random.randrange(10 ** 12)}")
    elif dice < 0.45 and (sight.stack or 0) < 15000:
      await self.send("top_up", sight.room, id=new_id(), amount=self.random.randrange(1, 300))
    elif dice < 0.55:
      await self.send("stand", sight.room)

  async def sit(self, room: int, id: str | None = None) -> None:
    """Takes a seat with chips."""
    self.watch(room)
    await self.send("sit", room, id=id or new_id(), buy_in=BUY_IN)

"""What the page makes of frames that are lost, or that tests cannot bring about in time."""

import json

from harness.case import Stage, case


class Wire:
  """Between the page and the server: passes frames on, loses some, adds others."""

  def __init__(self, player, loses=lambda frame: False):
    self.page_side = None
    self.lost = 0
    self.asked = []
    self.loses = loses
    player.page.route_web_socket("**/v1/socket", self.connect)

  def connect(self, route) -> None:
    self.page_side = route
    server = route.connect_to_server()

    def to_server(text) -> None:
      message = json.loads(text)
      if message["type"] == "watch":
        self.asked.append(message)
      server.send(text)

    def to_page(text) -> None:
      if self.loses(json.loads(text)):
        self.lost += 1
      else:
        route.send(text)

    route.on_message(to_server)
    server.on_message(to_page)

  def tell(self, **frame) -> None:
    """A frame that the server might have sent."""
    self.page_side.send(json.dumps(frame))


@case
def lost_frames_are_asked_for(stage: Stage):
  """Frames that get lost on the way are asked for again, and no tile is missing on the felt"""
  player = stage.player()
  numbered = 0

  def every_fourth(frame) -> bool:
    nonlocal numbered
    # What gives the turn to the player would be missed by nobody until the time is out.
    if frame["type"] not in ("tile.placed", "seat.passed") or "legal" in (frame["turn"] or {}):
      return False
    numbered += 1
    return numbered % 4 == 0

  wire = Wire(player, every_fourth)
  player.enter("Rizky")
  player.own_table()
  player.wait_for_deal()
  seen = set()

  def place():
    player.place_by_click()
    seen.update(player.line)

  # The sockets that a test puts between are not the browser's own: what is told is read off the page.
  while player.wait_for_turn():
    place()
  assert wire.lost >= 2, "nothing got lost"
  assert len(wire.asked) >= wire.lost and all("room" in each for each in wire.asked)
  line = player.line
  held = player.page.eval_on_selector_all(
    "dialog .loser__tiles .tile", "nodes => nodes.length")
  assert len(line) + held == 28, (len(line), held)


@case
def a_pause_is_told(stage: Stage):
  """A table that pauses says so, stands still, and goes on"""
  player = stage.player(language="en")
  wire = Wire(player)
  player.enter("Rizky")
  player.own_table()
  player.wait_for_deal()
  assert player.wait_for_turn()
  wire.tell(type="paused", room=player.room, reason="database")
  player.page.wait_for_selector(".banner[data-kind=pause]:not([hidden])")
  ring = ".me .ring"
  player.page.wait_for_timeout(300)  # the last tick before the pause has been drawn
  left = "node => node.style.getPropertyValue('--left')"
  first = player.page.locator(ring).evaluate(left)
  player.page.wait_for_timeout(600)
  assert first == player.page.locator(ring).evaluate(left)
  wire.tell(type="running", room=player.room, turn=None)
  player.page.wait_for_selector(".banner", state="hidden")


@case
def a_seat_on_auto_play(stage: Stage):
  """Who is on auto-play is told so, and comes back by a press"""
  player = stage.player(language="en")
  wire = Wire(player)
  player.enter("Rizky")
  player.own_table()
  player.wait_for_deal()
  seat = int(player.page.locator(".me").get_attribute("data-seat"))
  assert not player.has(".actions .button--brass:not([hidden])")
  snapshot = player.page.locator(".me .seat__state")
  assert snapshot.is_hidden()
  wire.tell(type="presence", room=player.room, seat=seat, online=False)
  player.page.wait_for_selector(".me[data-offline] .seat__state >> text=Disconnected")
  wire.tell(type="presence", room=player.room, seat=seat, online=True)
  player.page.wait_for_selector(".me[data-offline]", state="detached")

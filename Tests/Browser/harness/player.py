"""A person in front of the page: sees what it shows, presses what can be pressed."""

import json
import time

HAND_SECONDS_MAX = 240
STEP_SECONDS = 0.05
# What the server or the network may say while a test cuts the connection on purpose.
EXPECTED_NOISE = ("WebSocket connection to", "net::ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION",
                  "Failed to load resource: net::")

CLIENT = """
  const { HiggsClient } = await import('/client/higgs-client.js');
  const client = new HiggsClient({ storage: localStorage });
"""
OPEN_TABLE = "async (isPrivate) => {" + CLIENT + """
  const { items } = await client.stakes('gaple');
  const [stake] = items.sort((a, b) => a.base_bet - b.base_bet);
  return client.openRoom({ stake: stake.id, private: isPrivate });
}"""
ADD_BOTS = "async (room) => {" + CLIENT + "return client.addBots(room, 3); }"


class Player:
  """One window."""

  def __init__(self, page, url: str, language: str):
    self.page = page
    self.url = url
    self.language = language
    self.errors: list[str] = []
    self.frames: list[dict] = []
    self.is_cut = False
    page.on("pageerror", lambda error: self.errors.append(f"error of the page: {error}"))
    page.on("console", self.hear)
    page.on("dialog", lambda dialog: self.errors.append(f"a dialog: {dialog.message}"))
    page.on("websocket", self.listen)

  def hear(self, message) -> None:
    if message.type != "error":
      return
    if self.is_cut and any(words in message.text for words in EXPECTED_NOISE):
      return
    self.errors.append(f"console: {message.text}")

  def listen(self, socket) -> None:
    socket.on("framereceived", lambda text: self.frames.append(json.loads(text)))

  # ---- Going about -----------------------------------------------------------------------------

  def open(self, hash: str = "") -> None:
    self.page.goto(f"{self.url}/?lang={self.language}{hash}")

  def go(self, hash: str) -> None:
    self.page.evaluate("hash => { location.hash = hash; }", hash)

  def enter(self, name: str = "") -> None:
    """Signs in as a guest: one press."""
    self.open()
    if name:
      self.page.fill(".door .input", name)
    self.page.click(".door__play")
    self.page.wait_for_selector(".tier[aria-checked=true]")

  def quick_seat(self) -> None:
    """The lowest stake, so that a stack lasts for many hands."""
    self.page.click(".tier >> nth=0")
    self.page.click(".hero__play")
    self.page.wait_for_selector(".scene .me")

  def own_table(self, *, is_private: bool = True) -> None:
    """A table of the player's own with bots: quick seat would bring other tests' players to it."""
    made = self.page.evaluate(OPEN_TABLE, is_private)
    self.go(f"#/table/{made['room']}" + (f"/{made['join_code']}" if is_private else ""))
    self.page.wait_for_selector(".chair--free")
    self.page.locator(".chair--free").first.click()
    self.page.locator(".amount .button--brass").click()
    self.page.wait_for_selector(".scene .me")
    self.page.evaluate(ADD_BOTS, made["room"])

  @property
  def id(self) -> str:
    return self.page.evaluate("() => JSON.parse(localStorage.getItem('higgs.session')).player.id")

  @property
  def room(self) -> int:
    return int(self.table.split("/")[2])

  @property
  def table(self) -> str:
    """The address of the table on the page, with the code of a private one."""
    return self.page.url[self.page.url.index("#/table/"):]

  # ---- Seeing ----------------------------------------------------------------------------------

  def has(self, selector: str) -> bool:
    return self.page.query_selector(selector) is not None

  @property
  def hand(self) -> list[str]:
    """The tiles on the rack, by what they are called."""
    return self.page.eval_on_selector_all(
      ".hand__tile", "nodes => nodes.map((node) => node.dataset.tile)")

  @property
  def line(self) -> list[str]:
    return sorted(self.page.eval_on_selector_all(
      ".line__tile", "nodes => nodes.map((node) => node.dataset.tile)"))

  @property
  def chips(self) -> dict[int, int]:
    """The chips that the page shows in front of each seat."""
    shown = self.page.eval_on_selector_all(
      "[data-seat]", """nodes => nodes.flatMap((node) => {
        const chips = node.querySelector('[data-chips]');
        return chips && node.closest('.scene') && !node.closest('dialog')
          ? [[Number(node.dataset.seat), Number(chips.dataset.chips)]] : [];
      })""")
    return {seat: chips for seat, chips in shown}

  @property
  def result_is_shown(self) -> bool:
    return self.has("dialog.settle-dialog[open]")

  def events(self, kind: str) -> list[dict]:
    return [frame for frame in self.frames if frame["type"] == kind]

  def wait_until(self, condition, seconds: float = 30, what: str = "it") -> None:
    """Polls a condition; Playwright's own waits need the page to know it."""
    end = time.monotonic() + seconds
    while not condition():
      assert time.monotonic() < end, f"waited {seconds} s for {what}"
      self.page.wait_for_timeout(STEP_SECONDS * 1000)

  def wait_for_deal(self) -> None:
    self.page.wait_for_selector(".hand__tile", timeout=30_000)

  @property
  def is_my_turn(self) -> bool:
    return self.has(".hand__tile[data-fits]")

  # ---- Playing ---------------------------------------------------------------------------------

  def wait_for_turn(self, seconds: float = 90) -> bool:
    """Whether it became this player's turn before the hand was over."""
    self.wait_until(lambda: self.is_my_turn or self.result_is_shown, seconds, "a turn")
    return not self.result_is_shown

  def place_by_click(self) -> None:
    """Presses a lit tile and, where it fits two ends, one of them."""
    before = len(self.hand)
    self.page.locator(".hand__tile[data-fits]").first.click()
    if self.has(".slot[data-target]:not([hidden])"):
      self.page.locator(".slot:not([hidden])").first.click()
    self.wait_until(lambda: len(self.hand) < before or self.result_is_shown, what="the tile to lie")

  def play_hand(self, place=None) -> dict:
    """Plays until the result is shown; returns what the server told of it."""
    ended = len(self.events("hand.ended"))
    place = place or self.place_by_click
    end = time.monotonic() + HAND_SECONDS_MAX
    while self.wait_for_turn():
      assert time.monotonic() < end, "the hand does not end"
      place()
    self.wait_until(lambda: len(self.events("hand.ended")) > ended, what="the end of the hand")
    return self.events("hand.ended")[-1]

  def continue_to_next(self) -> None:
    """Closes the result, if the next hand has not done so."""
    self.page.evaluate("() => document.querySelector('.settle__next .button--brass')?.click()")
    self.page.wait_for_selector("dialog.settle-dialog", state="detached")

  def verify_deal(self) -> list[bool]:
    """Opens the check of the deal; the sheet then stays. What each step of it found."""
    self.page.evaluate("() => document.querySelector('.settle .verify').click()")
    self.page.wait_for_selector(".proof[data-verdict]")
    return self.page.eval_on_selector_all(
      ".proof__steps li", "rows => rows.map((row) => row.hasAttribute('data-fine'))")

  def cut_sockets(self) -> None:
    """The connection breaks, as in a tunnel."""
    self.is_cut = True
    self.page.evaluate("() => window.sockets.forEach((socket) => socket.close())")

"""Whole hands, by click, by dragging, by touch and by keyboard, against the ledger."""

import re

from harness.case import LeftOut, Stage, case

HANDS = 2
TOUCH = {"width": 390, "height": 844}


def demand_books_agree(stage: Stage, player, result: dict) -> None:
  """The chips on the page are those in the ledger, and what was paid adds up."""
  net = {row["seat"]: row["net"] for row in result["net"]}
  rake = sum(row["rake"] for row in result["net"])
  assert sum(net.values()) == -rake, "chips were made or lost"
  told = {row["seat"]: row["stack"] for row in result["net"]}
  player.wait_until(lambda: told.items() <= player.chips.items(), what="the stacks on the page")
  assert told.items() <= stage.database.stacks(player.room).items()


def demand_result_adds_up(player, result: dict) -> None:
  """Every row of the sheet itemises its own sum."""
  rows = player.page.eval_on_selector_all(".loser", """rows => rows.map((row) => ({
    seat: Number(row.dataset.seat), sum: row.querySelector('.loser__sum').dataset.net,
    parts: [...row.querySelectorAll('dd')].map((part) => part.textContent) }))""")
  net = {row["seat"]: row["net"] for row in result["net"]}
  assert len(rows) == len(net) - 1
  for row in rows:
    assert int(row["sum"]) == net[row["seat"]]
    parts = sum(exact(part) for part in row["parts"])
    assert parts == net[row["seat"]], f"{row} does not add up to {net[row['seat']]}"
  shown = player.page.locator(".winner__sum [data-net]").get_attribute("data-net")
  assert int(shown) == net[result["winner"]]
  balance = player.page.locator(".balance dd").all_inner_texts()
  assert sum(exact(part) for part in balance) == net[result["winner"]]


def exact(text: str) -> int:
  """`−1.000` and `+1,000` as numbers."""
  return int(re.sub(r"[^\d-]", "", text.replace("−", "-")) or 0)


@case
def whole_hands_by_click(stage: Stage):
  """Whole hands are played by clicking, and the page's chips are the ledger's"""
  player = stage.guest()
  start = stage.database.balance(player.id)
  assert player.page.locator("[data-balance]").get_attribute("data-balance") == str(start)
  player.own_table()
  player.wait_for_deal()
  bought_in = start - stage.database.balance(player.id)
  assert bought_in > 0
  for _ in range(HANDS):
    result = player.play_hand()
    demand_result_adds_up(player, result)
    demand_books_agree(stage, player, result)
    placed = [frame for frame in player.frames
              if frame["type"] in ("tile.placed", "seat.passed") and frame["move"]]
    hand = result["hand"]
    assert stage.database.moves(hand) <= len(placed)
    player.continue_to_next()
    player.wait_until(lambda: player.has(".hand__tile"), what="the next deal")
  stage.database.demand_clean_ledger()


@case
def standing_up(stage: Stage):
  """Who stands up gets his chips back into the wallet"""
  player = stage.seated()
  player.play_hand()
  stack = player.chips[int(player.page.locator(".me").get_attribute("data-seat"))]
  wallet = stage.database.balance(player.id)
  player.page.locator(".settle__next .button--quiet").click()
  player.page.wait_for_selector(".lobby", timeout=90_000)
  left = player.events("seat.left")[-1]["cashed_out"]
  assert left >= 0 and stage.database.balance(player.id) == wallet + left
  assert left == stack or stack > 0
  player.wait_until(
    lambda: player.page.locator("[data-balance]").get_attribute("data-balance") == str(wallet + left),
    what="the wallet on the page")


@case
def a_hand_by_keyboard(stage: Stage):
  """A whole hand is played by the keyboard alone, from the door on"""
  player = stage.player()
  player.open()
  keyboard = player.page.keyboard
  press_until(player, "Tab", ".door__play")
  keyboard.press("Enter")
  player.page.wait_for_selector(".tier[aria-checked=true]")
  press_until(player, "Tab", ".hero__play")
  keyboard.press("Enter")
  player.wait_for_deal()

  def place():
    before = len(player.hand)
    focused = player.page.evaluate("() => document.activeElement?.className")
    assert "hand__tile" in focused, f"the turn leaves the focus on {focused!r}"
    for _ in range(8):
      if player.has(".hand__tile[data-fits]:focus"):
        break
      keyboard.press("ArrowRight")
    keyboard.press("Enter")
    if player.has(".slot[data-target]:not([hidden])"):
      keyboard.press("ArrowRight")
      keyboard.press("Enter")
    player.wait_until(lambda: len(player.hand) < before or player.result_is_shown,
                      what="the tile to lie")

  player.play_hand(place)
  assert player.has("dialog.settle-dialog :focus"), "the focus is not in the sheet"
  keyboard.press("Escape")
  player.page.wait_for_selector("dialog.settle-dialog", state="detached")


def press_until(player, key: str, selector: str, limit: int = 40) -> None:
  for _ in range(limit):
    player.page.keyboard.press(key)
    if player.has(f"{selector}:focus"):
      return
  raise AssertionError(f"{selector} is not reached by {key}")


@case
def a_tile_by_dragging(stage: Stage):
  """A tile is dragged to an open end; let go elsewhere it goes home"""
  player = stage.seated()
  for _ in range(6):
    if not player.wait_for_turn():
      raise LeftOut("the hand was over before a turn with an open end")
    if player.has(".line__tile"):
      break
    player.place_by_click()
  before = player.hand
  tile = player.page.locator(".hand__tile[data-fits]").first
  tile.scroll_into_view_if_needed()
  box = tile.bounding_box()
  mouse = player.page.mouse
  middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
  mouse.move(*middle)
  mouse.down()
  mouse.move(middle[0] + 20, middle[1] - 20, steps=4)
  assert player.has(".ghost"), "nothing follows the mouse"
  mouse.move(10, 300, steps=4)
  mouse.up()
  player.wait_until(lambda: not player.has(".ghost"), what="the tile to go home")
  assert player.hand == before and player.is_my_turn
  mouse.move(*middle)
  mouse.down()
  mouse.move(middle[0] + 20, middle[1] - 20, steps=4)
  slot = player.page.locator(".slot:not([hidden])").first.bounding_box()
  mouse.move(slot["x"] + slot["width"] / 2, slot["y"] + slot["height"] / 2, steps=6)
  assert player.has(".slot[data-under]")
  mouse.up()
  player.wait_until(lambda: len(player.hand) < len(before), what="the tile to lie")


@case
def a_hand_by_touch(stage: Stage):
  """A hand is played by touch on a small upright phone"""
  player = stage.seated(window=TOUCH, has_touch=True, is_mobile=True)

  def place():
    before = len(player.hand)
    player.page.locator(".hand__tile[data-fits]").first.tap()
    if player.has(".slot[data-target]:not([hidden])"):
      player.page.locator(".slot:not([hidden])").last.tap()
    player.wait_until(lambda: len(player.hand) < before or player.result_is_shown,
                      what="the tile to lie")

  result = player.play_hand(place)
  demand_result_adds_up(player, result)

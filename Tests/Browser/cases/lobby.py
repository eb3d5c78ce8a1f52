"""Signing in and out, the lobby, the wallet, history and replay."""

import re

from harness.case import Stage, case


@case
def a_guest_is_remembered(stage: Stage):
  """A guest signs in by one press, is remembered, signs out and comes back as himself"""
  player = stage.player(language="en")
  player.open()
  player.page.click(".door__play")
  player.page.wait_for_selector(".tier[aria-checked=true]")
  first = player.id
  player.page.reload()
  player.page.wait_for_selector(".tier[aria-checked=true]")
  assert player.id == first
  player.page.get_by_role("button", name="Settings").click()
  player.page.fill(".dialog .input", "Pak Budi")
  player.page.click(".faces__one >> nth=2")
  player.page.get_by_role("button", name="Save").click()
  player.wait_until(lambda: "Pak Budi" in player.page.inner_text(".top__me"), what="the new name")
  player.page.get_by_role("button", name="Settings").click()
  player.page.get_by_role("button", name="Sign out").click()
  player.page.wait_for_selector(".door")
  player.page.get_by_role("button", name="Continue as Pak Budi").click()
  player.page.wait_for_selector(".tier[aria-checked=true]")
  assert player.id == first


@case
def the_lobby_lists_tables(stage: Stage):
  """The lobby shows stakes with what goes on at them, and tables to join"""
  seated = stage.guest("Rizky", language="en")
  seated.own_table(is_private=False)
  seated.wait_for_deal()
  other = stage.guest("Dewi", language="en")
  other.page.click(".tier >> nth=0")
  row = other.page.locator(f'.roomrow a[href="#/table/{seated.room}"]')
  row.wait_for()
  live = other.page.locator(".tier >> nth=0").locator(".tier__live").inner_text()
  assert int(re.findall(r"\d+", live)[0]) >= 1, live
  row.click()
  other.page.wait_for_selector(".scene")
  other.wait_until(lambda: "Rizky" in other.page.inner_text(".scene"), what="the table")


@case
def history_and_replay(stage: Stage):
  """A finished hand is in the history and can be played again, move by move"""
  player = stage.seated(language="en")
  result = player.play_hand()
  mine = int(player.page.locator(".me").get_attribute("data-seat"))
  net = next(row["net"] for row in result["net"] if row["seat"] == mine)
  player.go("#/hands")
  row = player.page.locator(f'a.handrow[href="#/hands/{result["hand"]}"]')
  row.wait_for()
  shown = row.locator(".handrow__sum .number").inner_text()
  assert int(re.sub(r"[^\d-]", "", shown.replace("−", "-"))) == net
  row.click()
  player.page.wait_for_selector(".replay")
  total = int(player.page.locator(".replay__range").get_attribute("max"))
  placed = sum(1 for frame in player.frames if frame["type"] == "tile.placed")
  assert total >= placed >= 7
  player.page.get_by_role("button", name="Next move").click()
  assert len(player.line) == 1
  for _ in range(total):
    player.page.keyboard.press("ArrowRight")
  player.wait_until(lambda: player.page.locator(".replay__range").input_value() == str(total),
                    what="the last move")
  left = {row["seat"]: sorted(row["tiles"]) for row in result["tiles"]}
  assert sorted(player.hand) == left[mine]
  assert len(player.line) + sum(map(len, left.values())) == 7 * len(left)
  player.page.get_by_role("button", name="Previous move").click()
  assert player.page.locator(".replay__range").input_value() == str(total - 1)
  player.page.get_by_role("button", name="Result of the hand").click()
  player.page.wait_for_selector("dialog.settle-dialog[open]")
  assert all(player.verify_deal())


@case
def the_wallet_has_every_transaction(stage: Stage):
  """The wallet shows the exact balance and what made it"""
  player = stage.seated(language="en")
  player.go("#/wallet")
  player.page.wait_for_selector(".move")
  balance = int(player.page.locator("[data-exact]").get_attribute("data-exact"))
  sums = player.page.locator(".move .number").all_inner_texts()
  changes = [int(re.sub(r"[^\d-]", "", text.replace("−", "-"))) for text in sums]
  assert len(changes) >= 2 and sum(changes) == balance, (changes, balance)
  assert balance == stage.database.balance(player.id)

"""Two people at one table: each sees the other come, speak, drop off and leave."""

from harness.case import Stage, case


@case
def a_seat_is_taken_by_hand(stage: Stage):
  """A guest chooses a free chair and a buy-in, and brings exactly that"""
  owner = stage.guest("Rizky", language="en")
  owner.page.get_by_role("button", name="Open a table").click()
  owner.page.locator(".dialog form .button--brass").click()
  owner.page.wait_for_selector(".chair--free")
  guest = stage.guest("Dewi", language="en")
  before = guest.page.locator("[data-balance]").get_attribute("data-balance")
  guest.go(owner.table)
  guest.page.wait_for_selector(".chair--free")
  guest.page.locator(".chair--free").last.click()
  chosen = int(guest.page.locator(".amount input").input_value())
  guest.page.locator(".amount .button--brass").click()
  guest.page.wait_for_selector(".me [data-chips]")
  assert list(guest.chips.values()) == [chosen]
  assert stage.database.balance(guest.id) == int(before) - chosen


@case
def a_private_table(stage: Stage):
  """A private table is not listed, is refused without its code, and is entered with it"""
  owner = stage.guest("Rizky", language="en")
  owner.page.click(".tier >> nth=0")
  owner.page.get_by_role("button", name="Open a table").click()
  owner.page.fill(".dialog .input", "Meja rahasia")
  owner.page.locator(".dialog form .button--brass").click()
  owner.page.wait_for_selector(".chair--free")
  owner.page.click(".bar__menu .button")
  owner.page.get_by_role("button", name="Invite friends").click()
  code = owner.page.inner_text(".dialog .code")
  assert owner.table.endswith(f"/{code}") and code in owner.page.input_value(".dialog .input")
  guest = stage.guest("Dewi", language="en")
  guest.page.click(".tier >> nth=0")
  assert "Meja rahasia" not in guest.page.inner_text(".rooms")
  guest.go(f"#/table/{owner.room}")
  guest.page.wait_for_selector(".toast >> text=This table is private")
  guest.page.wait_for_selector(".tier[aria-checked=true]")
  for wanted, expected in (("NOCODE99", ".toast >> text=No table has that code"),
                           (code.lower(), ".scene .chair--free")):
    if not guest.has("dialog[open]"):
      guest.page.get_by_role("button", name="Join by code").click()
    guest.page.fill(".dialog .input", wanted)
    guest.page.locator(".dialog form .button--brass").click()
    guest.page.wait_for_selector(expected)
  assert guest.table == owner.table


@case
def a_bot_gives_up_its_seat(stage: Stage):
  """Quick seat brings two people together: a bot stands up after its hand, and the second one sits"""
  first = stage.guest("Rizky", language="en")
  first.quick_seat()
  first.page.wait_for_selector(".hand__tile", timeout=240_000)
  second = stage.guest("Dewi", language="en")
  before = stage.database.balance(second.id)
  second.page.click(".tier >> nth=0")
  second.page.click(".hero__play")
  second.page.wait_for_selector(".scene")
  assert second.room == first.room
  if not second.has(".scene .me .seat__name >> text=Dewi"):
    second.page.wait_for_selector(".prompt >> text=Your seat next")
    assert stage.database.balance(second.id) == before, "nothing is paid before"
    first.play_hand()
  second.page.wait_for_selector(".scene:not([data-spectating])", timeout=60_000)
  assert stage.database.balance(second.id) < before
  second.wait_for_deal()
  first.wait_until(lambda: "Dewi" in first.page.inner_text(".scene"), what="the second one")
  assert first.page.locator(".seat .tag--bot").count() == 2


@case
def a_bots_seat_is_taken_by_hand(stage: Stage):
  """Who watches a full table takes the seat of a bot, and may think better of it"""
  owner = stage.seated("Rizky", language="en")
  guest = stage.guest("Dewi", language="en")
  guest.go(owner.table)
  guest.page.wait_for_selector(".seat__take:not([hidden])")
  assert guest.page.locator(".seat__take:not([hidden])").count() == 3
  guest.page.locator(".seat__take:not([hidden])").last.click()
  guest.page.locator(".amount .button--brass").click()
  guest.page.wait_for_selector(".prompt >> text=Your seat next")
  assert guest.page.locator(".seat__take:not([hidden])").count() == 0
  owner.page.wait_for_selector(".seat__state >> text=Seat promised")
  guest.page.click(".bar__menu .button")
  guest.page.get_by_role("button", name="I do not want the seat").click()
  guest.page.wait_for_selector(".prompt >> text=You are watching")
  assert guest.page.locator(".seat__take:not([hidden])").count() == 3


@case
def a_reaction_is_seen(stage: Stage):
  """A reaction is seen by everybody at the table"""
  player = stage.seated("Rizky", language="en")
  watcher = stage.guest("Dewi", language="en")
  watcher.go(player.table)
  watcher.page.wait_for_selector(".scene[data-spectating]")
  watcher.wait_until(lambda: "Rizky" in watcher.page.inner_text(".scene"), what="the table")
  player.page.get_by_role("button", name="Send a reaction").click()
  player.page.locator(".emotes__one").first.click()
  watcher.page.wait_for_selector(".bubble[data-kind=emote]")
  assert "Hello" in watcher.page.inner_text(".bubble[data-kind=emote]")


@case
def who_drops_off_is_marked(stage: Stage):
  """Who loses the connection is marked for the others, and no longer once he is back"""
  player = stage.seated("Rizky")
  watcher = stage.guest("Dewi")
  watcher.go(player.table)
  watcher.wait_until(lambda: "Rizky" in watcher.page.inner_text(".scene"), what="the table")
  player.is_cut = True
  player.page.context.set_offline(True)
  watcher.page.wait_for_selector("[data-offline]", timeout=60_000)
  player.page.context.set_offline(False)
  watcher.page.wait_for_selector("[data-offline]", state="detached", timeout=60_000)

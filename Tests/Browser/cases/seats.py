"""Two people at one table: each sees the other come, speak, drop off and leave."""

from harness.case import Stage, case


@case
def a_seat_is_taken_by_hand(stage: Stage):
  """A guest chooses a free chair and a buy-in, and brings exactly that"""
  owner = stage.seated("Rizky", language="en")
  # Its bots fill every chair; the owner of a table of his own leaves the rest free.
  made = owner.page.evaluate("""async () => {
    const { HiggsClient } = await import('/client/higgs-client.js');
    const client = new HiggsClient({ storage: localStorage });
    const { items } = await client.stakes('gaple');
    const [stake] = items.sort((a, b) => a.base_bet - b.base_bet);
    return client.openRoom({ stake: stake.id, name: 'Meja baru' });
  }""")
  guest = stage.guest("Dewi", language="en")
  before = guest.page.locator("[data-balance]").get_attribute("data-balance")
  guest.go(f"#/table/{made['room']}")
  guest.page.wait_for_selector(".chair--free")
  guest.page.locator(".chair--free").last.click()
  chosen = int(guest.page.locator(".amount input").input_value())
  guest.page.locator(".amount .button--brass").click()
  guest.page.wait_for_selector(".me [data-chips]")
  assert list(guest.chips.values()) == [chosen]
  assert stage.database.balance(guest.id) == int(before) - chosen


@case
def a_reaction_is_seen(stage: Stage):
  """A reaction is seen by everybody at the table"""
  player = stage.seated("Rizky", language="en")
  watcher = stage.guest("Dewi", language="en")
  watcher.go(f"#/table/{player.room}")
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
  watcher.go(f"#/table/{player.room}")
  watcher.wait_until(lambda: "Rizky" in watcher.page.inner_text(".scene"), what="the table")
  player.is_cut = True
  player.page.context.set_offline(True)
  watcher.page.wait_for_selector("[data-offline]", timeout=60_000)
  player.page.context.set_offline(False)
  watcher.page.wait_for_selector("[data-offline]", state="detached", timeout=60_000)

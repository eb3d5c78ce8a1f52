"""Deals are checked in the browser; hidden tiles never come."""

from harness.case import Stage, case

SEED = "benih-Rizky_1"
# A record that is wrong on purpose, shown by the page's own panel.
TAMPERED = """async (result) => {
  const { verifyPanel } = await import('/app/table/verify.js');
  const deck = [...result.reveal.deck.slice(1), result.reveal.deck[0]];
  const panel = verifyPanel({ ...result, reveal: { ...result.reveal, deck } },
    { players: new Map(), mySeat: null });
  document.body.append(panel);
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      if (panel.dataset.verdict) { clearInterval(timer); resolve(); }
    }, 10);
  });
  return panel.dataset.verdict;
}"""


@case
def a_deal_is_verified(stage: Stage):
  """A deal is verified in the browser, with the player's own seed in it"""
  player = stage.seated(language="en")
  player.page.click(".bar__menu .button")
  player.page.get_by_role("button", name="Fair deals").click()
  player.page.fill(".dialog .input", SEED)
  player.page.get_by_role("button", name="Save").click()
  player.play_hand()
  player.continue_to_next()
  player.wait_until(lambda: len(player.events("hand.started")) >= 1 and player.has(".hand__tile"),
                    what="the next hand")
  result = player.play_hand()
  assert SEED in result["reveal"]["client_seeds"]
  steps = player.verify_deal()
  assert len(steps) == 5 and all(steps), steps
  assert player.page.evaluate(TAMPERED, result) == "bad"


@case
def nobody_sees_hidden_tiles(stage: Stage):
  """Who only watches is told no tile that is not on the table, nor a seed before its time"""
  player = stage.seated("Rizky")
  watcher = stage.guest("Dewi")
  watcher.go(player.table)
  watcher.page.wait_for_selector(".scene[data-spectating]")
  watcher.wait_until(lambda: watcher.has("[data-place=mine] .avatar"), what="the table")
  player.play_hand()
  watcher.wait_until(lambda: watcher.events("hand.ended"), what="the end of the hand")
  for frame in watcher.frames:
    told = frame.get("state", frame)
    hand = told.get("hand") if frame["type"] == "snapshot" else None
    assert "your_tiles" not in told and "your_tiles" not in (hand or {})
    turn = told.get("turn") or (hand or {}).get("turn") or {}
    assert "legal" not in turn
    assert "server_seed" not in str(frame) or frame["type"] in ("hand.ended", "snapshot")
  assert not watcher.has(".hand__tile[data-fits]")


@case
def names_are_text(stage: Stage):
  """A name made of markup stays text, at the own seat and at others'"""
  name = "<img src=x onerror=alert(1)>"
  player = stage.seated(name)
  assert player.page.locator(".me .seat__name").inner_text().startswith(name)
  watcher = stage.guest("<b>Dewi</b>")
  watcher.go(player.table)
  watcher.wait_until(lambda: name in watcher.page.inner_text(".scene"), what="the name")
  for window in (player, watcher):
    assert window.page.locator(".scene img, .scene .seat__name b").count() == 0
  player.play_hand()
  assert player.page.locator("dialog img").count() == 0

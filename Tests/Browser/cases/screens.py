"""Every screen at every size: nothing scrolls sideways, nothing is lost, motion can be off."""

from harness.case import Stage, case

SIZES = [(390, 844), (844, 390), (1440, 900), (320, 640)]
LANDED_TIMEOUT_MILLISECONDS = 10_000
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > width;
  const out = [...document.querySelectorAll('button, a:not(.skip), h1, h2, .seat__about, .hand__tile')]
    .filter((node) => node.checkVisibility?.() ?? true)
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.left < -1 || box.right > width + 1))
    .map(([node]) => node.outerHTML.slice(0, 80));
  return { wide, out };
}"""
RUNNING = """() => document.getAnimations()
  .filter((animation) => animation.playState === 'running').length"""


def demand_no_sideways(player, what: str) -> None:
  found = player.page.evaluate(SIDEWAYS)
  assert not found["wide"], f"{what} scrolls sideways"
  assert not found["out"], f"{what}: {found['out']}"


def check_size(stage: Stage, width: int, height: int) -> None:
  window = {"width": width, "height": height}
  player = stage.player(window=window)
  player.open()
  player.page.wait_for_selector(".door__play")
  demand_no_sideways(player, "the door")
  player.enter("Nama yang panjang sekali, 32 hrf.")
  demand_no_sideways(player, "the lobby")
  player.own_table()
  player.wait_for_deal()
  if player.wait_for_turn():
    player.page.wait_for_timeout(1000)  # the deal has come to rest
    demand_no_sideways(player, "the table")
    demand_tiles_are_whole(player)
    player.place_by_click()
  player.go("#/wallet")
  player.page.wait_for_selector(".move")
  demand_no_sideways(player, "the wallet")
  player.go("#/hands")
  player.page.wait_for_selector(".page h1")
  demand_no_sideways(player, "the history")


def demand_tiles_are_whole(player) -> None:
  """Every tile of the rack can be seen and pressed, and is large enough for a finger."""
  window = player.page.viewport_size
  for tile in player.page.locator(".hand__tile").all():
    box = tile.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= window["width"] + 1, box
    assert box["y"] + box["height"] * 0.7 <= window["height"], box
    assert box["width"] >= 28 and box["height"] >= 56, box


@case
def phone_upright(stage: Stage):
  """Every screen fits an upright phone, 390 by 844"""
  check_size(stage, *SIZES[0])


@case
def phone_tilted(stage: Stage):
  """Every screen fits a tilted phone, 844 by 390"""
  check_size(stage, *SIZES[1])


@case
def desktop(stage: Stage):
  """Every screen fits a desktop, 1440 by 900"""
  check_size(stage, *SIZES[2])


@case
def small_phone(stage: Stage):
  """Every screen fits a small phone, 320 by 640"""
  check_size(stage, *SIZES[3])


@case
def the_window_is_turned(stage: Stage):
  """A phone that is turned in the middle of a hand keeps every tile in sight"""
  player = stage.seated(window={"width": 390, "height": 844})
  assert player.wait_for_turn()
  player.place_by_click()
  line = player.line
  player.page.set_viewport_size({"width": 844, "height": 390})
  # Tiles fly to their new places; once they have landed, none lies outside.
  player.page.wait_for_function("""() => {
    const felt = document.querySelector('.line').getBoundingClientRect();
    return [...document.querySelectorAll('.line__tile')].every((node) => {
      const box = node.getBoundingClientRect();
      return box.left >= felt.left - 2 && box.right <= felt.right + 2
        && box.top >= felt.top - 2 && box.bottom <= felt.bottom + 2;
    });
  }""", timeout=LANDED_TIMEOUT_MILLISECONDS)
  demand_no_sideways(player, "the turned table")
  assert set(line) <= set(player.line)


@case
def less_motion(stage: Stage):
  """Where less motion is wanted nothing moves, and the hand is played all the same"""
  player = stage.seated(reduced_motion="reduce")
  moving = 0

  def place():
    nonlocal moving
    player.place_by_click()
    moving = max(moving, player.page.evaluate(RUNNING))

  player.play_hand(place)
  moving = max(moving, player.page.evaluate(RUNNING))
  assert moving == 0, f"{moving} animations ran"
  assert not player.has(".flying-coin, .petal")


@case
def motion(stage: Stage):
  """Where motion is welcome tiles fly to their places"""
  player = stage.seated()
  assert player.wait_for_turn()
  player.page.locator(".hand__tile[data-fits]").first.click()
  if player.has(".slot[data-target]:not([hidden])"):
    player.page.locator(".slot:not([hidden])").first.click()
  player.wait_until(lambda: player.page.evaluate(RUNNING) > 0, seconds=5, what="a flight")


@case
def both_languages(stage: Stage):
  """The page speaks Indonesian and English, and remembers which"""
  player = stage.seated(language="id")
  assert player.page.locator("html").get_attribute("lang") == "id"
  assert player.page.get_by_role("button", name="Menu meja").count() == 1
  player.page.get_by_role("button", name="English").click()
  player.page.get_by_role("button", name="Table menu").wait_for()
  assert player.page.locator("html").get_attribute("lang") == "en"
  player.wait_for_deal()
  player.page.goto(f"{player.url}/#/wallet")
  player.page.get_by_role("heading", name="Transactions").wait_for()

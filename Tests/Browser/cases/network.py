"""The network goes and comes; nothing is lost and nothing happens twice."""

from harness.case import Stage, case


def tiles_in_play(player) -> tuple[list[str], list[str]]:
  return sorted(player.hand), player.line


@case
def the_network_goes(stage: Stage):
  """The network goes in the middle of a hand: the page says so, and plays on where it was"""
  player = stage.seated()
  assert player.wait_for_turn()
  held = sorted(player.hand)
  player.is_cut = True
  player.page.context.set_offline(True)
  player.page.wait_for_selector(".banner[data-kind=wait]:not([hidden])")
  assert player.has(".scene[data-cut]")
  player.page.context.set_offline(False)
  player.page.wait_for_selector(".banner[data-kind=good]:not([hidden])", timeout=30_000)
  assert sorted(player.hand) == held
  result = player.play_hand()
  seen = [frame["seq"] for frame in player.frames if "seq" in frame and frame["type"] != "snapshot"
          and frame.get("type") not in ("done", "error")]
  assert len(seen) == len(set(seen)), "an event came twice"
  assert result["net"]


@case
def a_socket_breaks(stage: Stage):
  """A broken socket is opened again, again and again, and a hand goes on to its end"""
  player = stage.seated()

  def place():
    player.place_by_click()
    player.cut_sockets()
    player.wait_until(lambda: player.page.evaluate("() => window.sockets.at(-1).readyState") == 1,
                      what="another socket")

  player.play_hand(place)
  assert player.page.evaluate("() => window.sockets.length") >= 3


@case
def a_move_is_sent_while_away(stage: Stage):
  """A tile that is placed while the connection is gone lies once it is back, once"""
  player = stage.seated()
  assert player.wait_for_turn()
  before = player.hand
  player.is_cut = True
  player.page.context.set_offline(True)
  player.page.wait_for_selector(".banner[data-kind=wait]:not([hidden])")
  tile = player.page.locator(".hand__tile[data-fits]").first
  name = tile.get_attribute("data-tile")
  tile.click()
  if player.has(".slot[data-target]:not([hidden])"):
    player.page.locator(".slot:not([hidden])").first.click()
  assert player.hand == before, "a tile lies before the server has said so"
  player.page.context.set_offline(False)
  player.wait_until(lambda: name not in player.hand, what="the tile to lie")
  assert name in player.line or player.result_is_shown


@case
def a_reload(stage: Stage):
  """A page that is loaded again shows the same hand"""
  player = stage.seated()
  assert player.wait_for_turn()
  before = tiles_in_play(player)
  player.page.reload()
  player.wait_for_deal()
  player.wait_until(lambda: tiles_in_play(player) == before, what="the same hand")
  assert player.is_my_turn
  player.go("#/lobby")
  player.page.click(".resume .button")
  player.wait_for_deal()
  assert sorted(player.hand) == before[0]

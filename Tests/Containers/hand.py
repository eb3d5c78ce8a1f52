"""A guest who plays a hand through the public interface while the server is killed."""

import asyncio
import contextlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Faults"))

from player import BUY_IN, STAKE, Player, new_id
from web import until_answered
from witness import Witness

from workshop import Failure

WAIT_SECONDS = 150
MOVES_BEFORE_KILL = 4
SEED = 7


async def play_over_a_kill(url: str, kill) -> tuple[Player, Witness, str]:
  """Plays until `kill` has struck in the middle of a hand and that very hand has ended."""
  witness = Witness()
  player = Player(url, "guest", witness, SEED)
  await player.sign_in()
  answer = await until_answered(f"{url}/v1/quick-seat", "POST",
                                {"stake": STAKE, "buy_in": BUY_IN}, token=player.token,
                                key=new_id())
  sight = player.watch(answer["room"])
  task = asyncio.ensure_future(player.live())
  try:
    await until(lambda: sight.hand and len(sight.moves) >= MOVES_BEFORE_KILL,
                "a hand with moves in it")
    hand = sight.hand
    await asyncio.to_thread(kill)
    await until(lambda: hand in witness.ended, f"the end of hand {hand} after the kill")
  finally:
    player.is_done = True
    if player.socket:
      await player.socket.close()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
      await task
  check(witness, hand)
  return player, witness, hand


def check(witness: Witness, hand: str) -> None:
  if witness.problems:
    raise Failure("\n".join(witness.problems[:8]))
  if hand in witness.voided:
    raise Failure(f"hand {hand} was voided: {witness.voided[hand]}")
  if not witness.resumed or not witness.same_tiles:
    raise Failure(f"came back {witness.resumed} times in the middle of a hand, "
                  f"{witness.same_tiles} of them with the same tiles; at least once was expected")


async def until(is_so, what: str) -> None:
  deadline = time.monotonic() + WAIT_SECONDS
  while not is_so():
    if time.monotonic() > deadline:
      raise Failure(f"waited {WAIT_SECONDS} s in vain for {what}")
    await asyncio.sleep(0.05)

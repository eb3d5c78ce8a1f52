#!/usr/bin/env python3
"""Kills the server and PostgreSQL at random moments of play, and looks whether anything was lost.

Players sit at several tables, with bots and with each other, over real WebSockets and HTTP. The
last line is `N passed, N failed`. The seed is printed; the same seed asks for the same kills and
the same players, though the machine's own timing differs.
"""

import argparse
import asyncio
import random
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from audit import Audit
from player import BUY_IN, STAKE, Player, new_id
from silence import end_among_silent_sockets
from running.stack import ROOT, Stack
from web import until_answered
from witness import Witness

# After a kill, the next one comes once so many moves were seen again, and a moment later.
MOVES_BETWEEN_MAX = 10
MOMENT_SECONDS_MAX = 0.6
RESUME_SECONDS_MAX = 60
LAST_HANDS_SECONDS = 20
SHOWN_PROBLEMS_MAX = 8


def main() -> int:
  arguments = read_arguments()
  for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stopped)
  print(f"seed {arguments.seed}", flush=True)
  stack = Stack(arguments.program.absolute())
  try:
    stack.start()
    witness = Witness()
    game = Game(stack, witness, arguments)
    asyncio.run(game.run())
    outcomes = Audit(stack, witness).run()
    outcomes.insert(0, ("SIGTERM with 100 silent sockets ended in order", 1, game.end_problems))
    outcomes.insert(0, (f"play went on after each of {game.kills} kills", game.kills,
                        game.problems))
    outcomes.append(("enough happened to prove something", len(witness.moves),
                     too_little(game, witness)))
    return report(outcomes, game, witness)
  finally:
    stack.stop(keeps_folder=arguments.keep)


def stopped(number, _frame):
  raise SystemExit(128 + number)


def read_arguments() -> argparse.Namespace:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--program", type=Path, default=ROOT / ".build/release/higgs")
  parser.add_argument("--kills", type=int, default=50, help="of the server")
  parser.add_argument("--postgres-kills", type=int, default=10)
  parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
  parser.add_argument("--seconds", type=int, default=900,
                      help="no kill after that: fewer kills than asked for are a failure")
  parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
  return parser.parse_args()


class Game:
  """The tables, the players and the killer."""

  def __init__(self, stack: Stack, witness: Witness, arguments):
    self.stack = stack
    self.witness = witness
    self.arguments = arguments
    self.random = random.Random(arguments.seed)
    self.players: list[Player] = []
    self.problems: list[str] = []
    self.end_problems: list[str] = []
    self.kills = 0
    self.slowest = {"server": 0.0, "postgres": 0.0}

  async def run(self) -> None:
    await self.sit_down()
    tasks = [asyncio.ensure_future(player.live()) for player in self.players]
    await self.seat_companions()
    await self.kill_all()
    await asyncio.sleep(LAST_HANDS_SECONDS)
    self.end_problems += await end_among_silent_sockets(self.stack, self.players)
    for player in self.players:
      player.is_done = True
    await asyncio.gather(*tasks, return_exceptions=True)

  # ---- The tables ------------------------------------------------------------------------------

  def player(self, name: str) -> Player:
    player = Player(self.stack.url, name, self.witness, self.random.randrange(10 ** 9))
    self.players.append(player)
    return player

  async def sit_down(self) -> None:
    """Three guests at tables with bots, two tables of two guests and two bots, two of four."""
    for place in range(3):
      player = self.player(f"quick{place}")
      await player.sign_in()
      answer = await until_answered(
        f"{self.stack.url}/v1/quick-seat", "POST", {"stake": STAKE, "buy_in": BUY_IN},
        token=player.token, key=new_id())
      player.watch(answer["room"])
    self.companions: list[tuple[Player, int, int]] = []
    for table, guests in enumerate((2, 2, 4, 4)):
      names = [f"t{table}g{place}" for place in range(guests)]
      opener = self.player(names[0])
      await opener.sign_in()
      room = (await until_answered(
        f"{self.stack.url}/v1/rooms", "POST", {"stake": STAKE, "name": f"Table {table}"},
        token=opener.token))["room"]
      for name in names:
        player = opener if name == names[0] else self.player(name)
        if player is not opener:
          await player.sign_in()
        player.watch(room)
        self.companions.append((player, room, 4 - guests if player is opener else 0))
    spectator = self.player("spectator")
    await spectator.sign_in()
    for player in self.players[:-1]:
      for room in player.sights:
        spectator.watch(room)

  async def seat_companions(self) -> None:
    for player, room, _ in self.companions:
      await player.sit(room)
    if not await self.until(lambda: all(
        player.sights[room].seat is not None for player, room, _ in self.companions)):
      self.problems.append(f"not everyone could sit down in {RESUME_SECONDS_MAX} s")
    for player, room, bots in self.companions:
      if bots:
        await until_answered(f"{self.stack.url}/v1/rooms/{room}/bots", "POST", {"count": bots},
                             token=player.token)

  async def until(self, is_so) -> bool:
    deadline = time.monotonic() + RESUME_SECONDS_MAX
    while not is_so():
      if time.monotonic() > deadline:
        return False
      await asyncio.sleep(0.02)
    return True

  # ---- The killer ------------------------------------------------------------------------------

  async def kill_all(self) -> None:
    victims = (["server"] * self.arguments.kills + ["postgres"] * self.arguments.postgres_kills)
    self.random.shuffle(victims)
    began = time.monotonic()
    for victim in victims:
      if time.monotonic() - began > self.arguments.seconds:
        self.problems.append(f"only {self.kills} of {len(victims)} kills in "
                             f"{self.arguments.seconds} s")
        return
      if not await self.kill(victim):
        return

  async def kill(self, victim: str) -> bool:
    """Waits for play, kills at a random moment, starts again; False where play did not resume."""
    seen = self.witness.move_frames
    wanted = self.random.randint(1, MOVES_BETWEEN_MAX)
    began = time.monotonic()
    if not await self.until(lambda: self.witness.move_frames >= seen + wanted):
      self.problems.append(f"no play for {RESUME_SECONDS_MAX} s before kill {self.kills + 1}")
      return False
    if self.kills:
      self.slowest[self.last] = max(self.slowest[self.last], time.monotonic() - began)
    await asyncio.sleep(self.random.uniform(0, MOMENT_SECONDS_MAX))
    if victim == "server":
      self.stack.kill_server()
      await asyncio.to_thread(self.stack.start_server)
    else:
      self.stack.kill_postgres()
      await asyncio.to_thread(self.stack.cluster.start)
      if self.stack.server.is_gone():
        self.problems.append("the server ended when PostgreSQL was killed")
        await asyncio.to_thread(self.stack.start_server)
    self.kills += 1
    self.last = victim
    if self.kills % 10 == 0:
      print(f"{self.kills} kills, {self.witness.frame_count} frames, "
            f"{len(self.witness.problems)} problems", flush=True)
    return True


def too_little(game: Game, witness: Witness) -> list[str]:
  """A run in which hardly anything happened proves nothing."""
  wanted = {
    "moves": (len(witness.moves), game.kills), "acknowledged": (len(witness.acknowledged),
    game.kills), "resumed in the middle": (witness.resumed, game.kills),
    "with the same tiles": (witness.same_tiles, game.kills),
    "commands sent again": (witness.sent_again, game.kills // 10)}
  return [f"only {found} {name}, fewer than {least}" for name, (found, least) in wanted.items()
          if found < least]


def figures(game: Game, witness: Witness) -> list[str]:
  connections = sum(player.connections for player in game.players)
  return [
    f"{len(witness.moves)} moves of {len(witness.hands)} hands seen, {len(witness.ended)} hands "
    f"ended; {connections} connections, {witness.resumed} in the middle of a hand, "
    f"{witness.same_tiles} of them with tiles to compare",
    f"{witness.sent_again} commands sent again, {witness.done_again} of them answered with done; "
    f"{len(witness.top_ups)} top-ups, {len(witness.stays)} stays",
    f"slowest return {game.slowest['server']:.1f} s (server), {game.slowest['postgres']:.1f} s "
    "(PostgreSQL)"]


def report(outcomes, game: Game, witness: Witness) -> int:
  """A line for each check, then the sum."""
  for name, looked, problems in outcomes:
    print(f"{'FAIL' if problems else 'ok  '} {name} ({looked})")
    for problem in problems[:SHOWN_PROBLEMS_MAX]:
      print(f"     {problem}")
    if len(problems) > SHOWN_PROBLEMS_MAX:
      print(f"     … and {len(problems) - SHOWN_PROBLEMS_MAX} more")
  for line in figures(game, witness):
    print(line)
  failed = sum(bool(problems) for *_, problems in outcomes)
  print(f"{len(outcomes) - failed} passed, {failed} failed")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())

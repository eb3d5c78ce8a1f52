#!/usr/bin/env python3
"""Plays the hands of our engine again in engines that nobody here wrote, and compares every turn.

usage: lockstep.py EMITTER [HANDS [SEED]]

EMITTER is the built program `domino-lockstep`. Ends with 0 where all agree; else prints the first
difference of each kind of game and ends with 1.
"""

import json
import subprocess
import sys
import time

import dominoes
import pyspiel
from open_spiel.python.games import block_dominoes  # registers the game


class Difference(Exception):
    """The engines do not agree."""


def expect(what, ours, theirs):
    if ours != theirs:
        raise Difference(f"{what}: ours {ours}, theirs {theirs}")


def numbers(tile):
    return int(tile[0]), int(tile[2])


class Dominoes:
    """Four seats in the package `dominoes`: turns, legal moves, passes, the end, pips left."""

    def check(self, record):
        held = [dominoes.Hand([dominoes.Domino(*numbers(t)) for t in h]) for h in record["held"]]
        opener = next(i for i, h in enumerate(record["held"]) if "6-6" in h)
        expect("opener", record["opener"], opener)
        game = dominoes.Game(
            board=dominoes.Board(), hands=held, moves=[], turn=opener,
            valid_moves=((dominoes.Domino(6, 6), True),), starting_player=opener, result=None)
        for number, turn in enumerate(record["turns"]):
            self.check_turn(game, number, turn)
        if game.result is None:
            raise Difference("their hand goes on")
        expect("out", record["reason"] == "out", game.result.won)
        if game.result.won:
            expect("winner", record["winner"], game.result.player)
        pips = [sum(d.first + d.second for d in hand) for hand in game.hands]
        expect("pips", record["pips"], pips)
        if record["reason"] == "blocked":
            expect("winner's pips", pips[record["winner"]], min(pips))

    def check_turn(self, game, number, turn):
        where = f"turn {number}"
        expect(f"{where} seat", turn["seat"], game.turn)
        legal = sorted((self.name(tile), "L" if left else "R") for tile, left in game.valid_moves)
        expect(f"{where} legal", sorted(tuple(m.split()) for m in turn["legal"]), legal)
        before = len(game.moves)
        tile, end = turn["made"].split()
        game.make_move(dominoes.Domino(*numbers(tile)), end == "L")
        passes = sum(1 for move in game.moves[before:] if move is None)
        expect(f"{where} passes", turn["passes"],
               [(turn["seat"] + 1 + i) % 4 for i in range(passes)])

    @staticmethod
    def name(tile):
        return "{}-{}".format(*sorted((tile.first, tile.second)))


class OpenSpiel:
    """Two seats in open_spiel's block dominoes: turns, legal moves, the end, the score."""

    def __init__(self):
        self.game = pyspiel.load_game("python_block_dominoes")
        self.tiles = [(a, b) for a in range(7) for b in range(a, 7)]

    def check(self, record):
        state = self.game.new_initial_state()
        for tile in record["held"][0] + record["held"][1]:
            state.apply_action(self.tiles.index(numbers(tile)))
        ends = None
        for number, turn in enumerate(record["turns"]):
            ends = self.check_turn(state, number, turn, ends)
        if not state.is_terminal():
            raise Difference("their hand goes on")
        pips = [int(sum(a + b for a, b in hand)) for hand in state.hands]
        expect("pips", record["pips"], pips)
        expect("out", record["reason"] == "out", 0 in [len(hand) for hand in state.hands])
        returns = state.returns()
        if returns[0] != returns[1]:
            expect("winner", record["winner"], 0 if returns[0] > 0 else 1)
            expect("score", pips[1 - record["winner"]], int(max(returns)))

    def check_turn(self, state, number, turn, ends):
        where = f"turn {number}"
        expect(f"{where} seat", turn["seat"], state.current_player())
        actions = {self.describe(a): a for a in state.legal_actions()}
        ours = {self.placed(m, ends): m for m in turn["legal"]}
        expect(f"{where} legal", sorted(map(str, ours)), sorted(map(str, actions)))
        made = self.placed(turn["made"], ends)
        state.apply_action(actions[made])
        after = self.lay(turn["made"], ends)
        expect(f"{where} ends", sorted(after), sorted(int(n) for n in state.open_edges))
        return after

    @staticmethod
    def describe(action):
        action = block_dominoes._ACTIONS[action]
        return tuple(map(int, action.tile)), None if action.edge is None else int(action.edge)

    @staticmethod
    def placed(move, ends):
        tile, end = move.split()
        return numbers(tile), None if ends is None else ends[end == "R"]

    @staticmethod
    def lay(move, ends):
        tile, end = move.split()
        low, high = numbers(tile)
        if ends is None:
            return low, high
        joint = ends[end == "R"]
        free = high if joint == low else low
        return (free, ends[1]) if end == "L" else (ends[0], free)


def run(emitter, game, engine, hands, seed):
    started = time.monotonic()
    turns = count = 0
    command = [emitter, game, str(hands), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            record = json.loads(line)
            try:
                engine.check(record)
            except Exception as problem:
                process.kill()
                print(f"{game} seed {record['seed']}: {problem!r}\n{line}")
                return False
            turns += len(record["turns"])
            count += 1
    if process.returncode != 0 or count != hands:
        print(f"{game}: {emitter} ended with {process.returncode} after {count} of {hands} hands")
        return False
    seconds = time.monotonic() - started
    print(f"{game}: {count} hands, {turns} turns agree with {type(engine).__name__} "
          f"({seconds:.1f} s)")
    return True


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    hands = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    results = [run(sys.argv[1], "gaple", Dominoes(), hands, seed),
               run(sys.argv[1], "block", OpenSpiel(), hands, seed)]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()

"""What a case works with: a browser of its own, pages that must stay free of errors, the ledger."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from .database import Database
from .player import Player

CASES = []
WINDOW = {"width": 1280, "height": 800}
STEP_TIMEOUT_MS = 20_000
# Counts the page's sockets and lets a test cut them, as a tunnel or a lift does.
SOCKETS = """
(() => {
  const Real = window.WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Real {
    constructor(...all) { super(...all); window.sockets.push(this); }
  };
})();
"""


class LeftOut(Exception):
  """A case that cannot be run here, and why."""


@dataclass
class World:
  """The server that is tested and its database."""

  url: str
  database_url: str | None
  shots: Path | None

  @property
  def database(self) -> Database:
    if not self.database_url:
      raise LeftOut("no --database-url")
    return Database(self.database_url)


def case(function):
  """Marks a case; its first line of words is its name."""
  CASES.append(function)
  return function


class Stage:
  """One case's browser and everybody in it."""

  def __init__(self, world: World, browser):
    self.world = world
    self.browser = browser
    self.players: list[Player] = []

  @property
  def database(self) -> Database:
    return self.world.database

  def player(self, *, window=None, language="id", **context) -> Player:
    """A person with a browser window of his own, at the door."""
    made = self.browser.new_context(viewport=window or WINDOW, **context)
    made.set_default_timeout(STEP_TIMEOUT_MS)
    made.add_init_script(SOCKETS)
    player = Player(made.new_page(), self.world.url, language)
    self.players.append(player)
    return player

  def guest(self, name="Rizky", **options) -> Player:
    """A person who has signed in."""
    player = self.player(**options)
    player.enter(name)
    return player

  def seated(self, name="Rizky", **options) -> Player:
    """A person at a table with bots, dealt in."""
    player = self.guest(name, **options)
    player.own_table()
    player.wait_for_deal()
    return player


def run_case(function, world: World) -> None:
  """Runs a case in a browser of its own; a page's error fails it as much as a wrong answer."""
  with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
      executable_path=chromium(), args=["--no-sandbox", "--mute-audio"])
    stage = Stage(world, browser)
    try:
      function(stage)
      for player in stage.players:
        assert not player.errors, "\n".join(player.errors)
    except LeftOut:
      raise
    except Exception:
      keep_pictures(function.__name__, stage)
      raise
    finally:
      browser.close()


def keep_pictures(name: str, stage: Stage) -> None:
  if not stage.world.shots:
    return
  stage.world.shots.mkdir(parents=True, exist_ok=True)
  for number, player in enumerate(stage.players):
    player.page.screenshot(path=stage.world.shots / f"{name}-{number}.png")


def chromium() -> str:
  """The browser that Debian installs, or the one that CHROMIUM names."""
  path = os.environ.get("CHROMIUM") or shutil.which("chromium")
  if not path:
    raise LeftOut("no chromium: run scripts/install-packages")
  return path

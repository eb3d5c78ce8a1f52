"""SIGTERM while many sockets are open whose clients say nothing and read nothing."""

import asyncio
import base64
import json
import os
import signal
import socket
import struct
import time

from player import Player
from running.stack import Stack

SOCKETS = 100
SHUTDOWN_SECONDS_MAX = 25
HANDSHAKE_TIMEOUT_SECONDS = 5


async def end_among_silent_sockets(stack: Stack, players: list[Player]) -> list[str]:
  """What was wrong with the end."""
  sockets = await asyncio.to_thread(open_sockets, stack.port, players)
  try:
    pid, began = stack.server.child.pid, time.monotonic()
    os.kill(pid, signal.SIGTERM)
    while stack.server.child.poll() is None:
      if time.monotonic() - began > SHUTDOWN_SECONDS_MAX:
        return [f"the server runs {SHUTDOWN_SECONDS_MAX} s after SIGTERM"]
      await asyncio.sleep(0.05)
    took = time.monotonic() - began
    print(f"SIGTERM with {len(sockets)} silent sockets: ended after {took:.1f} s", flush=True)
    status = stack.server.child.returncode
    return [f"the server ended with status {status}"] if status else []
  finally:
    for each in sockets:
      each.close()


def open_sockets(port: int, players: list[Player]) -> list[socket.socket]:
  """One a player that says hello, watches a room and never reads; of the others every third is
  upgraded, every third has sent half a request, every third nothing."""
  sockets = []
  for number in range(SOCKETS):
    each = socket.create_connection(("127.0.0.1", port), timeout=HANDSHAKE_TIMEOUT_SECONDS)
    sockets.append(each)
    if number < len(players):
      upgrade(each, port)
      each.sendall(hello(players[number]))
    elif number % 3 == 0:
      upgrade(each, port)
    elif number % 3 == 1:
      each.sendall(b"GET /v1/socket HTTP/1.1\r\nHost: ")
  return sockets


def upgrade(each: socket.socket, port: int) -> None:
  """A handshake, after which nothing need come any more."""
  key = base64.b64encode(os.urandom(16)).decode()
  each.sendall((f"GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n").encode())
  try:
    each.recv(4096)
  except OSError:
    pass  # A server may refuse so many sockets of one address; a refused one is silent, too.


def hello(player: Player) -> bytes:
  """The first message as one masked text frame."""
  text = json.dumps({"type": "hello", "token": player.token, "protocol": 1,
                     "rooms": [{"id": room} for room in player.sights]}).encode()
  mask = os.urandom(4)
  length = struct.pack("!BBH", 0x81, 0x80 | 126, len(text))
  return length + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))

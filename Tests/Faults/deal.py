"""Tiles and deals by docs/formats.md, written anew here so that the server does not judge itself."""

import hashlib
import hmac

TILES = [f"{low}-{high}" for low in range(7) for high in range(low, 7)]
TILE_IDS = {text: place for place, text in enumerate(TILES)}
TILES_EACH = 7
END_BYTES = {"left": 0, "right": 1}


def deck_of(server_seed: bytes, client_seeds: list[str], nonce: int) -> list[int]:
  """The deck by Fisher and Yates over words of HMAC-SHA256, with rejection."""
  words = words_of(server_seed, f"{','.join(client_seeds)}:{nonce}:")
  deck = list(range(len(TILES)))
  for last in range(len(TILES) - 1, 0, -1):
    limit = 2 ** 32 - 2 ** 32 % (last + 1)
    word = next(word for word in words if word < limit)
    other = word % (last + 1)
    deck[last], deck[other] = deck[other], deck[last]
  return deck


def words_of(server_seed: bytes, prefix: str):
  block = 0
  while True:
    digest = hmac.new(server_seed, f"{prefix}{block}".encode(), hashlib.sha256).digest()
    for start in range(0, len(digest), 4):
      yield int.from_bytes(digest[start:start + 4], "big")
    block += 1


def hands_of(deck: list[int], seats: list[int]) -> dict[int, set[str]]:
  """What each seat was dealt in Gaple."""
  return {seat: {TILES[tile] for tile in deck[TILES_EACH * place:TILES_EACH * (place + 1)]}
          for place, seat in enumerate(sorted(seats))}


def placement_bytes(tile: str, end: str) -> bytes:
  return bytes((1, TILE_IDS[tile], END_BYTES[end]))


PASS_BYTES = b"\x02"

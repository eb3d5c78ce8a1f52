"""The HTTP interface as a client sees it, with requests that are sent again until answered."""

import asyncio
import json
import urllib.error
import urllib.request

REQUEST_TIMEOUT_SECONDS = 12
AGAIN_SECONDS = 0.3
ATTEMPTS_MAX = 60


class Refused(Exception):
  """A problem document."""

  def __init__(self, status: int, code: str, detail: str):
    super().__init__(f"{status} {code}: {detail}")
    self.status, self.code = status, code


class Unanswered(Exception):
  """Whether it was done is not known: no answer came."""


def request(url: str, method: str, body=None, token: str | None = None,
            key: str | None = None) -> dict:
  """One request, one answer."""
  headers = {"Content-Type": "application/json"}
  if token:
    headers["Authorization"] = f"Bearer {token}"
  if key:
    headers["Idempotency-Key"] = key
  data = json.dumps(body).encode() if body is not None else None
  try:
    with urllib.request.urlopen(
        urllib.request.Request(url, data=data, method=method, headers=headers),
        timeout=REQUEST_TIMEOUT_SECONDS) as answer:
      return json.loads(answer.read() or b"{}")
  except urllib.error.HTTPError as error:
    raise refusal(error) from None
  except (OSError, ValueError) as error:
    raise Unanswered(f"{method} {url}: {error}") from None


def refusal(error: urllib.error.HTTPError) -> Exception:
  words = error.read()
  if error.code in (502, 503, 504):
    return Unanswered(f"{error.code}: {words[:200]!r}")
  try:
    document = json.loads(words)
  except ValueError:
    document = {}
  return Refused(error.code, document.get("code", ""), document.get("detail", repr(words[:200])))


async def until_answered(url: str, method: str, body=None, **options) -> dict:
  """Sends the identical request again until there is an answer: it has a key, or is harmless."""
  for _ in range(ATTEMPTS_MAX):
    try:
      return await asyncio.to_thread(request, url, method, body, **options)
    except Unanswered as error:
      last = error
      await asyncio.sleep(AGAIN_SECONDS)
    except Refused as error:
      if error.status != 429:
        raise
      last = error
      await asyncio.sleep(AGAIN_SECONDS)
  raise last

"""How long to wait before something that died is started again."""

from dataclasses import dataclass

FIRST_DELAY_SECONDS = 0.2
DELAY_SECONDS_MAX = 15.0
# Who has lived for so long died of something new.
STEADY_SECONDS = 5
DEATHS_MAX = 12


@dataclass
class Backoff:
  """Doubles the pause with each death that follows soon on the one before."""

  deaths: int = 0

  def died(self, lived_seconds: float) -> float | None:
    """The pause in seconds; None where it is of no use any more."""
    self.deaths = 1 if lived_seconds >= STEADY_SECONDS else self.deaths + 1
    if self.deaths > DEATHS_MAX:
      return None
    return min(FIRST_DELAY_SECONDS * 2 ** (self.deaths - 1), DELAY_SECONDS_MAX)

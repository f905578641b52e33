"""Bounds that the simulator and real traffic share."""

from __future__ import annotations

from typing import Final

from balancer.core.intervals import MOST_VALUES
from ringviz.core.errors import CoreError

LEAST_RATE: Final = 1.0
HIGHEST_RATE: Final = 100_000.0
HIGHEST_SEED: Final = 2**32 - 1
HIGHEST_SKEW: Final = 5.0
MOST_KEYS: Final = 1_000_000
# Loop iterations on a node: below 1 ms. A server processes everything it has read from a connection in one go, up to 16
# KiB or about 180 requests. It must not stay silent so long that it is declared dead.
MOST_WORK: Final = 200_000

# For an A/B run. One round gives no interval, and the quantile table ends at MOST_VALUES.
FEWEST_ROUNDS: Final = 2
MOST_ROUNDS: Final = MOST_VALUES
MOST_SECONDS: Final = 60  # per stretch


class OutOfBounds(CoreError):
    """A number is not between `lowest` and `highest`. `what` is the field's name."""

    def __init__(self, what: str, value: float, lowest: float, highest: float) -> None:
        self.what, self.value, self.lowest, self.highest = what, value, lowest, highest
        super().__init__(f"{what} must be from {lowest:,} to {highest:,}, not {value:,}")


def within(what: str, value: float, lowest: float, highest: float) -> None:
    """Raises OutOfBounds unless the number is between `lowest` and `highest`. NaN is out of bounds."""
    if not lowest <= value <= highest:
        raise OutOfBounds(what, value, lowest, highest)

"""How much is allowed of what both the simulator and real traffic take."""

from __future__ import annotations

from typing import Final

from balancer.core.intervals import MOST_VALUES
from ringviz.core.errors import CoreError

LEAST_RATE: Final = 1.0
HIGHEST_RATE: Final = 100_000.0
HIGHEST_SEED: Final = 2**32 - 1
HIGHEST_SKEW: Final = 5.0
MOST_KEYS: Final = 1_000_000
# Turns of a loop at a node, below 1 ms. A server serves what it read of a connection at once, up to 16 KiB or some 180
# requests, and must not be silent for so long meanwhile that it is taken for dead.
MOST_WORK: Final = 200_000

# Of an A/B run. One round has no interval, and more than MOST_VALUES have no quantile.
FEWEST_ROUNDS: Final = 2
MOST_ROUNDS: Final = MOST_VALUES
MOST_SECONDS: Final = 60  # of a stretch


class OutOfBounds(CoreError):
    """A number is not from `lowest` to `highest`. `what` is the field's name."""

    def __init__(self, what: str, value: float, lowest: float, highest: float) -> None:
        self.what, self.value, self.lowest, self.highest = what, value, lowest, highest
        super().__init__(f"{what} must be from {lowest:,} to {highest:,}, not {value:,}")


def within(what: str, value: float, lowest: float, highest: float) -> None:
    """Raises OutOfBounds unless the number is from `lowest` to `highest`; a NaN is not."""
    if not lowest <= value <= highest:
        raise OutOfBounds(what, value, lowest, highest)

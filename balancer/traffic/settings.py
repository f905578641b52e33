"""What is asked of the driver: how much traffic, of which keys, and how long a node may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ringviz.core.errors import CoreError

LEAST_RATE, HIGHEST_RATE = 1.0, 100_000.0
HIGHEST_SKEW: Final = 5.0
MOST_KEYS: Final = 1_000_000
HIGHEST_SEED: Final = 2**32 - 1
LEAST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.05, 60.0
HIGHEST_CAP: Final = 65_536
FEWEST_BETWEEN, MOST_BETWEEN = 1, 1_000_000


class NotAllowed(CoreError):
    """A setting is not from `lowest` to `highest`. `what` is the field's name."""

    def __init__(self, what: str, value: float, lowest: float, highest: float) -> None:
        self.what, self.value, self.lowest, self.highest = what, value, lowest, highest
        super().__init__(f"{what} must be from {lowest:g} to {highest:g}, not {value!r}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate` requests a second arrive by a Poisson process; the same `seed` has the same keys at the same times.

    `keys` are asked for alike, or the n-th with a weight of 1 / n^`skew` (Zipf). A node has `timeout_s` for a reply,
    then everything in flight to it is lost. What would be more than `cap` in flight to a node is refused. One request
    in `sample` keeps its reasons. Raises NotAllowed.
    """

    rate: float = 1_000.0
    skew: float = 0.0
    keys: int = 10_000
    seed: int = 1
    timeout_s: float = 5.0
    cap: int = 4_096
    sample: int = 100

    def __post_init__(self) -> None:
        _within("rate", self.rate, LEAST_RATE, HIGHEST_RATE)
        _within("skew", self.skew, 0, HIGHEST_SKEW)
        _within("keys", self.keys, 1, MOST_KEYS)
        _within("seed", self.seed, 0, HIGHEST_SEED)
        _within("timeout_s", self.timeout_s, LEAST_TIMEOUT_S, LONGEST_TIMEOUT_S)
        _within("cap", self.cap, 1, HIGHEST_CAP)
        _within("sample", self.sample, FEWEST_BETWEEN, MOST_BETWEEN)


def _within(what: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:  # nor is NaN
        raise NotAllowed(what, value, lowest, highest)

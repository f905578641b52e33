"""What is asked of the driver: how much traffic, of which keys, and how long a node may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from balancer.core.bounds import HIGHEST_RATE, HIGHEST_SEED, HIGHEST_SKEW, LEAST_RATE, MOST_KEYS, MOST_WORK, within

LEAST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.05, 60.0
HIGHEST_CAP: Final = 65_536
FEWEST_BETWEEN, MOST_BETWEEN = 1, 1_000_000


SAMPLES_A_SECOND: Final = 20.0


def between_samples(rate: float) -> int:
    """One request in so many keeps its reasons, so that about SAMPLES_A_SECOND do at any rate; at a low one, all."""
    return max(1, round(rate / SAMPLES_A_SECOND))


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate` requests a second arrive by a Poisson process; the same `seed` has the same keys at the same times.

    `keys` are asked for alike, or the n-th with a weight of 1 / n^`skew` (Zipf). A node has `timeout_s` for a reply,
    then everything in flight to it is lost. What would be more than `cap` in flight to a node is refused. About one
    request in `sample` keeps its reasons: `between_samples`. A request costs its node `work` turns of a loop; 0: it is
    an ECHO. Where it is `weighed`, the weights follow the nodes' load. Raises OutOfBounds.
    """

    rate: float = 1_000.0
    skew: float = 0.0
    keys: int = 10_000
    seed: int = 1
    timeout_s: float = 5.0
    cap: int = 4_096
    sample: int = 100
    work: int = 0
    weighed: bool = False

    def __post_init__(self) -> None:
        within("rate", self.rate, LEAST_RATE, HIGHEST_RATE)
        within("skew", self.skew, 0, HIGHEST_SKEW)
        within("keys", self.keys, 1, MOST_KEYS)
        within("seed", self.seed, 0, HIGHEST_SEED)
        within("timeout_s", self.timeout_s, LEAST_TIMEOUT_S, LONGEST_TIMEOUT_S)
        within("cap", self.cap, 1, HIGHEST_CAP)
        within("sample", self.sample, FEWEST_BETWEEN, MOST_BETWEEN)
        within("work", self.work, 0, MOST_WORK)

    @property
    def requests(self) -> tuple[float, float, int, int]:
        """What the stream of requests is made of: while this is the same, it goes on."""
        return self.rate, self.skew, self.keys, self.seed

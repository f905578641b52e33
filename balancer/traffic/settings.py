"""The driver's settings: rate, keys, and time limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from balancer.core.bounds import HIGHEST_RATE, HIGHEST_SEED, HIGHEST_SKEW, LEAST_RATE, MOST_KEYS, MOST_WORK, within

LEAST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.05, 60.0
HIGHEST_CAP: Final = 65_536
FEWEST_BETWEEN, MOST_BETWEEN = 1, 1_000_000


SAMPLES_A_SECOND: Final = 20.0


def between_samples(rate: float) -> int:
    """N such that sampling one request in N gives about SAMPLES_A_SECOND. At low rates, every request is sampled."""
    return max(1, round(rate / SAMPLES_A_SECOND))


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate` requests a second arrive by a Poisson process. The same `seed` gives the same keys at the same times.

    `keys` are equally popular, or the n-th has weight 1 / n^`skew` (Zipf). If a node takes longer than `timeout_s` to
    reply, everything in flight to it is lost. Requests beyond `cap` in flight to a node are refused. About one request
    in `sample` stores its reasons: `between_samples`. Each request runs `work` loop iterations on its node; 0 means a
    plain ECHO. If `weighed`, weights follow the nodes' load. Raises OutOfBounds.
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
        """The settings that define the stream. The stream continues as long as these do not change."""
        return self.rate, self.skew, self.keys, self.seed

"""Which keys a workload asks for, by their positions in the key set."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

UNIFORM: Final = "uniform"
ZIPF: Final = "zipf"
DISTRIBUTIONS: Final = (ZIPF, UNIFORM)

# Of a Zipf distribution so many positions are counted one by one; behind them 1/x is as good as its own integral.
_HEAD = 1 << 16


def draw(distribution: str, count: int, size: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """`size` positions in 0..count-1. Uniform, or Zipf of exponent 1: position i with a weight of 1 / (i + 1).

    Raises ValueError for another distribution, or without keys.
    """
    if count < 1:
        raise ValueError("there are no keys to draw from")
    if distribution == UNIFORM:
        return rng.integers(0, count, size, dtype=np.uint32)
    if distribution != ZIPF:
        raise ValueError(distribution)
    head = _cumulated(min(count, _HEAD))
    tail = np.log((count + 0.5) / (len(head) + 0.5)) if count > len(head) else 0.0
    drawn = rng.random(size) * (head[-1] + tail)
    positions = np.searchsorted(head, drawn, side="right")
    beyond = positions == len(head)
    if beyond.any():
        ranks = (len(head) + 0.5) * np.exp(drawn[beyond] - head[-1])
        positions[beyond] = np.rint(ranks).astype(np.int64) - 1
    found: NDArray[np.uint32] = np.minimum(positions, count - 1).astype(np.uint32)
    return found


@lru_cache(maxsize=4)
def _cumulated(count: int) -> NDArray[np.float64]:
    """The sums of 1, 1 + 1/2, 1 + 1/2 + 1/3, ..."""
    return np.cumsum(1.0 / np.arange(1, count + 1))

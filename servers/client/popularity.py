"""Which keys a workload requests, by their positions in the key set."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

UNIFORM: Final = "uniform"
ZIPF: Final = "zipf"
DISTRIBUTIONS: Final = (ZIPF, UNIFORM)

# This many positions of a Zipf distribution are summed exactly; after them the integral of 1/x is as good.
_HEAD = 1 << 16


def draw(distribution: str, count: int, size: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """`size` positions in 0..count-1. Uniform, or Zipf with exponent 1: position i has a weight of 1 / (i + 1).

    Raises ValueError for any other distribution, or if there are no keys.
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
    """The partial sums of 1 + 1/2 + 1/3 + ..."""
    return np.cumsum(1.0 / np.arange(1, count + 1))

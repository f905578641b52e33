"""How even a placement is, and how even it can be in theory."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def peak_to_mean(shares: NDArray[np.float64]) -> float:
    return float(shares.max() / shares.mean())


def spread(shares: NDArray[np.float64]) -> float:
    """The standard deviation (of the population, not of a sample) over the mean."""
    return float(shares.std() / shares.mean())


def theory_spread(n: int, vnodes: int) -> float:
    """The spread that theory predicts for `n` nodes of equal weight with `vnodes` tokens each.

    With N = n v random tokens a node's share follows Beta(v, N - v), so std/mean = sqrt((N - v) / (v (N + 1))).
    """
    total = n * vnodes
    return math.sqrt((total - vnodes) / (vnodes * (total + 1)))

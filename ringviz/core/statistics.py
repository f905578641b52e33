"""How even a placement is, and how even theory says that it can be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def peak_to_fair(values: ArrayLike, weights: Sequence[float] | None = None) -> float:
    """The largest value as a multiple of its fair share: the mean, or with weights each node's part of the total.

    Nodes of weight 0 are not counted. 0.0 where there is nothing to share.
    """
    shares = np.asarray(values, np.float64)
    fair = np.ones(len(shares)) if weights is None else np.asarray(weights, np.float64)
    members = fair > 0
    total = float(shares.sum())
    if total <= 0 or not members.any():
        return 0.0
    return float((shares[members] / fair[members]).max() * fair[members].sum() / total)


def spread(values: ArrayLike) -> float:
    """The standard deviation (of all, not of a sample) over the mean. 0.0 where there is nothing to share."""
    shares: NDArray[np.float64] = np.asarray(values, np.float64)
    mean = float(shares.mean()) if len(shares) else 0.0
    return float(shares.std()) / mean if mean > 0 else 0.0


def theory_spread(n: int, vnodes: int) -> float:
    """The spread that theory expects of `n` nodes of equal weight with `vnodes` tokens each.

    With N = n v random tokens a node's share follows Beta(v, N - v), so std/mean = sqrt((N - v) / (v (N + 1))).
    Both at least 1, else ValueError.
    """
    if n < 1 or vnodes < 1:
        raise ValueError(f"theory needs at least one node and one token, not {n} and {vnodes}")
    total = n * vnodes
    return math.sqrt((total - vnodes) / (vnodes * (total + 1)))

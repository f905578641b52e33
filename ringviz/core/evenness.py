"""How even a placement is, and how even it should be in theory for keys with random hashes.

A node's load is its keys over its fair share, which follows its weight; nodes of weight 0 have no load.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringviz.core.strategy import Strategy


class Evenness(NamedTuple):
    """`most` is the highest load; `deviation` the standard deviation of the loads from the fair share, which is 1."""

    most: float
    deviation: float


def evenness(strategy: Strategy, counts: NDArray[np.int64]) -> Evenness:
    """From the keys of each node, `counts` by index. Raises ValueError if no node has a weight or a key."""
    fair = fair_shares(strategy)
    holds = fair > 0
    if not holds.any() or not counts.sum():
        raise ValueError("without nodes or keys nothing is even or uneven")
    loads = counts[holds] / (fair[holds] * counts.sum())
    return Evenness(float(loads.max()), float(np.sqrt(np.mean((loads - 1) ** 2))))


def expected_deviation(strategy: Strategy, keys: int) -> float | None:
    """The `deviation` expected in theory for this many keys with random hashes; None if theory has no answer.

    If tokens cut the circle into ranges, the share of a node with v of N random tokens follows Beta(v, N - v).
    Otherwise the shares are those of the placement. Sampling the keys adds its own variance: a share p of m keys varies
    by p (1 - p) / m. With bounded loads keys depend on each other, so there is no answer.
    """
    fair = fair_shares(strategy)
    holds = fair > 0
    if not keys or not holds.any():
        return None
    if strategy.ranges() is not None:
        tokens = np.array([strategy.placement.token_count(node) for node in strategy.nodes], np.float64)
        total = tokens.sum()
        mean = tokens / total
        variance = mean * (1 - mean) / (total + 1)
    elif strategy.abilities.alone:
        mean = strategy.ownership()
        variance = np.zeros(len(mean))
    else:
        return None
    counted = variance + (mean * (1 - mean) - variance) / keys
    off = (counted + (mean - fair) ** 2)[holds] / fair[holds] ** 2
    return float(np.sqrt(off.mean()))


def fair_shares(strategy: Strategy) -> NDArray[np.float64]:
    """The share of all keys that each node's weight deserves; all 0 if no node has a weight."""
    weights = np.array([node.weight for node in strategy.nodes], np.float64)
    total = weights.sum()
    return weights / total if total else weights

"""The keys of requests: `key:1`, `key:2`, ..., most popular first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import Murmur


class Keys:
    """`count` keys, all equally popular, or the n-th with weight 1 / n^`skew` (Zipf). 12 bytes a key."""

    def __init__(self, count: int, skew: float) -> None:
        self.hashes: NDArray[np.uint32] = Murmur().hash_many([f"key:{number}" for number in range(1, count + 1)])
        self._cumulated = np.cumsum(np.arange(1.0, count + 1.0) ** -skew)

    def drawn(self, count: int, generator: np.random.Generator) -> NDArray[np.uint32]:
        """Draws the hashes of `count` keys by inversion. O(count log keys)."""
        drawn = generator.random(count) * self._cumulated[-1]
        ranks = np.minimum(np.searchsorted(self._cumulated, drawn, side="right"), len(self.hashes) - 1)
        hashes: NDArray[np.uint32] = self.hashes[ranks]
        return hashes

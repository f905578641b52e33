"""How many keys each node owns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.ring import HashRing
from ringviz.core.strategy import Strategy

_CHUNK = 1 << 18


def keys_per_node(strategy: Strategy, keys: KeyIndex) -> NDArray[np.int64]:
    """The number of keys that each node owns, by its index; all 0 if nothing is owned.

    O(tokens x log keys) if there are ranges, otherwise O(keys).
    """
    if (ring := strategy.ranges()) is not None:
        return _by_ranges(ring, keys)
    total = np.zeros(len(strategy.nodes), np.int64)
    for start in range(0, keys.count, _CHUNK):
        owners = strategy.owners_at(keys, slice(start, start + _CHUNK))
        total += np.bincount(owners[owners >= 0], minlength=len(total))
    return total


def _by_ranges(ring: HashRing, keys: KeyIndex) -> NDArray[np.int64]:
    total = np.zeros(len(ring.nodes), np.int64)
    if len(ring.tokens):
        below = keys.places(ring.tokens)
        held = np.diff(below, prepend=0)
        held[0] += keys.count - below[-1]  # keys after the last token wrap to the first
        np.add.at(total, ring.owner_index, held)
    return total

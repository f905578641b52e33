"""How many keys two key sets share: counted exactly, comparing the keys themselves if their hashes are equal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringviz.models import KeySet
from ringviz.stores.keysets import index_of, keys_at

_CHUNK = 1 << 17  # keys read at a time


def shared_keys(one: KeySet, other: KeySet, seed: int) -> int:
    """The number of keys in both. O(n log n); about 2 s per million keys that may be shared. Raises NotFound like
    `keys_at`.
    """
    if one.digest == other.digest and one.kind == other.kind:
        return one.count
    if one.kind == other.kind == KeySet.Kind.PATTERN and one.pattern == other.pattern:
        return min(one.count, other.count)
    first, second = index_of(one, seed), index_of(other, seed)
    alike = _places_in(first.hashes, second.hashes)
    hashes, shared = first.hashes[alike], 0
    for start in range(0, len(alike), _CHUNK):
        part = hashes[start : start + _CHUNK]
        low, high = np.searchsorted(second.hashes, part[0], "left"), np.searchsorted(second.hashes, part[-1], "right")
        there = second.order[low:high][np.isin(second.hashes[low:high], part)]
        keys = keys_at(one, first.order[alike[start : start + _CHUNK]])
        shared += len(set(keys).intersection(keys_at(other, there)))
    return shared


def _places_in(hashes: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.integer[Any]]:
    """The places of the hashes that are among the others; both ascend."""
    if not len(others):
        return np.empty(0, np.intp)
    near = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    return np.flatnonzero(others[near] == hashes)

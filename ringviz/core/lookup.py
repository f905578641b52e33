"""Finds the tokens for many hashes, faster than one binary search per hash.

The hash space is cut into 2^bits equal buckets, several per token. A bucket without a token inside belongs to one owner
as a whole, so its hashes cost one table read; only hashes in the few other buckets are searched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringviz.core.buckets import HASH_BITS

_SPARSE_BITS = 4  # 16 buckets per token: one hash in sixteen is searched
_MOST_BITS = 20  # 4 MB of table, which still fits a second-level cache
_CHUNK = 1 << 16  # hashes at a time, so that intermediate results stay in the cache
_SEARCHED = -2


@dataclass(frozen=True, slots=True)
class OwnerTable:
    """The owner of any hash on a ring of at least one token, as built by `owner_table`."""

    tokens: NDArray[np.uint32]
    owner_after: NDArray[np.int32]
    by_bucket: NDArray[np.int32]
    shift: int

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The node index of every hash, in order."""
        found = np.empty(len(hashes), np.int32)
        for start in range(0, len(hashes), _CHUNK):
            self._fill(hashes[start : start + _CHUNK], found[start : start + _CHUNK])
        return found

    def _fill(self, hashes: NDArray[np.uint32], found: NDArray[np.int32]) -> None:
        np.take(self.by_bucket, hashes >> np.uint32(self.shift), out=found, mode="clip")
        searched = np.flatnonzero(found == _SEARCHED)
        found[searched] = self.owner_after[np.searchsorted(self.tokens, hashes[searched])]


def owner_table(tokens: NDArray[np.uint32], owner_index: NDArray[np.int32]) -> OwnerTable:
    """The table of a ring: `tokens` ascending, distinct, at least one; `owner_index` the node of each."""
    bits = min(_MOST_BITS, len(tokens).bit_length() + _SPARSE_BITS)
    shift = HASH_BITS - bits
    owner_after = np.append(owner_index, owner_index[:1])
    per_bucket = np.bincount(tokens >> np.uint32(shift), minlength=1 << bits)
    before = np.cumsum(per_bucket) - per_bucket
    by_bucket = owner_after[before]
    by_bucket[per_bucket > 0] = _SEARCHED
    return OwnerTable(tokens, owner_after, by_bucket, shift)

"""A key set sorted by hash, which makes movement cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import TOKEN_SPACE

Places = slice | NDArray[np.integer[Any]]
"""Places in a key index."""


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """`hashes` ascending, and `order[i]`, the position in the key set of the key with hash `hashes[i]`.

    8 bytes per key. As built, keys of equal hash are in the order of their positions. Both arrays are read-only by
    convention, so a memory-mapped file works as well; parts of them are slices, not copies.
    """

    hashes: NDArray[np.uint32]
    order: NDArray[np.uint32]

    @classmethod
    def build(cls, hashes: NDArray[np.uint32]) -> KeyIndex:
        """The index of keys whose hashes are given in the order of the key set; fewer than 2^32 of them."""
        # Hash and position in one number: sorting plain numbers is several times faster than an argsort.
        packed = hashes.astype(np.uint64) << np.uint64(32)
        packed |= np.arange(len(hashes), dtype=np.uint64)
        packed.sort()
        return cls((packed >> np.uint64(32)).astype(np.uint32), packed.astype(np.uint32))

    @property
    def count(self) -> int:
        """How many keys there are."""
        return len(self.hashes)

    def places(self, tokens: NDArray[np.uint32]) -> NDArray[np.intp]:
        """For each token, how many keys are at or before it: `(start, end]` is `hashes[places(start):places(end)]`."""
        return np.searchsorted(self.hashes, tokens, side="right")

    def density(self, bins: int) -> NDArray[np.uint32]:
        """How many keys are in each of `bins` equal parts of the hash space; part b starts at b / bins."""
        edges = np.array([-(-TOKEN_SPACE * b // bins) for b in range(1, bins)], np.uint32)
        inner = np.searchsorted(self.hashes, edges, side="left")
        return np.diff(inner, prepend=0, append=self.count).astype(np.uint32)

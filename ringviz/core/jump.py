"""Jump consistent hash: a key jumps from bucket to bucket until the next one would be beyond the last.

Source: J. Lamping, E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014, arXiv:1406.2294.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import Abilities
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import NOBODY
from ringviz.core.scattered import Scattered
from ringviz.core.steps import JumpSteps, Landing

_FACTOR, _ONE, _HIGH = np.uint64(2862933555777941757), np.uint64(1), np.uint64(33)
_SPAN, _MASK = float(1 << 31), (1 << 64) - 1


class Jump(Scattered):
    """Bucket b is the b-th node of weight above 0 in the given order; for a cluster, that is by number.

    Nodes are not identified by name here, so all shares are equal, and a key has no list of further nodes. Dropping the
    last node moves only its keys; dropping any other renumbers the nodes after it. O(ln nodes) per key, no memory.
    """

    abilities = Abilities(weights=False, lists=False, minimal=False, last_only=True)

    def jumps(self, hash_: int) -> list[int]:
        """The buckets that a hash jumps through, from 0 to its own; empty without nodes."""
        return way(self._number(hash_), len(self.members))[:-1]

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        return self.members[buckets(self._numbers(hashes).astype(np.uint64), len(self.members))]

    def _steps(self, hash_: int, _keys: KeyIndex | None, _place: int | None) -> JumpSteps:
        *met, beyond = way(self._number(hash_), len(self.members))
        return JumpSteps(
            kind="jumps",
            number=self._number(hash_),
            jumps=[Landing(bucket=bucket, node=int(self.members[bucket])) for bucket in met],
            count=len(self.members),
            beyond=beyond,
        )

    def _shares(self) -> NDArray[np.float64]:
        shares = np.zeros(len(self.nodes))
        shares[self.members] = 1 / len(self.members)
        return shares


def buckets(keys: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The bucket, 0 to `count` - 1, of 64-bit keys; -1 if `count` is 0. O(ln count) per key."""
    landed = np.full(len(keys), NOBODY, np.int64)
    if not count:
        return landed
    jumping, state = np.arange(len(keys)), keys.copy()
    at = np.zeros(len(keys), np.int64)
    while len(jumping):
        landed[jumping] = at
        state *= _FACTOR
        state += _ONE
        ahead = ((at + 1) * (_SPAN / ((state >> _HIGH) + _ONE).astype(np.float64))).astype(np.int64)
        on = ahead < count
        jumping, state, at = jumping[on], state[on], ahead[on]
    return landed


def way(key: int, count: int) -> list[int]:
    """The buckets that a 64-bit key jumps through, starting at 0; the last one is the first not below `count`."""
    met, state = [0], key
    while met[-1] < count:
        state = (state * int(_FACTOR) + 1) & _MASK
        met.append(int((met[-1] + 1) * (_SPAN / ((state >> int(_HIGH)) + 1))))
    return met

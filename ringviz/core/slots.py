"""The slot map of a Valkey or Redis Cluster: a placement that somebody else decided, behind the same protocol.

A slot corresponds to the bucket with its number: a key is at the start of its slot's bucket, and a node's tokens are
the starts of the last buckets of its slot ranges, so `(start, end]` works as on a ring. A slot without an owner belongs
to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import Abilities
from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.placement import NOBODY, Key, PlacedNode
from ringviz.core.scattered import Scattered
from servers.slots import SlotRange, slot_of


class Slots:
    """The placement of keys by their slots. Its nodes have no computed tokens: slots follow from nothing."""

    @property
    def shift(self) -> int:
        """The bits below a bucket's number."""
        return BUCKET_SHIFT

    def token_count(self, node: PlacedNode) -> int:
        """0: a slot map knows them, the placement does not."""
        return 0

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        """None."""
        return np.empty(0, np.uint32)

    def hash(self, key: Key) -> int:
        """The start of the bucket of the key's slot."""
        return slot_of(key.encode() if isinstance(key, str) else key) << BUCKET_SHIFT

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        """The same for many keys, in their order."""
        return np.fromiter(map(self.hash, keys), np.uint32, len(keys) if isinstance(keys, Sized) else -1)


def range_ends(ranges: Iterable[SlotRange]) -> NDArray[np.uint32]:
    """The tokens of a node with these slot ranges, ascending."""
    return np.array(sorted(last for _first, last in ranges), np.uint32) << np.uint32(BUCKET_SHIFT)


class SlotMap(Scattered):
    """Which node owns which slots, `slots` by the nodes' names. If two claim a slot, the later one has it.

    Replicas are the cluster's own business, so a key has no list here. Raises DuplicateName; IndexError for invalid
    slots.
    """

    abilities = Abilities(tokens=True, ranges=True, told=True, weights=False, lists=False)

    def __init__(self, nodes: Iterable[PlacedNode], slots: Mapping[str, Sequence[SlotRange]]) -> None:
        super().__init__(nodes, Slots())
        self.slots: Final = {node.name: tuple(slots.get(node.name, ())) for node in self.nodes}
        self._owner: Final = np.full(BUCKETS, NOBODY, np.int32)
        for index, node in enumerate(self.nodes):
            for first, last in self.slots[node.name]:
                if not 0 <= first <= last < BUCKETS:
                    raise IndexError((first, last))
                self._owner[first : last + 1] = index
        self._owner.flags.writeable = False
        # The end of a run of slots with one owner; runs without an owner have no token.
        self._run_ends: Final = np.flatnonzero(np.append(self._owner[1:] != self._owner[:-1], True))
        owned = self._run_ends[self._owner[self._run_ends] != NOBODY]
        self.tokens = owned.astype(np.uint32) << np.uint32(BUCKET_SHIFT)
        self.tokens.flags.writeable = False

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> SlotMap:
        """The same map with these nodes: slots of missing nodes have no owner, and new nodes have no slots."""
        return SlotMap(nodes, self.slots)

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The index of the owner of every hash; -1 is no owner."""
        found: NDArray[np.int32] = self._owner[self._numbers(hashes)]
        return found

    def walk(self, hash_: int, n: int) -> list[tuple[int, int]]:
        """The owner, with the token where it is met: the end of its run of slots."""
        index = self.owner_of_hash(hash_)
        if index == NOBODY or n < 1:
            return []
        end = self._run_ends[np.searchsorted(self._run_ends, hash_ >> BUCKET_SHIFT)]
        return [(index, int(end) << BUCKET_SHIFT)]

    def ownership(self) -> NDArray[np.float64]:
        """The share of all slots of each node; the sum is less than 1 if slots have no owner."""
        owned = self._owner[self._owner != NOBODY]
        return np.bincount(owned, minlength=len(self.nodes)).astype(np.float64) / BUCKETS

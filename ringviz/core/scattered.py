"""Shared by strategies without ranges: everything follows from the owners of hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import NO_OPTIONS, Abilities, Option, Options, completed
from ringviz.core.buckets import BUCKETS
from ringviz.core.keys import KeyIndex, Places
from ringviz.core.placement import NOBODY, Key, Murmur, PlacedNode, Placement, distinct_nodes
from ringviz.core.steps import Steps

CHUNK = 1 << 16  # hashes at a time, so that intermediate results stay in the cache


class Scattered:
    """A node's keys are scattered over the hash space. Immutable; a subclass defines `_owners`, and more if it can.

    `members` are the indices of the nodes of weight above 0, in the given order. Raises DuplicateName, and what
    `completed` raises.
    """

    abilities: Abilities
    options: ClassVar[tuple[Option, ...]] = ()

    @property
    def balance(self) -> float | None:
        """None: nothing limits a node's keys."""
        return None

    def __init__(
        self, nodes: Iterable[PlacedNode], placement: Placement | None = None, options: Options = NO_OPTIONS
    ) -> None:
        self.nodes = distinct_nodes(nodes)
        self.placement: Placement = Murmur() if placement is None else placement
        self.chosen = completed(self.options, options)
        self.tokens: NDArray[np.uint32] = np.empty(0, np.uint32)
        members = [index for index, node in enumerate(self.nodes) if node.weight > 0]
        self.members: NDArray[np.int32] = np.array(members, np.int32)

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """How many steps of a few nanoseconds it takes to place a key on this many nodes."""
        return 1

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Self:
        """The same with these nodes."""
        return type(self)(nodes, self.placement, self.chosen)

    def ranges(self) -> None:
        """None: no range of hashes belongs to one node as a whole."""
        return

    def owner(self, key: Key) -> str | None:
        """The name of the node that owns a key; None without nodes."""
        index = self.owner_of_hash(self.placement.hash(key))
        return self.nodes[index].name if index >= 0 else None

    def owner_of_hash(self, hash_: int) -> int:
        """The index of the node that owns a hash; -1 without nodes."""
        return int(self.owners(np.array([hash_], np.uint32))[0])

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The index of the owner of every hash; -1 without nodes."""
        found = np.full(len(hashes), NOBODY, np.int32)
        if len(self.members):
            for start in range(0, len(hashes), CHUNK):
                found[start : start + CHUNK] = self._owners(hashes[start : start + CHUNK])
        return found

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`, when all of `keys` are placed."""
        return self.owners(keys.hashes[places])

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of up to `n` distinct nodes for a key, owner first."""
        return tuple(self.nodes[index].name for index in self.preference_of_hash(self.placement.hash(key), n))

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """The same for a hash, as indices."""
        row = self.preferences(np.array([hash_], np.uint32), n)[0]
        return tuple(int(index) for index in row if index != NOBODY)

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The preference list of every hash: one row per hash, `n` wide; only the owner if there are no lists."""
        lists = np.full((len(hashes), n), NOBODY, np.int32)
        if n:
            lists[:, 0] = self.owners(hashes)
        return lists

    def walk(self, hash_: int, n: int) -> Sequence[tuple[int, int | None]]:
        """The preference list of a hash; no token is met on the way."""
        return [(index, None) for index in self.preference_of_hash(hash_, n)]

    def steps(self, hash_: int, keys: KeyIndex | None = None, place: int | None = None) -> Steps | None:
        """How a hash gets its owner; None without nodes."""
        return self._steps(hash_, keys, place) if len(self.members) else None

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node; exact if buckets are placed, otherwise as `_shares` says."""
        if not len(self.members):
            return np.zeros(len(self.nodes))
        if self.placement.shift:
            starts = np.arange(BUCKETS, dtype=np.uint32) << np.uint32(self.placement.shift)
            return np.bincount(self.owners(starts), minlength=len(self.nodes)).astype(np.float64) / BUCKETS
        return self._shares()

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The owners of at most CHUNK hashes, if there is a member."""
        raise NotImplementedError

    def _steps(self, hash_: int, keys: KeyIndex | None, place: int | None) -> Steps | None:
        """The steps, if there is a member; None if owners are not computed."""
        return None

    def _shares(self) -> NDArray[np.float64]:
        """The expected shares: those of the weights."""
        weights: NDArray[np.float64] = np.array([node.weight for node in self.nodes], np.float64)
        return weights / float(weights.sum())

    def _numbers(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """What is counted: hashes, or in a placement that shifts, the numbers of their buckets."""
        return hashes >> np.uint32(self.placement.shift)

    def _number(self, hash_: int) -> int:
        """The same of one hash."""
        return hash_ >> self.placement.shift

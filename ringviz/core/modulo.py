"""Modulo placement, as the article has it: `h(x) = (x mod p) mod q`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringviz.core.errors import InvalidRingLength
from ringviz.core.placement import NOBODY, TOKEN_SPACE, Key, Murmur, PlacedNode, Placement, distinct_nodes


class Modulo:
    """x is a key's hash, p the ring's length, q the number of nodes of weight above 0, counted in their given order.

    Under a placement that shifts, x is the hash without its low bits: the number of the key's bucket.
    It answers what a HashRing answers; it has no tokens. Of the placement it uses the hash of keys.
    Raises DuplicateName and InvalidRingLength (not 1..2^32).
    """

    def __init__(
        self, nodes: Iterable[PlacedNode], placement: Placement | None = None, ring_length: int = TOKEN_SPACE
    ) -> None:
        if not 1 <= ring_length <= TOKEN_SPACE:
            raise InvalidRingLength(ring_length)
        self.nodes: Final = distinct_nodes(nodes)
        self.placement: Final[Placement] = Murmur() if placement is None else placement
        self.ring_length: Final = ring_length
        self.tokens: Final = np.empty(0, np.uint32)
        members = [index for index, node in enumerate(self.nodes) if node.weight > 0]
        self._space: Final = TOKEN_SPACE >> self.placement.shift
        self._members: Final[NDArray[np.int32]] = np.array(members, np.int32)

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Modulo:
        """The same with these nodes."""
        return Modulo(nodes, self.placement, self.ring_length)

    def owner(self, key: Key) -> str | None:
        """The name of the node that owns a key; None without nodes."""
        index = self.owner_of_hash(self.placement.hash(key))
        return self.nodes[index].name if index >= 0 else None

    def owner_of_hash(self, hash_: int) -> int:
        """The index of the node that owns a hash; -1 without nodes."""
        return int(self._members[self._place(hash_)]) if len(self._members) else NOBODY

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The index of the owner of every hash; -1 without nodes."""
        if not len(self._members):
            return np.full(len(hashes), NOBODY, np.int32)
        return self._members[self._places(hashes)]

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of the owner and the nodes counted after it, `n` at most."""
        return tuple(self.nodes[index].name for index in self.preference_of_hash(self.placement.hash(key), n))

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """The same for a hash, as indices."""
        q = len(self._members)
        return tuple(int(self._members[(self._place(hash_) + step) % q]) for step in range(min(n, q)))

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The preference list of every hash: one row a hash, `n` wide, -1 where there are fewer nodes."""
        lists = np.full((len(hashes), n), NOBODY, np.int32)
        q = len(self._members)
        if q:
            width = min(n, q)
            steps = np.arange(width)
            lists[:, :width] = self._members[(self._places(hashes)[:, None] + steps) % q]
        return lists

    def walk(self, hash_: int, n: int) -> list[tuple[int, None]]:
        """The preference list of a hash; no token is met on the way."""
        return [(index, None) for index in self.preference_of_hash(hash_, n)]

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node, exactly; sums to 1, or all 0 without nodes."""
        shares = np.zeros(len(self.nodes))
        q = len(self._members)
        if q:
            rounds, rest = divmod(self._space, self.ring_length)
            shares[self._members] = rounds * _residues(self.ring_length, q) + _residues(rest, q)
        return shares / self._space

    def _place(self, hash_: int) -> int:
        return (hash_ >> self.placement.shift) % self.ring_length % len(self._members)

    def _places(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        shift = self.placement.shift
        numbers = hashes >> np.uint32(shift) if shift else hashes
        within = numbers if self.ring_length >= self._space else _remainder(numbers, self.ring_length)
        return _remainder(within, len(self._members))


def _remainder(values: NDArray[np.uint32], divisor: int) -> NDArray[np.uint32]:
    """`values % divisor`; numpy divides by a constant several times faster than it takes the remainder."""
    by = np.uint32(divisor)
    return values - values // by * by


def _residues(count: int, q: int) -> NDArray[np.float64]:
    """How many of 0..count-1 leave each remainder 0..q-1."""
    return count // q + (np.arange(q) < count % q).astype(np.float64)

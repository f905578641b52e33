"""Modulo placement, as in the article that Ringviz grew from: `h(x) = (x mod p) mod q`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import NO_OPTIONS, Abilities, Options
from ringviz.core.errors import InvalidRingLength
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import NOBODY, TOKEN_SPACE, PlacedNode, Placement
from ringviz.core.scattered import Scattered
from ringviz.core.steps import RemainderStep


class Modulo(Scattered):
    """x is a key's hash, p the ring's length, q the number of nodes of weight above 0, counted in the given order.

    In a placement that shifts, x is the hash without its low bits: the number of the key's bucket.
    Raises DuplicateName and InvalidRingLength (not 1..2^32).
    """

    abilities = Abilities(weights=False, minimal=False)

    def __init__(
        self,
        nodes: Iterable[PlacedNode],
        placement: Placement | None = None,
        options: Options = NO_OPTIONS,
        *,
        ring_length: int = TOKEN_SPACE,
    ) -> None:
        if not 1 <= ring_length <= TOKEN_SPACE:
            raise InvalidRingLength(ring_length)
        super().__init__(nodes, placement, options)
        self.ring_length: Final = ring_length
        self._space: Final = TOKEN_SPACE >> self.placement.shift

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Modulo:
        """The same with these nodes."""
        return Modulo(nodes, self.placement, ring_length=self.ring_length)

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The owner and the nodes counted after it: one row per hash, `n` wide, -1 if there are fewer nodes."""
        lists = np.full((len(hashes), n), NOBODY, np.int32)
        q = len(self.members)
        if q:
            width = min(n, q)
            lists[:, :width] = self.members[(self._places(hashes)[:, None] + np.arange(width)) % q]
        return lists

    def ownership(self) -> NDArray[np.float64]:
        """The exact share of the hash space of each node; sums to 1, or all 0 without nodes."""
        shares = np.zeros(len(self.nodes))
        q = len(self.members)
        if q:
            rounds, rest = divmod(self._space, self.ring_length)
            shares[self.members] = rounds * _residues(self.ring_length, q) + _residues(rest, q)
        return shares / self._space

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        return self.members[self._places(hashes)]

    def _steps(self, hash_: int, _keys: KeyIndex | None, _place: int | None) -> RemainderStep:
        number, divisor = self._number(hash_) % self.ring_length, len(self.members)
        remainder = number % divisor
        return RemainderStep(
            kind="remainder",
            number=number,
            divisor=divisor,
            remainder=remainder,
            node=int(self.members[remainder]),
        )

    def _places(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        numbers = self._numbers(hashes)
        within = numbers if self.ring_length >= self._space else _remainder(numbers, self.ring_length)
        return _remainder(within, len(self.members))


def _remainder(values: NDArray[np.uint32], divisor: int) -> NDArray[np.uint32]:
    """`values % divisor`; numpy is several times faster at dividing by a constant than at taking the remainder."""
    by = np.uint32(divisor)
    return values - values // by * by


def _residues(count: int, q: int) -> NDArray[np.float64]:
    """How many of 0..count-1 leave each remainder 0..q-1."""
    return count // q + (np.arange(q) < count % q).astype(np.float64)

"""Maglev: nodes take turns to fill a table, and a key's hash is looked up in it.

Source: D. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, section 3.4.
Weights work as in Envoy: a node of half the weight takes every other turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import cycle, islice
from typing import ClassVar, NamedTuple

import mmh3
import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import Abilities, Option, Wanted
from ringviz.core.keys import KeyIndex
from ringviz.core.scattered import Scattered
from ringviz.core.steps import MOST_STEPS, EntryStep, Order

TABLE_SIZE = 65_537
_LARGEST = 655_373  # ten times the default; the paper's own large table is 655,373
_OFFSET_SEED, _SKIP_SEED = 0, 1


class Permutation(NamedTuple):
    """The order in which a node asks for entries: `offset`, `offset + skip`, `offset + 2 skip`, ... modulo the size."""

    offset: int
    skip: int


class Maglev(Scattered):
    """Every entry of the table belongs to one node; with equal weights, shares differ by at most one entry.

    A change of the nodes also moves a few other keys: that is the price of the even shares. A table of M entries takes
    M ln M steps to build; then a key costs one look-up.
    """

    abilities = Abilities(lists=False, minimal=False)
    options: ClassVar = (Option("table_size", TABLE_SIZE, 2, _LARGEST, Wanted.PRIME),)

    @property
    def size(self) -> int:
        """How many entries the table has."""
        return int(self.chosen["table_size"])

    @cached_property
    def table(self) -> NDArray[np.int32]:
        """The node of each entry; -1 without nodes."""
        weights = [self.nodes[index].weight for index in self.members]
        filled = fill(self.size, [self.permutation(index) for index in self.members.tolist()], weights)
        return np.append(self.members, np.int32(-1))[filled]

    def permutation(self, node: int) -> Permutation:
        """The order in which a node asks for entries, from two hashes of its name."""
        name = self.nodes[node].name
        return Permutation(
            mmh3.hash(name, _OFFSET_SEED, False) % self.size, mmh3.hash(name, _SKIP_SEED, False) % (self.size - 1) + 1
        )

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        owners: NDArray[np.int32] = self.table[hashes % np.uint32(self.size)]
        return owners

    def _steps(self, hash_: int, _keys: KeyIndex | None, _place: int | None) -> EntryStep:
        entry = hash_ % self.size
        owner = int(self.table[entry])
        offset, skip = self.permutation(owner)
        others = [node for node in self.members.tolist() if node != owner]
        orders = [(node, self.permutation(node)) for node in [owner, *others][:MOST_STEPS]]
        return EntryStep(
            kind="entry",
            number=hash_,
            size=self.size,
            entry=entry,
            node=owner,
            asked=(entry - offset) * pow(skip, -1, self.size) % self.size,
            orders=[Order(node=node, offset=order.offset, skip=order.skip) for node, order in orders],
            more=1 + len(others) - len(orders),
        )

    def _shares(self) -> NDArray[np.float64]:
        """From the entries; exact except for the last, incomplete round of the hash space."""
        return np.bincount(self.table, minlength=len(self.nodes)) / self.size


def fill(size: int, permutations: Sequence[Permutation], weights: Sequence[float]) -> NDArray[np.int32]:
    """The place in `permutations` of the owner of each entry; -1 if there are none. `size` is prime, weights > 0."""
    if not permutations:
        return np.full(size, -1, np.int32)
    entries, taken = [-1] * size, bytearray(size)
    next_ = [permutation.offset for permutation in permutations]
    for node in islice(_turns(weights), size):
        at, skip = next_[node], permutations[node].skip
        while taken[at]:
            at += skip
            if at >= size:
                at -= size
        entries[at], taken[at], next_[node] = node, 1, at
    return np.array(entries, np.int32)


def _turns(weights: Sequence[float]) -> Iterator[int]:
    """The nodes in the order of their turns, endlessly: a node takes a turn when its parts add up to a whole one."""
    heaviest = max(weights)
    if min(weights) == heaviest:
        yield from cycle(range(len(weights)))
    parts = np.array(weights) / heaviest
    due = np.zeros(len(parts))
    while True:
        due += parts
        turn = np.flatnonzero(due >= 1)
        due[turn] -= 1
        yield from turn.tolist()

"""Consistent hashing with bounded loads: the ring, on which a key walks past nodes that are full.

Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018, arXiv:1608.01350.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import NO_OPTIONS, Abilities, Option, Options, Wanted
from ringviz.core.buckets import BUCKETS
from ringviz.core.errors import NoOwnerAlone
from ringviz.core.keys import KeyIndex, Places
from ringviz.core.onring import OnRing
from ringviz.core.placement import NOBODY, PlacedNode, Placement
from ringviz.core.ring import HashRing

BALANCE = 1.25


@dataclass(frozen=True, slots=True)
class Assignment:
    """The places `stops[i-1]` to `stops[i]` of a key index, without the last, belong to `nodes[i]`; `caps` by node."""

    stops: NDArray[np.int64]
    nodes: NDArray[np.int32]
    caps: tuple[int, ...]

    def owners(self, places: NDArray[np.int64]) -> NDArray[np.int32]:
        """The owner of the key at each place; -1 without nodes."""
        return self.nodes[np.searchsorted(self.stops, places, side="right")]


class Bounded(OnRing):
    """No node has more than `ceil(c m / n)` of m keys, by share where weights differ.

    A key has an owner only among the others: m distinct keys, each counted once, are placed in the order of their
    hashes, those of equal hash in the order of the index. Where a placement shifts, the buckets are placed, each
    counted once, and every key has the owner of its bucket. O(tokens log keys)
    to place all of them.
    """

    abilities = Abilities(tokens=True, lists=False, alone=False, minimal=False)
    options: ClassVar = (Option("c", BALANCE, 1, 10, Wanted.ANY),)

    def __init__(
        self, nodes: Iterable[PlacedNode], placement: Placement | None = None, options: Options = NO_OPTIONS
    ) -> None:
        super().__init__(nodes, placement, options)
        if self.placement.shift:
            self.abilities = replace(type(self).abilities, alone=True)
        self._last: tuple[KeyIndex, Assignment] | None = None

    def assignment(self, keys: KeyIndex) -> Assignment:
        """Who has which of these keys. The one that was asked for last is kept."""
        if self._last is None or self._last[0] is not keys:
            self._last = keys, assign(self.ring, keys, caps(self._weights, keys.count, self.chosen["c"]))
        return self._last[1]

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`, where all of `keys` are placed."""
        if self.placement.shift:
            return self.owners(keys.hashes[places])
        wanted = np.arange(*places.indices(keys.count)) if isinstance(places, slice) else places.astype(np.int64)
        return self.assignment(keys).owners(wanted)

    def passed(self, hash_: int, owner: int) -> list[tuple[int, int]]:
        """The nodes that a key walked past because they were full, each with the token at which it met them."""
        steps = self.ring.walk(hash_, len(self.nodes))
        return steps[: next((at for at, (node, _token) in enumerate(steps) if node == owner), 0)]

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        if not self.placement.shift:
            raise NoOwnerAlone
        return self._of_buckets[self._numbers(hashes)]

    def _shares(self) -> NDArray[np.float64]:
        """The shares at which keys begin to walk."""
        return self.ring.ownership()

    @cached_property
    def _weights(self) -> list[float]:
        """0 too for a node whose every token is void: no key ever meets it."""
        holders = set(self.ring.owner_index.tolist())
        return [node.weight if index in holders else 0.0 for index, node in enumerate(self.nodes)]

    @cached_property
    def _of_buckets(self) -> NDArray[np.int32]:
        numbers = np.arange(BUCKETS, dtype=np.uint32)
        index = KeyIndex(numbers << np.uint32(self.placement.shift), numbers)
        return self.assignment(index).owners(np.arange(BUCKETS))


def caps(weights: Sequence[float], keys: int, c: float) -> tuple[int, ...]:
    """The most keys that each node may have: `ceil(c m / n)`, by weight. Exact: 1.1 is eleven tenths here."""
    exact = [Fraction(str(weight)) for weight in weights]
    total = sum(exact)
    return tuple(ceil(Fraction(str(c)) * keys * weight / total) if total else 0 for weight in exact)


def assign(ring: HashRing, keys: KeyIndex, caps: Sequence[int]) -> Assignment:
    """Keys in the order of their hashes, each to the first node from its hash on that has fewer keys than its cap.

    The caps must add up to the number of keys at least, as they do where `c >= 1`. All the keys of a range walk the
    same way, so they are placed together, and a token whose node is full is never met again.
    """
    tokens = len(ring.tokens)
    if not tokens:
        return Assignment(np.array([keys.count]), np.array([NOBODY, NOBODY], np.int32), tuple(caps))
    owner: list[int] = ring.owner_index.tolist()
    room, onward = list(caps), list(range(1, tokens + 1))
    onward[-1] = 0
    stops: list[int] = []
    nodes: list[int] = []
    placed = 0
    for end, token in zip([*keys.places(ring.tokens).tolist(), keys.count], [*range(tokens), 0], strict=True):
        while placed < end:
            met = _first_with_room(token, owner, room, onward)
            node = owner[met]
            count = min(end - placed, room[node])
            room[node] -= count
            placed += count
            stops.append(placed)
            nodes.append(node)
    return Assignment(np.array(stops, np.int64), np.array([*nodes, NOBODY], np.int32), tuple(caps))


def _first_with_room(token: int, owner: list[int], room: list[int], onward: list[int]) -> int:
    """The first token from one on whose node has room. Whoever was passed points past all that were."""
    passed = []
    while not room[owner[token]]:
        passed.append(token)
        token = onward[token]
    for one in passed:
        onward[one] = token
    return token

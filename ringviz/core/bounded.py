"""Consistent hashing with bounded loads: a ring on which a key walks past full nodes.

Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018, arXiv:1608.01350.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from ringviz.core.steps import MOST_LEVELS, MOST_STEPS, Level, LevelSteps, Met

BALANCE = 1.25


@dataclass(frozen=True, slots=True)
class Assignment:
    """The places from `stops[i-1]` to before `stops[i]` of a key index belong to `nodes[i]`; `caps` by node."""

    stops: NDArray[np.int64]
    nodes: NDArray[np.int32]
    caps: tuple[int, ...]

    def owners(self, places: NDArray[np.int64]) -> NDArray[np.int32]:
        """The owner of the key at each place; -1 without nodes."""
        return self.nodes[np.searchsorted(self.stops, places, side="right")]

    def loads(self) -> list[int]:
        """How many keys each node has."""
        loads = [0] * len(self.caps)
        for node, count in zip(self.nodes.tolist(), np.diff(self.stops, prepend=0).tolist(), strict=False):
            if node != NOBODY:
                loads[node] += count
        return loads


class Bounded(OnRing):
    """No node has more than `ceil(c m / n)` of m keys, or its share of that if weights differ.

    A key has an owner only among the others: m distinct keys, each counted once, are placed in the order of their
    hashes, keys of equal hash in the order of the index. If a placement shifts, the buckets are placed, each counted
    once, and every key has the owner of its bucket. Placing all of them takes O(tokens log keys).
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

    @property
    def balance(self) -> float | None:
        """`c`, but only for whole keys; None if buckets are placed, because those are counted then."""
        return None if self.placement.shift else self.chosen["c"]

    def assignment(self, keys: KeyIndex) -> Assignment:
        """The owners of these keys. The last result is kept."""
        last = self._last  # another thread may replace it meanwhile
        if last is None or last[0] is not keys:
            last = self._last = keys, assign(self.ring, keys, caps(self._weights, keys.count, self.chosen["c"]))
        return last[1]

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`, when all of `keys` are placed."""
        if self.placement.shift:
            return self.owners(keys.hashes[places])
        wanted = np.arange(*places.indices(keys.count)) if isinstance(places, slice) else places.astype(np.int64)
        return self.assignment(keys).owners(wanted)

    def passed(self, hash_: int, owner: int) -> list[tuple[int, int]]:
        """The full nodes that a key walked past, each with the token at which it met them."""
        return list(self._met(hash_, owner))[:-1]

    def _met(self, hash_: int, owner: int) -> Iterator[tuple[int, int]]:
        """The nodes from a hash to a given one, which must hold a token; each at its first token."""
        first, seen = int(np.searchsorted(self.tokens, np.uint32(hash_))), set[int]()
        for step in range(len(self.tokens)):
            at = (first + step) % len(self.tokens)
            node = int(self.ring.owner_index[at])
            if node not in seen:
                seen.add(node)
                yield node, int(self.tokens[at])
            if node == owner:
                return

    def _steps(self, hash_: int, keys: KeyIndex | None, place: int | None) -> LevelSteps:
        placed, at = (self._buckets, self._number(hash_)) if self.placement.shift else (keys, place)
        if placed is None:
            raise NoOwnerAlone
        assignment = self.assignment(placed)
        owner = self.ring.owner_of_hash(hash_) if at is None else int(assignment.owners(np.array([at]))[0])
        met = list(self._met(hash_, owner))
        told = met if len(met) <= MOST_STEPS else [*met[: MOST_STEPS - 1], met[-1]]
        loads, caps_ = assignment.loads(), assignment.caps
        holders = [node for node, weight in enumerate(self._weights) if weight]
        fullest = sorted(holders, key=lambda node: -loads[node] / max(1, caps_[node]))
        return LevelSteps(
            kind="levels",
            unit="buckets" if self.placement.shift else "keys",
            total=placed.count,
            c=self.chosen["c"],
            member=at is not None,
            met=[Met(node=node, load=loads[node], cap=caps_[node], token=token) for node, token in told],
            skipped=len(met) - len(told),
            levels=[Level(node=node, load=loads[node], cap=caps_[node]) for node in fullest[:MOST_LEVELS]],
            more=max(0, len(fullest) - MOST_LEVELS),
        )

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        if not self.placement.shift:
            raise NoOwnerAlone
        return self._of_buckets[self._numbers(hashes)]

    def _shares(self) -> NDArray[np.float64]:
        """The shares at which keys begin to walk."""
        return self.ring.ownership()

    @cached_property
    def _weights(self) -> list[float]:
        """Also 0 for a node whose tokens are all void: no key ever meets it."""
        holders = set(self.ring.owner_index.tolist())
        return [node.weight if index in holders else 0.0 for index, node in enumerate(self.nodes)]

    @cached_property
    def _of_buckets(self) -> NDArray[np.int32]:
        return self.assignment(self._buckets).owners(np.arange(BUCKETS))

    @cached_property
    def _buckets(self) -> KeyIndex:
        """The buckets as the keys to place."""
        numbers = np.arange(BUCKETS, dtype=np.uint32)
        return KeyIndex(numbers << np.uint32(self.placement.shift), numbers)


def caps(weights: Sequence[float], keys: int, c: float) -> tuple[int, ...]:
    """The most keys that each node may have: `ceil(c m / n)`, by weight. Exact: 1.1 means eleven tenths."""
    exact = [Fraction(str(weight)) for weight in weights]
    total = sum(exact)
    return tuple(ceil(Fraction(str(c)) * keys * weight / total) if total else 0 for weight in exact)


def assign(ring: HashRing, keys: KeyIndex, caps: Sequence[int]) -> Assignment:
    """Places keys in the order of their hashes, each at the first node from its hash on that is below its cap.

    The caps must add up to at least the number of keys, as they do if `c >= 1`. All keys of a range walk the same way,
    so they are placed together, and a token of a full node is never visited again.
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
    """The first token from one on whose node has room. Passed tokens then point past all others that were."""
    passed = []
    while not room[owner[token]]:
        passed.append(token)
        token = onward[token]
    for one in passed:
        onward[one] = token
    return token

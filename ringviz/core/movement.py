"""Movement: which keys change owner between two placements of the same keys, and which of them needlessly.

Between two rings it costs O(tokens changed x log keys) plus one merge of the two token arrays; keys that keep their
owner are never looked at. If a side has no ranges, every key is looked up: O(keys), in compiled loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringviz.core.errors import DifferentHashes
from ringviz.core.keys import KeyIndex
from ringviz.core.moves import Moves, PairCounts, RangeMoves, ScanMoves
from ringviz.core.placement import NOBODY, PlacedNode
from ringviz.core.ranges import RangeChanges, range_changes
from ringviz.core.segments import matched
from ringviz.core.strategy import Strategy

_PROBE = b"ringviz"  # any key at all


class Anyone(Enum):
    """The type of ANYONE, which is not None: None is the owner of a key on an empty ring."""

    ANYONE = "anyone"


ANYONE: Final = Anyone.ANYONE
End = str | None | Literal[Anyone.ANYONE]


class Pair(NamedTuple):
    """How many keys go from one node to another; None means no owner (the ring before or after has no token)."""

    source: str | None
    target: str | None
    keys: int
    needless: bool


class MovedKeys(NamedTuple):
    """Some moved keys in the order of their hashes: position in the key set, hash, and owners as places in `names`."""

    positions: NDArray[np.uint32]
    hashes: NDArray[np.uint32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]


@dataclass(frozen=True)
class Movement:
    """The result of `movement`.

    `keys` and `moved` are counts; `names` are the nodes of both sides, and an int for a node is its place there (-1 no
    owner). `ranges` is None if a side has no ranges. Everything else is computed at first use.
    """

    keys: int
    moved: int
    names: tuple[str, ...]
    ranges: RangeChanges | None
    _survivor: NDArray[np.bool_]
    _moves: Moves
    _index: KeyIndex
    _before: Strategy
    _after: Strategy

    @cached_property
    def needless(self) -> int:
        """Keys that move between two nodes that are in both placements with the same weight, without a reason."""
        table = self._table
        return int(table.keys[self._is_needless(table)].sum())

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, the largest first, equal ones by name (no owner first)."""
        return self.top_pairs(self.pair_count)

    @property
    def pair_count(self) -> int:
        """How many pairs there are. Modulo on many nodes has nearly as many as keys: use `top_pairs` then."""
        return len(self._table.keys)

    def top_pairs(self, limit: int) -> tuple[Pair, ...]:
        """The first `limit` of `pairs`."""
        first = PairCounts(*(column[:limit] for column in self._table))
        rows = zip(*(column.tolist() for column in first), self._is_needless(first).tolist(), strict=True)
        return tuple(Pair(self._name(source), self._name(target), keys, flag) for source, target, keys, flag in rows)

    def count(self, *, source: End = ANYONE, target: End = ANYONE) -> int:
        """How many keys move from one node to another."""
        table = self._table
        chosen = np.ones(len(table.keys), np.bool_)
        for column, name in ((table.source, source), (table.target, target)):
            if name is not ANYONE:
                chosen &= column == self._place(name)
        return int(table.keys[chosen].sum())

    def positions(
        self, *, source: End = ANYONE, target: End = ANYONE, offset: int = 0, limit: int | None = None
    ) -> NDArray[np.uint32]:
        """The positions of the moved keys in the key set, in the order of their hashes, from the offset-th on."""
        return self._take(self._index.order, source, target, offset, limit)

    def moved_keys(
        self, *, source: End = ANYONE, target: End = ANYONE, offset: int = 0, limit: int | None = None
    ) -> MovedKeys:
        """The same keys with their hashes and owners."""
        places = self._take(np.arange(self.keys, dtype=np.uint32), source, target, offset, limit)
        _, place_after = matched(self._before.nodes, self._after.nodes)
        return MovedKeys(
            self._index.order[places],
            self._index.hashes[places],
            self._before.owners_at(self._index, places),
            place_after[self._after.owners_at(self._index, places)],
        )

    @cached_property
    def _table(self) -> PairCounts:
        """The pairs in order."""
        found = self._moves.pair_counts()
        by_name = np.empty(len(self.names) + 1, np.int64)
        by_name[sorted(range(len(self.names)), key=self.names.__getitem__)] = np.arange(len(self.names))
        by_name[NOBODY] = -1
        order = np.lexsort((by_name[found.target], by_name[found.source], -found.keys))
        return PairCounts(*(column[order] for column in found))

    def _is_needless(self, table: PairCounts) -> NDArray[np.bool_]:
        return self._survivor[table.source] & self._survivor[table.target]

    def _take(
        self, values: NDArray[np.uint32], source: End, target: End, offset: int, limit: int | None
    ) -> NDArray[np.uint32]:
        giver = None if source is ANYONE else self._place(source)
        receiver = None if target is ANYONE else self._place(target)
        return self._moves.take(values, giver, receiver, max(0, offset), limit)

    @cached_property
    def _place_of(self) -> dict[str | None, int]:
        return {None: NOBODY, **{name: place for place, name in enumerate(self.names)}}

    def _place(self, name: str | None) -> int:
        """A node's place in `names`; for an unknown name, a place that no key has."""
        return self._place_of.get(name, len(self.names))

    def _name(self, place: int) -> str | None:
        return None if place == NOBODY else self.names[place]


def movement(before: Strategy, after: Strategy, keys: KeyIndex) -> Movement:
    """What moves between two placements. Nodes are matched by name.

    Both must hash (and shift) as they did when `keys` was built. Raises DifferentHashes otherwise.
    """
    if _probed(before) != _probed(after):
        raise DifferentHashes
    names, place_after = matched(before.nodes, after.nodes)
    ranges: RangeChanges | None = None
    moves: Moves
    if (old := before.ranges()) is not None and (new := after.ranges()) is not None:
        ranges = range_changes(old, new, place_after)
        moves = RangeMoves(ranges, keys, len(names))
    else:
        moves = ScanMoves(
            lambda places: before.owners_at(keys, places),
            lambda places: place_after[after.owners_at(keys, places)],
            keys.count,
            len(names),
        )
    survivor = _survivors(before.nodes, after.nodes, names)
    return Movement(keys.count, moves.moved(), names, ranges, survivor, moves, keys, before, after)


def _probed(side: Strategy) -> tuple[int, int]:
    return side.placement.shift, side.placement.hash(_PROBE)


def _survivors(
    before: tuple[PlacedNode, ...], after: tuple[PlacedNode, ...], names: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Whether each name is on both sides with the same weight, and at the end False for no owner.

    A node whose weight changes is supposed to win or lose keys, so its moves are not needless.
    """
    weight_after = {node.name: node.weight for node in after}
    survives = [weight_after.get(node.name) == node.weight for node in before]
    return np.array(survives + [False] * (len(names) - len(before) + 1), np.bool_)

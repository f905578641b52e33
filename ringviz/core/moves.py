"""Where the keys that change owner are in a key index: by ranges, or by looking up every key on both sides.

An owner is a place in the names from `matched`; -1 is no owner. A filter of None matches any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.ranges import RangeChanges

_CHUNK = 1 << 18  # keys at a time: bounds the memory of a scan and keeps it in the cache
_COUNTED_CODES = 1 << 20  # pairs of nodes that are counted in a plain array; above that by sorting


class PairCounts(NamedTuple):
    """The keys that go from each `source` to each `target`; only pairs that have any, in arbitrary order."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    keys: NDArray[np.int64]


class Moves(Protocol):
    """The moved keys of a movement."""

    def moved(self) -> int:
        """How many keys change owner."""

    def pair_counts(self) -> PairCounts:
        """How many by pair."""

    def take(
        self, values: NDArray[np.uint32], source: int | None, target: int | None, offset: int, limit: int | None
    ) -> NDArray[np.uint32]:
        """From values in the order of the sorted hashes, those of a pair's moved keys, from the offset-th on."""


class RangeMoves:
    """The moved keys of two rings: one slice of the index per range, found from the two ends of the range alone."""

    def __init__(self, changes: RangeChanges, keys: KeyIndex, names: int) -> None:
        self._source, self._target, self._names = changes.source, changes.target, names
        self._low, self._high = keys.places(changes.start), keys.places(changes.end)
        if len(self._low) and changes.start[0] >= changes.end[0]:
            self._split_first(keys.count)

    def _split_first(self, count: int) -> None:
        """The first range wraps: its part at the top of the hash space becomes a separate slice, the last."""
        self._low, self._high = np.append(self._low, self._low[0]), np.append(self._high, count)
        self._low[0] = 0
        self._source = np.append(self._source, self._source[0])
        self._target = np.append(self._target, self._target[0])

    def moved(self) -> int:
        """How many keys change owner."""
        return int((self._high - self._low).sum())

    def pair_counts(self) -> PairCounts:
        """How many by pair."""
        codes, inverse = np.unique(_codes(self._source, self._target, self._names), return_inverse=True)
        keys = np.bincount(inverse, weights=self._high - self._low, minlength=len(codes)).astype(np.int64)
        return _pairs(codes[keys > 0], keys[keys > 0], self._names)

    def take(
        self, values: NDArray[np.uint32], source: int | None, target: int | None, offset: int, limit: int | None
    ) -> NDArray[np.uint32]:
        """From `values`, those of a pair's moved keys, copied slice by slice: O(ranges + what is returned)."""
        chosen = _of_pair(self._source, self._target, source, target)
        low, high = self._low[chosen], self._high[chosen]
        ends = np.cumsum(high - low)  # moved keys up to the end of each slice
        last = int(ends[-1]) if len(ends) else 0
        stop = last if limit is None else min(last, offset + limit)
        # Both ends of a slice shrink if the requested keys start after it or stop before it.
        low = low + np.maximum(offset - (ends - (high - low)), 0)
        high = high - np.maximum(ends - stop, 0)
        full = low < high
        parts = [values[a:b] for a, b in zip(low[full].tolist(), high[full].tolist(), strict=True)]
        return np.concatenate([values[:0], *parts])


class Owners(Protocol):
    """Either side of a scan, as a function."""

    def __call__(self, places: slice) -> NDArray[np.int32]:
        """The owners of the keys at these places of the index."""


class ScanMoves:
    """The moved keys of any two strategies, by comparing the owners of every key: O(keys), one chunk at a time."""

    def __init__(self, before: Owners, after: Owners, count: int, names: int) -> None:
        """`count` is how many keys the index has."""
        self._before, self._after, self._count, self._names = before, after, count, names

    def moved(self) -> int:
        """How many keys change owner."""
        return sum(int(np.count_nonzero(source != target)) for _, source, target in self._chunks())

    def pair_counts(self) -> PairCounts:
        """How many by pair."""
        moved = (_moved_codes(source, target, self._names) for _, source, target in self._chunks())
        if (self._names + 1) ** 2 <= _COUNTED_CODES:
            return self._counted(moved)
        codes, keys = np.unique(np.concatenate([np.empty(0, np.int64), *moved]), return_counts=True)
        return _pairs(codes, keys, self._names)

    def _counted(self, moved: Iterator[NDArray[np.int64]]) -> PairCounts:
        total = np.zeros((self._names + 1) ** 2, np.int64)
        for codes in moved:
            total += np.bincount(codes, minlength=len(total))
        found = np.flatnonzero(total)
        return _pairs(found, total[found], self._names)

    def take(
        self, values: NDArray[np.uint32], source: int | None, target: int | None, offset: int, limit: int | None
    ) -> NDArray[np.uint32]:
        """From `values`, those of a pair's moved keys; stops as soon as there are enough."""
        found = [values[:0]]
        count, enough = 0, None if limit is None else offset + limit
        for start, sources, targets in self._chunks():
            wanted = (sources != targets) & _of_pair(sources, targets, source, target)
            found.append(values[start : start + len(wanted)][wanted])
            count += len(found[-1])
            if enough is not None and count >= enough:
                break
        return np.concatenate(found)[offset:enough]

    def _chunks(self) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.int32]]]:
        for start in range(0, self._count, _CHUNK):
            places = slice(start, min(start + _CHUNK, self._count))
            yield start, self._before(places), self._after(places)


def _codes(source: NDArray[np.int32], target: NDArray[np.int32], names: int) -> NDArray[np.int64]:
    """A pair as one number; no owner counts as name 0."""
    return (source.astype(np.int64) + 1) * (names + 1) + target + 1


def _moved_codes(source: NDArray[np.int32], target: NDArray[np.int32], names: int) -> NDArray[np.int64]:
    moved = source != target
    return _codes(source[moved], target[moved], names)


def _pairs(codes: NDArray[np.int64], keys: NDArray[np.int64], names: int) -> PairCounts:
    return PairCounts(codes // (names + 1) - 1, codes % (names + 1) - 1, keys)


def _of_pair(
    sources: NDArray[np.int32], targets: NDArray[np.int32], source: int | None, target: int | None
) -> NDArray[np.bool_]:
    chosen = np.ones(len(sources), np.bool_)
    if source is not None:
        chosen &= sources == source
    if target is not None:
        chosen &= targets == target
    return chosen

"""The keys that moved between two states, one by one: in pages, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from live.inert import shown
from ringviz.core.buckets import bucket_of
from ringviz.core.movement import ANYONE, End, MovedKeys, Movement
from ringviz.core.placement import Murmur
from ringviz.core.state import State
from ringviz.models import KeySet
from ringviz.selectors.placing import index_for, is_bucketed, movement_between, numbers_by_name
from ringviz.stores.keysets import keys_at

PAGE_ROWS = 100
_FOUND_AT_ONCE = 1_000_000  # moved keys; without ranges, every search begins at the first key
_READ_AT_ONCE = 5_000


class MovedKey(NamedTuple):
    """A moved key, its full hash on every cluster, and the numbers of its old and new owners; 0 is none."""

    key: bytes
    hash: int
    source: int
    target: int


class Moved(NamedTuple):
    """The keys of a movement that go from one node to another; either may be left open."""

    movement: Movement
    key_set: KeySet
    numbers: dict[str | None, int]
    source: int | None
    target: int | None
    bucket_seed: int | None  # the cluster's seed, if buckets are placed

    def total(self) -> int:
        """How many there are."""
        return self.movement.count(source=self._end(self.source), target=self._end(self.target))

    def rows(self, offset: int, limit: int) -> Iterator[MovedKey]:
        """Some of them, in the order of their hashes."""
        return self._rows(self._found(offset, limit))

    def all_rows(self) -> Iterator[MovedKey]:
        """All of them; memory: 16 bytes for each of a million, and a few thousand as rows."""
        for offset in range(0, self.total(), _FOUND_AT_ONCE):
            found = self._found(offset, _FOUND_AT_ONCE)
            for start in range(0, len(found.positions), _READ_AT_ONCE):
                yield from self._rows(_part(found, slice(start, start + _READ_AT_ONCE)))

    def _found(self, offset: int, limit: int) -> MovedKeys:
        source, target = self._end(self.source), self._end(self.target)
        return self.movement.moved_keys(source=source, target=target, offset=offset, limit=limit)

    def _rows(self, found: MovedKeys) -> Iterator[MovedKey]:
        names = self.movement.names
        ends = (
            [0 if at < 0 else self.numbers[names[at]] for at in side.tolist()] for side in (found.source, found.target)
        )
        keys, hashes = keys_at(self.key_set, found.positions), found.hashes
        if self.bucket_seed is not None:  # the index only knows buckets
            hashes = Murmur(seed=self.bucket_seed).hash_many(keys)
        return map(MovedKey, keys, hashes.tolist(), *ends)

    def _end(self, number: int | None) -> End:
        if number is None:
            return ANYONE
        return next((name for name, one in self.numbers.items() if one == number), "")


def _part(found: MovedKeys, rows: slice) -> MovedKeys:
    return MovedKeys(found.positions[rows], found.hashes[rows], found.source[rows], found.target[rows])


def moved_between(before: State, after: State, key_set: KeySet, source: int | None, target: int | None) -> Moved:
    """What moved between two states with this key set."""
    movement = movement_between(before, after, index_for(after["cluster"], key_set))
    cluster = after["cluster"]
    bucket_seed = cluster["seed"] if is_bucketed(cluster) else None
    return Moved(movement, key_set, numbers_by_name(before, after), source, target, bucket_seed)


def page_of(moved: Moved, page: int) -> dict[str, object]:
    """`{"total", "page", "pages", "rows"}`; for a page that does not exist, the nearest one.

    A row is `{"key", "hash", "from", "to"}`, plus `"bucket"` if buckets are placed.
    """
    total = moved.total()
    pages = max(1, -(-total // PAGE_ROWS))
    page = max(1, min(page, pages))
    rows = [
        _row_json(row, bucketed=moved.bucket_seed is not None) for row in moved.rows((page - 1) * PAGE_ROWS, PAGE_ROWS)
    ]
    return {"total": total, "page": page, "pages": pages, "rows": rows}


def _row_json(row: MovedKey, *, bucketed: bool) -> dict[str, Any]:
    shown_row = {"key": shown(row.key), "hash": row.hash, "from": row.source, "to": row.target}
    return {**shown_row, "bucket": bucket_of(row.hash)} if bucketed else shown_row

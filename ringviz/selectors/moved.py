"""The keys that moved between two states, one by one: pages of them, or all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ringviz.core.movement import ANYONE, End, Movement
from ringviz.core.state import State
from ringviz.core.text import shown
from ringviz.models import KeySet
from ringviz.selectors.placing import movement_between, numbers_by_name
from ringviz.stores.keysets import index_of, keys_at

PAGE_ROWS = 100
_CSV_CHUNK = 5_000


class Moved(NamedTuple):
    """The keys of a movement that go from one node to another, either of which may be left open."""

    movement: Movement
    key_set: KeySet
    numbers: dict[str | None, int]
    source: int | None
    target: int | None

    def total(self) -> int:
        """How many there are."""
        return self.movement.count(source=self._end(self.source), target=self._end(self.target))

    def rows(self, offset: int, limit: int) -> Iterator[tuple[bytes, int, int, int]]:
        """Key, hash, from and to, in the order of their hashes."""
        found = self.movement.moved_keys(
            source=self._end(self.source), target=self._end(self.target), offset=offset, limit=limit
        )
        keys = keys_at(self.key_set, found.positions)
        names = self.movement.names
        ends = ([0 if at < 0 else self.numbers[names[at]] for at in side.tolist()] for side in found[2:])
        return zip(keys, found.hashes.tolist(), *ends, strict=True)

    def all_rows(self) -> Iterator[tuple[bytes, int, int, int]]:
        """Every one of them, a few thousand in memory at a time."""
        for offset in range(0, self.total(), _CSV_CHUNK):
            yield from self.rows(offset, _CSV_CHUNK)

    def _end(self, number: int | None) -> End:
        if number is None:
            return ANYONE
        return next((name for name, one in self.numbers.items() if one == number), "")


def moved_between(before: State, after: State, key_set: KeySet, source: int | None, target: int | None) -> Moved:
    """What moved between two states that are watched with this key set."""
    movement = movement_between(before, after, index_of(key_set, after["cluster"]["seed"]))
    return Moved(movement, key_set, numbers_by_name(before, after), source, target)


def page_of(moved: Moved, page: int) -> dict[str, object]:
    """`{"total", "page", "pages", "rows"}`; a page that is not there is the nearest one that is."""
    total = moved.total()
    pages = max(1, -(-total // PAGE_ROWS))
    page = max(1, min(page, pages))
    rows = [
        {"key": shown(key), "hash": hash_, "from": source, "to": target}
        for key, hash_, source, target in moved.rows((page - 1) * PAGE_ROWS, PAGE_ROWS)
    ]
    return {"total": total, "page": page, "pages": pages, "rows": rows}

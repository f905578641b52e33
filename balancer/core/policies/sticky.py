"""Sticky: a key stays with its first node."""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar, Final

from balancer.core.draws import Draw
from balancer.core.policies.jsq import ShortestQueue
from balancer.core.policy import Choice, Foresight, Sight
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Option, Options
from ringviz.core.placement import NOBODY

SIZE: Final = 100_000


class Sticky(ShortestQueue):
    """Remembers the nodes of the last `size` keys. O(1) for a known key. A new key joins the shortest queue, O(n).

    If a key's node is not ready, the key moves to another and stays there. A full table forgets the least recently used
    key. Weights do not count. An entry takes about 150 bytes.

    Source: HAProxy, `stick on` with a `stick-table`, which drops its oldest entries at `size`. HAProxy has no default
    size; ours is our choice. `option redispatch` moves the key to another node.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.KEY, Sight.IN_FLIGHT})
    foresight: ClassVar[Foresight] = Foresight.PAST
    options: ClassVar[tuple[Option, ...]] = (Option("size", SIZE, 1, 10_000_000),)

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        self._table: OrderedDict[int, int] = OrderedDict()
        super().__init__(pool, draw, options)

    def changed(self) -> None:
        """O(n)."""
        super().changed()
        self._standing = frozenset(self.pool.ready)

    def pick(self, key: int, now: float) -> int:
        """The key's node."""
        place = self._table.get(key, NOBODY)
        if place in self._standing:
            self._table.move_to_end(key)
            return place
        return self._kept(key, super().pick(key, now))

    def why(self, key: int, now: float) -> Choice:
        """The same. Has scores (requests in flight) only if the key needed a new node."""
        place = self._table.get(key, NOBODY)
        if place in self._standing:
            self._table.move_to_end(key)
            return Choice(place, considered=(place,))
        choice = super().why(key, now)
        self._kept(key, choice.place)
        return choice

    def _kept(self, key: int, place: int) -> int:
        table = self._table
        table[key] = place
        table.move_to_end(key)
        if len(table) > self.chosen["size"]:
            table.popitem(last=False)
        return place

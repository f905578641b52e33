"""Maglev: a key's requests go to the node in its entry of a lookup table."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from balancer.core.policy import Choice, Foresight, Policy, Sight
from ringviz.core.abilities import Option
from ringviz.core.maglev import Maglev
from ringviz.core.placement import PlacedNode


class MaglevTable(Policy):
    """A lookup is O(1). The table is refilled when the ready nodes or their weights change.

    Filling takes M ln M steps, 30 to 160 ms for the default M of 65,537. If nothing changed, the table is kept. Raises
    InvalidWeight for a weight above 1,000, and DuplicateName if two ready nodes share a name.

    Source: `ringviz.core.maglev`; the size is the default of Envoy's MAGLEV and the smaller one of the paper.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.KEY, Sight.WEIGHTS})
    foresight: ClassVar[Foresight] = Foresight.TABLE
    options: ClassVar[tuple[Option, ...]] = Maglev.options
    _filled: tuple[tuple[int, PlacedNode], ...] = ()

    def changed(self) -> None:
        """Refills the table, unless it would not change or no node is ready."""
        names, weights = self.pool.names, self.pool.weights
        ready = tuple((place, PlacedNode(names[place], weights[place])) for place in self.pool.ready)
        if ready and ready != self._filled:
            self._filled = ready
            places = np.array([place for place, _ in ready], np.int64)
            table = Maglev([node for _, node in ready], options=self.chosen).table
            self._table: list[int] = places[table].tolist()

    def pick(self, key: int, now: float) -> int:
        """The node in the key's entry."""
        table = self._table
        return table[key % len(table)]

    def why(self, key: int, now: float) -> Choice:
        """The same. No scores are compared."""
        place = self.pick(key, now)
        return Choice(place, considered=(place,))

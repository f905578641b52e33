"""The hash ring: a key's requests go to the next ready node clockwise."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from balancer.core.policy import Choice, Foresight, Policy, Sight
from ringviz.core.abilities import Option
from ringviz.core.placement import VNODES, Murmur, PlacedNode
from ringviz.core.ring import HashRing


class Ring(Policy):
    """A lookup is O(log tokens). It skips nodes that are not ready; other nodes keep their keys.

    If a node left and came back, two places share its name. The ring uses the ready one, else the later one. Raises
    InvalidWeight for a weight above 1,000 and TooManyTokens for more than 2^24 tokens, as `HashRing` does.

    Source: `ringviz.core.ring`, with its number of virtual nodes. Envoy's RING_HASH and HAProxy's `hash-type
    consistent` skip nodes in the same way.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.KEY, Sight.WEIGHTS})
    foresight: ClassVar[Foresight] = Foresight.POOL
    options: ClassVar[tuple[Option, ...]] = (Option("vnodes", VNODES, 1, 10_000),)
    _ring = HashRing(())  # empty

    def changed(self) -> None:
        """O(tokens), plus about 0.2 microseconds per token of each new or reweighted node."""
        names, weights = self.pool.names, self.pool.weights
        latest = {names[place]: place for place in (*range(len(names)), *self.pool.ready)}
        self._places = sorted(latest.values())
        nodes = tuple(PlacedNode(names[place], weights[place]) for place in self._places)
        if self._ring.nodes != nodes:
            self._ring = HashRing(nodes, Murmur(int(self.chosen["vnodes"])), earlier=self._ring)
        owners = np.array(self._places, np.int64)[self._ring.owner_index]
        ready = np.isin(owners, self.pool.ready)
        self.tokens: list[int] = self._ring.tokens[ready].tolist()
        self.owners: list[int] = owners[ready].tolist() * 2  # doubled, so that a walk never wraps

    def pick(self, key: int, now: float) -> int:
        """The node of the first ready token."""
        return self.owners[bisect_left(self.tokens, key)]

    def why(self, key: int, now: float) -> Choice:
        """The same, with the nodes that were skipped."""
        place = self.pick(key, now)
        return Choice(place, considered=self.walked(key, place))

    def walked(self, key: int, place: int) -> tuple[int, ...]:
        """All nodes between a key and `place`, once each, ready or not. O(tokens) at worst."""
        return tuple(self._met(key, place))

    def _met(self, key: int, last: int) -> Iterator[int]:
        for index, _ in self._ring.walk(key, len(self._places)):
            place = self._places[index]
            yield place
            if place == last:
                return

"""Shared by strategies that read a hash ring in their own way."""

from __future__ import annotations

from collections.abc import Iterable

from ringviz.core.abilities import NO_OPTIONS, Options
from ringviz.core.placement import PlacedNode, Placement
from ringviz.core.ring import HashRing
from ringviz.core.scattered import Scattered


class OnRing(Scattered):
    """`ring` has the tokens; the subclass says who owns a key. Also raises what a HashRing raises."""

    def __init__(
        self, nodes: Iterable[PlacedNode], placement: Placement | None = None, options: Options = NO_OPTIONS
    ) -> None:
        super().__init__(nodes, placement, options)
        self.ring = HashRing(self.nodes, self.placement)
        self.tokens = self.ring.tokens

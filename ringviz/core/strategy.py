"""The ways to place keys, behind one protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ringviz.core.errors import UnknownStrategy
from ringviz.core.modulo import Modulo
from ringviz.core.placement import VNODES, Key, Murmur, PlacedNode, Placement
from ringviz.core.ring import HashRing


class Strategy(Protocol):
    """Which nodes a key belongs to. Immutable; a node is meant by its index in `nodes`, -1 is nobody."""

    @property
    def nodes(self) -> tuple[PlacedNode, ...]:
        """The members in their given order, those of weight 0 too."""

    @property
    def placement(self) -> Placement:
        """How keys are hashed and, where there are tokens, where they lie."""

    @property
    def tokens(self) -> NDArray[np.uint32]:
        """The tokens, ascending and distinct; empty for a strategy without a ring."""

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Self:
        """The same with other nodes. Raises DuplicateName."""

    def owner(self, key: Key) -> str | None:
        """The name of the owner of a key."""

    def owner_of_hash(self, hash_: int) -> int:
        """The owner of a hash."""

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The owner of every hash."""

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of up to `n` distinct nodes for a key, owner first."""

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """Up to `n` distinct nodes for a hash, owner first."""

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The same for every hash: one row each, `n` wide, filled up with -1."""

    def walk(self, hash_: int, n: int) -> Sequence[tuple[int, int | None]]:
        """The preference list of a hash, each node with the token at which it is met, or None without tokens."""

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node; sums to 1, or all 0 where nobody holds anything."""


STRATEGIES: dict[str, Callable[[Iterable[PlacedNode], Placement], Strategy]] = {"ring": HashRing, "modulo": Modulo}


def build(
    strategy: str,
    nodes: Iterable[PlacedNode],
    vnodes: int = VNODES,
    seed: int = 0,
    *,
    placement: Placement | None = None,
) -> Strategy:
    """The strategy of this name, by `placement` or else by Murmur with these virtual nodes and this seed.

    Modulo does not look at `vnodes`. Raises UnknownStrategy, and what the strategy and the placement themselves raise.
    """
    if strategy not in STRATEGIES:
        raise UnknownStrategy(strategy, tuple(STRATEGIES))
    if placement is None:
        placement = Murmur(vnodes, seed) if strategy == "ring" else Murmur(seed=seed)
    return STRATEGIES[strategy](nodes, placement)

"""The ways to place keys, behind one protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import NO_OPTIONS, Abilities, Option, Options
from ringviz.core.bounded import Bounded
from ringviz.core.errors import UnknownStrategy
from ringviz.core.jump import Jump
from ringviz.core.keys import KeyIndex, Places
from ringviz.core.maglev import Maglev
from ringviz.core.modulo import Modulo
from ringviz.core.multiprobe import MultiProbe
from ringviz.core.placement import VNODES, Key, Murmur, PlacedNode, Placement
from ringviz.core.rendezvous import Rendezvous
from ringviz.core.ring import HashRing
from ringviz.core.scattered import Scattered
from ringviz.core.slots import SlotMap
from ringviz.core.steps import Steps


class Strategy(Protocol):
    """Which nodes a key belongs to. Immutable; a node is meant by its index in `nodes`, -1 is nobody."""

    @property
    def nodes(self) -> tuple[PlacedNode, ...]:
        """The members in their given order, those of weight 0 too."""

    @property
    def abilities(self) -> Abilities:
        """What it can do."""

    @property
    def options(self) -> tuple[Option, ...]:
        """Its parameters, and which values they may have."""

    @property
    def chosen(self) -> Options:
        """The value of each of its parameters."""

    @property
    def balance(self) -> float | None:
        """How many times its fair share of the keys a node has at most; None where nothing limits it."""

    @property
    def placement(self) -> Placement:
        """How keys are hashed and, where there are tokens, where they lie."""

    @property
    def tokens(self) -> NDArray[np.uint32]:
        """The tokens, ascending and distinct; empty for a strategy without a ring."""

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """How many steps of a few nanoseconds it takes to place a key on so many nodes; `chosen` is complete."""

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Self:
        """The same with other nodes. Raises DuplicateName."""

    def ranges(self) -> HashRing | None:
        """The ring whose ranges belong to one node as a whole; None where every hash has to be asked about."""

    def owner(self, key: Key) -> str | None:
        """The name of the owner of a key."""

    def owner_of_hash(self, hash_: int) -> int:
        """The owner of a hash."""

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The owner of every hash. Raises NoOwnerAlone where `abilities.alone` is False, as does all about one key."""

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`, where all of `keys` are placed: any strategy can say that."""

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of up to `n` distinct nodes for a key, owner first."""

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """Up to `n` distinct nodes for a hash, owner first."""

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The same for every hash: one row each, `n` wide, filled up with -1."""

    def walk(self, hash_: int, n: int) -> Sequence[tuple[int, int | None]]:
        """The preference list of a hash, each node with the token at which it is met, or None without tokens."""

    def steps(self, hash_: int, keys: KeyIndex | None = None, place: int | None = None) -> Steps | None:
        """How a hash comes to its owner; None where there is nobody to own it, and where owners are not computed.

        `keys` are those that are placed together and `place` is the key's in them, None if it is not one of them. They
        count only where `abilities.alone` is False, and there `keys` must be given.
        """

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node; sums to 1, or all 0 where nobody holds anything."""


STRATEGIES: Final[Mapping[str, type[HashRing | Scattered]]] = {
    "ring": HashRing,
    "modulo": Modulo,
    "rendezvous": Rendezvous,
    "jump": Jump,
    "maglev": Maglev,
    "multiprobe": MultiProbe,
    "bounded": Bounded,
}

DEFAULT: Final = "ring"
SLOTS: Final = "slots"  # of a cluster that somebody else runs: it is not computed, its servers say it
_ABILITIES: Final = {**{name: kind.abilities for name, kind in STRATEGIES.items()}, SLOTS: SlotMap.abilities}


def abilities_of(strategy: str) -> Abilities:
    """What a strategy can do, SLOTS among them. Raises UnknownStrategy."""
    if strategy not in _ABILITIES:
        raise UnknownStrategy(strategy, tuple(_ABILITIES))
    return _ABILITIES[strategy]


def build(
    strategy: str,
    nodes: Iterable[PlacedNode],
    vnodes: int = VNODES,
    seed: int = 0,
    *,
    placement: Placement | None = None,
    options: Options = NO_OPTIONS,
) -> Strategy:
    """The strategy of this name, by `placement` or else by Murmur with these virtual nodes and this seed.

    `vnodes` count only where nodes have tokens. Raises UnknownStrategy, and what the strategy, `completed` and the
    placement themselves raise.
    """
    if strategy not in STRATEGIES:
        raise UnknownStrategy(strategy, tuple(STRATEGIES))
    kind = STRATEGIES[strategy]
    if placement is None:
        placement = Murmur(vnodes, seed) if kind.abilities.tokens else Murmur(seed=seed)
    return kind(nodes, placement, options)

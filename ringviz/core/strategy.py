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
    """Which nodes a key belongs to. Immutable; a node is its index in `nodes`, and -1 is no owner."""

    @property
    def nodes(self) -> tuple[PlacedNode, ...]:
        """The members in the given order, including those of weight 0."""

    @property
    def abilities(self) -> Abilities:
        """What it can do."""

    @property
    def options(self) -> tuple[Option, ...]:
        """Its parameters, and the values that they accept."""

    @property
    def chosen(self) -> Options:
        """The value of each of its parameters."""

    @property
    def balance(self) -> float | None:
        """How many times its fair share of the keys a node has at most; None if nothing limits it."""

    @property
    def placement(self) -> Placement:
        """How keys are hashed and, if there are tokens, where they are."""

    @property
    def tokens(self) -> NDArray[np.uint32]:
        """The tokens, ascending and distinct; empty for a strategy without a ring."""

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """How many steps of a few nanoseconds it takes to place a key on this many nodes; `chosen` is complete."""

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> Self:
        """The same with other nodes. Raises DuplicateName."""

    def ranges(self) -> HashRing | None:
        """The ring whose ranges belong to one node as a whole; None if every hash must be looked up."""

    def owner(self, key: Key) -> str | None:
        """The name of the owner of a key."""

    def owner_of_hash(self, hash_: int) -> int:
        """The owner of a hash."""

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The owner of every hash.

        Raises NoOwnerAlone if `abilities.alone` is False, like everything about a single key.
        """

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`, when all of `keys` are placed: every strategy can answer this."""

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of up to `n` distinct nodes for a key, owner first."""

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """Up to `n` distinct nodes for a hash, owner first."""

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The same for every hash: one row each, `n` wide, padded with -1."""

    def walk(self, hash_: int, n: int) -> Sequence[tuple[int, int | None]]:
        """The preference list of a hash, each node with the token where it is met, or None without tokens."""

    def steps(self, hash_: int, keys: KeyIndex | None = None, place: int | None = None) -> Steps | None:
        """How a hash gets its owner; None if there is none, or if owners are not computed.

        `keys` are placed together, and `place` is the key's place among them, None if it is not one of them. They
        matter only if `abilities.alone` is False, and then `keys` is required.
        """

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node; sums to 1, or all 0 if no node holds anything."""


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
SLOTS: Final = "slots"  # for somebody else's cluster: not computed, its servers report it
_ABILITIES: Final = {**{name: kind.abilities for name, kind in STRATEGIES.items()}, SLOTS: SlotMap.abilities}


def abilities_of(strategy: str) -> Abilities:
    """What a strategy can do, including SLOTS. Raises UnknownStrategy."""
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
    """The strategy with this name, using `placement`, or Murmur with these virtual nodes and this seed.

    `vnodes` matters only if nodes have tokens. Raises UnknownStrategy, and what the strategy, `completed` and the
    placement raise.
    """
    if strategy not in STRATEGIES:
        raise UnknownStrategy(strategy, tuple(STRATEGIES))
    kind = STRATEGIES[strategy]
    if placement is None:
        placement = Murmur(vnodes, seed) if kind.abilities.tokens else Murmur(seed=seed)
    return kind(nodes, placement, options)

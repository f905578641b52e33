"""The hash ring: an immutable circle of tokens."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import NO_OPTIONS, Abilities, Option, Options, completed
from ringviz.core.keys import KeyIndex, Places
from ringviz.core.lookup import OwnerTable, owner_table
from ringviz.core.placement import NOBODY, TOKEN_SPACE, Key, Murmur, PlacedNode, Placement, distinct_nodes
from ringviz.core.pool import TokenPool, gather, regather
from ringviz.core.preference import first_distinct
from ringviz.core.steps import Steps, WalkStep

_LISTED_TOKENS = 1 << 18  # a token in a Python list takes 36 bytes; above this, the array itself is searched
_TABLE_PAYS = 4096  # hashes; below this a table costs more than it saves


class HashRing:
    """Nodes on a circle: a key belongs to the first token at or after its hash, wrapping.

    `nodes` keep the given order, and an int for a node always means its index there. `tokens` are ascending and
    distinct, `owner_index[i]` is the node of `tokens[i]`; both are read-only. A ring never changes: `with_nodes`
    returns another one. Building hashes every token, about 0.2 microseconds each. Raises DuplicateName and
    TooManyTokens (more than 2^24).
    """

    abilities: ClassVar = Abilities(tokens=True, ranges=True)
    options: ClassVar[tuple[Option, ...]] = ()
    balance: ClassVar[float | None] = None  # nothing limits a node's keys

    def __init__(
        self,
        nodes: Iterable[PlacedNode],
        placement: Placement | None = None,
        options: Options = NO_OPTIONS,
        *,
        earlier: HashRing | None = None,
    ) -> None:
        """With `earlier`, a ring of the same placement, reuses the tokens of the nodes that both have."""
        self.chosen: Final = completed(self.options, options)
        self.nodes: Final = distinct_nodes(nodes)
        self.placement: Final[Placement] = Murmur() if placement is None else placement
        self._pool: Final[TokenPool] = (
            regather(earlier._pool, earlier.nodes, self.nodes, self.placement)
            if earlier
            else gather(self.nodes, self.placement)
        )
        tokens, owner_index = self._pool.live()
        tokens.flags.writeable = owner_index.flags.writeable = False
        self.tokens: Final = tokens
        self.owner_index: Final = owner_index

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """How many steps of a few nanoseconds it takes to place a key on this many nodes."""
        return 1

    def with_nodes(self, nodes: Iterable[PlacedNode]) -> HashRing:
        """The ring of these nodes with the same placement; only new nodes are hashed."""
        return HashRing(nodes, self.placement, earlier=self)

    def ranges(self) -> HashRing:
        """The ring itself: from one token to the next, all hashes have one owner."""
        return self

    def owner(self, key: Key) -> str | None:
        """The name of the node that owns a key; None on a ring without tokens."""
        points, names = self._named_points
        return names[bisect_left(points, self.placement.hash(key))]

    def owner_of_hash(self, hash_: int) -> int:
        """The index of the node that owns a hash; -1 on a ring without tokens."""
        return int(self.owner_index[self._token_at(hash_)]) if len(self.tokens) else NOBODY

    def owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The index of the owner of every hash; -1 on a ring without tokens. A few ns per hash."""
        if not len(self.tokens):
            return np.full(len(hashes), NOBODY, np.int32)
        if len(hashes) < _TABLE_PAYS and "_table" not in self.__dict__:
            return self.owner_index[np.searchsorted(self.tokens, hashes) % len(self.tokens)]
        return self._table.owners(hashes)

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`."""
        return self.owners(keys.hashes[places])

    def preference(self, key: Key, n: int) -> tuple[str, ...]:
        """The names of the first `n` distinct nodes from the key on: owner first, fewer if there are fewer."""
        return tuple(self.nodes[index].name for index in self.preference_of_hash(self.placement.hash(key), n))

    def preference_of_hash(self, hash_: int, n: int) -> tuple[int, ...]:
        """The same for a hash, as indices."""
        return tuple(index for index, _ in self.walk(hash_, n))

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The preference list of every hash: one row per hash, `n` wide, -1 if there are fewer nodes."""
        if not len(self.tokens):
            return np.full((len(hashes), n), NOBODY, np.int32)
        return self.preference_table(n)[np.searchsorted(self.tokens, hashes) % len(self.tokens)]

    def preference_table(self, n: int) -> NDArray[np.int32]:
        """The preference list of the range that ends at each token: one row per token, as in `preferences`."""
        return first_distinct(self.owner_index, n)

    def walk(self, hash_: int, n: int) -> list[tuple[int, int]]:
        """The first `n` distinct nodes from a hash on, each with the token where it is met; owner first."""
        stops: dict[int, int] = {}
        wanted = min(n, self._member_count)
        position = self._token_at(hash_) if wanted > 0 else 0
        while len(stops) < wanted:
            stops.setdefault(int(self.owner_index[position]), int(self.tokens[position]))
            position = (position + 1) % len(self.tokens)
        return list(stops.items())

    def steps(self, hash_: int, _keys: KeyIndex | None = None, _place: int | None = None) -> Steps | None:
        """The token that a hash walks to; None on a ring without tokens."""
        if not len(self.tokens):
            return None
        at = self._token_at(hash_)
        token = int(self.tokens[at])
        return WalkStep(
            kind="walk", node=int(self.owner_index[at]), token=token, distance=(token - hash_) % TOKEN_SPACE
        )

    def ownership(self) -> NDArray[np.float64]:
        """The share of the hash space of each node; sums to 1, or all 0 on a ring without tokens."""
        if len(self.tokens) < 2:
            return np.bincount(self.owner_index, minlength=len(self.nodes)).astype(np.float64)
        widths = np.diff(self.tokens, prepend=self.tokens[-1:])  # unsigned: the first one wraps by itself
        # Whole numbers below 2^53 add up exactly in float64; the only division comes last.
        return np.bincount(self.owner_index, weights=widths, minlength=len(self.nodes)) / TOKEN_SPACE

    def _token_at(self, hash_: int) -> int:
        """The position of the first token at or after a hash, wrapping; the ring must have one."""
        return int(np.searchsorted(self.tokens, np.uint32(hash_))) % len(self.tokens)

    @cached_property
    def _member_count(self) -> int:
        """How many nodes hold a token."""
        return int(np.count_nonzero(np.bincount(self.owner_index))) if len(self.tokens) else 0

    @cached_property
    def _table(self) -> OwnerTable:
        return owner_table(self.tokens, self.owner_index)

    @cached_property
    def _named_points(self) -> tuple[Sequence[int], Sequence[str | None]]:
        """The tokens, and the name of each token's owner, plus one more name for the part after the last (it wraps)."""
        names = [node.name for node in self.nodes]
        owners: list[str | None] = [names[index] for index in self.owner_index]
        points: Sequence[int] = self.tokens.tolist() if len(owners) <= _LISTED_TOKENS else self.tokens.data
        return points, [*owners, owners[0] if owners else None]

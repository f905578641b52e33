"""A placement with hand-picked tokens, and a slow version of the rules to check the fast one against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import TOKEN_SPACE, Key, PlacedNode


@dataclass(frozen=True)
class Crafted:
    """Tokens from a table; a key is its own hash: four bytes, big-endian."""

    table: Mapping[str, Sequence[int]]
    shift: int = 0

    def token_count(self, node: PlacedNode) -> int:
        return len(self.table[node.name]) if node.weight else 0

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        return np.array(self.table[node.name] if node.weight else [], np.uint32)

    def hash(self, key: Key) -> int:
        return int.from_bytes((key.encode() if isinstance(key, str) else key)[:4].ljust(4, b"\0"), "big")

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        return np.array([self.hash(key) for key in keys], np.uint32)


def key_at(hash_: int) -> bytes:
    """The key that a Crafted placement places at a hash."""
    return hash_.to_bytes(4, "big")


def edges(tokens: Iterable[int]) -> list[int]:
    """The hashes where owners change: every token and its neighbours, and the two ends of the space."""
    near = {(int(token) + step) % TOKEN_SPACE for token in tokens for step in (-1, 0, 1)}
    return sorted(near | {0, TOKEN_SPACE - 1})


class SlowRing:
    """The written rules, one at a time, in plain Python."""

    def __init__(self, nodes: Sequence[PlacedNode], placement: Crafted) -> None:
        holder: dict[int, str] = {}
        for node in sorted(nodes, key=lambda node: node.name.encode(), reverse=True):
            holder.update(dict.fromkeys(map(int, placement.tokens(node)), node.name))
        self.circle = sorted(holder.items())

    def clockwise(self, hash_: int) -> list[str]:
        """The owners of all tokens, clockwise from a hash."""
        ahead = [name for token, name in self.circle if token >= hash_]
        behind = [name for token, name in self.circle if token < hash_]
        return ahead + behind

    def owner(self, hash_: int) -> str | None:
        return next(iter(self.clockwise(hash_)), None)

    def preference(self, hash_: int, n: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.clockwise(hash_)))[:n]

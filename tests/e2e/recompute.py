"""The ring in plain Python with mmh3 and bisect: pages are checked against this, not against our own code."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import mmh3


class Move(NamedTuple):
    """A key that changed owner, and between which nodes."""

    hash: int
    key: bytes
    source: str
    target: str


class PlainRing:
    """Nodes by name, each with as many tokens as virtual nodes. Of equal tokens the first name's is kept."""

    def __init__(self, names: Iterable[str], vnodes: int, seed: int = 0) -> None:
        self.seed = seed
        owners: dict[int, str] = {}
        for name in sorted(names, key=str.encode, reverse=True):
            for i in range(vnodes):
                owners[mmh3.hash(f"{name}#{i}", seed, signed=False)] = name
        self.tokens = sorted(owners)
        self.owners = [owners[token] for token in self.tokens]

    def hash(self, key: bytes) -> int:
        return int(mmh3.hash(key, self.seed, signed=False))

    def owner_at(self, hash_: int) -> str:
        """The node of the first token at or after the hash; after the last token, the node of the first."""
        return self.owners[bisect_left(self.tokens, hash_) % len(self.tokens)]

    def preference(self, key: bytes, copies: int) -> list[str]:
        """The first `copies` distinct nodes clockwise from the key, its owner first."""
        at = bisect_left(self.tokens, self.hash(key))
        round_ = (self.owners[(at + step) % len(self.owners)] for step in range(len(self.owners)))
        return list(dict.fromkeys(round_))[:copies]

    def counts(self, keys: Iterable[bytes]) -> Counter[str]:
        return Counter(self.owner_at(self.hash(key)) for key in keys)

    def ranges(self) -> dict[tuple[int, int], str]:
        """(start, end] of every token: its owner."""
        return {(self.tokens[i - 1], token): self.owners[i] for i, token in enumerate(self.tokens)}


def moves(before: PlainRing, after: PlainRing, keys: Iterable[bytes]) -> list[Move]:
    """Every key that changed owner, in the order of the hashes."""
    found = []
    for key in keys:
        hash_ = before.hash(key)
        source, target = before.owner_at(hash_), after.owner_at(hash_)
        if source != target:
            found.append(Move(hash_, key, source, target))
    return sorted(found)


def modulo_moved(before: list[str], after: list[str], keys: Iterable[bytes], seed: int = 0) -> int:
    """How many keys change owner if a key belongs to node number (hash mod number of nodes)."""
    hashes = (mmh3.hash(key, seed, signed=False) for key in keys)
    return sum(before[hash_ % len(before)] != after[hash_ % len(after)] for hash_ in hashes)

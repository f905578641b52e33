"""How a node's tokens and a key's hash are made.

A ring only uses a `Placement`; another system's ring is another placement. `Murmur` is this project's own, and
`Bucketed` is the same on an engine, which stores by bucket.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Final, Protocol

import mmh3
import numpy as np
from numpy.typing import NDArray

from ringviz.core.buckets import BUCKET_SHIFT
from ringviz.core.errors import DuplicateName, InvalidName, InvalidSeed, InvalidVnodes, InvalidWeight

TOKEN_SPACE = 2**32
VNODES: Final = 160  # tokens of a node of weight 1, by default
HIGHEST_WEIGHT = 1000.0
NOBODY: Final = -1  # the index of no node

Key = bytes | str
"""A key is bytes; text means its UTF-8."""


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A member of a cluster and its share relative to the others; a member of weight 0 has no token.

    Raises InvalidName (empty, or with half a surrogate pair) and InvalidWeight (not a finite 0..1000).
    """

    name: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.name or not _is_text(self.name):
            raise InvalidName(self.name)
        if not (math.isfinite(self.weight) and 0 <= self.weight <= HIGHEST_WEIGHT):
            raise InvalidWeight(self.name, self.weight, HIGHEST_WEIGHT)


def distinct_nodes(nodes: Iterable[PlacedNode]) -> tuple[PlacedNode, ...]:
    """The nodes as a tuple in the given order. Raises DuplicateName."""
    members = tuple(nodes)
    seen: set[str] = set()
    for node in members:
        if node.name in seen:
            raise DuplicateName(node.name)
        seen.add(node.name)
    return members


class Placement(Protocol):
    """Where the tokens of a node and the keys are in `[0, TOKEN_SPACE)`. Pure and stateless."""

    @property
    def shift(self) -> int:
        """How many low bits of every token and hash are 0, because only the bits above them are placed."""

    def token_count(self, node: PlacedNode) -> int:
        """The length of `tokens(node)`, without making them. 0 at weight 0, otherwise at least 1."""

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        """The node's tokens in the order of their index, unsorted and possibly with duplicates."""

    def hash(self, key: Key) -> int:
        """Where a key is."""

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        """Where many keys are, in order; the same as `hash` for each."""


@dataclass(frozen=True, slots=True)
class Murmur:
    """MurmurHash3, 32 bits, unsigned: token i of a node is the hash of `name#i`, with a cluster's own seed.

    Raises InvalidVnodes (below 1) and InvalidSeed (not 0..2^32-1).
    """

    vnodes: int = VNODES
    seed: int = 0

    def __post_init__(self) -> None:
        if self.vnodes < 1:
            raise InvalidVnodes(self.vnodes)
        if not 0 <= self.seed < TOKEN_SPACE:
            raise InvalidSeed(self.seed)

    @property
    def shift(self) -> int:
        """0: every bit counts."""
        return 0

    def token_count(self, node: PlacedNode) -> int:
        """Virtual nodes times weight, rounded; any weight above 0 gets at least one token."""
        return max(1, round(self.vnodes * node.weight)) if node.weight else 0

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        """The tokens `name#0`, `name#1`, ... in this order."""
        count = self.token_count(node)
        prefix = node.name.encode()
        labels = map(prefix.__add__, _suffixes(count))
        return np.fromiter(map(mmh3.hash, labels, repeat(self.seed), repeat(False)), np.uint32, count)

    def hash(self, key: Key) -> int:
        """The key's hash. Half a surrogate pair in text raises UnicodeEncodeError."""
        return mmh3.hash(key, self.seed, False)

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        """The keys' hashes; about 50 ns per key, all of it in C."""
        count = len(keys) if isinstance(keys, Sized) else -1
        hash_one: Callable[[Key, int, bool], int] = mmh3.hash
        return np.fromiter(map(hash_one, keys, repeat(self.seed), repeat(False)), np.uint32, count)


@dataclass(frozen=True, slots=True)
class Bucketed(Murmur):
    """Murmur by bucket: a key is at the start of its hash's bucket, and a token at the start of the bucket it falls in.

    So a bucket belongs as a whole to the first token in it or after it; if it has several tokens, to the node whose
    name sorts first, as usual. To ask a ring for the owner of a hash, pass the rounded hash.
    """

    @property
    def shift(self) -> int:
        """The bits below a bucket's number."""
        return BUCKET_SHIFT

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        """The starts of the buckets of `name#0`, `name#1`, ... in this order; two of them may be equal."""
        return rounded(Murmur.tokens(self, node), BUCKET_SHIFT)

    def hash(self, key: Key) -> int:
        """The start of the key's bucket."""
        return Murmur.hash(self, key) >> BUCKET_SHIFT << BUCKET_SHIFT

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        """The starts of the keys' buckets."""
        return rounded(Murmur.hash_many(self, keys), BUCKET_SHIFT)


def rounded(hashes: NDArray[np.uint32], shift: int) -> NDArray[np.uint32]:
    """The hashes without their lowest `shift` bits, as a new array."""
    return hashes >> np.uint32(shift) << np.uint32(shift)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=64)
def _suffixes(count: int) -> tuple[bytes, ...]:
    """`#0` to `#count-1`: the same few counts serve every node of a cluster, so they are made once."""
    return tuple(b"#%d" % index for index in range(count))

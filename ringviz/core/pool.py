"""Every token of every node of a ring, sorted, with the rule for equal tokens.

If several nodes have equal tokens, the node whose name (as UTF-8 bytes) sorts first owns the token, and it is void for
the others. Void tokens stay in the pool: when the first node leaves, the next one's token takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringviz.core.errors import TooManyTokens
from ringviz.core.placement import PlacedNode, Placement

_RANK_BITS = np.uint64(32)
MOST_OF_A_RING = 2**24  # 200 MB and a few seconds
_RANK_MASK = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True)
class TokenPool:
    """`packed[i]` is a token in the high 32 bits and its node's rank in the low ones, ascending.

    The rank is the node's place among the names in byte order, so plain sorting applies the rule for equal tokens.
    `by_rank[rank]` is the node's index in the ring's own order.
    """

    packed: NDArray[np.uint64]
    by_rank: NDArray[np.int32]

    def live(self) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """The tokens that are not void, ascending and distinct, and the index of each token's node."""
        tokens = (self.packed >> _RANK_BITS).astype(np.uint32)
        first = np.ones(len(tokens), np.bool_)
        np.not_equal(tokens[1:], tokens[:-1], out=first[1:])
        packed = self.packed
        if not first.all():
            tokens, packed = tokens[first], packed[first]
        return tokens, self.by_rank[packed & _RANK_MASK]


def gather(nodes: Sequence[PlacedNode], placement: Placement) -> TokenPool:
    """The pool of these nodes: hashes every token, then one sort."""
    by_rank, rank = _ranks(nodes)
    return TokenPool(np.sort(_packed(nodes, rank, range(len(nodes)), placement)), by_rank)


def regather(
    pool: TokenPool, earlier: Sequence[PlacedNode], nodes: Sequence[PlacedNode], placement: Placement
) -> TokenPool:
    """The pool of `nodes`, reusing the part of `pool` (of `earlier`) that is in both; hashes only the other tokens."""
    by_rank, rank = _ranks(nodes)
    index_of = {node: index for index, node in enumerate(nodes)}
    found = np.fromiter((index_of.pop(node, -1) for node in earlier), np.int32, len(earlier))
    new_rank = np.append(rank, np.int64(-1))[found]
    ranks = new_rank[pool.by_rank[pool.packed & _RANK_MASK]]
    kept = ranks >= 0
    packed = pool.packed[kept] >> _RANK_BITS << _RANK_BITS | ranks[kept].astype(np.uint64)
    fresh = np.sort(_packed(nodes, rank, index_of.values(), placement))
    # Two sorted runs: the stable sort merges them in one pass.
    return TokenPool(np.sort(np.concatenate((packed, fresh)), kind="stable"), by_rank)


def _ranks(nodes: Sequence[PlacedNode]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Index by rank and rank by index."""
    names = [node.name.encode() for node in nodes]
    by_rank = np.array(sorted(range(len(nodes)), key=names.__getitem__), np.int32)
    rank = np.empty(len(nodes), np.int64)
    rank[by_rank] = np.arange(len(nodes))
    return by_rank, rank


def _packed(
    nodes: Sequence[PlacedNode], rank: NDArray[np.int64], indices: Iterable[int], placement: Placement
) -> NDArray[np.uint64]:
    """The tokens of some of the nodes, packed, in arbitrary order."""
    chosen = list(indices)
    _refuse_too_many(nodes, placement)
    tokens = [placement.tokens(nodes[index]) for index in chosen]
    if not tokens:
        return np.empty(0, np.uint64)
    counts = np.fromiter(map(len, tokens), np.int64, len(tokens))
    ranks = np.repeat(rank[chosen], counts).astype(np.uint64)
    return np.concatenate(tokens).astype(np.uint64) << _RANK_BITS | ranks


def _refuse_too_many(nodes: Sequence[PlacedNode], placement: Placement) -> None:
    """Checks before a token is made: a typo must not use up the machine's memory. Raises TooManyTokens."""
    count = sum(map(placement.token_count, nodes))
    if count > MOST_OF_A_RING:
        raise TooManyTokens(count, MOST_OF_A_RING)

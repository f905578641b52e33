"""Weighted rendezvous hashing: every node scores every key, and the highest score wins.

Source: D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM Transactions on
Networking 6 (1998); weights by the logarithmic method of C. Schindelhauer, G. Schomaker, "Weighted distributed hash
tables", SPAA 2005.
"""

from __future__ import annotations

from functools import cached_property

import mmh3
import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import Abilities, Options
from ringviz.core.keys import KeyIndex
from ringviz.core.mixing import fmix32
from ringviz.core.placement import NOBODY
from ringviz.core.scattered import CHUNK, Scattered
from ringviz.core.steps import MOST_STEPS, Score, ScoreSteps

_HASHES = 2.0**32


class Rendezvous(Scattered):
    """A node's draw for a key is `u`, its mixed hash in (0, 1); its score is `weight / -ln u`.

    The share of each node follows its weight. If scores are equal, the node whose name sorts first wins. O(nodes) per
    key: about 3 ns per key and node if all weights are equal, which needs no logarithm, and 10 ns if not.
    """

    abilities = Abilities()

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """The draw of each node."""
        return nodes

    def draws(self, hashes: NDArray[np.uint32], node: int) -> NDArray[np.uint32]:
        """The draw of a node for each hash, from 0 to 2^32-1."""
        return fmix32(self._numbers(hashes) ^ self._seeds[node])

    def costs(self, hashes: NDArray[np.uint32], node: int) -> NDArray[np.float64]:
        """`-ln u / weight` of a node for each hash: the inverse of its score, so the lowest wins."""
        drawn = self.draws(hashes, node).astype(np.float64)
        drawn += 0.5
        drawn /= _HASHES
        np.log(drawn, out=drawn)
        drawn /= -self.nodes[node].weight
        return drawn

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """The nodes by score, highest first: one row per hash, `n` wide, padded with -1. O(nodes x n) per hash."""
        lists = np.full((len(hashes), n), NOBODY, np.int32)
        for start in range(0, len(hashes), CHUNK):
            lists[start : start + CHUNK] = self._best(hashes[start : start + CHUNK], n).T
        return lists

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        if not self._is_even:
            winners: NDArray[np.int32] = self._best(hashes, 1)[0]
            return winners
        first, *others = self._by_name
        best = self.draws(hashes, first)
        found: NDArray[np.int32] = np.full(len(hashes), first, np.int32)
        for node in others:
            drawn = self.draws(hashes, node)
            higher = drawn > best
            np.copyto(found, node, where=higher)
            np.maximum(best, drawn, out=best)
        return found

    def _steps(self, hash_: int, _keys: KeyIndex | None, _place: int | None) -> ScoreSteps:
        one = np.array([hash_], np.uint32)
        ranked = sorted(self._by_name, key=lambda node: float(self.costs(one, node)[0]))  # stable, as _best is
        scores = [
            Score(
                node=node,
                draw=int(self.draws(one, node)[0]),
                weight=self.nodes[node].weight,
                score=1 / float(self.costs(one, node)[0]),
            )
            for node in ranked[:MOST_STEPS]
        ]
        return ScoreSteps(kind="scores", number=self._number(hash_), scores=scores, more=len(ranked) - len(scores))

    def _best(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """Row i: the node with the i-th lowest cost for each hash. Each node is inserted among those before it."""
        costs = np.full((n, len(hashes)), np.inf)
        found = np.full((n, len(hashes)), NOBODY, np.int32)
        for node in self._by_name:
            cost, index = self.costs(hashes, node), np.full(len(hashes), node, np.int32)
            for place in range(n):
                lower = cost < costs[place]
                costs[place], cost = np.where(lower, cost, costs[place]), np.where(lower, costs[place], cost)
                found[place], index = np.where(lower, index, found[place]), np.where(lower, found[place], index)
        return found

    @cached_property
    def _seeds(self) -> list[np.uint32]:
        return [np.uint32(mmh3.hash(node.name, signed=False)) for node in self.nodes]

    @cached_property
    def _by_name(self) -> list[int]:
        return sorted(self.members.tolist(), key=lambda index: self.nodes[index].name.encode())

    @cached_property
    def _is_even(self) -> bool:
        return len({self.nodes[index].weight for index in self._by_name}) == 1

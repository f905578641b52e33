"""Multi-probe consistent hashing: a key is hashed several times, and the hash closest before a token wins.

Source: B. Appleton, M. O'Reilly, "Multi-probe consistent hashing", 2015, arXiv:1505.00062.
"""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ringviz.core.abilities import Abilities, Option, Options
from ringviz.core.keys import KeyIndex
from ringviz.core.lookup import OwnerTable, owner_table
from ringviz.core.mixing import fmix32
from ringviz.core.onring import OnRing
from ringviz.core.placement import NOBODY
from ringviz.core.steps import Probe, ProbeSteps

PROBES = 21
_MOST_PROBES = 128
_STEP = 0x9E3779B9  # 2^32 over the golden ratio: the probes start far apart


class MultiProbe(OnRing):
    """Probe 0 of a key is its hash, and the others are mixed from it; tokens are those of a hash ring.

    With one token per node, the busiest of many nodes has 1.05 times the mean at 21 probes. A node of weight w has w
    times `vnodes` tokens. O(probes) per key, at about 10 ns each.
    """

    abilities = Abilities(tokens=True)
    options: ClassVar = (Option("probes", PROBES, 1, _MOST_PROBES),)

    @classmethod
    def steps_per_key(cls, nodes: int, chosen: Options) -> int:
        """A look-up of each probe."""
        return int(chosen["probes"])

    def probes(self, hashes: NDArray[np.uint32], number: int) -> NDArray[np.uint32]:
        """Where a probe of each hash is."""
        if number == 0:
            return hashes
        return fmix32(hashes + np.uint32(number * _STEP & 0xFFFFFFFF))

    def winners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The position in `tokens` of the token that wins each hash; for equal distances, that of the first probe."""
        nearest, winner = self._reached(hashes, 0)
        for number in range(1, int(self.chosen["probes"])):
            distances, positions = self._reached(hashes, number)
            np.copyto(winner, positions, where=distances < nearest)
            np.minimum(nearest, distances, out=nearest)
        return winner

    def preferences(self, hashes: NDArray[np.uint32], n: int) -> NDArray[np.int32]:
        """From the winning token on, clockwise: one row per hash, `n` wide, -1 if there are fewer nodes."""
        if not len(self.tokens):
            return np.full((len(hashes), n), NOBODY, np.int32)
        return self.ring.preference_table(n)[self.winners(hashes)]

    def _reached(self, hashes: NDArray[np.uint32], number: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """How far a probe of each hash is from the next token, and the position of that token."""
        probes = self.probes(hashes, number)
        positions = self._next_token.owners(probes)
        return self.tokens[positions] - probes, positions  # unsigned, so wrapping is correct

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        return self.ring.owner_index[self.winners(hashes)]

    def _steps(self, hash_: int, _keys: KeyIndex | None, _place: int | None) -> ProbeSteps:
        one = np.array([hash_], np.uint32)
        probes = [self._probe(one, number) for number in range(int(self.chosen["probes"]))]
        winner = min(range(len(probes)), key=lambda number: probes[number]["distance"])  # the first of equal ones
        return ProbeSteps(kind="probes", probes=probes, winner=winner)

    def _probe(self, one: NDArray[np.uint32], number: int) -> Probe:
        distances, positions = self._reached(one, number)
        at = int(positions[0])
        return Probe(
            position=int(self.probes(one, number)[0]),
            token=int(self.tokens[at]),
            distance=int(distances[0]),
            node=int(self.ring.owner_index[at]),
        )

    def _shares(self) -> NDArray[np.float64]:
        """The expectation for independent probes, as an exact integral. O(tokens log tokens).

        With gap g before a token, and G(x) the part of the circle within x before any token, the token wins the
        integral of k (1 - G(x))^(k-1) over 0..g. G is linear between the gaps in order of their width.
        """
        gaps = np.diff(self.tokens, prepend=self.tokens[-1:]).astype(np.float64)
        if len(gaps) == 1:
            gaps[0] = 2.0**32
        order = np.argsort(gaps)
        widths = gaps[order] / 2.0**32
        longer = np.arange(len(gaps), 0, -1)  # number of gaps at least as wide
        outside = np.append(1.0, 1.0 - np.cumsum(np.diff(widths, prepend=0.0) * longer)).clip(0.0)
        powers = outside ** self.chosen["probes"]
        wins = np.empty(len(gaps))
        wins[order] = np.cumsum((powers[:-1] - powers[1:]) / longer)
        return np.bincount(self.ring.owner_index, weights=wins, minlength=len(self.nodes)).astype(np.float64)

    @cached_property
    def _next_token(self) -> OwnerTable:
        return owner_table(self.tokens, np.arange(len(self.tokens), dtype=np.int32))

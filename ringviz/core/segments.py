"""The hash space cut at every token of two rings: within one segment neither ring's owner changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import NOBODY, PlacedNode
from ringviz.core.ring import HashRing


@dataclass(frozen=True, slots=True)
class Segments:
    """Segment i is `(end[i-1], end[i]]`; the first one wraps, from the last `end` (a lone one is the whole circle).

    `before` and `after` are the positions of the tokens that own it in the two rings, -1 on an empty ring. A token that
    both rings have appears here twice: the second segment is empty, not `distinct`, and its owners mean nothing.
    """

    end: NDArray[np.uint32]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    distinct: NDArray[np.bool_]

    def starts(self, indices: NDArray[np.intp]) -> NDArray[np.uint32]:
        """The starts of some of the segments."""
        return self.end[indices - 1]


def cut(before: HashRing, after: HashRing) -> Segments:
    """The segments of two rings: one merge of two sorted arrays."""
    marked = np.concatenate((_marked(before.tokens, 0), _marked(after.tokens, 1)))
    marked.sort(kind="stable")  # two sorted runs: merged in one pass
    is_after = (marked & np.uint64(1)).astype(np.intp)
    after_below = np.cumsum(is_after)
    after_below -= is_after
    before_below = np.arange(len(marked))
    before_below -= after_below
    end = (marked >> np.uint64(1)).astype(np.uint32)
    distinct = np.ones(len(end), np.bool_)
    np.not_equal(end[1:], end[:-1], out=distinct[1:])
    return Segments(end, _wrapped(before_below, len(before.tokens)), _wrapped(after_below, len(after.tokens)), distinct)


def matched(before: tuple[PlacedNode, ...], after: tuple[PlacedNode, ...]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The names of both, those of `before` first and in order, and for each index of `after` its place there.

    The places end with an extra -1, so that no owner (index -1) stays no owner.
    """
    place_of = {node.name: index for index, node in enumerate(before)}
    places = [place_of.setdefault(node.name, len(place_of)) for node in after]
    return tuple(place_of), np.array([*places, NOBODY], np.int32)


def _marked(tokens: NDArray[np.uint32], side: int) -> NDArray[np.uint64]:
    return tokens.astype(np.uint64) << np.uint64(1) | np.uint64(side)


def _wrapped(positions: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Keys after the last token belong to the first."""
    if not count:
        return np.full(len(positions), NOBODY, np.intp)
    positions[positions == count] = 0
    return positions

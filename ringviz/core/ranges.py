"""Which ranges of the hash space change owner between two rings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringviz.core.ring import HashRing

_TOKEN_BITS = np.uint64(32)


@dataclass(frozen=True, slots=True)
class RangeChanges:
    """The ranges `(start, end]` that change owner, ascending by `end`; neighbours with the same pair are one range.

    Only the first may wrap (start >= end; start == end is the whole circle). `source` and `target` are the places from
    `matched`; -1 is no owner.
    """

    start: NDArray[np.uint32]
    end: NDArray[np.uint32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]


def range_changes(before: HashRing, after: HashRing, place_after: NDArray[np.int32]) -> RangeChanges:
    """The ranges whose owner differs; `place_after` is the result of `matched` for the nodes of the two.

    One merge of the two token arrays finds the tokens that are not in both with one owner. Every range that changes
    owner ends at one of them, so the rest is O(those x log tokens).
    """
    merged = np.concatenate(
        (_packed(before.tokens, before.owner_index), _packed(after.tokens, place_after[after.owner_index]))
    )
    merged.sort(kind="stable")  # two sorted runs: merged in one pass
    differs = np.ones(len(merged) + 1, np.bool_)
    np.not_equal(merged[1:], merged[:-1], out=differs[1:-1])
    unmatched = np.flatnonzero(differs[1:] & differs[:-1])
    end = (merged[unmatched] >> _TOKEN_BITS).astype(np.uint32)
    start = (merged[unmatched - 1] >> _TOKEN_BITS).astype(np.uint32)  # -1 is the last token of all: it wraps
    # A token with two owners appears here twice. The range of the second is empty and joins the first.
    return _joined(start, end, before.owners(end), place_after[after.owners(end)])


def _packed(tokens: NDArray[np.uint32], owners: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Token and owner as one number, in the order of the tokens."""
    packed = tokens.astype(np.uint64)
    packed <<= _TOKEN_BITS
    packed |= owners.view(np.uint32)
    return packed


def _joined(
    start: NDArray[np.uint32], end: NDArray[np.uint32], source: NDArray[np.int32], target: NDArray[np.int32]
) -> RangeChanges:
    """Without the ranges that keep their owner, and with neighbours of the same pair joined."""
    changed = source != target
    start, end, source, target = start[changed], end[changed], source[changed], target[changed]
    apart = (start[1:] != end[:-1]) | (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    first = np.append(True, apart)[: len(end)]
    last = np.append(apart, True)[: len(end)]
    return RangeChanges(start[first], end[last], source[first], target[first])

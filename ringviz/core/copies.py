"""Copies: how many a placement stores in all, and how many new ones a change gives to nodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import NOBODY
from ringviz.core.ring import HashRing
from ringviz.core.segments import cut, matched
from ringviz.core.strategy import Strategy

_CHUNK = 1 << 17  # keys at a time: bounds the memory of a scan


def copies_moved(before: Strategy, after: Strategy, n: int, keys: KeyIndex) -> tuple[int, int]:
    """The copies stored after the change, and how many of them their node did not hold before.

    A key is stored at the first `n` nodes of its preference list (fewer if there are fewer, one if the strategy has no
    lists). Between two rings this costs O(tokens x n^2) and two searches for each range whose list changed; otherwise
    O(keys x n^2). No loop is in Python.
    """
    if n < 1:
        return 0, 0
    holders = int(np.count_nonzero(after.ownership()))
    total = keys.count * min(n if after.abilities.lists else 1, holders)
    _, place_after = matched(before.nodes, after.nodes)
    if (old := before.ranges()) is not None and (new := after.ranges()) is not None:
        return total, _by_ranges(old, new, n, keys, place_after)
    return total, _by_keys(before, after, n, keys, place_after)


def _by_ranges(before: HashRing, after: HashRing, n: int, keys: KeyIndex, place_after: NDArray[np.int32]) -> int:
    segments = cut(before, after)
    distinct = np.flatnonzero(segments.distinct)
    old = _rows(before.preference_table(n), segments.before[distinct])
    new = place_after[_rows(after.preference_table(n), segments.after[distinct])]
    received = _received(old, new)
    found = np.flatnonzero(received)
    changed, received = distinct[found], received[found]
    held = keys.places(segments.end[changed]) - keys.places(segments.starts(changed))
    if len(changed) and changed[0] == 0:
        held[0] += keys.count  # the first segment wraps, or is the whole circle
    return int((held * received).sum())


def _rows(table: NDArray[np.int32], positions: NDArray[np.intp]) -> NDArray[np.int32]:
    if not len(table):
        return np.full((len(positions), table.shape[1]), NOBODY, np.int32)
    return np.take(table.T, positions, axis=1).T


def _by_keys(before: Strategy, after: Strategy, n: int, keys: KeyIndex, place_after: NDArray[np.int32]) -> int:
    old, new = _lists(before, n, keys), _lists(after, n, keys)
    total = 0
    for start in range(0, keys.count, _CHUNK):
        places = slice(start, start + _CHUNK)
        total += int(_received(old(places), place_after[new(places)]).sum(dtype=np.int64))
    return total


def _lists(strategy: Strategy, n: int, keys: KeyIndex) -> Callable[[slice], NDArray[np.int32]]:
    """The preference lists of places in an index, or only owners; a ring's table is made once for all chunks."""
    if not strategy.abilities.lists:
        return lambda places: strategy.owners_at(keys, places)[:, None]
    ring = strategy.ranges()
    if ring is None or not len(ring.tokens):
        return lambda places: strategy.preferences(keys.hashes[places], n)
    table, tokens = ring.preference_table(n), ring.tokens
    return lambda places: table[np.searchsorted(tokens, keys.hashes[places]) % len(tokens)]


def _received(old: NDArray[np.int32], new: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each row, how many nodes of `new` are not in `old`."""
    count = np.zeros(len(new), np.int32)
    for node in new.T:
        fresh = node != NOBODY
        for known in old.T:
            fresh &= known != node
        count += fresh
    return count

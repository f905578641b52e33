"""Which moves of slots come next on the way from one map of owners to another.

No node is in two moves at once, so that none is ever source and target (the engine loses its way then), and a node
serves its clients beside one move at most.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NOBODY: Final = 0
MOST_SLOTS: Final = 2048  # of one move: what is done stays done when the next is cancelled


@dataclass(frozen=True, slots=True)
class Move:
    """Slots, as ascending [first, last] ranges, that go from one node to another (numbers of nodes)."""

    source: int
    target: int
    ranges: list[tuple[int, int]]


def next_moves(
    now: NDArray[np.int32],
    wanted: NDArray[np.int32],
    busy: Collection[int],
    most: int,
    most_slots: int = MOST_SLOTS,
) -> list[Move]:
    """At most `most` moves that can begin now, the largest first. Nodes of `busy` are in none.

    `now` and `wanted` have the number of each slot's owner, 0 nobody; what nobody owns, or nobody is to own, is not
    moved. Each move has at most `most_slots` slots (>= 1). Doing what this gives, again and again, ends with
    `now == wanted` wherever both have an owner.
    """
    slots = np.flatnonzero((now != wanted) & (now != NOBODY) & (wanted != NOBODY))
    pairs, counts = np.unique(np.stack([now[slots], wanted[slots]]), axis=1, return_counts=True)
    taken = set(busy)
    moves: list[Move] = []
    for index in np.argsort(-counts, kind="stable").tolist():
        source, target = pairs[:, index].tolist()
        if len(moves) >= most:
            break
        if source in taken or target in taken:
            continue
        taken |= {source, target}
        chosen = slots[(now[slots] == source) & (wanted[slots] == target)][:most_slots]
        moves.append(Move(source, target, ranges_of(chosen)))
    return moves


def ranges_of(slots: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ascending slots as [first, last] ranges."""
    if not slots.size:
        return []
    breaks = np.flatnonzero(np.diff(slots) > 1)
    firsts = slots[np.concatenate([[0], breaks + 1])]
    lasts = slots[np.concatenate([breaks, [slots.size - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

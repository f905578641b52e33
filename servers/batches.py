"""Which moves of slots come next on the way from one map of owners to another.

A node is never source and target at the same time, because the engine gets confused. A source gives to one target at a
time; a target may receive from several, because a small move mostly waits for the engine's own handshakes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from servers.slots import SlotRange, ranges_of

NO_NUMBER: Final = 0  # the number of a slot without an owner
MOST_SLOTS: Final = 2048  # per move: finished moves stay when the next is cancelled


@dataclass(frozen=True, slots=True)
class Move:
    """Slots, as ascending [first, last] ranges, that move from one node to another (numbers of nodes)."""

    source: int
    target: int
    ranges: list[SlotRange]


def next_moves(
    now: NDArray[np.int32],
    wanted: NDArray[np.int32],
    running: Collection[tuple[int, int]],
    most: int,
    most_slots: int = MOST_SLOTS,
) -> list[Move]:
    """At most `most` moves that can begin now, the largest first, in addition to the `running` (source, target) pairs.

    `now` and `wanted` have the number of each slot's owner, 0 for none; slots without an owner on either side are not
    moved. Each move has at most `most_slots` slots (>= 1). Carrying out the results repeatedly ends with `now ==
    wanted` wherever both have an owner.
    """
    slots = np.flatnonzero((now != wanted) & (now != NO_NUMBER) & (wanted != NO_NUMBER))
    # A pair as one number: comparing rows byte by byte takes forty times as long.
    pairs, counts = np.unique(now[slots].astype(np.int64) << 32 | wanted[slots], return_counts=True)
    sources, targets = ({pair[side] for pair in running} for side in (0, 1))
    moves: list[Move] = []
    for index in np.argsort(-counts, kind="stable").tolist():
        source, target = divmod(int(pairs[index]), 1 << 32)
        if len(moves) >= most:
            break
        if source in sources or source in targets or target in sources:
            continue
        sources.add(source)
        targets.add(target)
        chosen = slots[(now[slots] == source) & (wanted[slots] == target)][:most_slots]
        moves.append(Move(source, target, ranges_of(chosen)))
    return moves

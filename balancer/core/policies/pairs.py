"""Draws two different nodes."""

from __future__ import annotations

from collections.abc import Sequence

from balancer.core.draws import Draw


def paired(ready: Sequence[int], draw: Draw) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Draws two ready places without replacement, and returns the draws too. If only one is ready, returns it without a
    draw.
    """
    count = len(ready)
    if count == 1:
        return (ready[0],), ()
    drawn = draw(), draw()
    first, second = int(drawn[0] * count), int(drawn[1] * (count - 1))
    return (ready[first], ready[second + (second >= first)]), drawn

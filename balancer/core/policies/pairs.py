"""Two different nodes by chance."""

from __future__ import annotations

from collections.abc import Sequence

from balancer.core.draws import Draw


def paired(ready: Sequence[int], draw: Draw) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Two of the ready places without replacement, and the two draws; the only one where there is one, and no draw."""
    count = len(ready)
    if count == 1:
        return (ready[0],), ()
    drawn = draw(), draw()
    first, second = int(drawn[0] * count), int(drawn[1] * (count - 1))
    return (ready[first], ready[second + (second >= first)]), drawn

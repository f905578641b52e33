"""Selects the items of the ready nodes from a pool's lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

Gather = Callable[[Sequence[Any]], Sequence[Any]]


def gatherer(places: Sequence[int]) -> Gather:
    """Selects the items at these ascending places. Uses a slice, which is faster, if they are contiguous."""
    if not places or places[-1] - places[0] == len(places) - 1:
        return itemgetter(slice(places[0], places[-1] + 1) if places else slice(0))
    return itemgetter(*places)

"""How long a placement takes to build and to look keys up, measured in this process."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.strategy import Strategy

_CHUNK = 1 << 16  # keys between two checks of the clock
_FEW = slice(0, 1 << 12)  # keys for a first look-up, which triggers lazy building
_TIMES, _ENOUGH_S = 3, 0.1  # the best of several times counts, unless one takes long


class TooLong(Exception):
    """It would take longer than allowed."""


class Until:
    """A deadline; never, if no seconds are given."""

    def __init__(self, within_s: float | None) -> None:
        self._end = None if within_s is None else perf_counter() + within_s

    @property
    def left_s(self) -> float | None:
        """The seconds left; None without a deadline."""
        return None if self._end is None else self._end - perf_counter()

    def check(self) -> None:
        """Raises TooLong if the deadline has passed."""
        if self._end is not None and perf_counter() > self._end:
            raise TooLong


class Timed(NamedTuple):
    """A built placement, the owner of every key, and the times: milliseconds, nanoseconds per key."""

    strategy: Strategy
    owners: NDArray[np.int32]
    build_ms: float
    lookup_ns: float


def timed(make: Callable[[], Strategy], keys: KeyIndex, until: Until) -> Timed:
    """Builds a placement and looks every key up. Raises TooLong, and what `make` raises.

    The extra time of the first look-up over the second counts as building.
    """
    began = perf_counter()
    strategy = make()
    strategy.owners_at(keys, _FEW)
    first = perf_counter()
    strategy.owners_at(keys, _FEW)
    build_s = max(0.0, (first - began) - (perf_counter() - first))
    took: list[float] = []
    while len(took) < _TIMES and sum(took) < _ENOUGH_S:
        began = perf_counter()
        owners = owners_of(strategy, keys, until)
        took.append(perf_counter() - began)
    return Timed(strategy, owners, build_s * 1e3, min(took) / keys.count * 1e9)


def owners_of(strategy: Strategy, keys: KeyIndex, until: Until) -> NDArray[np.int32]:
    """The owner of every key, in the order of the index. Raises TooLong."""
    owners = np.empty(keys.count, np.int32)
    for start in range(0, keys.count, _CHUNK):
        until.check()
        part = slice(start, start + _CHUNK)
        owners[part] = strategy.owners_at(keys, part)
    return owners

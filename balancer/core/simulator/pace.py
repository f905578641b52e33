"""How fast a node works over time, and when a piece of work is done."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, inf

from balancer.core.simulator.plan import Frozen, Slow


class Pace:
    """A node's speed under its faults: piecewise constant, 0 while frozen.

    Faults are known in advance, so the end of a request is known when it is sent.
    """

    def __init__(self, speed: float, faults: Iterable[Frozen | Slow]) -> None:
        self._speed = speed
        self._faults = tuple(faults)

    @property
    def steady_until(self) -> float:
        """When the first fault starts."""
        return min(fault.start for fault in self._faults)

    def done(self, start: float, work: float) -> float:
        """When `work` that begins at `start` is done. O(changes of speed until then times faults)."""
        now = start
        while True:
            speed, until = self._at(now)
            if speed > 0:
                end = now + work / speed
                if end <= until:
                    return end
                work = max(0.0, work - (until - now) * speed)
            now = until

    def _at(self, now: float) -> tuple[float, float]:
        """The speed at `now`, and how long it lasts."""
        speed, until = self._speed, inf
        for fault in self._faults:
            factor, changes = _effect(fault, now)
            speed *= factor
            until = min(until, changes)
        return speed, until


def _effect(fault: Frozen | Slow, now: float) -> tuple[float, float]:
    """The speed factor at `now`, and when it changes next, always after `now`."""
    if now < fault.start:
        return 1.0, fault.start
    if now >= fault.end:
        return 1.0, inf
    if isinstance(fault, Slow):
        return fault.factor, fault.end
    if fault.every is None:
        return 0.0, fault.end
    period = floor((now - fault.start) / fault.every)
    while True:  # the division may round down to the previous period
        begins, after = (fault.start + number * fault.every for number in (period, period + 1))
        thaws = begins + fault.part * fault.every
        if now < thaws:
            return 0.0, min(thaws, fault.end)
        if now < after:
            return 1.0, min(after, fault.end)
        period += 1

"""Errors of a plan. Each holds the refused value."""

from __future__ import annotations

from ringviz.core.errors import CoreError


class PlanError(CoreError):
    """The base class of plan errors."""


class NeedsQueue(PlanError):
    """More work arrives than all nodes can serve, so without a bounded queue the waiting time would grow forever."""

    def __init__(self, load: float) -> None:
        self.load = load
        super().__init__(f"a load of {load:g} is more than all nodes can serve; set a queue limit")


class NoSuchPlace(PlanError):
    """A fault names a place that the plan does not have, joining nodes included. Places are 0 to `count` - 1."""

    def __init__(self, place: int, count: int) -> None:
        self.place, self.count = place, count
        super().__init__(f"there is no node at place {place}; places are 0 to {count - 1}")


class EmptyWindow(PlanError):
    """A fault does not end after it starts."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end
        super().__init__(f"a fault that starts at {start:g} must end after that, not at {end:g}")


class FrozenForEver(PlanError):
    """A freeze neither ends nor pauses, so the node would never answer."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(f"the freeze of place {place} never ends; give it an end or a period")


class KilledTwice(PlanError):
    """A node is killed twice."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(f"the node at place {place} is killed twice")


class KilledBeforeJoining(PlanError):
    """A node is killed no later than it joins."""

    def __init__(self, place: int, at: float, joins: float) -> None:
        self.place, self.at, self.joins = place, at, joins
        super().__init__(f"the node at place {place} joins at {joins:g} and cannot be killed at {at:g}")

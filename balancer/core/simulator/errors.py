"""What a plan is refused for, each with the value that was refused."""

from __future__ import annotations

from ringviz.core.errors import CoreError


class PlanError(CoreError):
    """The root of what a plan is refused for."""


class NeedsQueue(PlanError):
    """More work would come than all nodes can do, and without a bounded queue the waiting would grow for ever."""

    def __init__(self, load: float) -> None:
        self.load = load
        super().__init__(f"a load of {load:g} is more than all nodes can serve; give a bounded queue")


class NoSuchPlace(PlanError):
    """A fault names a node that the plan does not have, even with all that join. Places are 0 to `count` - 1."""

    def __init__(self, place: int, count: int) -> None:
        self.place, self.count = place, count
        super().__init__(f"there is no node at place {place}; places are 0 to {count - 1}")


class EmptyWindow(PlanError):
    """A fault ends before it starts, or when it starts."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end
        super().__init__(f"a fault from {start:g} must end after it, not at {end:g}")


class FrozenForEver(PlanError):
    """A freeze that neither ends nor pauses: what is sent to the node would never be answered."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(f"the freeze of place {place} never ends; give it an end or a period")


class KilledTwice(PlanError):
    """Two kills of one node."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(f"the node at place {place} is killed twice")


class KilledBeforeJoining(PlanError):
    """A node is killed before it joins, or when it joins."""

    def __init__(self, place: int, at: float, joins: float) -> None:
        self.place, self.at, self.joins = place, at, joins
        super().__init__(f"the node at place {place} joins at {joins:g} and cannot be killed at {at:g}")

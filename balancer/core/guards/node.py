"""What the guards know of one node, in layers; the uppermost that has something to say decides how the node stands."""

from __future__ import annotations

from balancer.core.guards.health import Checks, Health
from balancer.core.guards.standing import Reason, Standing, State


class Node:
    """One node. `left`, `ejected` and `late` (a heartbeat) are None while there is nothing of the kind.

    `own` is its weight when it does not start slowly, `started` since when it does, `back` why it is up again, `used`
    whether it was usable when that was last looked at, `shown` how it stands, and `factor` what its load makes of its
    weight.
    """

    __slots__ = ("back", "ejected", "factor", "health", "late", "left", "own", "shown", "started", "used")

    def __init__(self, own: float, checks: Checks, reason: Reason, now: float) -> None:
        self.own = own
        self.shown = Standing(State.UP, reason, now)
        self.health = Health(checks, self.shown)
        self.back = reason
        self.left: Standing | None = None
        self.ejected: Standing | None = None
        self.late: Standing | None = None
        self.started: float | None = None
        self.used = True
        self.factor = 1.0

    @property
    def usable(self) -> bool:
        """Whether it may be picked, unless there is a panic."""
        return not self.left and not self.ejected and self.health.up

    def standing(self, now: float, *, gone: bool) -> Standing:
        """How it stands: gone or leaving, else down, else ejected, else suspected, else starting, else up."""
        if self.left and gone:
            return Standing(State.GONE, self.left.reason, self._since(State.GONE, now))
        health = self.health.standing
        down, suspected = (health if health.state is each else None for each in (State.DOWN, State.SUSPECTED))
        if layer := self.left or down or self.ejected or self.late or suspected:
            return layer
        if self.started is not None:
            return Standing(State.STARTING, self.back, self.started)
        return Standing(State.UP, self.back, self._since(State.UP, now))

    def _since(self, state: State, now: float) -> float:
        return self.shown.since if self.shown.state is state else now

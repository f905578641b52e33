"""What the guards know about one node, in layers. The first layer that applies decides its health."""

from __future__ import annotations

from balancer.core.guards.health import Checks, Health
from balancer.core.guards.standing import Reason, Standing, State


class Node:
    """One node. `left`, `ejected` and `late` (a heartbeat) are None if they do not apply.

    `own` is its weight outside slow start, `started` when slow start began, `back` why it is up again, `used` whether
    it was usable at the last look, `shown` its health, and `factor` what its load multiplies its weight by.
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
        """Whether it may be picked, apart from panics."""
        return not self.left and not self.ejected and self.health.up

    def standing(self, now: float, *, gone: bool) -> Standing:
        """Its health: the first that applies of gone or leaving, down, ejected, suspected, starting, up."""
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

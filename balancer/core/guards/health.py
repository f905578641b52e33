"""Health checks: `fall` failures in a row take a node down, `rise` passes in a row bring it back.

Defaults are HAProxy's: `inter` 2 s, `fall` 3, `rise` 2. So is the counter, which runs from 0 to rise + fall - 1; the
node is up from `rise` on. A failed check subtracts one while the node is up, and resets the counter to 0 when the node
goes down or is down. A passed check adds one while it is down, and sets the maximum once it is up. As in HAProxy, a new
node starts at `rise`, so its first check alone decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from balancer.core.guards.standing import Code, Reason, Standing, State


@dataclass(frozen=True, slots=True)
class Checks:
    """How often nodes are checked, in seconds, and how many results in a row decide."""

    every_s: float = 2.0
    fall: int = 3
    rise: int = 2


class Health:
    """The check history of one node. Its `standing` is up, suspected (some checks failed, but not enough) or down."""

    __slots__ = ("_counter", "_in_a_row", "_rules", "standing")

    def __init__(self, rules: Checks, standing: Standing) -> None:
        """`standing` is the node's health before its first check."""
        self._rules = rules
        self._counter = rules.rise
        self._in_a_row = 0  # above 0: checks passed, below: failed
        self.standing = standing

    @property
    def up(self) -> bool:
        """Whether the node may get requests. A suspected node may."""
        return self._counter >= self._rules.rise

    def checked(self, now: float, *, ok: bool) -> None:
        """Records the result of a check."""
        if ok:
            self._passed(now)
        else:
            self._failed(now)

    def _passed(self, now: float) -> None:
        rise, most = self._rules.rise, self._rules.rise + self._rules.fall - 1
        self._in_a_row = max(self._in_a_row, 0) + 1
        self._counter = min(self._counter + 1, most)
        if self._counter < rise:
            return
        self._counter = most
        first = self.standing.state is State.UP and self.standing.reason.code is not Code.CHECKS_PASSED
        if first or self.standing.state is not State.UP:
            since = self.standing.since if first else now
            figures = {"passed": self._in_a_row, "rise": rise}
            self.standing = Standing(State.UP, Reason(Code.CHECKS_PASSED, figures), since)

    def _failed(self, now: float) -> None:
        rise, was = self._rules.rise, self.standing
        self._in_a_row = min(self._in_a_row, 0) - 1
        self._counter = self._counter - 1 if self._counter > rise else 0
        state = State.SUSPECTED if self._counter >= rise else State.DOWN
        figures = {"failed": -self._in_a_row, "fall": self._rules.fall}
        since = was.since if was.state is state else now
        self.standing = Standing(state, Reason(Code.CHECKS_FAILED, figures), since)

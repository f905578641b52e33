"""What a holder knows about the lock without I/O: who it is, and until when nobody else can be in."""

from __future__ import annotations

import os
import threading

from locks.lock.asking import Grant
from locks.lock.errors import LockLost
from locks.lock.terms import Terms
from locks.lock.validity import good_until, now_s


class Tenure:
    """An acquisition of a lock, timed by the holder's own clock. Thread-safe."""

    def __init__(self, grant: Grant, terms: Terms) -> None:
        self.name = terms.name
        self.holder_id = grant.holder_id
        self.ttl_ms = terms.ttl_ms
        self._terms = terms
        self._good_until = grant.good_until
        self._released = False
        self._pid = os.getpid()
        self._changing = threading.Lock()

    def valid_for_s(self) -> float:
        """How long it is certain that nobody else can hold it: 0 once that is over, infinity if it never ends.

        A paused process does not notice that it was paused, so ask again before each step that must not overlap; the
        fencing token checks what a step writes.
        """
        return max(0.0, self._good_until - now_s())

    @property
    def released(self) -> bool:
        """Whether its holder released it."""
        return self._released

    def _is_left(self) -> bool:
        """Whether the end of its block must release it: nobody has yet, and this is not a forked child."""
        return not self._released and not self._is_forked()

    def _is_forked(self) -> bool:
        """Whether this is a forked child's copy of a lock that its parent holds: nothing here releases it."""
        return os.getpid() != self._pid

    def _extended(self, asked_at: float, left_ms: int) -> bool:
        """Notes the reply to an extension that was requested at `asked_at`."""
        with self._changing:
            if left_ms == -2:
                self._good_until = 0.0
            elif not self._released:
                self._good_until = max(self._good_until, good_until(asked_at, left_ms))
            return left_ms != -2

    def _left_behind(self) -> LockLost:
        """The error for a lock that was over before its holder was done."""
        return LockLost(f"the lock {self.name!r} ran out or was broken before it was released")

    def _releasing(self) -> bool:
        """Notes that it is released. In a forked child it notes nothing and returns False."""
        if self._is_forked():  # first, because another thread of the parent may have held `_changing`
            return False
        with self._changing:
            self._released = True
            self._good_until = 0.0
        return True

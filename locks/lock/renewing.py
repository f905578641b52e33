"""Background renewal. It tells the holder that the lock is being lost while there is still time to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from locks.lock.errors import BadLock, LockLost, LockServerError

logger = logging.getLogger(__name__)

OnLost = Callable[[LockLost], None]
TIMES_A_TTL = 3
WARNING = 1 / 6
"""The share of the time to live that is left when the holder is told that the lock was not renewed."""

_LONGEST_WAIT_S = 60.0  # Python has no number for "for ever"


class Renewable(Protocol):
    """A lock that can be renewed, held on one server or on most of several."""

    @property
    def name(self) -> str | bytes:
        """The lock's."""

    @property
    def ttl_ms(self) -> int:
        """The time to live; 0 if it never ends."""

    def extend(self) -> bool:
        """Extends it; False if it is no longer held. Raises LockServerError."""

    def valid_for_s(self) -> float:
        """How long it is certainly held."""


class Pace:
    """When a lock of `ttl_ms` is renewed, and when its holder is warned. Raises BadLock."""

    def __init__(self, ttl_ms: int, every_s: float | None) -> None:
        if ttl_ms == 0:
            raise BadLock("a lock that never ends cannot be renewed")
        ttl_s = ttl_ms / 1000
        self.every_s = ttl_s / TIMES_A_TTL if every_s is None else every_s
        if not 0 < self.every_s <= ttl_s / 2:
            raise BadLock(f"a lock of {ttl_s} s must be renewed at least every {ttl_s / 2} s, not every {every_s} s")
        self.again_s = self.every_s / 4
        """After a failure."""
        self.warning_s = ttl_s * WARNING


class Renewing:
    """Renews within a `with` block. `lost` says why the lock was lost; the end of the block raises it.

    Two threads: one asks the server, and may have to wait for it; the other watches the clock.
    """

    def __init__(self, held: Renewable, every_s: float | None, on_lost: OnLost | None) -> None:
        self.lost: LockLost | None = None
        self._held = held
        self._on_lost = on_lost
        self._pace = Pace(held.ttl_ms, every_s)
        self._over = threading.Event()
        self._telling = threading.Lock()
        self._trouble = ""
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in (("renew", self._renew), ("warn", self._warn))
        ]

    def __enter__(self) -> Renewing:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._telling:
            self._over.set()
        if kind is None and self.lost is not None:
            raise self.lost

    def _renew(self) -> None:
        wait_s = self._pace.every_s
        while not self._over.wait(wait_s):
            try:
                if not self._held.extend():
                    self._tell("is no longer held by us")
                    return
                wait_s = self._pace.every_s
            except Exception as error:
                if (
                    not isinstance(error, LockServerError) and not self._over.is_set()
                ):  # not only closed while we used it
                    logger.exception("A renewal failed")
                self._trouble = f": {error}"
                wait_s = self._pace.again_s

    def _warn(self) -> None:
        while not self._over.wait(min(_LONGEST_WAIT_S, left_s := self._left_s())):
            if left_s == 0.0:
                self._tell(f"was not renewed{self._trouble}")
                return

    def _left_s(self) -> float:
        """The time until the holder is warned; infinity if somebody removed the time to live (PERSIST)."""
        return max(0.0, self._held.valid_for_s() - self._pace.warning_s)

    def _tell(self, why: str) -> None:
        with self._telling:
            if self._over.is_set():
                return
            self._over.set()
            self.lost = LockLost(f"the lock {self._held.name!r} {why}")
        if self._on_lost is not None:
            try:
                self._on_lost(self.lost)
            except Exception:  # the holder's code, running in our thread
                logger.exception("The on_lost callback failed")

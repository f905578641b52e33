"""Background renewal for asyncio. It ends the holder's work while there is still time to stop."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Protocol

from locks.lock.errors import LockLost, LockServerError
from locks.lock.renewing import OnLost, Pace

logger = logging.getLogger(__name__)


class AsyncRenewable(Protocol):
    """A lock that can be renewed, held on one server or on most of several."""

    @property
    def name(self) -> str | bytes:
        """The lock's."""

    @property
    def ttl_ms(self) -> int:
        """The time to live; 0 if it never ends."""

    async def extend(self) -> bool:
        """Extends it; False if it is no longer held. Raises LockServerError."""

    def valid_for_s(self) -> float:
        """How long it is certainly held."""


class AsyncRenewing:
    """Renews within an `async with` block. `lost` says why the lock was lost; the end of the block raises it.

    If nobody else is told, the body is cancelled in the way of `asyncio.timeout`.
    """

    def __init__(self, held: AsyncRenewable, every_s: float | None, on_lost: OnLost | None) -> None:
        self.lost: LockLost | None = None
        self._held = held
        self._on_lost = on_lost
        self._pace = Pace(held.ttl_ms, every_s)
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._body: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._cancelled = False

    async def __aenter__(self) -> AsyncRenewing:
        self._body = asyncio.current_task()
        self._cancelling = self._body.cancelling() if self._body else 0
        self._task = asyncio.create_task(self._renew())
        self._watch()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        if self.lost is None:
            return
        ours = self._cancelled and self._body is not None and self._body.uncancel() <= self._cancelling
        if kind is None or (ours and issubclass(kind, asyncio.CancelledError)):
            raise self.lost from error

    async def _renew(self) -> None:
        wait_s = self._pace.every_s
        while True:
            await asyncio.sleep(wait_s)
            try:
                if not await self._held.extend():
                    self._tell("is no longer held by us")
                    return
                wait_s = self._pace.every_s
            except Exception as error:
                if not isinstance(error, LockServerError):
                    logger.exception("A renewal failed")
                self._trouble = f": {error}"
                wait_s = self._pace.again_s

    def _watch(self) -> None:
        left_s = self._held.valid_for_s() - self._pace.warning_s
        if left_s > 0:
            self._timer = asyncio.get_running_loop().call_later(left_s, self._watch)
        else:
            self._tell(f"was not renewed{self._trouble}")

    def _tell(self, why: str) -> None:
        if self.lost is not None:
            return
        self.lost = LockLost(f"the lock {self._held.name!r} {why}")
        if self._on_lost is None:
            if self._body is not None:
                self._cancelled = self._body.cancel()
            return
        try:
            self._on_lost(self.lost)
        except Exception:
            logger.exception("The on_lost callback failed")

"""The same lock for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from locks.lock import asking
from locks.lock.aio_renewing import AsyncRenewing
from locks.lock.asking import Grant, Refusal
from locks.lock.clients import checked, longest_block_s
from locks.lock.errors import LockServerError
from locks.lock.performing import AsyncClient, conduct_async, perform_async
from locks.lock.renewing import OnLost
from locks.lock.tenure import Tenure
from locks.lock.terms import Floor, Terms, checked_timeout, checked_ttl, terms_of
from locks.lock.unsure import Unsure
from locks.lock.validity import now_s

_leaving: set[asyncio.Task[None]] = set()


class AsyncLock:
    """`Lock` with a client of redis.asyncio: the same arguments, keys and scripts, so both kinds wait in one line.

    A task that is cancelled while waiting leaves the line.
    """

    def __init__(
        self,
        client: AsyncClient,
        name: str | bytes,
        ttl_ms: int | None = 10_000,
        *,
        holder: str = "",
        fair: bool = True,
        floor: Floor = 0,
        forever: bool = False,
    ) -> None:
        self.terms = terms_of(name, ttl_ms, holder=holder, fair=fair, floor=floor, forever=forever)
        self._client: AsyncClient = checked(client, asynchronous=True)
        self._unsure = Unsure()

    async def try_acquire(self) -> AsyncHeld | None:
        """Tries once: returns the lock, or None if it is held or others wait for it. Raises LockServerError."""
        holder_id = self._unsure.take() or self.terms.new_holder_id()
        try:
            answer = await conduct_async(self._client, asking.trying(self.terms, holder_id, now_s))
        except BaseException as error:
            if not isinstance(error, LockServerError) or error.unsure:
                self._unsure.put(holder_id)
            raise
        return None if isinstance(answer, Refusal) else AsyncHeld(self._client, self.terms, answer)

    async def acquire(self, timeout_s: float) -> AsyncHeld:
        """Waits in line for the lock. Raises NotAcquired after `timeout_s`, LockServerError, and BadLock."""
        holder_id = self.terms.new_holder_id()
        block_s = longest_block_s(self._client)
        conversation = asking.waiting(self.terms, holder_id, checked_timeout(timeout_s), block_s, now_s)
        try:
            answer = await conduct_async(self._client, conversation)
        except BaseException:
            await asyncio.shield(self._leave(holder_id))
            raise
        assert isinstance(answer, Grant)  # noqa: S101
        return AsyncHeld(self._client, self.terms, answer)

    def _leave(self, holder_id: str) -> asyncio.Task[None]:
        """Leaves the line, even if this task is cancelled again in the meantime."""

        async def leave() -> None:
            with suppress(LockServerError):
                await perform_async(self._client, asking.leaving(self.terms, holder_id))

        task = asyncio.create_task(leave())
        _leaving.add(task)
        task.add_done_callback(_leaving.discard)
        return task

    @asynccontextmanager
    async def hold(self, timeout_s: float) -> AsyncIterator[AsyncHeld]:
        """`async with lock.hold(5) as held:` acquires, and releases at the end. Raises the same as `acquire`, and
        LockLost at the end if the lock was lost meanwhile.
        """
        held = await self.acquire(timeout_s)
        try:
            yield held
        except BaseException:
            if not held._is_forked():
                await asyncio.shield(self._leave(held.holder_id))
            raise
        if held._is_left() and not await held.release():
            raise held._left_behind()


class AsyncHeld(Tenure):
    """An acquired lock, like `Held`."""

    def __init__(self, client: AsyncClient, terms: Terms, grant: Grant) -> None:
        super().__init__(grant, terms)
        self.fencing_token = grant.fencing_token
        self._client = client

    async def extend(self, ttl_ms: int | None = None) -> bool:
        """Makes it last `ttl_ms` from now; False if it was lost. See `Held.extend`."""
        step = asking.extending(self._terms, self.holder_id, self.ttl_ms if ttl_ms is None else checked_ttl(ttl_ms))
        asked_at = now_s()
        return self._extended(asked_at, await perform_async(self._client, step))

    async def release(self) -> bool:
        """Releases it and wakes the next in line; False if it was lost. See `Held.release`."""
        if not self._releasing():
            return False
        freed, _woken = await perform_async(self._client, asking.leaving(self._terms, self.holder_id))
        return bool(freed)

    def renewing(self, every_s: float | None = None, on_lost: OnLost | None = None) -> AsyncRenewing:
        """`async with held.renewing():` extends it in the background, every third of its time to live by default.

        If it is about to run out unrenewed, `on_lost` is called, or without one the task within the block is cancelled;
        the end of the block raises LockLost. Raises BadLock if there is nothing to renew.
        """
        return AsyncRenewing(self, every_s, on_lost)

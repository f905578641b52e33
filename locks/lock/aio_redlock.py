"""Redlock for asyncio: see `locks.lock.redlock`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from locks.lock import asking
from locks.lock.aio_renewing import AsyncRenewing
from locks.lock.asking import Grant, Run
from locks.lock.errors import LockServerError
from locks.lock.performing import AsyncClient, perform_async
from locks.lock.quorum import Ballot, Majority, Patience, checked_terms, extended, grant_of, granted
from locks.lock.renewing import OnLost
from locks.lock.terms import Terms, checked_ttl
from locks.lock.validity import now_s


class AsyncRedlock:
    """`Redlock` with clients of redis.asyncio: the same arguments. Offers no fencing token."""

    def __init__(
        self,
        clients: Sequence[AsyncClient],
        name: str | bytes,
        ttl_ms: int = 10_000,
        *,
        holder: str = "",
        server_timeout_s: float | None = None,
    ) -> None:
        self.terms, deadline_s = checked_terms(clients, name, ttl_ms, holder, server_timeout_s, asynchronous=True)
        self._servers = Servers([Member(client) for client in clients], len(clients), deadline_s)

    async def try_acquire(self) -> AsyncRedlockHeld | None:
        """Asks every server once: returns the lock, or None if others hold it on too many. Raises LockServerError."""
        holder_id, asked_at, servers = self.terms.new_holder_id(), now_s(), self._servers.present()
        leave = asking.leaving(self.terms, holder_id)
        try:
            ballot = await servers.ask(asking.acquiring(self.terms, holder_id), granted)
        except asyncio.CancelledError:
            servers.begin(leave)
            raise
        if (grant := grant_of(ballot, holder_id, asked_at, self.terms.ttl_ms)) is not None:
            return AsyncRedlockHeld(servers, self.terms, grant)
        await servers.tell(leave)
        ballot.check_quorate()
        return None

    async def acquire(self, timeout_s: float) -> AsyncRedlockHeld:
        """Tries until it gets the lock. Raises NotAcquired after `timeout_s`, or LockServerError if that came last."""
        patience = Patience(self.terms.name, timeout_s)
        while True:
            trouble = None
            try:
                if (held := await self.try_acquire()) is not None:
                    return held
            except LockServerError as error:
                trouble = error
            await asyncio.sleep(patience.pause_s(trouble))

    @asynccontextmanager
    async def hold(self, timeout_s: float) -> AsyncIterator[AsyncRedlockHeld]:
        """`async with redlock.hold(5) as held:` acquires, and releases at the end.

        Raises the same as `Redlock.hold`.
        """
        held = await self.acquire(timeout_s)
        try:
            yield held
        except BaseException:
            await held.release()
            raise
        if held._is_left() and not await held.release():
            raise held._left_behind()


class AsyncRedlockHeld(Majority):
    """A lock that is held on most servers, like `RedlockHeld`."""

    def __init__(self, servers: Servers, terms: Terms, grant: Grant) -> None:
        super().__init__(grant, terms)
        self._servers = servers

    async def extend(self, ttl_ms: int | None = None) -> bool:
        """Makes it last `ttl_ms` from now, if most servers agree. See `RedlockHeld.extend`."""
        step = asking.extending(self._terms, self.holder_id, self.ttl_ms if ttl_ms is None else checked_ttl(ttl_ms))
        asked_at = now_s()
        return self._counted(asked_at, await self._servers.ask(step, extended))

    async def release(self) -> bool:
        """Releases it everywhere, even if this task is cancelled meanwhile. See `RedlockHeld.release`."""
        if not self._releasing():
            return False
        return (await self._servers.tell(asking.leaving(self._terms, self.holder_id))).won

    def renewing(self, every_s: float | None = None, on_lost: OnLost | None = None) -> AsyncRenewing:
        """`async with held.renewing():` extends it in the background, as `AsyncHeld.renewing` does."""
        return AsyncRenewing(self, every_s, on_lost)


class Servers:
    """Asks all servers at once. Each gets its requests in order: a release never overtakes what it gives back."""

    def __init__(self, members: Sequence[Member], of: int, deadline_s: float) -> None:
        self._members = members
        self._of = of
        self._deadline_s = deadline_s

    def present(self) -> Servers:
        """The servers that answer earlier requests. The others have no vote, but still count."""
        return Servers([one for one in self._members if not one.hangs(self._deadline_s)], self._of, self._deadline_s)

    async def ask(self, step: Run, wins: Callable[[Any], bool]) -> Ballot:
        """Asks the servers that are present, until it is decided or the deadline passes."""
        asked, ballot = self.present().begin(step), Ballot(self._of, wins)
        ballot.silent = self._of - len(asked)
        return await self._count(ballot, asked, until_decided=True)

    async def tell(self, step: Run) -> Ballot:
        """Asks all servers, even those that hang, and waits for all of them until the deadline."""
        return await self._count(Ballot(self._of, granted), self.begin(step))

    def begin(self, step: Run) -> list[asyncio.Task[Any]]:
        """Asks all servers and waits for none."""
        return [member.do(step) for member in self._members]

    async def _count(self, ballot: Ballot, asked: list[asyncio.Task[Any]], *, until_decided: bool = False) -> Ballot:
        pending, ends_at = set(asked), now_s() + self._deadline_s
        while pending and not (until_decided and ballot.decided):
            done, pending = await asyncio.wait(
                pending, timeout=max(0.0, ends_at - now_s()), return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                ballot.silent += len(pending)
                break
            for task in done:
                ballot.note(task.result())
        return ballot


class Member:
    """One of the servers."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._turn = asyncio.Lock()
        self._asked: set[asyncio.Task[Any]] = set()
        self._asked_at = 0.0

    def hangs(self, deadline_s: float) -> bool:
        """Whether it missed the deadline of an earlier request and still has not answered it."""
        return bool(self._asked) and now_s() - self._asked_at > deadline_s

    def do(self, step: Run) -> asyncio.Task[Any]:
        """Its future reply, or a LockServerError as a value. Nobody cancels it."""
        if not self._asked:
            self._asked_at = now_s()
        task = asyncio.create_task(self._perform(step))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)
        return task

    async def _perform(self, step: Run) -> Any:
        async with self._turn:
            try:
                return await perform_async(self._client, step)
            except LockServerError as error:
                return error

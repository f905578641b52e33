"""Redlock: a lock that is held on most of several independent servers, and survives the loss of the others.

Source: S. Sanfilippo, redis.io, "Distributed Locks with Redis". It has no queue: a client that does not get it tries
again after a random time. It offers no fencing token, because counters on several servers do not add up to one that
rises. Use it for work that is merely wasted when two do it. What must not be written twice needs `Lock`, on one server.

A server that forgets when it crashes (no append-only file, or one that is synced late) must stay away afterwards for
one time to live: otherwise it could grant again what it already granted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from locks.lock import asking
from locks.lock.asking import Grant, Run
from locks.lock.errors import LockServerError
from locks.lock.performing import Client, perform
from locks.lock.quorum import Ballot, Majority, Patience, checked_terms, extended, grant_of, granted
from locks.lock.renewing import OnLost, Renewing
from locks.lock.terms import Terms, checked_ttl
from locks.lock.validity import now_s


class Redlock:
    """The lock `name` on the servers of `clients`, at least 3 that do not know each other.

    Each has `server_timeout_s` to answer, whatever its client's deadlines are: by default a tenth of `ttl_ms`, at most
    0.25 s. Offers no fencing token. Raises BadLock and BadLockName for arguments that are not allowed.
    """

    def __init__(
        self,
        clients: Sequence[Client],
        name: str | bytes,
        ttl_ms: int = 10_000,
        *,
        holder: str = "",
        server_timeout_s: float | None = None,
    ) -> None:
        self.terms, deadline_s = checked_terms(clients, name, ttl_ms, holder, server_timeout_s, asynchronous=False)
        self._servers = Servers([Member(client) for client in clients], len(clients), deadline_s)

    def try_acquire(self) -> RedlockHeld | None:
        """Asks every server once: returns the lock, or None if others hold it on too many.

        Raises LockServerError if too few answer. Whatever was granted is then given back everywhere.
        """
        holder_id, asked_at, servers = self.terms.new_holder_id(), now_s(), self._servers.present()
        leave = asking.leaving(self.terms, holder_id)
        try:
            ballot = servers.ask(asking.acquiring(self.terms, holder_id), granted)
        except BaseException:
            servers.tell(leave)
            raise
        if (grant := grant_of(ballot, holder_id, asked_at, self.terms.ttl_ms)) is not None:
            return RedlockHeld(servers, self.terms, grant)
        servers.tell(leave)
        ballot.check_quorate()
        return None

    def acquire(self, timeout_s: float) -> RedlockHeld:
        """Tries until it gets the lock. Raises NotAcquired after `timeout_s`, or LockServerError if that came last."""
        patience = Patience(self.terms.name, timeout_s)
        while True:
            trouble = None
            try:
                if (held := self.try_acquire()) is not None:
                    return held
            except LockServerError as error:
                trouble = error
            time.sleep(patience.pause_s(trouble))

    @contextmanager
    def hold(self, timeout_s: float) -> Iterator[RedlockHeld]:
        """`with redlock.hold(5) as held:` acquires, and releases at the end.

        Raises the same as `acquire`, and LockLost.
        """
        held = self.acquire(timeout_s)
        try:
            yield held
        except BaseException:
            held.release()
            raise
        if held._is_left() and not held.release():
            raise held._left_behind()


class RedlockHeld(Majority):
    """A lock that is held on most servers."""

    def __init__(self, servers: Servers, terms: Terms, grant: Grant) -> None:
        super().__init__(grant, terms)
        self._servers = servers

    def extend(self, ttl_ms: int | None = None) -> bool:
        """Makes it last `ttl_ms` from now, if most servers agree; never shortens it.

        Returns False if too few hold it. Raises LockServerError if too few answer: then it lasts as long as before.
        """
        step = asking.extending(self._terms, self.holder_id, self.ttl_ms if ttl_ms is None else checked_ttl(ttl_ms))
        asked_at = now_s()
        return self._counted(asked_at, self._servers.ask(step, extended))

    def release(self) -> bool:
        """Releases it everywhere; False if most servers no longer had it or did not answer in time. A forked child
        gives nothing back, and gets False.
        """
        return self._releasing() and self._servers.tell(asking.leaving(self._terms, self.holder_id)).won

    def renewing(self, every_s: float | None = None, on_lost: OnLost | None = None) -> Renewing:
        """`with held.renewing():` extends it in the background, like `Held.renewing`."""
        return Renewing(self, every_s, on_lost)


class Servers:
    """Asks all servers at once, each in its own thread, which handles one request after the other.

    A server that hangs gets its requests in this order: a release never overtakes what it gives back.
    """

    def __init__(self, members: Sequence[Member], of: int, deadline_s: float) -> None:
        self._members = members
        self._of = of
        self._deadline_s = deadline_s

    def present(self) -> Servers:
        """The servers that answer earlier requests. The others have no vote, but still count."""
        return Servers([one for one in self._members if not one.hangs(self._deadline_s)], self._of, self._deadline_s)

    def ask(self, step: Run, wins: Callable[[Any], bool]) -> Ballot:
        """Asks the servers that are present, until it is decided or the deadline passes."""
        asked, ballot = [member.do(step) for member in self.present()._members], Ballot(self._of, wins)
        ballot.silent = self._of - len(asked)
        return self._count(ballot, asked, until_decided=True)

    def tell(self, step: Run) -> Ballot:
        """Asks all servers, even those that hang, and waits for all of them until the deadline."""
        return self._count(Ballot(self._of, granted), [member.do(step) for member in self._members])

    def _count(self, ballot: Ballot, asked: list[Future[Any]], *, until_decided: bool = False) -> Ballot:
        pending, ends_at = set(asked), now_s() + self._deadline_s
        while pending and not (until_decided and ballot.decided):
            done, pending = wait(pending, max(0.0, ends_at - now_s()), FIRST_COMPLETED)
            if not done:
                ballot.silent += len(pending)
                break
            for future in done:
                ballot.note(future.result())
        return ballot


class Member:
    """One of the servers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._thread = ThreadPoolExecutor(1, "redlock")
        self._last: Future[Any] | None = None
        self._asked_at = 0.0

    def hangs(self, deadline_s: float) -> bool:
        """Whether it missed the deadline of an earlier request and still has not answered it."""
        return self._last is not None and not self._last.done() and now_s() - self._asked_at > deadline_s

    def do(self, step: Run) -> Future[Any]:
        """Its future reply, or a LockServerError as a value."""
        if self._last is None or self._last.done():
            self._asked_at = now_s()
        self._last = self._thread.submit(self._perform, step)
        return self._last

    def _perform(self, step: Run) -> Any:
        try:
            return perform(self._client, step)
        except LockServerError as error:
            return error

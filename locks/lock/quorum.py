"""What Redlock decides, without I/O: how many servers must agree, by when, and what follows."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from locks.lock.asking import Grant
from locks.lock.clients import checked, socket_timeout_s
from locks.lock.errors import BadLock, LockError, LockServerError, NotAcquired
from locks.lock.tenure import Tenure
from locks.lock.terms import Terms, checked_timeout, terms_of
from locks.lock.validity import good_until, now_s

LEAST_SERVERS, MOST_SERVERS = 3, 99
_LONGEST_DEADLINE_S = 0.25
_PAUSE_S = 0.1


class NoFencingToken(LockError, AttributeError):
    """Redlock has none: counters on several servers do not add up to one that rises. Use Lock if you need one."""

    def __init__(self) -> None:
        super().__init__("Redlock offers no fencing token: if you need one, use Lock, on one server")


class Ballot:
    """The replies of several servers to one question. `wins` says whether a reply agrees."""

    def __init__(self, servers: int, wins: Callable[[Any], bool]) -> None:
        self.servers = servers
        self.quorum = servers // 2 + 1
        self.agreed: list[Any] = []
        """The replies of the servers that agree."""
        self.refused = 0
        self.silent = 0
        """How many servers failed or did not answer in time."""
        self.why = "the others do not answer"
        self._wins = wins

    def note(self, reply: Any) -> None:
        """Counts a reply, or the LockServerError that came instead."""
        if isinstance(reply, LockServerError):
            self.silent, self.why = self.silent + 1, str(reply)
        elif self._wins(reply):
            self.agreed.append(reply)
        else:
            self.refused += 1

    @property
    def won(self) -> bool:
        """Whether most agree."""
        return len(self.agreed) >= self.quorum

    @property
    def lost(self) -> bool:
        """Whether a majority is no longer possible."""
        return self.servers - self.refused - self.silent < self.quorum

    @property
    def decided(self) -> bool:
        """Whether no other reply can change the result."""
        return self.won or self.lost

    def check_quorate(self) -> None:
        """Raises LockServerError if too few servers answer for a majority."""
        if self.servers - self.silent < self.quorum:
            raise self.silence()

    def silence(self) -> LockServerError:
        """The error that too few servers answer."""
        text = f"too few of {self.servers} servers answer in time; {self.quorum} must: {self.why}"
        return LockServerError(text, passes=True, unsure=False)


class Majority(Tenure):
    """An acquisition on most of several servers."""

    @property
    def fencing_token(self) -> int:
        """Raises NoFencingToken."""
        raise NoFencingToken

    def _counted(self, asked_at: float, ballot: Ballot) -> bool:
        """Notes the majority's answer to an extension. Raises LockServerError if too few answered."""
        if ballot.won:  # most servers hold it until the last of these lets go
            return self._extended(asked_at, sorted(ballot.agreed, reverse=True)[ballot.quorum - 1])
        if ballot.refused > ballot.servers - ballot.quorum:
            return self._extended(asked_at, -2)
        raise ballot.silence()


class Patience:
    """How long to keep trying for the lock `name`. Raises BadLock."""

    def __init__(self, name: str | bytes, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = checked_timeout(timeout_s)
        self._ends_at = now_s() + timeout_s

    def pause_s(self, trouble: LockServerError | None) -> float:
        """Waits a random time until the next try, so that clients that split the servers do not collide again.

        `trouble` is how the last try ended. Raises it, or NotAcquired, when the time is over.
        """
        left_s = self._ends_at - now_s()
        if left_s <= 0:
            raise trouble or NotAcquired(f"the lock {self._name!r} did not come free within {self._timeout_s} s")
        return min(left_s, _PAUSE_S * random.uniform(0.2, 1.8))  # noqa: S311  no secret


def grant_of(ballot: Ballot, holder_id: str, asked_at: float, ttl_ms: int) -> Grant | None:
    """The result for a caller that asked for the lock at `asked_at`; None if it is not held, or no longer."""
    grant = Grant(holder_id, 0, good_until(asked_at, ttl_ms))
    return grant if ballot.won and grant.good_until > now_s() else None


def granted(reply: Any) -> bool:
    """Whether a server granted the lock."""
    return bool(reply[0])


def extended(reply: Any) -> bool:
    """Whether a server extended it."""
    return bool(reply != -2)


def checked_terms(
    clients: Sequence[Any],
    name: str | bytes,
    ttl_ms: int,
    holder: str,
    server_timeout_s: float | None,
    *,
    asynchronous: bool,
) -> tuple[Terms, float]:
    """The terms of the lock, and how many seconds its servers have to answer. Raises BadLock and BadLockName."""
    if not LEAST_SERVERS <= len(clients) <= MOST_SERVERS or len({id(client) for client in clients}) < len(clients):
        raise BadLock(f"Redlock needs clients of {LEAST_SERVERS} to {MOST_SERVERS} different servers")
    if any(socket_timeout_s(checked(client, asynchronous=asynchronous)) is None for client in clients):
        raise BadLock("Redlock needs clients with a socket_timeout: without one, a hanging server would block for ever")
    terms = terms_of(name, ttl_ms, holder=holder, fair=False, fenced=False)
    deadline_s = min(_LONGEST_DEADLINE_S, terms.ttl_ms / 10_000) if server_timeout_s is None else server_timeout_s
    if not 0 < deadline_s <= terms.ttl_ms / 2_000:
        raise BadLock(f"servers have up to half of the time to live to answer, {terms.ttl_ms / 2_000} s: {deadline_s}")
    return terms, deadline_s

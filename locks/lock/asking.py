"""Which requests go to the server, in which order, without I/O: shared by the synchronous and asynchronous lock.

A conversation is a generator. It yields a step (a script, a block, a pause), is sent the reply or has the
LockServerError thrown in, and returns the result. However it ends without the lock, the caller runs `leaving`
afterwards: this gives up the place in line, and the lock itself if only the reply was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from locks.core.own import label_of
from locks.lock.errors import LockServerError, NotAcquired
from locks.lock.scripts import ACQUIRE, EXTEND, RELEASE, Script
from locks.lock.terms import Terms
from locks.lock.validity import good_until

WAITER_LEASE_MS = 3_000
"""A waiter that does not renew its place for this long loses it. A killed waiter delays others for as long."""
RENEW_PLACE_S = WAITER_LEASE_MS / 1000 / 3
LEAST_BLOCK_S = 0.01
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0


@dataclass(frozen=True)
class Run:
    """Run a script. The reply is the script's."""

    script: Script
    keys: tuple[bytes, ...]
    values: tuple[str | int | bytes, ...]


@dataclass(frozen=True)
class Block:
    """Block until a list has an element, for at most this many seconds."""

    key: bytes
    seconds: float


@dataclass(frozen=True)
class Pause:
    """Do nothing for this many seconds."""

    seconds: float


Step = Run | Block | Pause


@dataclass(frozen=True)
class Grant:
    """The lock was taken. `good_until` is a time of `validity.now_s`; `fencing_token` is 0 if none was requested."""

    holder_id: str
    fencing_token: int
    good_until: float


@dataclass(frozen=True)
class Refusal:
    """Somebody else holds the lock or waits for it. `again_ms` is negative if nobody knows when to look again."""

    again_ms: int
    ahead: int
    holder: str

    def __str__(self) -> str:
        holder = f"held by {label_of(self.holder) or 'an unnamed holder'}" if self.holder else "free for the next"
        return f"{holder}, {self.ahead} waiting ahead of us" if self.ahead else holder


Conversation = Generator[Step, Any, Grant | Refusal]


def trying(terms: Terms, holder_id: str, clock: Callable[[], float]) -> Conversation:
    """Tries once. If a grant ran out before its reply came, asks again: the reply may have taken that long."""
    while True:
        asked_at = clock()
        answer = _answer(terms, holder_id, asked_at, (yield acquiring(terms, holder_id)))
        if isinstance(answer, Refusal) or answer.good_until > clock():
            return answer


def waiting(
    terms: Terms, holder_id: str, timeout_s: float, longest_block_s: float | None, clock: Callable[[], float]
) -> Conversation:
    """Waits in line until it gets the lock. Raises NotAcquired, or LockServerError if that came last.

    Waits out temporary trouble within the timeout. The waiter uses the holder_id too, so a request whose reply was lost
    is recognised when it is sent again, and never has two places in line.
    """
    deadline, pause_s = clock() + timeout_s, FIRST_PAUSE_S
    while True:
        asked_at = clock()
        try:
            answer = _answer(terms, holder_id, asked_at, (yield _acquire(terms, holder_id, WAITER_LEASE_MS)))
            if isinstance(answer, Grant):
                if answer.good_until > clock():
                    return answer
                continue
            left_s = deadline - clock()
            if left_s <= 0:
                raise NotAcquired(f"the lock {terms.name!r} did not come free within {timeout_s} s: {answer}")
            pause_s = FIRST_PAUSE_S
            yield Block(terms.keys.wake + holder_id.encode(), _block_s(answer, left_s, longest_block_s))
        except LockServerError as error:
            left_s = deadline - clock()
            if left_s <= 0 or not error.passes:
                raise
            # All waiters notice at once, so they come back at random times.
            spread = 0.5 + int(holder_id[-4:], 16) / 0x10000
            yield Pause(min(left_s, pause_s * spread))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def acquiring(terms: Terms, holder_id: str) -> Run:
    """Takes the lock if it is free. The reply begins with 1 if it was, otherwise with 0."""
    return _acquire(terms, holder_id, 0)


def leaving(terms: Terms, holder_id: str) -> Run:
    """Gives up the place in line, or the lock itself. The reply says whether it was held, and whether a waiter woke."""
    return release_of(terms.keys, holder_id)


def release_of(keys: tuple[bytes, ...], proof: str | bytes) -> Run:
    """Deletes the lock if its value is exactly `proof`, and hands over to the queue."""
    return Run(RELEASE, keys, (proof, WAITER_LEASE_MS))


def extending(terms: Terms, holder_id: str, ttl_ms: int) -> Run:
    """Extends the lock. The reply is the time left in ms, -1 if it never ends, -2 if we do not hold it."""
    return Run(EXTEND, terms.keys[:1], (holder_id, ttl_ms))


def _acquire(terms: Terms, holder_id: str, lease_ms: int) -> Run:
    return Run(ACQUIRE, terms.keys, (holder_id, terms.ttl_ms, terms.floor_now(), int(terms.fair), lease_ms))


def _answer(terms: Terms, holder_id: str, asked_at: float, reply: list[Any]) -> Grant | Refusal:
    granted, left_ms, third, holder = reply
    if granted:
        return Grant(holder_id, int(third), good_until(asked_at, left_ms))
    return Refusal(left_ms, third, holder.decode(errors="replace") if isinstance(holder, bytes) else holder)


def _block_s(refusal: Refusal, left_s: float, longest_block_s: float | None) -> float:
    """Until it is time to look again, renew the place or give up, but less than the client's own deadline."""
    ends = [RENEW_PLACE_S, left_s]
    if refusal.again_ms >= 0:
        ends.append(refusal.again_ms / 1000)
    if longest_block_s is not None:
        ends.append(longest_block_s)
    return max(LEAST_BLOCK_S, min(ends))

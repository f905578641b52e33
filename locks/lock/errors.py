"""What can go wrong with a lock, and what to do about it."""

from __future__ import annotations


class LockError(Exception):
    """Whatever a lock raises, but for BadLockName of `locks.core.own`."""


class BadLock(LockError, ValueError):
    """A lock was asked for that cannot be: beyond a bound, or with a client that cannot wait. It says what to do."""


class NotAcquired(LockError, TimeoutError):
    """The lock did not come free in time; whoever waited left the line. Try later, or wait longer."""


class LockLost(LockError):
    """The lock ran out, or was broken, before its holder released it: somebody else may have been in meanwhile."""


class LockServerError(LockError):
    """The server did not answer, or refused: nobody knows who holds the lock.

    `passes`: it may be over soon, so that trying again makes sense. `unsure`: the request may have been done.
    """

    def __init__(self, message: str, *, passes: bool, unsure: bool) -> None:
        super().__init__(message)
        self.passes = passes
        self.unsure = unsure

"""What can go wrong with a lock, and what to do about it."""

from __future__ import annotations


class LockError(Exception):
    """The base of all errors of the lock, except BadLockName of `locks.core.own`."""


class BadLock(LockError, ValueError):
    """The lock cannot exist as requested: a value is out of bounds, or the client cannot wait.

    The message says what to do.
    """


class NotAcquired(LockError, TimeoutError):
    """The lock did not come free in time, and the waiter left the line. Try later, or wait longer."""


class LockLost(LockError):
    """The lock ran out or was broken before its holder released it: somebody else may have been in meanwhile."""


class LockServerError(LockError):
    """The server did not answer, or refused: nobody knows who holds the lock.

    `passes`: it may be over soon, so it is worth trying again. `unsure`: the request may have been carried out.
    """

    def __init__(self, message: str, *, passes: bool, unsure: bool) -> None:
        super().__init__(message)
        self.passes = passes
        self.unsure = unsure

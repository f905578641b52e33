"""An operator's break: ends a lock without asking its holder."""

from __future__ import annotations

from typing import NamedTuple

from locks.core.own import keys_of
from locks.lock.asking import release_of
from locks.lock.performing import Client, perform


class Broken(NamedTuple):
    """The result: whether the lock was broken, and how many waiters were woken (0 or 1: the first in line)."""

    broken: bool
    woken: int


def break_lock(client: Client, name: str | bytes, proof: str | bytes) -> Broken:
    """Deletes the lock `name` if its value is exactly `proof`, which the operator saw, and wakes the first in line.

    A lock of somebody else, or one that was released meanwhile, stays untouched. The next holder's fencing token is
    higher.
    One script call. Raises LockServerError and BadLockName.
    """
    freed, woken = perform(client, release_of(keys_of(name), proof))
    return Broken(bool(freed), woken)

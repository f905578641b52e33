"""The five ways to lock that the ladder compares, one class each. Each tries once; a waiter tries again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from redis import Redis

_COMPARE_AND_DELETE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# KEYS: lock, fencing token. ARGV: holder_id, ttl_ms.
_SET_AND_COUNT = (
    "if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end "
    "return redis.call('INCR', KEYS[2])"
)


class Held(NamedTuple):
    """The lock is ours, or the rung believes so. `fencing_token` is None if the rung has none."""

    holder_id: str
    fencing_token: int | None = None


class Rung:
    """A lock on `key` for `ttl_ms`, held by one worker. The simplest (the article's): a worker that sets it has it."""

    keys: ClassVar[tuple[str, ...]] = ("",)
    """The suffixes of the keys it writes, to be deleted when the run has ended."""
    renew_every_s: ClassVar[float | None] = None

    def __init__(self, client: Redis, key: str, ttl_ms: int) -> None:
        self.client = client
        self.key = key
        self.ttl_ms = ttl_ms
        self.holder_id = ""

    def attempt(self) -> Held | None:
        """Tries once. Raises RedisError."""
        self.holder_id = secrets.token_hex(16)
        return self.acquire()

    def acquire(self) -> Held | None:
        """Writes the lock, if the rung allows it."""
        self.client.set(self.key, self.holder_id, px=self.ttl_ms)
        return Held(self.holder_id)

    def renew(self) -> None:
        """No rung renews: an entry is much shorter than its lease."""

    def release(self) -> None:
        """Deletes the lock, whoever holds it. Raises RedisError."""
        self.client.delete(self.key)


class GetThenSet(Rung):
    """Looks first. Two workers that look at the same time both see nothing."""

    def acquire(self) -> Held | None:
        """GET, and SET if there was nothing."""
        return None if self.client.get(self.key) is not None else super().acquire()


class OnlyIfFree(Rung):
    """SET NX: only one of two gets it. A late holder still deletes the current holder's lock."""

    def acquire(self) -> Held | None:
        """SET NX PX."""
        return Held(self.holder_id) if self.client.set(self.key, self.holder_id, px=self.ttl_ms, nx=True) else None


class Compared(OnlyIfFree):
    """Deletes only its own lock. A late holder is still inside together with the current one."""

    def release(self) -> None:
        """Compare and delete, in one script."""
        self.client.eval(_COMPARE_AND_DELETE, 1, self.key, self.holder_id)


class Fenced(Compared):
    """Each acquisition gets a higher number than all before, for the resource to check."""

    keys = ("", ":fencing")

    def acquire(self) -> Held | None:
        """SET NX PX and INCR, in one script."""
        counted = self.client.eval(_SET_AND_COUNT, 2, self.key, f"{self.key}:fencing", self.holder_id, self.ttl_ms)
        return None if counted is None else Held(self.holder_id, int(str(counted)))


WAYS: Mapping[str, type[Rung]] = MappingProxyType(
    {"set": Rung, "get_set": GetThenSet, "nx_del": OnlyIfFree, "nx_compare": Compared, "fencing": Fenced}
)
"""By the names of `locks.core.ladder.RUNGS`."""

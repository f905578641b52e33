"""Real clients, used as programs use them: ours, redis-py's Lock, python-redis-lock. All renew while they hold."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import redis_lock
from redis import Redis
from redis.exceptions import LockError
from redis.lock import Lock

from locks import lock as ours
from locks.core.ladder import LONGEST_S
from locks.stage.rungs import Held

STAGE = "ringviz:stage:"
"""The prefix of everything the stage writes, except our own locks."""
_WAIT_S = 2
"""How long a waiter without a place in line waits at a time: it loses nothing by stopping."""


class Client(Protocol):
    """A lock `name` for `ttl_ms`, held by the worker of that name."""

    renew_every_s: float | None
    """None if it renews by itself."""

    def __init__(self, client: Redis, name: str, ttl_ms: int, worker: str) -> None: ...

    def attempt(self) -> Held | None:
        """Waits for it, for a limited time. Raises RedisError, LockServerError."""

    def renew(self) -> None:
        """Renews it, if it is still ours. Raises RedisError, LockServerError."""

    def release(self) -> None:
        """Releases it, if it is still ours. Raises RedisError, LockServerError."""


class Ours:
    """It waits in line, renews in the background, and sends its fencing token with every write."""

    renew_every_s: float | None = None

    def __init__(self, client: Redis, name: str, ttl_ms: int, worker: str) -> None:
        self._lock = ours.Lock(client, name, ttl_ms, holder=worker)
        self._held: ours.Held | None = None
        self._renewing = contextlib.ExitStack()

    def attempt(self) -> Held | None:
        """Waits as long as a run may last, because leaving the line loses its place."""
        try:
            self._held = held = self._lock.acquire(LONGEST_S)
        except ours.NotAcquired:
            return None
        self._renewing.enter_context(held.renewing())
        return Held(held.holder_id, held.fencing_token)

    def renew(self) -> None:
        """Does nothing: its threads renew."""

    def release(self) -> None:
        """Does nothing if the lock is no longer ours."""
        with contextlib.suppress(ours.LockLost):
            self._renewing.close()
        if self._held is not None:
            self._held.release()


class RedisPy:
    """It polls, and renews only when told to."""

    def __init__(self, client: Redis, name: str, ttl_ms: int, worker: str) -> None:
        self.renew_every_s: float | None = ttl_ms / 3_000
        self._lock = Lock(client, STAGE + name, timeout=ttl_ms / 1_000, blocking_timeout=_WAIT_S)

    def attempt(self) -> Held | None:
        """Sets the holder_id itself, in redis-py's format, so that it is known."""
        holder_id = uuid.uuid1().hex
        return Held(holder_id) if self._lock.acquire(token=holder_id) else None

    def renew(self) -> None:
        """Renews with the lock's `reacquire`."""
        with contextlib.suppress(LockError):
            self._lock.reacquire()

    def release(self) -> None:
        """Ignores the client's error if the lock is no longer ours."""
        with contextlib.suppress(LockError):
            self._lock.release()


class PythonRedisLock:
    """It blocks until the holder signals, and renews in a thread."""

    renew_every_s: float | None = None

    def __init__(self, client: Redis, name: str, ttl_ms: int, worker: str) -> None:
        self._lock = redis_lock.Lock(client, STAGE + name, expire=max(ttl_ms // 1_000, 1), auto_renewal=True)

    def attempt(self) -> Held | None:
        """Waits two seconds for the signal."""
        return Held(self._lock.id) if self._lock.acquire(timeout=_WAIT_S) else None

    def renew(self) -> None:
        """Does nothing: its thread renews."""

    def release(self) -> None:
        """Ignores the client's error if the lock is no longer ours."""
        with contextlib.suppress(redis_lock.NotAcquired):
            self._lock.release()


CLIENTS: Mapping[str, type[Client]] = MappingProxyType(
    {"ringviz": Ours, "redis-py": RedisPy, "python-redis-lock": PythonRedisLock}
)

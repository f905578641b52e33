"""What the lock needs from a redis-py client: deadlines, and immediate news of trouble."""

from __future__ import annotations

import inspect
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from locks.lock.errors import BadLock

LATE_S = 0.3
"""A server checks blocked clients ten times a second, so the reply to BLPOP may be this late, travel time included."""
LEAST_SOCKET_TIMEOUT_S = 0.5
_DEFAULT_SOCKET_TIMEOUT_S = 5.0


def client_of(url: str, timeout_s: float = 2.0) -> Redis:
    """A client for locks. It does not silently retry while a lock runs out, as redis-py does by default."""
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry)


def async_client_of(url: str, timeout_s: float = 2.0) -> AsyncRedis:
    """The same for asyncio."""
    retry = AsyncRetry(NoBackoff(), 0)
    return AsyncRedis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry)


def checked(client: Any, *, asynchronous: bool) -> Any:
    """The client. Raises BadLock if it is for the other kind of lock."""
    if inspect.iscoroutinefunction(client.execute_command) is not asynchronous:
        ours, theirs = ("AsyncLock", "redis.asyncio") if asynchronous else ("Lock", "redis")
        raise BadLock(f"{ours} needs a client of {theirs}, not {type(client).__module__}.{type(client).__name__}")
    return client


def socket_timeout_s(client: Any) -> float | None:
    """The client's own deadline for a reply; None if it has none."""
    pool = getattr(client, "connection_pool", None)
    options = (pool or getattr(client, "nodes_manager", None) or client).connection_kwargs  # of a server, of a cluster
    found: float | None = options.get("socket_timeout", _DEFAULT_SOCKET_TIMEOUT_S)
    return found


def longest_block_s(client: Any) -> float | None:
    """How long this client may block before its own deadline cuts the connection; None: for ever.

    Raises BadLock if that is too short to wait with.
    """
    timeout_s = socket_timeout_s(client)
    if timeout_s is None:
        return None
    if timeout_s < LEAST_SOCKET_TIMEOUT_S:
        raise BadLock(
            f"a client whose socket_timeout is {timeout_s} s cannot wait for a lock: give it "
            f"{LEAST_SOCKET_TIMEOUT_S} s or more, or use try_acquire()"
        )
    return timeout_s - LATE_S

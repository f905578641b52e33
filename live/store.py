"""The connection to the hint server for stored data, shared by threads."""

from __future__ import annotations

import threading

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from live.channel import redis_url

TIMEOUT_S = 1.0

FAILURES = (RedisError, OSError)
"""The errors that calls on `line()` raise if the server is gone or refuses."""


class StoreGone(Exception):
    """The hint server does not answer or refuses, so its stored data is unknown."""


_lines: dict[str, Redis] = {}
_making = threading.Lock()


def line() -> Redis:
    """The connections of this process, shared by its threads. Raises StoreGone if there is no hint server."""
    url = redis_url()
    if not url:
        raise StoreGone("no REDIS_URL")
    with _making:
        if url not in _lines:
            for other in _lines.values():
                other.close()
            _lines.clear()
            # One retry, because after a restart of the server the first attempt uses a dead pooled connection.
            _lines[url] = Redis.from_url(
                url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 1)
            )
        return _lines[url]

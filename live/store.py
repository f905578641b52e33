"""What this installation keeps on the hint server beside what it publishes there: the connection, shared by threads."""

from __future__ import annotations

import threading

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from live.channel import redis_url

TIMEOUT_S = 1.0

FAILURES = (RedisError, OSError)
"""What a call of `line()` raises when the server is gone or refuses."""


class StoreGone(Exception):
    """The hint server does not answer, or refuses: nothing is known of what is kept there."""


_lines: dict[str, Redis] = {}
_making = threading.Lock()


def line() -> Redis:
    """The connections of this process, shared by its threads. Raises StoreGone where there is no hint server."""
    url = redis_url()
    if not url:
        raise StoreGone("no REDIS_URL")
    with _making:
        if url not in _lines:
            for other in _lines.values():
                other.close()
            _lines.clear()
            # One retry: the first attempt after a restart of the server finds a pooled connection that is dead.
            _lines[url] = Redis.from_url(
                url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 1)
            )
        return _lines[url]

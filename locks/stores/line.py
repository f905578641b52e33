"""The connection to our own Redis, and the names of the keys there."""

from __future__ import annotations

import threading
from typing import NamedTuple

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from live.channel import channel_name, installation, redis_url

TIMEOUT_S = 1.0


class StoreGone(Exception):
    """Our own Redis does not answer, or refuses: nothing is known of any lock."""


class Names(NamedTuple):
    """The keys of one source. `leader` is of all sources: the highest fencing token that wrote.

    `rows` is a hash, row id to JSON; `changed` a sorted set, row id to the seq of its last change, gone ones as well;
    `head` a hash: seq, epoch, and `floor`, below which `changed` has forgotten. `status` is a string, `past` a
    stream, `broken` begins the name of the mark that a break leaves, a row's id follows.
    """

    leader: str
    rows: str
    changed: str
    head: str
    status: str
    past: str
    broken: str


def prefix() -> str:
    """What every key of ours begins with, so that the watcher ignores them where it watches our own server."""
    return f"{channel_name()}:locks:"


def lease_name(role: str) -> str:
    """The lock by which one process of a role leads this installation, and no other one on the same server."""
    return f"{role}:{installation()}"


def names_of(slug: str) -> Names:
    """The keys of a source."""
    own = prefix()
    parts = ("rows", "changed", "head", "status", "past", "broken")
    return Names(f"{own}leader", *(f"{own}{slug}:{part}" for part in parts))


_lines: dict[str, Redis] = {}
_making = threading.Lock()


def line() -> Redis:
    """The connections of this process to our own Redis, shared by its threads. Raises StoreGone where there is none."""
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


FAILURES = (RedisError, OSError)
"""What a call of `line()` raises when our own Redis is gone or refuses."""

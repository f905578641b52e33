"""Small clients with distinctive names: redis-lock and simple-redis-mutex (npm), activejob-uniqueness (Ruby).

Sources: redis-lock/index.js, simple-redis-mutex/dist/index.js, active_job/uniqueness/lock_key.rb.
"""

from __future__ import annotations

from collections.abc import Sequence

from locks.core.clients import shapes
from locks.core.clients.declared import NONE, Client, Rule, held
from locks.core.observed import Observed, World
from locks.core.reading import Reading, Wake

_ACTIVE_JOB = b"activejob_uniqueness:"
_REDIS_LOCK, _SIMPLE, _RELEASES = b"lock.", b"@simple-redis-mutex:lock-", b"@simple-redis-mutex:locks-releases"


def _redis_lock(seen: Observed, world: World) -> Sequence[Reading]:
    """The value is the time when it ends, in milliseconds of the client's clock. It proves the holder well enough."""
    name = seen.key[len(_REDIS_LOCK) :]
    if not name or seen.ttl_ms is None or shapes.milliseconds_of(seen.value) is None:
        return NONE
    return held(seen, name, "redis-lock", "likely", "name:prefix", "value:time", holder_id=seen.value)


def _simple(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[len(_SIMPLE) :]
    wake = Wake("publish", _RELEASES, seen.key)
    codes = ("name:client", "value:any")
    return held(seen, name, "simple-redis-mutex", "certain", *codes, holder_id=seen.value, wake=wake) if name else NONE


def _active_job(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[len(_ACTIVE_JOB) :]
    if not name or not shapes.is_uuid(seen.value):
        return NONE
    codes = ("name:client", "value:uuid")
    return held(seen, name, "activejob-uniqueness", "certain", *codes, holder_id=seen.value)


SMALL = Client(
    names=("redis-lock", "simple-redis-mutex", "activejob-uniqueness"),
    rules=(
        Rule("string", _redis_lock, prefixes=(_REDIS_LOCK,)),
        Rule("string", _simple, prefixes=(_SIMPLE,)),
        Rule("string", _active_job, prefixes=(_ACTIVE_JOB,)),
    ),
)

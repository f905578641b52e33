"""redis-py's Lock and locks built on it: the value is a UUID version 1 as 32 hexadecimal digits, and waiters poll.

Sources: redis/lock.py, django_redis/cache.py, celery_once/backends/redis.py, redbeat/schedulers.py,
kombu/transport/redis.py, tooz/drivers/redis.py, dogpile/cache/backends/redis.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from locks.core.clients import naming, shapes
from locks.core.clients.declared import NONE, Client, Rule, held
from locks.core.observed import Observed, World
from locks.core.reading import Reading

_NAMES = (("celery-once", b"qo_", b""), ("tooz", b"_tooz_", b"_lock"), ("dogpile", b"_lock", b""))
_KOMBU, _REDBEAT_END = b"unacked_mutex", b":lock"


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    value = seen.value
    if not shapes.is_hex32(value) or (about := shapes.uuid1_of(value)) is None:
        return NONE
    client, name, named = _named(seen.key)
    if not named and naming.says_secret(seen.key) and not naming.says_lock(seen.key):
        return NONE
    codes = (named, "value:uuid1") if named else ("value:uuid1",)
    return held(seen, name, client, "certain" if named else "likely", *codes, holder_id=value, about=about)


def _named(key: bytes) -> tuple[str, bytes, str]:
    """The client that the name reveals, what it locks, and the evidence of the name ("" for none)."""
    for client, prefix, suffix in _NAMES:
        if key.startswith(prefix) and key.endswith(suffix) and len(key) > len(prefix) + len(suffix):
            return client, key[len(prefix) : len(key) - len(suffix)], "name:client"
    if key.endswith(_KOMBU):
        return "kombu", key, "name:client"
    if key.endswith(_REDBEAT_END) and b"redbeat" in key[:64]:
        return "redbeat", key, "name:client"
    if name := naming.django_name(key):
        return "django-redis", name, "name:prefix"
    return "redis-py", key, ""


REDIS_PY = Client(
    names=("redis-py", "django-redis", "celery-once", "redbeat", "kombu", "tooz", "dogpile"),
    rules=(Rule("string", _read, shapes=(shapes.HEX32,)),),
)

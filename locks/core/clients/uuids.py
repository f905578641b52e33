"""Clients whose value is a random UUID or 32 random hexadecimal digits. The names of their keys tell them apart.

Sources: pottery/redlock.py, RedLock.net's RedLock.cs, aioredlock/lock.py, sherlock/lock.py, redlock.js (node-redlock 4
and 5), redis-semaphore's RedisMutex.ts and RedisSemaphore.ts, Spring Integration's RedisLockRegistry.java.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locks.core.clients import naming, shapes
from locks.core.clients.declared import NONE, Client, Rule, held
from locks.core.clients.identity import identity_of
from locks.core.observed import Observed, World
from locks.core.reading import Proof, Reading, Wake

_REDLOCK, _MUTEX, _SEMAPHORE = b"redlock:", b"mutex:", b"semaphore:"
_STACKEXCHANGE = ("SE.Redis", "StackExchange")
SHORT_MS = 300_000
"""A key with a value that says little counts as a lock only if it expires within five minutes."""
_is_registry = re.compile(rb"(?:^|[^a-z])(?:reg|registry|spring|locks)(?:[^a-z]|$)|registry|[^a-z]lock\Z").search
_member = re.compile(rb"(%s|[!-~]{8,64}?)(?:_([0-9]{1,6}))?\Z" % shapes.UUID).match


def neutral(seen: Observed) -> bool:
    """Whether a key could be a caller's lock: it expires within minutes, and its name does not say otherwise."""
    return (
        seen.ttl_ms is not None
        and seen.ttl_ms <= SHORT_MS
        and not naming.says_other(seen.key)
        and not naming.has_random_part(seen.key)
    )


def _redlock(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[len(_REDLOCK) :]
    if not name or not shapes.is_uuid(seen.value):
        return NONE
    libraries = " ".join(each.library for each in world.connections or ())
    if any(library in libraries for library in _STACKEXCHANGE):
        codes = ("name:prefix", "value:uuid", "library:seen")
        return held(seen, name, "RedLock.net", "likely", *codes, holder_id=seen.value)
    return held(seen, name, "pottery", "likely", "name:prefix", "value:uuid", holder_id=seen.value)


def _redis_semaphore(seen: Observed, world: World) -> Sequence[Reading]:
    name, value = seen.key[len(_MUTEX) :], seen.value
    if not name or seen.ttl_ms is None:
        return NONE
    if shapes.is_uuid(value):
        return held(seen, name, "redis-semaphore", "likely", "name:prefix", "value:uuid", holder_id=value)
    if (about := identity_of(value)) is not None:
        codes = ("name:prefix", "value:identity")
        return held(seen, name, "redis-semaphore", "possible", *codes, holder_id=value, about=about)
    return NONE


def _permits(seen: Observed, world: World) -> Sequence[Reading]:
    """The scores say when each permit was taken or renewed; each renewal restarts the time to live of the whole key."""
    name = seen.key[len(_SEMAPHORE) :]
    if not name or seen.ttl_ms is None:
        return NONE
    taken = [(each.name, shapes.milliseconds_of(each.value)) for each in seen.members]
    if any(at is None or not _member(member) for member, at in taken):
        return NONE
    newest = max((at for _, at in taken if at is not None), default=0.0)
    uuids = all(shapes.is_uuid(member[:36]) for member, _ in taken)
    return tuple(
        Reading(
            key=seen.key,
            name=name,
            client="redis-semaphore",
            confidence="certain" if uuids else "likely",
            proof=Proof("zset", member=member),
            kind="semaphore",
            holder_id=member,
            ttl_ms=max(0, seen.ttl_ms - int(newest - (at or 0.0))),
            evidence=("name:prefix", "members:expiry"),
            about={"since_ms": str(int(at or 0.0))},
        )
        for member, at in taken
    )


def _uuid(seen: Observed, world: World) -> Sequence[Reading]:
    """A caller's name and a random UUID. Only the name can hint at whose lock it is.

    Spring's keys begin with the name of a registry and a colon, sherlock's with a name space and an underscore;
    aioredlock's are whatever the caller wants. The time left would be a hint too, but it changes while we look.
    """
    key, value = seen.key, seen.value
    if not shapes.is_uuid(value):
        return NONE
    named = naming.says_lock(key)
    if not named and not neutral(seen):
        return NONE
    codes = ("name:lock" if named else "ttl:short", "value:uuid")
    registry, _, path = key.partition(b":")
    if path and _is_registry(registry.lower()):
        wake = Wake("publish", registry + b"-channel:" + key, key)
        return held(seen, path, "Spring", "possible", *codes, holder_id=value, wake=wake)
    space, _, name = key.partition(b"_")
    if space and name and b":" not in space:
        return held(seen, name, "sherlock", "possible", *codes, holder_id=value)
    return held(seen, key, "aioredlock", "possible", *codes, holder_id=value)


def _hex(seen: Observed, world: World) -> Sequence[Reading]:
    """node-redlock makes 32 random digits. A UUID version 4 without dashes is hand-made."""
    value, key = seen.value, seen.key
    if not shapes.is_hex32(value):
        return NONE
    named, by_hand = naming.says_lock(key), shapes.is_uuid4_digits(value)
    if not named and not neutral(seen):
        return NONE
    codes = ("name:lock" if named else "ttl:short", "value:hex")
    if by_hand:
        return held(seen, key, "unknown", "possible", *codes, holder_id=value)
    return held(seen, key, "node-redlock", "likely" if named else "possible", *codes, holder_id=value)


UUIDS = Client(
    names=("pottery", "RedLock.net", "redis-semaphore", "Spring", "sherlock", "aioredlock", "node-redlock"),
    rules=(
        Rule("string", _redlock, prefixes=(_REDLOCK,)),
        Rule("string", _redis_semaphore, prefixes=(_MUTEX,)),
        Rule("zset", _permits, prefixes=(_SEMAPHORE,)),
        Rule("string", _uuid, shapes=(shapes.UUID36,)),
        Rule("string", _hex, shapes=(shapes.HEX32,)),
    ),
)

"""Medallion's DistributedLock and Hangfire's Redis storage.

Sources: RedLockHelper.cs, RedisMutexPrimitive.cs, RedisReaderWriterLockPrimitives.cs, RedisSemaphorePrimitive.cs of
DistributedLock.Redis; RedisLock.cs and RedisConnection.cs of Hangfire.Redis.StackExchange.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locks.core.clients import shapes
from locks.core.clients.declared import NO_NEEDS, NONE, Client, Rule, Shape
from locks.core.observed import Needs, Observed, World
from locks.core.reading import Confidence, Proof, Reading

MEDALLION, HANGFIRE = "Medallion", "Hangfire"
_READERS, _WRITER, _WAITING = b".readers", b".writer", b"_WRITERWAITING"
_HANGFIRE = (b"{hangfire}:", b"hangfire:")
_holder = re.compile(rb"(.{1,255})_([0-9]{1,10})_([0-9a-f]{32})(_WRITERWAITING)?\Z", re.DOTALL).match
_SHAPE = Shape(36, 330, "_%d+_%x+[_WRITERANG]*$")


def _about(match: re.Match[bytes]) -> dict[str, str]:
    return {"host": match[1].decode("utf-8", "replace"), "pid": match[2].decode("ascii")}


def _string(seen: Observed, world: World) -> Sequence[Reading]:
    """A mutex, or the writer of a read-write lock.

    A writer that waits for the readers to leave does not hold it yet.
    """
    match = _holder(seen.value)
    if match is None or match[4]:
        return NONE
    writer = seen.key.endswith(_WRITER) and len(seen.key) > len(_WRITER)
    return (
        Reading(
            seen.key,
            seen.key[: -len(_WRITER)] if writer else seen.key,
            MEDALLION,
            "certain",
            Proof.of(seen),
            "read_write" if writer else "mutex",
            "write" if writer else "",
            seen.value,
            seen.ttl_ms,
            evidence=("value:process",),
            about=_about(match),
        ),
    )


def _readers_needs(seen: Observed) -> Needs:
    return Needs((seen.key[: -len(_READERS)] + _WRITER,)) if seen.key.endswith(_READERS) else NO_NEEDS


def _twin(key: bytes) -> bytes | None:
    """A waiting writer is stored in the writer's key, and is read as a waiter for the readers."""
    for one, other in ((_READERS, _WRITER), (_WRITER, _READERS)):
        if key.endswith(one) and len(key) > len(one):
            return key[: -len(one)] + other
    return None


def _readers(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[: -len(_READERS)]
    if not name:
        return NONE
    writer = world.key(name + _WRITER)
    waiting = (writer.value,) if writer is not None and writer.value.endswith(_WAITING) else ()
    return [
        Reading(
            key=seen.key,
            name=name,
            client=MEDALLION,
            confidence="certain",
            proof=Proof("set", member=each.name),
            kind="read_write",
            mode="read",
            holder_id=each.name,
            ttl_ms=seen.ttl_ms,
            waiters=1 if waiting else None,
            waiter_ids=waiting,
            evidence=("value:process",),
            about=_about(match),
        )
        for each in seen.members
        if (match := _holder(each.name)) and not match[4]
    ]


def _semaphore(seen: Observed, world: World) -> Sequence[Reading]:
    """The key lives three times as long as a permit. The scores say when each permit ends, by the server's clock."""
    found = [(each, _holder(each.name), shapes.milliseconds_of(each.value)) for each in seen.members]
    if not found or not all(match and end is not None for _, match, end in found):
        return NONE
    held = [one for one in found if (one[2] or 0.0) > world.now_ms] or found
    readings = []
    for each, match, end in held:
        over = (end or 0.0) <= world.now_ms
        confidence: Confidence = "possible" if over else "certain"
        readings.append(
            Reading(
                key=seen.key,
                name=seen.key,
                client=MEDALLION,
                confidence=confidence,
                proof=Proof("zset", member=each.name),
                kind="semaphore",
                holder_id=each.name,
                ttl_ms=max(0, int((end or 0.0) - world.now_ms)),
                evidence=("value:process", "members:expiry", *(("time:over",) if over else ())),
                about=_about(match) if match else {},
            )
        )
    return readings


def _hangfire(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key.partition(b":")[2]
    if not name or not shapes.is_uuid(seen.value):
        return NONE
    return (
        Reading(
            seen.key,
            name,
            HANGFIRE,
            "certain",
            Proof.of(seen),
            holder_id=seen.value,
            ttl_ms=seen.ttl_ms,
            evidence=("name:prefix", "value:uuid"),
        ),
    )


DOTNET = Client(
    names=(MEDALLION, HANGFIRE),
    rules=(
        Rule("string", _hangfire, prefixes=_HANGFIRE),
        Rule("string", _string, shapes=(_SHAPE,)),
        Rule("set", _readers, suffixes=(_READERS,), needs=_readers_needs),
        Rule("zset", _semaphore, shapes=(_SHAPE,)),
    ),
    twin=_twin,
)

"""Redisson's locks: hashes with a field `uuid:threadId` per holder, and the sorted set of an expirable semaphore.

Sources: RedissonLock, RedissonFairLock, RedissonReadLock, RedissonWriteLock, RedissonFencedLock,
RedissonFasterMultiLock and RedissonPermitExpirableSemaphore of org.redisson.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from locks.core.clients import naming, shapes
from locks.core.clients.declared import NO_NEEDS, NONE, Client, Rule, Shape, beyond
from locks.core.observed import Needs, Observed, World
from locks.core.reading import Confidence, Proof, Reading, Wake

NAME = "Redisson"
_thread = re.compile(rb"(%s):([0-9]{1,19})(:write)?\Z" % shapes.UUID).match
_deadline = re.compile(rb"(.+):(%s:[0-9]{1,19}):expire_time\Z" % shapes.UUID, re.DOTALL).match
_UNLOCK = b"0"
_FOREVER_MS = 922_337_203_685_477
"""The score of a permit that never expires."""
_QUEUE, _TIMEOUT, _TOKEN = b"redisson_lock_queue", b"redisson_lock_timeout", b"redisson_lock_token"
_CHANNEL, _RW_CHANNEL, _PERMITS_CHANNEL = b"redisson_lock__channel", b"redisson_rwlock", b"redisson_sc"
_LATCH, _RW_TIMEOUT, _PERMITS_END = b"redisson_unlock_latch", b":rwlock_timeout:", b":timeout"


def _prefixed(prefix: bytes, name: bytes) -> bytes:
    return prefix + b":" + (name if b"{" in name else b"{" + name + b"}")


def _unbraced(rest: bytes) -> bytes:
    """The name that was passed to `_prefixed`: `{orders}` comes from `orders`, `a{tag}b` from itself."""
    return rest[1:-1] if rest.startswith(b"{") and rest.endswith(b"}") and rest.count(b"{") == 1 else rest


def _entry(name: bytes, thread: bytes, count: int) -> bytes:
    return (name if b"{" in name else b"{" + name + b"}") + b":" + thread + _RW_TIMEOUT + str(count).encode()


def _needs(seen: Observed) -> Needs:
    key, fields = seen.key, {each.name: each.value for each in seen.members}
    if b"mode" in fields:
        entries = tuple(_entry(key, thread, count) for thread, count in _threads(fields).items() if count)
        return Needs(entries[:64], (_prefixed(_RW_CHANNEL, key),))
    if seen.size != 1 or len(fields) != 1 or not _thread(next(iter(fields))):
        return NO_NEEDS
    return Needs(tuple(_prefixed(each, key) for each in (_QUEUE, _TIMEOUT, _TOKEN)), (_prefixed(_CHANNEL, key),))


def _threads(fields: Mapping[bytes, bytes]) -> dict[bytes, int]:
    """How many times each thread entered."""
    return {name: int(value) for name, value in fields.items() if _thread(name) and shapes.is_count(value)}


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    if seen.ttl_ms is None or not seen.members:
        return NONE
    fields = {each.name: each.value for each in seen.members}
    if b"mode" in fields:
        return _read_write(seen, fields, world)
    if len(fields) == 1:
        return _mutex(seen, fields, world)
    return _several(seen, fields)


def _mutex(seen: Observed, fields: Mapping[bytes, bytes], world: World) -> Sequence[Reading]:
    threads = _threads(fields)
    if not threads or naming.says_amounts(seen.key) or naming.says_secret(seen.key):
        return NONE
    ((thread, count),) = threads.items()
    if count < 1 or thread.endswith(b":write"):
        return NONE
    key = seen.key
    queue, timeouts, token = (world.key(_prefixed(each, key)) for each in (_QUEUE, _TIMEOUT, _TOKEN))
    channel = _prefixed(_CHANNEL, key)
    listening = world.subscribers(channel)
    waiting = _waiting(queue, timeouts, world.now_ms)
    waiters = len(waiting) + beyond(queue) if waiting else listening
    evidence = ["members:threads"]
    evidence += ["companion:queue"] if queue else []
    evidence += ["companion:counter"] if token else []
    evidence += ["companion:channel"] if listening else []
    return (
        _reading(
            seen,
            thread,
            confidence="certain" if len(evidence) > 1 else "likely",
            evidence=tuple(evidence),
            count=count,
            waiters=waiters,
            waiter_ids=waiting,
            fencing_token=int(token.value) if token and shapes.is_count(token.value) else None,
            wake=Wake("publish", channel + (b":" + waiting[0] if waiting else b""), _UNLOCK),
        ),
    )


def _waiting(queue: Observed | None, timeouts: Observed | None, now_ms: int) -> tuple[bytes, ...]:
    """The waiters in the queue, first come first.

    The next try drops waiters past their time. We drop them too, unless all are past it: then the client's clock may
    differ from the server's.
    """
    if queue is None or queue.type != "list":
        return ()
    waiting = tuple(each.name for each in queue.members)
    ends = {each.name: shapes.milliseconds_of(each.value) for each in timeouts.members} if timeouts else {}
    good = tuple(each for each in waiting if (ends.get(each) or now_ms + 1) > now_ms)
    return good or waiting


def _read_write(seen: Observed, fields: Mapping[bytes, bytes], world: World) -> Sequence[Reading]:
    threads = _threads(fields)
    if fields[b"mode"] not in (b"read", b"write") or len(threads) + 1 != len(fields):
        return NONE
    waiters = world.subscribers(_prefixed(_RW_CHANNEL, seen.key))
    wake = Wake("publish", _prefixed(_RW_CHANNEL, seen.key), _UNLOCK)
    readings = []
    for thread, count in threads.items():
        if count < 1:
            continue
        entry = world.key(_entry(seen.key, thread, count))
        readings.append(
            _reading(
                seen,
                thread,
                confidence="certain",
                evidence=("members:mode", "members:threads"),
                kind="read_write",
                mode="write" if thread.endswith(b":write") else "read",
                ttl_ms=entry.ttl_ms if entry and entry.ttl_ms is not None else seen.ttl_ms,
                count=count,
                waiters=waiters,
                proof=Proof("hash", fields[thread], thread, frame=(b"mode",)),
                wake=wake,
            )
        )
    return readings


def _several(seen: Observed, fields: Mapping[bytes, bytes]) -> Sequence[Reading]:
    """A FasterMultiLock: each locked thing is a field with its holder, next to its deadline and a counter."""
    found = [
        (match[1], match[2], shapes.milliseconds_of(value) or 0.0)
        for name, value in fields.items()
        if (match := _deadline(name)) and fields.get(match[1]) == match[2]
    ]
    if not found or seen.ttl_ms is None:
        return NONE
    latest = max(end for _, _, end in found)
    readings = []
    for thing, thread, end in found:
        beside = thing + b":" + thread
        counted = fields.get(beside + b":lock_count", b"1")
        readings.append(
            _reading(
                seen,
                thread,
                name=thing,
                confidence="certain",
                evidence=("members:several",),
                ttl_ms=max(0, seen.ttl_ms - int(latest - end)),
                count=int(counted) if shapes.is_count(counted) else 1,
                proof=Proof("hash", thread, thing, also=(beside + b":expire_time", beside + b":lock_count")),
            )
        )
    return readings


def _reading(
    seen: Observed,
    thread: bytes,
    *,
    confidence: Confidence,
    evidence: tuple[str, ...],
    name: bytes = b"",
    kind: str = "mutex",
    mode: str = "",
    ttl_ms: int | None = None,
    count: int = 1,
    waiters: int | None = None,
    waiter_ids: tuple[bytes, ...] = (),
    fencing_token: int | None = None,
    proof: Proof | None = None,
    wake: Wake | None = None,
) -> Reading:
    match = _thread(thread)
    about = {"process": match[1].decode(), "thread": match[2].decode()} if match else {}
    return Reading(
        key=seen.key,
        name=name or seen.key,
        client=NAME,
        confidence=confidence,
        proof=proof or Proof("hash", str(count).encode(), thread),
        kind=kind,
        mode=mode,
        holder_id=thread,
        ttl_ms=seen.ttl_ms if ttl_ms is None else ttl_ms,
        count=count,
        waiters=waiters,
        waiter_ids=waiter_ids,
        fencing_token=fencing_token,
        evidence=evidence,
        about=about,
        wake=wake,
    )


def _semaphore_of(key: bytes) -> bytes:
    return _unbraced(key[: -len(_PERMITS_END)])


def _semaphore_needs(seen: Observed) -> Needs:
    name = _semaphore_of(seen.key)
    return Needs((name,), (_prefixed(_PERMITS_CHANNEL, name),)) if name else NO_NEEDS


def _semaphore(seen: Observed, world: World) -> Sequence[Reading]:
    name = _semaphore_of(seen.key)
    if not name or b"{" not in seen.key:
        return NONE
    permits = world.key(name)
    if permits is not None and (permits.type != "string" or not shapes.is_number(permits.value)):
        return NONE
    ends: list[tuple[bytes, float | None]] = []
    for each in seen.members:
        never = each.value.startswith(b"9.2233720368547") or each.value == str(_FOREVER_MS).encode()
        end = None if never else shapes.milliseconds_of(each.value)
        if (not never and end is None) or not (len(each.name) == 16 or shapes.is_hex32(each.name)):
            return NONE
        ends.append((each.name, end))
    held = [(member, end) for member, end in ends if end is None or end > world.now_ms] or ends
    return tuple(_permit(seen, member, end, world) for member, end in held)


def _permit(seen: Observed, member: bytes, end: float | None, world: World) -> Reading:
    name = _semaphore_of(seen.key)
    channel, counted = _prefixed(_PERMITS_CHANNEL, name), world.key(name) is not None
    over = end is not None and end <= world.now_ms
    evidence = ("members:expiry", *(("companion:permits",) if counted else ()), *(("time:over",) if over else ()))
    return Reading(
        key=seen.key,
        name=name,
        client=NAME,
        confidence="possible" if over else "certain" if counted else "likely",
        proof=Proof("zset", member=member, returns=name),
        kind="semaphore",
        holder_id=member if len(member) == 32 else member.hex().encode(),
        ttl_ms=None if end is None else max(0, int(end - world.now_ms)),
        waiters=world.subscribers(channel),
        evidence=evidence,
        wake=Wake("publish", channel, b"1"),
    )


def _base(key: bytes) -> bytes | None:
    for companion in (_QUEUE, _TIMEOUT, _TOKEN):
        if key.startswith(companion + b":"):
            return _unbraced(key[len(companion) + 1 :])
    if key.startswith(_LATCH + b":"):
        return _unbraced(key[len(_LATCH) + 1 :].rpartition(b":")[0])
    if _RW_TIMEOUT in key:
        name, _, thread = key.rpartition(_RW_TIMEOUT)[0].rpartition(b":")
        if thread == b"write":
            name = name.rpartition(b":")[0]
        return _unbraced(name.rpartition(b":")[0])
    return None


REDISSON = Client(
    names=(NAME,),
    rules=(
        Rule(
            "hash",
            _read,
            shapes=(
                Shape(38, 62, "^%x+%-%x+%-%x+%-%x+%-%x+:%d+$"),
                Shape(4, 4, "^mode$"),
                Shape(51, 1024, ":%x+%-%x+%-%x+%-%x+%-%x+:%d+:expire_time$"),
            ),
            needs=_needs,
        ),
        Rule("zset", _semaphore, suffixes=(_PERMITS_END,), needs=_semaphore_needs),
    ),
    base=_base,
    companion_prefixes=(_QUEUE + b":", _TIMEOUT + b":", _TOKEN + b":", _LATCH + b":"),
    companion_infixes=(_RW_TIMEOUT,),
)

"""Job queues that lock jobs, schedulers or their own upkeep: BullMQ, Bull, RQ, huey, arq, celery-singleton, and
sidekiq-unique-jobs.

Sources: bullmq's scripts, bull/lib/scripts.js, rq/scheduler.py and rq/registry.py, rq_scheduler/scheduler.py,
huey/api.py and huey/storage.py, arq/worker.py, celery_singleton/util.py, lock.lua and lock_v9.lua of
sidekiq_unique_jobs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locks.core.clients import shapes
from locks.core.clients.declared import NO_NEEDS, NONE, Client, Rule, beyond, held
from locks.core.observed import Needs, Observed, World
from locks.core.reading import Proof, Reading

_BULL_END = b":lock"
_bullmq_token = re.compile(rb"%s:[0-9]{1,12}\Z" % shapes.UUID).match
_SCHEDULER, _REGISTRIES, _GROUPS = b"rq:scheduler-lock:", b"rq:clean_registries:", b"rq:clean_groups"
_RQ_SCHEDULER, _RQ_SCHEDULER_2 = b"rq:scheduler_lock", b"rq:scheduler:scheduler_lock"
_HUEY_HASH, _HUEY_KEY, _HUEY_LOCK = b"huey.results.", b"huey.r.", b".lock."
_ARQ, _SINGLETON = b"arq:in-progress:", b"SINGLETONLOCK_"
_UNIQUE, _LOCKED = b"uniquejobs:", b":LOCKED"
_UNIQUE_COMPANIONS = (b":QUEUED", b":PRIMED", b":INFO")
_is_job_id = re.compile(rb"[0-9a-f]{24}\Z").match


def _bull(seen: Observed, world: World) -> Sequence[Reading]:
    """`bull:QUEUE:JOB:lock`. The prefix may differ, and a queue's name may be in braces for a cluster."""
    parts = seen.key.split(b":")
    if len(parts) < 4 or not all(parts[1:]):
        return NONE
    named = parts[0].strip(b"{}") == b"bull"
    name = b":".join(parts[1:-1])
    if _bullmq_token(seen.value):
        evidence = ("name:client" if named else "name:prefix", "value:counted")
        return held(seen, name, "BullMQ", "certain", *evidence, holder_id=seen.value)
    if shapes.is_uuid(seen.value):
        evidence = ("name:client" if named else "name:prefix", "value:uuid")
        return held(seen, name, "Bull", "certain" if named else "possible", *evidence, holder_id=seen.value)
    return NONE


def _rq(seen: Observed, world: World) -> Sequence[Reading]:
    """A scheduler that finds the lock taken carries on without it: nobody waits."""
    key, value = seen.key, seen.value
    if key.startswith(_SCHEDULER) and len(key) > len(_SCHEDULER):
        form = "value:hex" if shapes.is_hex32(value) else "value:any"
        name = key[len(_SCHEDULER) :]
        return held(seen, name, "RQ", "certain", "name:client", form, holder_id=value, waiters=0)
    if key == _GROUPS or (key.startswith(_REGISTRIES) and len(key) > len(_REGISTRIES)):
        return held(seen, key[len(b"rq:") :], "RQ", "certain", "name:client", "value:counter", waiters=0)
    if key in (_RQ_SCHEDULER, _RQ_SCHEDULER_2):
        return held(seen, key[len(b"rq:") :], "RQ", "certain", "name:client", "value:time", waiters=0)
    return NONE


def _huey_hash(seen: Observed, world: World) -> Sequence[Reading]:
    app = seen.key[len(_HUEY_HASH) :]
    if not app:
        return NONE
    readings = []
    for each in seen.members:
        _, found, name = each.name.partition(_HUEY_LOCK)
        if not found or not name:
            continue
        readings.append(
            Reading(
                key=seen.key,
                name=name,
                client="huey",
                confidence="certain",
                proof=Proof("hash", each.value, each.name),
                ttl_ms=each.ttl_ms if each.ttl_ms is not None else seen.ttl_ms,
                waiters=0,
                evidence=("members:field", "value:pickle"),
            )
        )
    return readings


def _huey_key(seen: Observed, world: World) -> Sequence[Reading]:
    _, found, name = seen.key[len(_HUEY_KEY) :].partition(_HUEY_LOCK)
    if not found or not name:
        return NONE
    return held(seen, name, "huey", "certain", "name:client", "value:pickle", waiters=0)


def _arq(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[len(_ARQ) :]
    if not name or not shapes.is_count(seen.value):
        return NONE
    return held(seen, name, "arq", "certain", "name:client", "value:counter", waiters=0)


def _singleton(seen: Observed, world: World) -> Sequence[Reading]:
    name = seen.key[len(_SINGLETON) :]
    if not name or not seen.value:
        return NONE
    form = "value:job" if shapes.is_uuid(seen.value) else "value:any"
    return held(seen, name, "celery-singleton", "certain", "name:client", form, holder_id=seen.value, waiters=0)


def _digest_of(key: bytes) -> bytes:
    """`uniquejobs:DIGEST` of `PREFIX:uniquejobs:DIGEST:LOCKED`."""
    return key[: -len(_LOCKED)]


def _unique_needs(seen: Observed) -> Needs:
    if _UNIQUE not in seen.key:
        return NO_NEEDS
    return Needs(tuple(_digest_of(seen.key) + end for end in _UNIQUE_COMPANIONS[:2]))


def _unique(seen: Observed, world: World) -> Sequence[Reading]:
    digest = _digest_of(seen.key)
    _, found, name = digest.partition(_UNIQUE)
    if not found or not name:
        return NONE
    lists = [world.key(digest + end) for end in _UNIQUE_COMPANIONS[:2]]
    waiting = tuple(each.name for one in lists if one is not None and one.type == "list" for each in one.members)
    return tuple(
        Reading(
            key=seen.key,
            name=name,
            client="sidekiq-unique-jobs",
            confidence="certain",
            proof=Proof("hash", each.value, each.name),
            kind="mutex" if seen.size == 1 else "semaphore",
            holder_id=each.name,
            ttl_ms=seen.ttl_ms,
            waiters=len(waiting) + sum(map(beyond, lists)),
            waiter_ids=tuple(each for each in waiting if _is_job_id(each)),
            evidence=("name:client", "members:jobs"),
            about=_since(each.value),
        )
        for each in seen.members
    )


_V9_TIME = re.compile(rb'"(?:timestamp|at|time|locked_at|created_at)"\s*:\s*"?([0-9]{10}(?:\.[0-9]{1,12})?)').search


def _since(value: bytes) -> dict[str, str]:
    """Versions 7 and 8 write seconds; version 9 writes JSON that contains them."""
    found = _V9_TIME(value) if value.startswith(b"{") else None
    text = found[1] if found else value
    if not shapes.is_float(text):
        return {}
    return {"since_ms": str(int(float(text) * 1000))} if 946_684_800 <= float(text) < 4_102_444_800 else {}


def _base(key: bytes) -> bytes | None:
    if _UNIQUE in key:
        for end in _UNIQUE_COMPANIONS:
            if key.endswith(end):
                return key[: -len(end)] + _LOCKED
    return None


JOBS = Client(
    names=("BullMQ", "Bull", "RQ", "huey", "arq", "celery-singleton", "sidekiq-unique-jobs"),
    rules=(
        Rule("string", _bull, suffixes=(_BULL_END,)),
        Rule("string", _rq, prefixes=(_SCHEDULER, _REGISTRIES, _GROUPS, _RQ_SCHEDULER, _RQ_SCHEDULER_2)),
        Rule("hash", _huey_hash, prefixes=(_HUEY_HASH,), only=_HUEY_LOCK),
        Rule("string", _huey_key, prefixes=(_HUEY_KEY,)),
        Rule("string", _arq, prefixes=(_ARQ,)),
        Rule("string", _singleton, prefixes=(_SINGLETON,)),
        Rule("hash", _unique, suffixes=(_LOCKED,), needs=_unique_needs),
    ),
    base=_base,
)

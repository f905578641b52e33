"""ShedLock: `job-lock:ENVIRONMENT:NAME`, whose value says when and where it was taken.

Source: InternalRedisLockProvider.java. Spring Integration is with the other UUIDs (uuids.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locks.core.clients import shapes
from locks.core.clients.declared import NONE, Client, Rule, Shape
from locks.core.observed import Observed, World
from locks.core.reading import Proof, Reading

_PREFIX = b"job-lock:"
_value = re.compile(rb"ADDED:([0-9T:.+-]{10,40}Z?)@([^@]{0,255}):(%s)\Z" % shapes.UUID, re.DOTALL).match


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    match = _value(seen.value)
    if match is None:
        return NONE
    name = seen.key.split(b":", 2)[-1]
    since_ms = shapes.milliseconds_of_iso(match[1])
    about = {"host": match[2].decode("utf-8", "replace")}
    if since_ms is not None:
        about["since_ms"] = str(since_ms)
    return (
        Reading(
            seen.key,
            name or seen.key,
            "ShedLock",
            "certain",
            Proof.of(seen),
            holder_id=seen.value,
            ttl_ms=seen.ttl_ms,
            evidence=("name:client", "value:dated") if seen.key.startswith(_PREFIX) else ("value:dated",),
            about=about,
        ),
    )


SHEDLOCK = Client(
    names=("ShedLock",),
    rules=(Rule("string", _read, shapes=(Shape(54, 380, "^ADDED:%d"),)),),
)

"""Rows for tests: complete, with the fields that a test sets."""

from __future__ import annotations

from typing import Any, cast

from locks.core.grouping import pattern_of
from locks.core.rows import Past, Row, Status, lane_of

NOW_MS = 1_800_000_000_000


def a_row(key: str, /, *, holder: Any = "worker-1", alerts: tuple[str, ...] = (), **fields: Any) -> Row:
    """The row of a lock that has 10 s of 30 s left."""
    return cast(
        Row,
        {
            "id": f"{key}/{holder}", "lane": lane_of(key.encode()), "key": key, "name": key,
            "pattern": pattern_of(key.encode()), "client": "redis-py", "confidence": "likely", "evidence": [],
            "kind": "mutex", "mode": "", "holder": holder, "label": None, "about": {}, "count": 1, "fencing": None,
            "since": NOW_MS - 20_000, "since_seen": True, "ttl": 30_000, "ends_at": NOW_MS + 10_000, "renewed": [],
            "waiters": None, "waiters_inferred": False, "waiting": [], "proof": "aa", "can_wake": False,
            "alerts": [{"kind": kind, "since": NOW_MS, "value": None} for kind in alerts],
            **fields,
        },
    )  # fmt: skip


def a_past(key: str, *, to: int = NOW_MS, **fields: Any) -> Past:
    """A hold of one second that was released."""
    return cast(
        Past,
        {
            "id": f"{key}/worker-1", "lane": lane_of(key.encode()), "key": key, "name": key, "label": None,
            "holder": "worker-1", "fencing": None, "from": to - 1_000, "from_seen": True, "to": to, "end": "released",
            "renewed": [], **fields,
        },
    )  # fmt: skip


def a_status(seq: int = 1, **fields: Any) -> Status:
    """A source that is watched."""
    return cast(
        Status,
        {
            "state": "watching", "since": NOW_MS, "trouble": None, "progress": None, "scanned": 0, "keys": 0,
            "way": "notifications", "advice": None, "server": "Valkey 9.1", "role": "primary", "reconciled_at": None,
            "took_ms": None, "locks": 0, "capped": False, "seq": seq, "clock_ms": 0.1,
            "cost": {"calls_s": 0.0, "server_us_s": None, "budget_us_s": None, "throttled": False}, **fields,
        },
    )  # fmt: skip

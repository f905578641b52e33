"""Holds as rows: converts the watcher's monotonic clock to the pages' clock, and bytes to text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from locks.core import own
from locks.core.holds import Ended, Hold, Lane, label_of
from locks.core.reading import Reading
from locks.core.rows import Alert, End, Past, Row, proof_digest, text_of

Labels = Callable[[bytes], str | None]
"""Returns a name for a holder_id that somebody else knows, as the stage knows its workers."""


def row_of(hold: Hold, lane: Lane, alerts: Sequence[Alert], offset_ms: float, labels: Labels) -> Row:
    """The row of a hold. `offset_ms` is added to every time."""
    reading = hold.reading
    return {
        "id": hold.id,
        "lane": hold.lane,
        "key": text_of(reading.key),
        "name": text_of(reading.name),
        "pattern": hold.pattern,
        "client": reading.client,
        "confidence": reading.confidence,
        "evidence": list(reading.evidence),
        "kind": reading.kind,
        "mode": reading.mode,
        "holder": None if reading.holder_id is None else text_of(reading.holder_id),
        "label": _label(reading, labels),
        "about": reading.about,
        "count": reading.count,
        "fencing": reading.fencing_token,
        "since": round(hold.since_ms + offset_ms),
        "since_seen": hold.since_seen,
        "ttl": hold.lease_ms,
        "ends_at": None if hold.deadline_ms is None else round(hold.deadline_ms + offset_ms),
        "renewed": [round(moment + offset_ms) for moment in hold.renewed_ms],
        "waiters": reading.waiters,
        "waiters_inferred": reading.waiters_inferred,
        "waiting": [
            {
                "id": text_of(waiter_id),
                "label": labels(waiter_id) or own.label_of(waiter_id.decode(errors="replace")) or None,
                "since": round(waiter.since_ms + offset_ms),
            }
            for waiter_id, waiter in lane.waiting.items()
        ],
        "proof": proof_digest(reading.proof),
        "can_wake": reading.wake is not None,
        "alerts": list(alerts),
    }


def past_of(ended: Ended, offset_ms: float, labels: Labels) -> Past:
    """A hold that ended."""
    hold, reading = ended.hold, ended.hold.reading
    return {
        "id": hold.id,
        "lane": hold.lane,
        "key": text_of(reading.key),
        "name": text_of(reading.name),
        "label": _label(reading, labels),
        "holder": None if reading.holder_id is None else text_of(reading.holder_id),
        "fencing": reading.fencing_token,
        "from": round(hold.since_ms + offset_ms),
        "from_seen": hold.since_seen,
        "to": round(ended.at_ms + offset_ms),
        "end": ended.end,
        "renewed": [round(moment + offset_ms) for moment in hold.renewed_ms],
    }


def past_of_row(row: Row, to_ms: int, end: End) -> Past:
    """A hold of which only the row is left, because it ended while nobody watched."""
    return {
        "id": row["id"],
        "lane": row["lane"],
        "key": row["key"],
        "name": row["name"],
        "label": row["label"],
        "holder": row["holder"],
        "fencing": row["fencing"],
        "from": row["since"],
        "from_seen": row["since_seen"],
        "to": max(row["since"], to_ms),
        "end": end,
        "renewed": row["renewed"],
    }


def _label(reading: Reading, labels: Labels) -> str | None:
    known = labels(reading.holder_id) if reading.holder_id is not None else None
    return known or label_of(reading)

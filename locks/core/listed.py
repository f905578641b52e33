"""Locks as `manage.py locks list --json` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from locks.core.reading import Reading
from locks.core.rows import Text, text_of


class Listed(TypedDict):
    """One holder of one lock. `ttl_ms` is None if it never ends by itself, `waiters` if they cannot be seen."""

    key: Text
    name: Text
    client: str
    confidence: str
    holder_id: Text | None
    ttl_ms: int | None
    count: int
    waiters: int | None
    kind: str
    mode: str
    fencing_token: int | None
    evidence: list[str]
    waiters_inferred: bool


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By key, then by holder, so the same locks always print in the same order."""
    return sorted(readings, key=lambda one: (one.key, one.name, one.holder_id or b"", one.proof.member))


def listed(reading: Reading) -> Listed:
    """A reading as JSON."""
    return {
        "key": text_of(reading.key),
        "name": text_of(reading.name),
        "client": reading.client,
        "confidence": reading.confidence,
        "holder_id": None if reading.holder_id is None else text_of(reading.holder_id),
        "ttl_ms": reading.ttl_ms,
        "count": reading.count,
        "waiters": reading.waiters,
        "kind": reading.kind,
        "mode": reading.mode,
        "fencing_token": reading.fencing_token,
        "evidence": list(reading.evidence),
        "waiters_inferred": reading.waiters_inferred,
    }

"""Requests with their reasons, as a driver stores them."""

from __future__ import annotations

from typing import Any

from balancer.core.explained import Candidate, Explained
from balancer.core.state import Stand

RUN = "c0ffee00"
UP = Stand(state="up", code="present", figures={})
AT_MS = 1_700_000_000_000.0


def candidate(number: int, in_flight: int = 0, **given: Any) -> Candidate:
    """cache-NUMBER, up and active, not compared."""
    made: Any = {
        "name": f"cache-{number}",
        "number": number,
        "in_flight": in_flight,
        "weight": 1.0,
        "stand": UP,
        "condition": "active",
        "score": None,
    }
    return made | given  # type: ignore[no-any-return]


def explained(number: int = 68_914, run: str = RUN, **given: Any) -> Explained:
    """Two choices picked cache-3 with 4 in flight over cache-2 with 61, and it answered in 2.6 ms."""
    made: Any = {
        "id": f"{run}-{number}",
        "number": number,
        "at": AT_MS + number,
        "key": 0x6B657931,
        "policy": "p2c",
        "node": "cache-3",
        "ready": 5,
        "candidates": [
            candidate(1, 2),
            candidate(2, 61, condition="frozen", score=61),
            candidate(3, 4, score=4),
            candidate(4, 3),
            candidate(5, 2),
        ],
        "drawn": [0.5231, 0.2113],
        "considered": ["cache-3", "cache-2"],
        "turns": [{"policy": "round_robin", "node": "cache-2"}],
        "end": "answered",
        "sent_ms": 0.1,
        "first_ms": 1.1,
        "latency_ms": 2.6,
        "every": 75,
    }
    return made | given  # type: ignore[no-any-return]

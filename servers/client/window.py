"""What the clients saw in a window of time, as the frame "traffic" reports it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from servers.address import Address


@dataclass(slots=True)
class _Share:
    """One node's part."""

    ops: int = 0
    reads: int = 0
    hits: int = 0
    errors: int = 0


@dataclass(slots=True)
class Window:
    """Filled as operations end; each is counted in the window in which it ended.

    An operation is an answered read or write; a miss is answered too. An error is one that was not answered: refused,
    timed out, or refused unsent. Storing a missed key is not an operation, but an error if it fails.
    """

    reads: int = 0
    writes: int = 0
    hits: int = 0
    errors: int = 0
    _latencies: list[float] = field(default_factory=list)
    _nodes: dict[Address, _Share] = field(default_factory=lambda: defaultdict(_Share))

    def read(self, address: Address, latency_s: float, *, hit: bool) -> None:
        """A read was answered by this node."""
        self.reads += 1
        self.hits += hit
        self._latencies.append(latency_s)
        share = self._nodes[address]
        share.ops += 1
        share.reads += 1
        share.hits += hit

    def write(self, address: Address, latency_s: float) -> None:
        """A write was acknowledged by this node."""
        self.writes += 1
        self._latencies.append(latency_s)
        self._nodes[address].ops += 1

    def error(self, address: Address | None) -> None:
        """An operation failed at this node; None if its slot has no owner."""
        self.errors += 1
        if address is not None:
            self._nodes[address].errors += 1

    def frame(self, *, at_ms: int, window_ms: int, clients: int, numbers: Mapping[Address, int]) -> dict[str, Any]:
        """The frame. Counts are per window, not per second; latencies start at the planned time of sending."""
        p50, p99 = np.percentile(self._latencies, (50, 99)) * 1000 if self._latencies else (None, None)
        return {
            "at": at_ms,
            "window_ms": window_ms,
            "ops": self.reads + self.writes,
            "reads": self.reads,
            "writes": self.writes,
            "hit": _rate(self.hits, self.reads),
            "errors": self.errors,
            "p50_ms": None if p50 is None else round(float(p50), 3),
            "p99_ms": None if p99 is None else round(float(p99), 3),
            "clients": clients,
            "by_node": {
                str(numbers[address]): {
                    "ops": share.ops,
                    "hit": _rate(share.hits, share.reads),
                    "errors": share.errors,
                }
                for address, share in self._nodes.items()
                if address in numbers
            },
        }


def _rate(hits: int, reads: int) -> float | None:
    return round(hits / reads, 4) if reads else None

"""Panic: when too few nodes are healthy, health is ignored and all nodes are used.

Envoy's `healthy_panic_threshold`, 50 %: with fewer healthy nodes, the whole load would break them one after another. 0
turns it off. Envoy then refuses requests when no node is healthy. Here ejected nodes are used first: an ejection
compares a node with the others, and there are no others left.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PANIC_THRESHOLD: Final = 0.5


class Resort(StrEnum):
    """Which nodes are used when too few are healthy."""

    NONE = "none"
    EJECTED = "ejected"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The current resort, the figures that led to it, and when it began."""

    resort: Resort
    healthy: int
    known: int
    since: float


def resort(healthy: int, ejected: int, known: int, threshold: float = PANIC_THRESHOLD) -> Resort:
    """Decides which nodes to use, given how many are known, healthy, and only ejected."""
    if healthy < threshold * known:
        return Resort.ALL
    return Resort.EJECTED if not healthy and ejected else Resort.NONE

"""Panic: when too few nodes are healthy, their state is passed over and all are used.

Envoy's `healthy_panic_threshold`, 50 %: fewer healthy nodes than that would break under the whole load, one after the
other. 0 turns it off. Envoy then refuses requests when nobody is healthy. Here ejected nodes are used before that: an
ejection is a judgement by comparison, and with nobody left there is nothing to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PANIC_THRESHOLD: Final = 0.5


class Resort(StrEnum):
    """Who is used besides the healthy, because there are too few of them."""

    NONE = "none"
    EJECTED = "ejected"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The resort that was taken last, with the figures that led to it, and since when."""

    resort: Resort
    healthy: int
    known: int
    since: float


def resort(healthy: int, ejected: int, known: int, threshold: float = PANIC_THRESHOLD) -> Resort:
    """Who has to be used, of `known` nodes of which so many are healthy and so many only ejected."""
    if healthy < threshold * known:
        return Resort.ALL
    return Resort.EJECTED if not healthy and ejected else Resort.NONE

"""The look of each node in the server's pictures, as on the Ring page (static/js/ring/looks.js). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MOST_COLOURED = 24
_HUES = 8
_PATTERNS = ("", "hatched", "dotted")


class Look(NamedTuple):
    """A hue 1..8 and its pattern, "" for solid; hue 0 is neutral."""

    hue: int
    pattern: str


NEUTRAL = Look(0, "")


def looks_of(numbers: Iterable[int]) -> dict[int, Look]:
    """Up to 24 nodes each have their own look, by number, so that a node keeps it. With more nodes, none has one."""
    ordered = sorted(numbers)
    if len(ordered) > MOST_COLOURED:
        return dict.fromkeys(ordered, NEUTRAL)
    looks: dict[int, Look] = {}
    taken: set[int] = set()
    for number in ordered:
        slot = (number - 1) % MOST_COLOURED
        while slot in taken:
            slot = (slot + 1) % MOST_COLOURED
        taken.add(slot)
        looks[number] = Look(slot % _HUES + 1, _PATTERNS[slot // _HUES])
    return looks

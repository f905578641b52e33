"""Small pictures of the overview as SVG path data: a ring with its real arcs, and the load of its nodes. Pure.

Drawn on the server, so that they appear in the first paint and need no script.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import cos, pi, sin, tau

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import TOKEN_SPACE

RING_BOX = 120  # the ring's view box is a square of this size
_OUTER, _INNER = 56.0, 41.0
MIN_ARC_PX = 1.0  # if arcs are thinner on average, their colours cannot be seen and the ring is a neutral band
BARS_WIDTH, BARS_HEIGHT = 300, 76
MOST_SEGMENTS = 180  # two degrees each; more nodes are drawn in groups
SHADES = 6
_MAX_BARS = 150  # two units of width each; more nodes are shown as this many quantiles


def shows_arcs(tokens: int) -> bool:
    """Whether this many arcs can be told apart on the small ring."""
    return 0 < tokens <= tau * _OUTER / MIN_ARC_PX


def arc_paths(tokens: NDArray[np.uint32], owner_index: NDArray[np.int32], nodes: int) -> list[str]:
    """One path a node with all of its arcs: from the token before (exclusive) to its own, clockwise from the top.

    `tokens` ascend and wrap, `owner_index[i]` below `nodes` owns what ends at `tokens[i]`. "" without an arc.
    """
    pieces: list[list[str]] = [[] for _ in range(nodes)]
    ends = tokens.tolist()
    for index, end in enumerate(ends):
        start = ends[index - 1]
        pieces[int(owner_index[index])].append(_arc(start, start + ((end - start) % TOKEN_SPACE or TOKEN_SPACE)))
    return ["".join(piece) for piece in pieces]


def segment_paths(shares: Sequence[float]) -> list[str]:
    """One path a share, side by side, clockwise from the top; `shares` add up to 1. "" for a share too small to see."""
    edges = [round(edge * TOKEN_SPACE) for edge in accumulate(shares, initial=0.0)]
    return [_arc(start, end) if end > start else "" for start, end in pairwise(edges)]


def shade(ratio: float) -> int:
    """How dark a load is drawn: from 1 at 0.75 of the fair share or less to SHADES at 1.25 or more."""
    return min(max(round((ratio - 0.75) * 2 * (SHADES - 1)), 0), SHADES - 1) + 1


def _arc(start: int, end: int) -> str:
    """A piece of the band from `start` to `end` > start; two half circles where it is the whole of it."""
    if end - start == TOKEN_SPACE:
        middle = start + TOKEN_SPACE // 2
        return _arc(start, middle) + _arc(middle, end)
    large = int(end - start > TOKEN_SPACE // 2)
    (x1, y1), (x2, y2) = _point(start, _OUTER), _point(end, _OUTER)
    (x3, y3), (x4, y4) = _point(end, _INNER), _point(start, _INNER)
    outer = f"M{x1} {y1}A{_OUTER:g} {_OUTER:g} 0 {large} 1 {x2} {y2}"
    return f"{outer}L{x3} {y3}A{_INNER:g} {_INNER:g} 0 {large} 0 {x4} {y4}Z"


def _point(token: int, radius: float) -> tuple[str, str]:
    """The point of a hash position in the view box, to a hundredth."""
    angle = token / TOKEN_SPACE * tau - pi / 2
    centre = RING_BOX / 2
    return f"{centre + radius * cos(angle):.2f}", f"{centre + radius * sin(angle):.2f}"


def quantiles(ratios: Sequence[float]) -> list[float]:
    """The ratios, largest first. More than 150 become 150 quantiles, including the largest and the smallest."""
    ordered = sorted(ratios, reverse=True)
    if len(ordered) <= _MAX_BARS:
        return ordered
    last = len(ordered) - 1
    return [ordered[round(place * last / (_MAX_BARS - 1))] for place in range(_MAX_BARS)]


def bar_top(ratios: Sequence[float]) -> float:
    """The scale of the full height, as a multiple of the fair share: the largest bar, but at least 1.25."""
    return max(1.25, *ratios) if ratios else 1.25


def bars(ratios: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of one bar a ratio to the fair share, side by side, standing on the ground."""
    top = bar_top(ratios)
    step = BARS_WIDTH / max(len(ratios), 1)
    width = step - min(3.0, step / 3)
    heights = [ratio / top * BARS_HEIGHT for ratio in ratios]
    return [
        (round(place * step, 2), round(BARS_HEIGHT - height, 2), round(width, 2), round(height, 2))
        for place, height in enumerate(heights)
    ]

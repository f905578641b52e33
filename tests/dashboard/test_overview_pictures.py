"""The overview's small pictures: the paths are recomputed from their own numbers."""

import re
from math import atan2, hypot, tau

import numpy as np
import pytest

from ringviz.cards.facts import Load, segments
from ringviz.cards.looks import NEUTRAL, Look
from ringviz.cards.pictures import (
    BARS_HEIGHT,
    MOST_SEGMENTS,
    RING_BOX,
    arc_paths,
    bar_top,
    bars,
    quantiles,
    shade,
    shows_arcs,
)
from ringviz.core.placement import TOKEN_SPACE, Murmur, PlacedNode
from ringviz.core.ring import HashRing

MOVE = re.compile(r"M([\d.]+) ([\d.]+)A56 56 0 ([01]) 1 ([\d.]+) ([\d.]+)L")


def turn(x: str, y: str) -> float:
    """The angle of a point, clockwise from the top, as a share of the circle."""
    return (atan2(float(x) - RING_BOX / 2, RING_BOX / 2 - float(y)) / tau) % 1


def drawn_shares(path: str) -> float:
    """How much of the circle a path covers."""
    return sum((turn(x2, y2) - turn(x1, y1)) % 1 for x1, y1, _, x2, y2 in MOVE.findall(path))


def test_each_node_gets_arcs_of_its_ownership():
    ring = HashRing([PlacedNode("a"), PlacedNode("b"), PlacedNode("c", 2.0)], Murmur(8))
    paths = arc_paths(ring.tokens, ring.owner_index, 3)
    assert [drawn_shares(path) for path in paths] == pytest.approx(ring.ownership().tolist(), abs=0.004)
    assert all(
        hypot(float(x) - 60, float(y) - 60) == pytest.approx(56, abs=0.02)
        for path in paths
        for x, y, *_ in MOVE.findall(path)
    )


def test_an_arc_ends_at_its_token_and_starts_at_the_one_before():
    quarter = TOKEN_SPACE // 4
    a, b = arc_paths(np.array([quarter, 2 * quarter], np.uint32), np.array([0, 1], np.int32), 2)
    (ax1, ay1, large_a, ax2, ay2), (bx1, by1, large_b, bx2, by2) = MOVE.findall(a)[0], MOVE.findall(b)[0]
    assert [turn(ax1, ay1), turn(ax2, ay2)] == pytest.approx([0.5, 0.25])
    assert [turn(bx1, by1), turn(bx2, by2)] == pytest.approx([0.25, 0.5])
    assert (large_a, large_b) == ("1", "0"), "a is three quarters of the circle"


def test_a_single_token_is_the_whole_circle():
    (path,) = arc_paths(np.array([7], np.uint32), np.array([0], np.int32), 1)
    assert len(MOVE.findall(path)) == 2
    assert drawn_shares(path) == pytest.approx(1)


def test_arcs_are_shown_only_while_they_are_a_pixel_wide():
    assert not shows_arcs(0)
    assert shows_arcs(128)
    assert shows_arcs(351)
    assert not shows_arcs(352)


def test_nodes_without_a_colour_are_segments_of_their_share_in_the_shade_of_their_load():
    found = segments([Load(2.0, "a", NEUTRAL, 0.5), Load(0.96, "b", NEUTRAL, 0.25), Load(0.3, "c", NEUTRAL, 0.25)])
    assert [drawn_shares(arc.path) for arc in found] == pytest.approx([0.5, 0.25, 0.25], abs=0.004)
    assert [arc.shade for arc in found] == [6, 3, 1]
    assert [shade(ratio) for ratio in (0.0, 0.75, 0.86, 0.96, 1.04, 1.14, 1.25, 9.0)] == [1, 1, 2, 3, 4, 5, 6, 6]


def test_nodes_with_a_colour_keep_it_where_their_arcs_are_too_thin():
    found = segments([Load(1.0, "a", Look(3, "dotted"), 1.0), Load(0.0, "b", Look(4, ""), 0.0)])
    assert [(arc.look, arc.shade) for arc in found] == [(Look(3, "dotted"), 0)]
    assert segments([]) == ()


def test_a_thousand_nodes_are_drawn_in_groups_of_neighbours():
    found = segments([Load(1.0, str(n), NEUTRAL, 0.001) for n in range(1000)])
    assert len(found) <= MOST_SEGMENTS
    assert sum(drawn_shares(arc.path) for arc in found) == pytest.approx(1, abs=0.01)


def test_many_nodes_become_quantiles_that_keep_both_ends():
    ratios = [float(n) for n in range(1000)]
    shown = quantiles(ratios)
    assert (len(shown), shown[0], shown[-1]) == (150, 999.0, 0.0)
    assert shown == sorted(shown, reverse=True)
    assert quantiles([1.0, 3.0, 2.0]) == [3.0, 2.0, 1.0]


def test_bars_stand_on_the_ground_in_proportion():
    drawn = bars([2.0, 1.0, 0.0])
    assert [height for *_, height in drawn] == [BARS_HEIGHT, BARS_HEIGHT / 2, 0]
    assert all(y + height == BARS_HEIGHT for _, y, _, height in drawn)
    assert [x for x, *_ in drawn] == [0, 100, 200]
    assert (bar_top([]), bar_top([0.5]), bars([])) == (1.25, 1.25, [])

"""What the literature says about a hash ring and modulo; the core must do the same."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest

from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import TOKEN_SPACE, Murmur, PlacedNode
from ringviz.core.ranges import RangeChanges
from ringviz.core.ring import HashRing
from ringviz.core.strategy import build
from tests.ringviz.core.evenness import peak_to_mean, spread, theory_spread


def nodes(count: int) -> list[PlacedNode]:
    return [PlacedNode(f"node-{number}") for number in range(count)]


def user_keys(count: int) -> KeyIndex:
    return KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(count)]))


def space_share(changes: RangeChanges) -> float:
    """The fraction of the hash space that changes owner, 0 to 1."""
    widths = (changes.end - changes.start).astype(np.uint64)  # unsigned 32 bits: ranges may wrap
    widths[widths == 0] = TOKEN_SPACE
    return int(widths.sum()) / TOKEN_SPACE


@pytest.mark.parametrize(
    ("vnodes", "published", "rings"), [(1, 0.999, 20), (10, 0.316, 10), (100, 0.100, 4), (1000, 0.0316, 1)]
)
def test_spread_of_1000_nodes(vnodes: int, published: float, rings: int) -> None:
    measured = fmean(spread(HashRing(nodes(1000), Murmur(vnodes, seed)).ownership()) for seed in range(rings))
    assert theory_spread(1000, vnodes) == pytest.approx(published, rel=2e-3)
    assert measured == pytest.approx(published, rel=0.04)


@pytest.mark.parametrize(("vnodes", "published"), [(16, 1.29), (160, 1.08), (1024, 1.04)])
def test_peak_to_mean_of_5_nodes(vnodes: int, published: float) -> None:
    measured = fmean(peak_to_mean(HashRing(nodes(5), Murmur(vnodes, seed)).ownership()) for seed in range(200))
    assert measured == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize("n", [1, 3, 8, 20])
def test_a_join_moves_one_part_in_n_plus_1_and_the_leave_after_it_the_same(n: int) -> None:
    shares = []
    for seed in range(20):
        small, large = build("ring", nodes(n), seed=seed), build("ring", nodes(n + 1), seed=seed)
        joined, left = (
            movement(*sides, KeyIndex.build(np.empty(0, np.uint32))) for sides in ((small, large), (large, small))
        )
        assert joined.ranges is not None
        assert left.ranges is not None
        assert space_share(joined.ranges) == space_share(left.ranges)
        shares.append(space_share(joined.ranges))
    assert fmean(shares) == pytest.approx(1 / (n + 1), rel=0.05)


def test_real_keys_move_as_the_hash_space_does() -> None:
    before = build("ring", nodes(8))
    found = movement(before, before.with_nodes(nodes(8)[:7]), user_keys(100_000))
    assert found.moved / found.keys == pytest.approx(before.ownership()[7], rel=0.03)


@pytest.mark.parametrize(("n", "m"), [(3, 4), (4, 3), (4, 8), (8, 4), (5, 7), (6, 9), (7, 7), (1, 2), (12, 18)])
def test_modulo_moves_all_but_min_over_lcm(n: int, m: int) -> None:
    expected = 1 - min(n, m) / math.lcm(n, m)
    rounds = KeyIndex.build(np.arange(math.lcm(n, m) * 5, dtype=np.uint32))
    whole = movement(build("modulo", nodes(n)), build("modulo", nodes(m)), rounds)
    assert whole.moved == round(expected * rounds.count)
    real = movement(build("modulo", nodes(n)), build("modulo", nodes(m)), user_keys(50_000))
    assert real.moved / real.keys == pytest.approx(expected, abs=0.01)


def test_the_two_figures_that_everybody_knows() -> None:
    keys = user_keys(50_000)
    three_to_four = movement(build("modulo", nodes(3)), build("modulo", nodes(4)), keys)
    four_to_eight = movement(build("modulo", nodes(4)), build("modulo", nodes(8)), keys)
    assert three_to_four.moved / keys.count == pytest.approx(0.75, abs=0.01)
    assert four_to_eight.moved / keys.count == pytest.approx(0.50, abs=0.01)

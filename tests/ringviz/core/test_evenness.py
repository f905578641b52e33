from __future__ import annotations

from collections import Counter
from math import sqrt

import mmh3
import numpy as np
import pytest

from ringviz.core.counts import keys_per_node
from ringviz.core.evenness import evenness, expected_deviation
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Bucketed, Murmur, PlacedNode, Placement
from ringviz.core.strategy import STRATEGIES, Strategy, build
from tests.ringviz.core.evenness import theory_spread

WEIGHTED = [PlacedNode("a"), PlacedNode("b", 2), PlacedNode("c", 0), PlacedNode("d", 0.5)]
EVEN = [PlacedNode(f"node-{number}") for number in range(10)]
SEEDS = range(60)
OPTIONS = {"maglev": {"table_size": 1009}}  # quick to build


def test_loads_are_keys_over_the_fair_share_by_weight() -> None:
    ring = build("ring", WEIGHTED, 8)
    keys = [f"user:{number}" for number in range(2_000)]
    held = Counter(ring.owner(key) for key in keys)
    loads = [held["a"] / (2_000 / 3.5), held["b"] / (2 * 2_000 / 3.5), held["d"] / (0.5 * 2_000 / 3.5)]
    found = evenness(ring, keys_per_node(ring, KeyIndex.build(ring.placement.hash_many(keys))))
    assert found.most == pytest.approx(max(loads))
    assert found.deviation == pytest.approx(sqrt(sum((load - 1) ** 2 for load in loads) / 3))


def test_without_keys_or_weights_there_is_nothing_to_be_even() -> None:
    for nodes, counts in (([PlacedNode("a")], [0]), ([PlacedNode("a", 0)], [3]), ([], [])):
        with pytest.raises(ValueError, match="without"):
            evenness(build("ring", nodes), np.array(counts, np.int64))
    assert expected_deviation(build("ring", []), 10) is None
    assert expected_deviation(build("ring", EVEN), 0) is None


def test_of_a_ring_it_is_the_published_formula_and_what_counting_adds() -> None:
    shares, keys = theory_spread(10, 16), 5_000
    expected = sqrt(shares**2 * (1 - 1 / keys) + (10 - 1) / keys)
    assert expected_deviation(build("ring", EVEN, 16), keys) == pytest.approx(expected)


def test_by_bounded_loads_there_is_none_but_where_buckets_are_placed() -> None:
    assert expected_deviation(build("bounded", EVEN, 16), 1_000) is None
    assert expected_deviation(build("bounded", EVEN, placement=Bucketed(16)), 1_000) is not None


def made(name: str, nodes: list[PlacedNode], placement: Placement) -> Strategy:
    return build(name, nodes, placement=placement, options=OPTIONS.get(name, {}))


def measured(strategy: Strategy, keys: KeyIndex) -> float:
    return evenness(strategy, keys_per_node(strategy, keys)).deviation


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "bounded"])
@pytest.mark.parametrize("nodes", [EVEN, WEIGHTED], ids=["even", "weighted"])
def test_it_is_what_random_keys_have_on_the_average(name: str, nodes: list[PlacedNode]) -> None:
    """The root mean square over many seeds, both of the ring's tokens and of the keys."""
    rng = np.random.default_rng(1)
    squares, expected = [], []
    for seed in SEEDS:
        strategy = made(name, nodes, Murmur(8, seed))
        keys = KeyIndex.build(rng.integers(0, 2**32, 2_000, dtype=np.uint32))
        squares.append(measured(strategy, keys) ** 2)
        expected.append((expected_deviation(strategy, keys.count) or 0) ** 2)
    assert sqrt(np.mean(squares)) == pytest.approx(sqrt(np.mean(expected)), rel=0.15)


def test_hashes_of_real_keys_are_as_random() -> None:
    hashes = np.array([mmh3.hash(f"user:{number}", 0, False) for number in range(20_000)], np.uint32)
    keys = KeyIndex.build(hashes)
    theory = expected_deviation(build("rendezvous", EVEN), keys.count)
    assert theory == pytest.approx(sqrt(9 / 20_000))
    assert measured(build("rendezvous", EVEN), keys) == pytest.approx(theory, rel=0.6)

"""Maglev: the paper's table, its evenness and its cost."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from ringviz.core.abilities import is_prime
from ringviz.core.errors import InvalidOption
from ringviz.core.maglev import Maglev, Permutation, fill
from ringviz.core.placement import PlacedNode

B0, B1, B2 = Permutation(3, 4), Permutation(0, 2), Permutation(3, 1)


def nodes(count: int, seed: int = 0) -> list[PlacedNode]:
    return [PlacedNode(f"{seed}-{number}") for number in range(count)]


def test_the_table_of_the_paper() -> None:
    assert fill(7, [B0, B1, B2], [1, 1, 1]).tolist() == [1, 0, 1, 0, 2, 2, 0]
    assert fill(7, [B0, B2], [1, 1]).tolist() == [0, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("size", [2, 3, 7, 101, 1009])
def test_every_node_takes_its_first_free_entry_in_its_turn(size: int) -> None:
    """As the paper puts it, one step at a time."""
    some = np.random.default_rng(size)
    asking = [Permutation(int(some.integers(size)), int(some.integers(size - 1)) + 1) for _ in range(5)]
    table = [-1] * size
    for turn in range(size):
        offset, skip = asking[turn % 5]
        first = next(at for step in range(size) if table[at := (offset + step * skip) % size] < 0)
        table[first] = turn % 5
    assert fill(size, asking, [1] * 5).tolist() == table


@pytest.mark.parametrize("count", [3, 8, 100])
def test_shares_are_within_one_entry_of_the_fair_one(count: int) -> None:
    entries = np.bincount(Maglev(nodes(count)).table, minlength=count)
    assert abs(entries - 65_537 / count).max() < 1


def test_weights_are_turns() -> None:
    weights = [1, 0.5, 0.25, 0, 0.01]
    maglev = Maglev([PlacedNode(f"node-{weight}", weight) for weight in weights])
    entries = np.bincount(maglev.table, minlength=5)
    assert entries == pytest.approx(np.array(weights) / sum(weights) * 65_537, abs=2)
    assert maglev.ownership() == pytest.approx(entries / 65_537)


def needless(count: int, seed: int) -> float:
    before, after = Maglev(nodes(count, seed)), Maglev(nodes(count - 1, seed))
    return float(((before.table != count - 1) & (before.table != after.table)).mean())


@pytest.mark.parametrize(
    ("count", "most", "seeds"),
    [
        (5, 0.002, 5),
        (10, 0.006, 5),
        pytest.param(5, 0.002, 100, marks=pytest.mark.long),
        pytest.param(10, 0.006, 100, marks=pytest.mark.long),
    ],
)
def test_few_keys_move_needlessly_when_a_node_leaves(count: int, most: float, seeds: int) -> None:
    mean = fmean(needless(count, seed) for seed in range(seeds))
    assert 0 < mean < most


@pytest.mark.parametrize("size", [1, 4, 65_536, 700_001, 7.5])
def test_only_a_prime_within_bounds_is_a_size(size: float) -> None:
    with pytest.raises(InvalidOption):
        Maglev(nodes(3), options={"table_size": size})


def test_primes() -> None:
    assert [number for number in range(30) if is_prime(number)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    assert is_prime(65_537)
    assert is_prime(655_373)

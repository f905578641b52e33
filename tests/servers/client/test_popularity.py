"""Drawn with fixed seeds: each bound is six standard deviations or more from what is expected."""

import numpy as np
import pytest

from servers.client.popularity import draw

DRAWS = 200_000


def drawn(distribution: str, count: int, seed: int = 1) -> np.ndarray:
    return draw(distribution, count, DRAWS, np.random.default_rng(seed))


def test_uniform_asks_for_every_key_alike():
    counts = np.bincount(drawn("uniform", 100), minlength=100)
    assert len(counts) == 100
    assert abs(counts - 2000).max() < 6 * 2000**0.5


@pytest.mark.parametrize("count", [1000, 1_000_000])
def test_zipf_asks_for_the_nth_key_one_nth_as_often(count):
    counts = np.bincount(drawn("zipf", count), minlength=count)
    harmonic = (1 / np.arange(1, count + 1)).sum()
    for rank in (1, 2, 3, 10, 100):
        expected = DRAWS / harmonic / rank
        assert abs(counts[rank - 1] - expected) < 6 * expected**0.5, rank


def test_zipf_behind_the_counted_head_has_the_same_shape():
    """Beyond 65,536 positions the integral takes over; the parts of the tail keep their shares."""
    count = 10_000_000
    positions = drawn("zipf", count)
    harmonic = np.log(count) + 0.5772156649
    for low, high in ((65_536, 200_000), (200_000, 1_000_000), (1_000_000, count)):
        expected = DRAWS * np.log(high / low) / harmonic
        found = ((positions >= low) & (positions < high)).sum()
        assert abs(found - expected) < 6 * expected**0.5, (low, found, expected)


@pytest.mark.parametrize("distribution", ["zipf", "uniform"])
@pytest.mark.parametrize("count", [1, 2, 65_535, 65_536, 65_537, 4_000_000_000])
def test_positions_lie_in_the_key_set(distribution, count):
    positions = drawn(distribution, count)
    assert positions.dtype == np.uint32
    assert positions.max() < count


def test_the_same_seed_draws_the_same():
    assert (drawn("zipf", 5000, seed=7) == drawn("zipf", 5000, seed=7)).all()
    assert (drawn("zipf", 5000, seed=7) != drawn("zipf", 5000, seed=8)).any()


@pytest.mark.parametrize(("distribution", "count"), [("zipf", 0), ("uniform", 0), ("normal", 10)])
def test_what_cannot_be_drawn_is_refused(distribution, count):
    with pytest.raises(ValueError, match=r"keys|normal"):
        drawn(distribution, count)

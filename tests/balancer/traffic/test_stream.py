"""When requests are due, and which keys they request."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.keys import Keys
from balancer.traffic.settings import Settings
from balancer.traffic.stream import Stream


def taken(stream: Stream, count: int) -> list[tuple[float, int]]:
    return list(itertools.islice(itertools.chain.from_iterable(iter(lambda: list(stream.take(1e9, 1000)), [])), count))


def test_the_same_seed_has_the_same_requests_and_another_has_others():
    def requests(seed: int) -> list[tuple[float, int]]:
        return taken(Stream(Settings(seed=seed, skew=1.0), 5.0), 10_000)

    assert requests(3) == requests(3)
    assert requests(3) != requests(4)


def test_how_much_is_taken_at_once_changes_no_request():
    one, other = Stream(Settings(), 0.0), Stream(Settings(), 0.0)
    by_ones = [next(one.take(1e9, 1)) for _ in range(3000)]
    assert taken(other, 3000) == by_ones
    assert one.number == 3000


def test_arrivals_are_poisson():
    dues = np.array([due for due, _ in taken(Stream(Settings(rate=2000), 7.0), 200_000)])
    gaps = np.diff(dues, prepend=7.0)
    assert (gaps >= 0).all()
    assert gaps.mean() == pytest.approx(1 / 2000, rel=0.015)  # six standard deviations
    assert gaps.std() == pytest.approx(1 / 2000, rel=0.02)


def test_only_what_is_due_is_taken():
    stream = Stream(Settings(rate=1000), 0.0)
    dues = [due for due, _ in stream.take(0.5, 10_000)]
    assert dues[-1] <= 0.5 < stream.due
    assert list(stream.take(0.5, 10_000)) == []


@given(st.floats(0, 30), st.integers(0, 2000))
def test_what_is_dropped_is_counted(before, first):
    stream, same = (Stream(Settings(rate=300), 0.0) for _ in range(2))
    list(stream.take(1e9, first))
    number = stream.number
    dropped = stream.drop(before)
    assert stream.number == number + dropped
    assert stream.due >= before or not dropped
    rest = taken(same, stream.number + 1)
    assert rest[-1][0] == stream.due
    assert dropped == sum(due < before for due, _ in rest[number:])


def test_a_skew_asks_for_the_nth_key_so_much_less():
    drawn = Keys(1000, 1.5).drawn(200_000, np.random.default_rng(1))
    hashes = Keys(1000, 1.5).hashes
    weights = np.arange(1.0, 1001) ** -1.5
    for rank in (0, 1, 2, 9):
        expected = 200_000 * weights[rank] / weights.sum()
        assert abs((drawn == hashes[rank]).sum() - expected) < 6 * expected**0.5


def test_without_a_skew_all_keys_are_alike():
    counts = np.unique(Keys(100, 0.0).drawn(200_000, np.random.default_rng(1)), return_counts=True)[1]
    assert len(counts) == 100
    assert abs(counts - 2000).max() < 6 * 2000**0.5


@given(st.floats(0.001, 20), st.integers(0, 3))
def test_the_first_seconds_of_a_stream_are_those_of_the_one_without_an_end(seconds, seed):
    cut, whole = Stream(Settings(rate=300, seed=seed), 2.0, seconds), Stream(Settings(rate=300, seed=seed), 2.0)
    found = []
    while cut.due < math.inf:
        found += list(cut.take(1e9, 100))
    assert found == [one for one in taken(whole, len(found) + 1) if one[0] - 2.0 < seconds]
    assert cut.number == len(found)
    assert list(cut.take(1e9, 100)) == []
    assert cut.drop(1e9) == 0

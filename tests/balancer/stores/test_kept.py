"""What the driver keeps on the hint server: bounded, in order, and gone when nobody writes any more."""

from __future__ import annotations

import pytest

from balancer.core.explained import beside, in_order
from balancer.stores import frames, samples
from balancer.stores.names import KEPT_S, names_of
from live.store import StoreGone, line
from tests.balancer.explaining import explained

STREAM = 4711


@pytest.fixture
def store(hint_server, db) -> None:
    line().delete(*names_of(STREAM))


def ids(found) -> list[int]:
    return [one["number"] for one in found]


def test_what_was_written_is_read(store):
    one = explained(7)
    samples.keep(STREAM, [one], [one])
    assert samples.kept(STREAM) == {"newest": [one], "slowest": [one]}
    assert samples.kept(STREAM + 1) == {"newest": [], "slowest": []}


def test_the_newest_stay_and_the_slowest_are_replaced(store):
    for first in range(0, 500, 50):
        samples.keep(STREAM, [explained(number) for number in range(first, first + 50)], [explained(first)])
    kept = samples.kept(STREAM)
    assert ids(kept["newest"]) == list(range(499, 499 - samples.MOST_NEWEST, -1))
    assert ids(kept["slowest"]) == [450]
    samples.keep(STREAM, [], None)
    assert ids(samples.kept(STREAM)["slowest"]) == [450]
    samples.keep(STREAM, [], [])
    assert samples.kept(STREAM)["slowest"] == []
    samples.keep(STREAM, [], [explained(number) for number in range(50)])
    assert ids(samples.kept(STREAM)["slowest"]) == list(range(samples.MOST_SLOWEST))


def test_everything_goes_some_minutes_after_the_last_write(store):
    samples.keep(STREAM, [explained()], [explained()])
    frames.keep(STREAM, [{"at": 1}])
    assert all(0 < line().ttl(key) <= KEPT_S for key in names_of(STREAM))


def test_frames_of_the_last_40_seconds_are_read_the_oldest_first(store):
    frames.keep(STREAM, [{"at": at} for at in range(0, 50_000, 200)])
    assert [frame["at"] for frame in frames.recent(STREAM, 50_000)] == list(range(10_000, 50_000, 200))
    assert frames.recent(STREAM, 100_000) == []
    assert frames.recent(STREAM + 1, 50_000) == []


def test_large_frames_are_fewer(store):
    large = "x" * (frames.MOST_BYTES // 10)
    frames.keep(STREAM, [{"at": at, "large": large} for at in range(30)])
    assert len(frames.recent(STREAM, 0)) == 9
    frames.keep(STREAM, [{"at": 30, "large": large * 100}])
    assert [frame["at"] for frame in frames.recent(STREAM, 0)] == [30]


def test_without_a_hint_server_nothing_is_known(settings, db):
    settings.REDIS_URL = ""
    for work in (
        lambda: samples.kept(STREAM),
        lambda: samples.keep(STREAM, [explained()], None),
        lambda: frames.recent(STREAM, 0),
        lambda: frames.keep(STREAM, [{"at": 0}]),
    ):
        with pytest.raises(StoreGone):
            work()


def test_all_are_in_the_order_in_which_they_were_intended():
    newest = [explained(3), explained(5), explained(4)]
    kept = in_order({"newest": newest, "slowest": [explained(4), explained(1)]})
    assert ids(kept) == [1, 3, 4, 5]
    assert [one and one["number"] for one in beside(kept, explained(3))] == [1, 4]
    assert beside(kept, explained(1))[0] is None
    assert beside(kept, explained(5))[1] is None
    assert beside(kept, explained(3, run="other")) == (None, None)

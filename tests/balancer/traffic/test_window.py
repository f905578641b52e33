"""What a window shows of the counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.traffic.tally import Count, Tally, counted, histogram, percentiles
from balancer.traffic.window import Window
from servers.client.line import Failed
from servers.resp import ErrorReply


@given(st.lists(st.floats(1e-6, 99.0), min_size=1, max_size=300), st.integers(1, 100))
def test_a_percentile_is_true_within_a_percent(latencies, rank):
    [found] = percentiles(histogram(latencies), (rank,))
    assert found == pytest.approx(np.percentile(latencies, rank, method="inverted_cdf"), rel=0.0101)


def test_what_is_out_of_bounds_counts_at_the_bound():
    low, high = percentiles(histogram([0.0, 1e6]), (1, 100))
    assert low == pytest.approx(1e-6)
    assert high == pytest.approx(100, rel=0.03)


@pytest.mark.parametrize(
    ("outcome", "count"),
    [
        (b"x", Count.ANSWERED),
        (None, Count.ANSWERED),
        (ErrorReply(b"LOADING"), Count.ERROR),
        (Failed.LOST, Count.LOST),
        (Failed.AWAY, Count.AWAY),
        (Failed.FULL, Count.REFUSED),
    ],
)
def test_an_outcome_counts_once(outcome, count):
    assert counted(outcome) is count


def tally(nodes: int) -> Tally:
    made = Tally()
    for _ in range(nodes):
        made.add()
    return made


def test_a_window_shows_the_last_second_and_forgets_what_is_older():
    counting, window = tally(2), Window()
    for latency in [0.5] + [0.1] * 7 + [0.010] * 8:
        counting.counts[Count.SENT][0] += 1
        counting.counts[Count.ANSWERED][0] += 1
        counting.latencies[0].append(latency)
        window.add(counting.take(0.125, []))
    seen = window.seen(["a", "b"], [0, 3])
    assert seen.seconds == 1.0
    assert seen.nodes["a"].sent == seen.total.answered == 8
    assert seen.nodes["a"].p99_ms == pytest.approx(10, rel=0.01)
    assert seen.nodes["b"].share == 0
    assert seen.nodes["b"].in_flight == seen.total.in_flight == 3
    assert seen.nodes["b"].p50_ms is None


def test_a_node_that_joins_later_is_in_the_window():
    counting, window = tally(1), Window()
    window.add(counting.take(0.1, []))
    counting.add()
    counting.counts[Count.SENT][1] += 1
    counting.counts[Count.AWAY][1] += 1
    counting.homeless += 2
    counting.late += 4
    window.add(counting.take(0.1, [0.001, 0.003]))
    frame = window.seen(["a", "b"], [0, 0]).frame()
    assert frame["nodes"]["b"]["errors"] == frame["total"]["errors"] == {"lost": 0, "away": 1, "error": 0}
    assert frame["nodes"]["b"]["share"] == 1
    assert (frame["homeless"], frame["late"], frame["lag_max_ms"]) == (2, 4, 3.0)


def test_of_no_node_there_is_nothing_to_see():
    window = Window()
    window.add(tally(0).take(0.1, []))
    seen = window.seen([], [])
    assert seen.nodes == {}
    assert seen.total.sent == 0
    assert seen.lag_p99_ms is None

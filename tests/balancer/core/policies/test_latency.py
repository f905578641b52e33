"""Policies that learn from answers: peak EWMA and least time."""

import pytest

from balancer.core.draws import draws
from balancer.core.policies.least_time import LeastTime
from balancer.core.policies.peak_ewma import PENALTY, PeakEwma
from balancer.core.pool import Member
from tests.balancer.core.policies.invariants import pool_of


def answered(one, *latencies: float, now: float = 0.0) -> None:
    for place, latency in enumerate(latencies):
        one.answered(place, now, latency, ok=True)


@pytest.mark.parametrize("decay", [10.0, 2.0])
def test_after_one_decay_time_a_latency_of_1_is_one_eth(decay):
    one = PeakEwma(pool_of(1, 1), draws(1), {"decay": decay})
    answered(one, 1.0, 1.0, now=5.0)
    assert one.why(0, 5.0 + decay).scores == {0: pytest.approx(0.36787944), 1: pytest.approx(0.36787944)}


def test_answers_of_0_pull_an_average_of_1_down_to_one_eth_in_one_decay_time():
    one = PeakEwma(pool_of(1, 1), draws(1))
    answered(one, 1.0, 1.0)
    for step in range(1, 101):
        answered(one, 0.0, now=step / 10)
    assert one.why(0, 10.0).scores[0] == pytest.approx(0.36787944)


def test_a_peak_counts_at_once_and_a_faster_answer_only_by_its_weight():
    one = PeakEwma(pool_of(1, 1), draws(1))
    answered(one, 1.0, 1.0)
    answered(one, 8.0, now=0.001)
    assert one.why(0, 0.001).scores[0] == pytest.approx(8.0)
    answered(one, 1.0, now=0.002)
    assert 7.9 < one.why(0, 0.002).scores[0] < 8.0


def test_the_cost_of_a_node_is_its_latency_for_all_in_flight_and_one_more():
    pool = pool_of(1, 1)
    one = PeakEwma(pool, draws(1))
    answered(one, 2.0, 3.0)
    pool.in_flight[:] = [3, 1]
    choice = one.why(0, 0.0)
    assert (choice.place, choice.scores) == (1, {0: 8.0, 1: 6.0})


def test_a_node_without_latency_is_tried_once_and_then_waited_for():
    pool = pool_of(1, 1)
    one = PeakEwma(pool, draws(1))
    answered(one, 2.0)
    assert one.pick(0, 0.0) == 1
    pool.in_flight[1] += 1
    choice = one.why(0, 0.0)
    assert (choice.place, choice.scores[1]) == (0, PENALTY + 1)


def test_a_single_ready_node_is_picked_without_a_draw():
    pool = pool_of(1, 1)
    pool.ready = [1]
    one = PeakEwma(pool, draws(1))
    assert (one.pick(0, 0.0), one.why(0, 0.0).drawn) == (1, ())


def test_least_time_multiplies_latency_requests_and_weight():
    pool = pool_of(1, 1, 2)
    one = LeastTime(pool, draws(1))
    answered(one, 0.2, 0.1, 0.3)
    pool.in_flight[:] = [0, 2, 1]
    choice = one.why(0, 0.0)
    assert choice.scores == {0: pytest.approx(0.2), 1: pytest.approx(0.3), 2: pytest.approx(0.3)}
    assert choice.place == 0


def test_least_time_averages_by_what_it_keeps():
    one = LeastTime(pool_of(1, 1), draws(1), {"kept": 0.75})
    answered(one, 1.0, 1.0)
    answered(one, 3.0)
    assert one.why(0, 0.0).scores == {0: pytest.approx(1.5), 1: 1.0}


def test_least_time_gives_a_node_that_joins_its_part_and_not_everything():
    pool = pool_of(1, 1)
    one = LeastTime(pool, draws(1))
    for _ in range(50):
        answered(one, 1.0, 1.0)
    pool.add(Member("cache-2"))
    one.changed()
    for _ in range(6):
        pool.in_flight[one.pick(0, 0.0)] += 1
    assert pool.in_flight == [2, 2, 2]

"""Results of a run: they match theory, are the same each time, and show what faults do."""

from __future__ import annotations

from dataclasses import replace
from math import exp, isnan

import numpy as np
import pytest

from balancer.core.bounds import OutOfBounds
from balancer.core.named import POLICIES, UnknownPolicy
from balancer.core.policies.p2c import TwoChoices
from balancer.core.policies.round_robin import RoundRobin
from balancer.core.policy import Sight
from balancer.core.simulator.engine import race, run, simulated
from balancer.core.simulator.outcome import BATCHES, REFUSED, Outcome, Trace, half_width
from balancer.core.simulator.plan import Frozen, Joins, Killed, Node, Plan, Slow
from ringviz.core.abilities import NO_OPTIONS
from ringviz.core.errors import UnknownOption


def plan_of(count: int, load: float, requests: int, **others: object) -> Plan:
    return Plan(tuple(Node(f"node-{number}") for number in range(count)), load, requests, **{"seed": 1, **others})  # type: ignore[arg-type]


def traced(plan: Plan, name: str) -> tuple[Outcome, Trace]:
    outcome = run(plan, name, trace=plan.requests)
    assert outcome.trace is not None
    return outcome, outcome.trace


def balances(outcome: Outcome) -> bool:
    return outcome.sent == outcome.answered + outcome.refused + outcome.failed


def test_a_node_of_twice_the_speed_takes_half_the_time() -> None:
    plan = Plan((Node("fast", speed=2.0),), 0.5, 200_000, 1)
    assert run(plan, "random").mean == pytest.approx(1.0, rel=0.03)


def test_a_bounded_queue_refuses_what_theory_says() -> None:
    load, most = 1.5, 4  # M/M/1/4
    outcome = run(plan_of(1, load, 200_000, queue=most), "random")
    assert outcome.refused / outcome.sent == pytest.approx((1 - load) * load**most / (1 - load ** (most + 1)), rel=0.03)
    assert balances(outcome)


@pytest.mark.parametrize("name", POLICIES)
def test_the_same_seed_gives_the_same_to_the_last_digit(name: str) -> None:
    plan = plan_of(5, 0.9, 5_000, queue=8, skew=1.1, faults=(Frozen(1, every=50.0), Killed(2, 300.0)))
    one, other = traced(plan, name), traced(plan, name)
    assert vars_of(one[0]) == vars_of(other[0])
    assert all(np.array_equal(getattr(one[1], each), getattr(other[1], each)) for each in Trace.__slots__)
    assert vars_of(run(replace(plan, seed=2), name)) != vars_of(one[0])


def vars_of(outcome: Outcome) -> dict[str, object]:
    return {each: getattr(outcome, each) for each in Outcome.__slots__ if each != "trace"}


def test_every_policy_meets_the_same_requests() -> None:
    outcomes = race(plan_of(5, 0.9, 20_000, skew=1.1), [(name, NO_OPTIONS) for name in POLICIES], trace=20_000)
    first, *others = [outcome.trace for outcome in outcomes]
    assert [outcome.policy for outcome in outcomes] == list(POLICIES)
    for other in others:
        assert other is not None
        assert first is not None
        assert np.array_equal(first.arrivals, other.arrivals)
    one, two = race(plan_of(1, 0.9, 20_000), [("random", NO_OPTIONS), ("jsq", NO_OPTIONS)], trace=20_000)
    assert one.trace is not None
    assert two.trace is not None
    assert np.array_equal(one.trace.departs, two.trace.departs)  # with one node, the policy makes no difference


def test_more_requests_begin_with_the_fewer() -> None:
    few, many = traced(plan_of(3, 0.9, 9_000), "p2c")[1], traced(plan_of(3, 0.9, 20_000), "p2c")[1]
    assert np.array_equal(few.departs, many.departs[:9_000])


def test_a_frozen_node_hurts_round_robin_far_more_than_least_in_flight() -> None:
    # 300 ms of each second, with a mean service time of 1 ms.
    plan = plan_of(5, 0.5, 100_000, faults=(Frozen(2, every=1_000.0, part=0.3),))
    in_turn, least = race(plan, [("round_robin", NO_OPTIONS), ("jsq", NO_OPTIONS)])
    assert in_turn.p99 > 200.0
    assert least.p99 < 10.0


def test_nothing_is_sent_to_a_killed_node_and_every_request_is_accounted_for() -> None:
    plan = plan_of(4, 0.95, 20_000, faults=(Killed(1, 1_000.0),))
    for name in POLICIES:
        outcome, trace = traced(plan, name)
        there, late = trace.place == 1, trace.arrivals > 1_000.0
        assert not (there & late).any()
        assert balances(outcome)
        assert outcome.failed == int(trace.failed.sum()) == int((there & (trace.departs == 1_000.0)).sum()) > 0


def test_with_every_node_killed_all_is_refused() -> None:
    outcome, trace = traced(plan_of(2, 0.7, 5_000, faults=(Killed(0, 500.0), Killed(1, 700.0))), "p2c")
    assert (trace.place[trace.arrivals > 700.0] == REFUSED).all()
    assert outcome.refused == int((trace.arrivals > 700.0).sum())
    assert balances(outcome)


@pytest.mark.parametrize("name", POLICIES)
def test_a_node_that_joins_gets_requests_from_then_on(name: str) -> None:
    outcome, trace = traced(plan_of(3, 0.9, 20_000, faults=(Joins(Node("new"), 2_000.0),)), name)
    assert not (trace.place[trace.arrivals < 2_000.0] == 3).any()
    assert (trace.place[trace.arrivals > 2_000.0] == 3).mean() > 0.1
    assert outcome.share["new"] > 0.05


def test_a_slow_node_gets_less_from_who_looks() -> None:
    plan = plan_of(4, 0.7, 50_000, faults=(Slow(0, 0.25),))
    assert run(plan, "jsq").share["node-0"] < 0.15
    assert run(plan, "round_robin").share["node-0"] == pytest.approx(0.25, abs=1e-4)


def test_only_what_a_policy_looks_at_is_kept() -> None:
    class Blind(RoundRobin):
        sight = frozenset[Sight]()

        def pick(self, key: int, now: float) -> int:
            assert key == 0
            assert sum(self.pool.in_flight) == 0
            return super().pick(key, now)

        def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:
            raise AssertionError

    class Keyed(RoundRobin):
        sight = frozenset({Sight.KEY, Sight.IN_FLIGHT})
        seen: set[int] = set()

        def pick(self, key: int, now: float) -> int:
            self.seen.add(key)
            return super().pick(key, now)

    simulated(plan_of(3, 0.9, 1_000), "blind", Blind)
    simulated(plan_of(3, 0.9, 1_000, keys=20), "keyed", Keyed)
    assert len(Keyed.seen) == 20


def test_in_the_end_nothing_is_in_flight() -> None:
    pools = []

    class Kept(TwoChoices):
        def changed(self) -> None:
            super().changed()
            pools.append(self.pool)

    simulated(plan_of(3, 0.9, 1_000, faults=(Killed(0, 50.0),)), "kept", Kept)
    assert pools[0].in_flight == [0, 0, 0]


def test_skewed_keys_are_asked_for_as_zipf_says() -> None:
    seen: list[int] = []

    class Keyed(RoundRobin):
        sight = frozenset({Sight.KEY})

        def pick(self, key: int, now: float) -> int:
            seen.append(key)
            return super().pick(key, now)

    simulated(plan_of(3, 0.9, 50_000, keys=100, skew=1.1), "keyed", Keyed)
    counts = np.sort(np.unique(seen, return_counts=True)[1])[::-1]
    weights = np.arange(1.0, 101.0) ** -1.1
    assert counts[:5] / 50_000 == pytest.approx((weights / weights.sum())[:5], rel=0.05)


def test_the_interval_holds_the_true_mean_most_of_the_time() -> None:
    outcomes = [run(plan_of(2, 0.5, 5_000, seed=seed), "random") for seed in range(100)]
    held = sum(abs(outcome.mean - 2.0) <= outcome.interval for outcome in outcomes)
    assert 88 <= held <= 99


def test_the_half_width_is_that_of_batch_means() -> None:
    means = np.repeat(np.arange(float(BATCHES)), 3)
    # Student's t for 19 degrees of freedom, the deviation of 0 to 19, over the root of 20.
    assert half_width(means) == pytest.approx(2.093 * 5.916 / 4.4721, rel=1e-3)
    assert isnan(half_width(means[: 2 * BATCHES - 1]))


def test_without_any_answer_there_are_no_times() -> None:
    outcome = run(plan_of(1, 0.9, 100, faults=(Killed(0, 0.0),)), "random")
    assert (outcome.sent, outcome.answered, outcome.refused, outcome.failed) == (100, 0, 100, 0)
    assert isnan(outcome.mean)
    assert isnan(outcome.p99)
    assert outcome.share == {"node-0": 0.0}


def test_the_first_tenth_is_left_out_of_the_times_and_counted() -> None:
    outcome, trace = traced(plan_of(1, 0.9, 1_000, seed=3), "random")
    assert outcome.answered == 1_000
    assert outcome.mean == pytest.approx((trace.departs - trace.arrivals)[100:].mean(), rel=1e-4)


def test_a_trace_is_of_the_first_requests() -> None:
    plan = plan_of(3, 0.9, 20_000)
    whole, part = run(plan, "p2c", trace=20_000).trace, run(plan, "p2c", trace=10_000).trace
    assert whole is not None
    assert part is not None
    assert np.array_equal(whole.departs[:10_000], part.departs)
    assert [part.arrivals.dtype, part.place.dtype, part.starts.dtype, part.departs.dtype] == ["f4", "i2", "f4", "f4"]
    assert run(plan, "p2c").trace is None
    with pytest.raises(OutOfBounds):
        run(plan, "p2c", trace=1_000_001)


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownPolicy):
        run(plan_of(1, 0.9, 10), "fastest")
    with pytest.raises(UnknownOption):
        run(plan_of(1, 0.9, 10), "random", {"choices": 3})


def test_sojourn_times_of_one_node_are_exponential() -> None:
    _, trace = traced(plan_of(1, 0.5, 200_000), "random")
    times = (trace.departs - trace.arrivals)[20_000:]
    for limit in (1.0, 2.0, 4.0):
        assert (times > limit).mean() == pytest.approx(exp(-0.5 * limit), rel=0.05)

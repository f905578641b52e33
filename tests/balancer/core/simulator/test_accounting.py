"""Random plans with faults: each request of the engine is compared with that of a slow reference."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from balancer.core.draws import Draw
from balancer.core.named import POLICIES
from balancer.core.policies.p2c import TwoChoices
from balancer.core.policy import Policy, Sight
from balancer.core.pool import Pool
from balancer.core.simulator.engine import simulated
from balancer.core.simulator.plan import Fault, Frozen, Joins, Killed, Node, Plan, Slow
from ringviz.core.abilities import NO_OPTIONS, Options, Wanted
from tests.balancer.core.simulator.reference import Reference

SIMULATED_ONLY = Sight.WORK
REAL = [name for name, policy in POLICIES.items() if SIMULATED_ONLY not in policy.sight]
MOMENTS = st.floats(0.0, 60.0).map(lambda moment: round(moment, 3))
SPEEDS = st.sampled_from([0.5, 1.0, 2.0, 3.7])


def faults_of(count: int) -> st.SearchStrategy[Fault]:
    places = st.integers(0, count - 1)
    later = st.floats(0.5, 40.0)
    return st.one_of(
        st.builds(lambda place, start, lasts: Frozen(place, start, start + lasts), places, MOMENTS, later),
        st.builds(
            lambda place, start, lasts, every, part: Frozen(place, start, start + lasts, every, part),
            places,
            MOMENTS,
            later,
            st.floats(0.5, 10.0),
            st.floats(0.05, 0.9),
        ),
        st.builds(
            lambda place, factor, start, lasts: Slow(place, factor, start, start + lasts),
            places,
            st.sampled_from([0.1, 0.5, 4.0]),
            MOMENTS,
            later,
        ),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    nodes = tuple(Node(f"node-{number}", draw(SPEEDS), draw(SPEEDS)) for number in range(draw(st.integers(1, 5))))
    joins = [
        Joins(Node(f"new-{number}", 1.0, draw(SPEEDS)), draw(MOMENTS)) for number in range(draw(st.integers(0, 2)))
    ]
    count = len(nodes) + len(joins)
    kills = [Killed(place, draw(MOMENTS)) for place in draw(st.sets(st.integers(0, len(nodes) - 1), max_size=2))]
    others = draw(st.lists(faults_of(count), max_size=4))
    queue = draw(st.none() | st.integers(1, 4))
    load = draw(st.floats(0.1, 1.0 if queue is None else 2.0))
    seed = draw(st.integers(0, 2**32 - 1))
    return Plan(nodes, load, draw(st.integers(1, 150)), seed, queue, 1.1, 50, (*joins, *kills, *others))


class Told(TwoChoices):
    """Two choices, but remembers the answers it is told and heeds them. `changes`: how many it knew at each change."""

    sight = frozenset({Sight.IN_FLIGHT, Sight.LATENCY})
    made: ClassVar[list[Told]] = []

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        self.told: list[tuple[int, float, float, bool]] = []
        self.changes: list[int] = []
        self.made.append(self)
        super().__init__(pool, draw, options)

    def changed(self) -> None:
        super().changed()
        self.changes.append(len(self.told))

    def pick(self, key: int, now: float) -> int:
        assert all(moment <= now for _place, moment, _latency, _ok in self.told)
        if self.told and self.told[-1][2] > 1.5:
            return self.pool.ready[-1]
        return super().pick(key, now)

    def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:
        self.told.append((place, now, latency, ok))


def compare(plan: Plan, make: type[Policy]) -> None:
    # Filling a table of the usual size would take longer than everything else.
    options = {option.name: 251.0 for option in make.options if option.wanted is Wanted.PRIME}
    outcome = simulated(plan, "any", make, options, trace=plan.requests)
    wanted = Reference(plan, make, options).run()
    trace = outcome.trace
    assert trace is not None
    assert trace.place.tolist() == [request.place for request in wanted]
    assert trace.failed.tolist() == [request.failed for request in wanted]
    assert trace.departs.tolist() == pytest.approx([request.ends for request in wanted], rel=1e-5, abs=1e-5)
    assert outcome.sent == plan.requests == outcome.answered + outcome.refused + outcome.failed
    assert outcome.refused == sum(request.place == -1 for request in wanted)
    assert outcome.failed == sum(request.failed for request in wanted)
    times = [
        request.ends - request.arrives
        for request in wanted[int(plan.requests * 0.1) :]
        if request.place != -1 and not request.failed
    ]
    assert outcome.mean == pytest.approx(np.mean(times) if times else np.nan, nan_ok=True)
    assert outcome.p95 == pytest.approx(sorted(times)[-(-95 * len(times) // 100) - 1] if times else np.nan, nan_ok=True)
    shares = [sum(r.place == place and not r.failed for r in wanted) for place in range(len(plan.everybody))]
    assert [share * outcome.answered for share in outcome.share.values()] == pytest.approx(shares)


@pytest.mark.parametrize("name", REAL)
@settings(max_examples=20)
@given(plan=plans())
def test_every_request_goes_and_ends_as_in_a_plain_event_loop(name: str, plan: Plan) -> None:
    compare(plan, POLICIES[name])


@settings(max_examples=60)
@given(plan=plans())
def test_a_policy_is_told_of_answers_in_their_order_and_before_the_next_request(plan: Plan) -> None:
    turns = [fault.at for fault in plan.faults if isinstance(fault, Killed | Joins)]
    assume(len(set(turns)) == len(turns))  # failures at the same moment have no order
    compare(plan, Told)
    ours, wanted = Told.made[-2:]
    assert [(place, ok) for place, _, _, ok in ours.told] == [(place, ok) for place, _, _, ok in wanted.told]
    assert [one[1:3] for one in ours.told] == [pytest.approx(one[1:3]) for one in wanted.told]
    assert ours.changes == wanted.changes[: len(ours.changes)]  # after the last request, changes are not reported


@pytest.mark.parametrize("name", [name for name in POLICIES if name not in REAL])
@settings(max_examples=20)
@given(plan=plans())
def test_what_only_a_simulator_knows_balances_too(name: str, plan: Plan) -> None:
    outcome = simulated(plan, name, POLICIES[name], trace=plan.requests)
    assert plan.requests == outcome.answered + outcome.refused + outcome.failed
    assert outcome.trace is not None
    assert (outcome.trace.departs >= outcome.trace.starts).all()
    assert (outcome.trace.starts >= outcome.trace.arrivals).all()

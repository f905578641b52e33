"""`why` picks what `pick` would have, whatever happened before, and neither changes the pool."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancer.core.draws import draws
from balancer.core.named import POLICIES
from balancer.core.policy import Policy, Sight
from balancer.core.pool import Member, Pool

# Small, so that tables overflow, rings are built quickly and keys collide.
SMALL = {"table_size": 31, "vnodes": 4, "size": 3, "d": 3}
HASHES = st.one_of(st.integers(0, 5), st.integers(0, 2**32 - 1))
WEIGHTS = st.sampled_from([0.25, 0.3, 1.0, 1.0, 2.0, 7.5])
STEPS = st.one_of(
    st.tuples(st.just("send"), HASHES),
    st.tuples(st.just("send"), HASHES),
    st.tuples(st.just("send"), HASHES),
    st.tuples(st.just("answer"), st.integers(0, 50), st.floats(0, 20), st.booleans()),
    st.tuples(st.just("ready"), st.sets(st.integers(0, 5), min_size=1)),
    st.tuples(st.just("weight"), st.integers(0, 5), WEIGHTS),
    st.tuples(st.just("join"), WEIGHTS),
)


class Twins:
    """Two copies of a policy on one pool: one picks, the other says why."""

    def __init__(self, kind: type[Policy], weights: list[float]) -> None:
        self.pool = Pool(Member(f"cache-{place}", weight) for place, weight in enumerate(weights))
        options = {option.name: SMALL[option.name] for option in kind.options if option.name in SMALL}
        self.picking, self.telling = (kind(self.pool, draws(3), options) for _ in range(2))
        self.sent: list[int] = []
        self.now = 0.0

    def take(self, step: tuple[Any, ...]) -> None:
        self.now += 0.5
        getattr(self, step[0])(*step[1:])

    def send(self, key: int) -> None:
        before = self._lists()
        place = self.picking.pick(key, self.now)
        choice = self.telling.why(key, self.now)
        assert self._lists() == before
        assert place == choice.place
        assert place in self.pool.ready
        assert place in choice.considered
        if choice.scores:
            assert choice.scores[place] == min(choice.scores.values())
            assert set(choice.scores) <= set(choice.considered)
        self.pool.in_flight[place] += 1
        self.pool.free_at[place] = max(self.pool.free_at[place], self.now) + 1.5
        self.sent.append(place)

    def answer(self, which: int, latency: float, ok: bool) -> None:
        if self.sent:
            place = self.sent.pop(which % len(self.sent))
            self.pool.in_flight[place] -= 1
            if Sight.LATENCY in self.picking.sight:
                for one in (self.picking, self.telling):
                    one.answered(place, self.now, latency, ok=ok)

    def ready(self, numbers: set[int]) -> None:
        self.pool.ready = sorted({number % len(self.pool.names) for number in numbers})
        self._changed()

    def weight(self, number: int, weight: float) -> None:
        self.pool.weights[number % len(self.pool.names)] = weight
        self._changed()

    def join(self, weight: float) -> None:
        self.pool.add(Member(f"cache-{len(self.pool.names)}", weight))
        self._changed()

    def _lists(self) -> list[list[Any]]:
        return [list(one) for one in vars(self.pool).values()]

    def _changed(self) -> None:
        self.picking.changed()
        self.telling.changed()


@pytest.mark.parametrize("kind", POLICIES.values(), ids=POLICIES)
@settings(max_examples=60)
@given(weights=st.lists(WEIGHTS, min_size=1, max_size=5), steps=st.lists(STEPS, max_size=40))
def test_why_picks_what_pick_picks(kind, weights, steps):
    twins = Twins(kind, weights)
    for step in steps:
        twins.take(step)
    for key in range(5):
        twins.send(key)


@pytest.mark.parametrize("kind", POLICIES.values(), ids=POLICIES)
def test_pick_goes_on_after_why_as_if_it_had_picked(kind):
    twins = Twins(kind, [1.0, 2.0, 0.5, 1.0])
    for number in range(60):
        twins.send(number * 71_582_788)
        twins.picking, twins.telling = twins.telling, twins.picking

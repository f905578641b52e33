"""Invariants of the guards, whatever they see and in any order."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from balancer.core.guards.eligible import Rules
from balancer.core.guards.health import Checks
from balancer.core.guards.outliers import Outlying
from balancer.core.guards.panic import Resort
from balancer.core.guards.slow_start import SlowStart
from balancer.core.guards.standing import State
from tests.balancer.core.guards.guarded import Guarded

IN_USE = {State.UP, State.STARTING, State.SUSPECTED}
NODES = 6

place = st.integers(0, NODES + 1)
sights = st.one_of(
    st.tuples(st.just("fails"), place, st.integers(1, 6)),
    st.tuples(st.just("checks"), place, st.sampled_from(["+", "-", "--", "---", "++"])),
    st.tuples(st.just("heard"), place, st.just(0)),
    st.tuples(st.just("join"), place, st.sampled_from([0.5, 1.0, 4.0])),
    st.tuples(st.just("leave"), place, st.just(0)),
    st.tuples(st.just("weigh"), place, st.sampled_from([0.1, 7.0])),
    st.tuples(st.just("waits"), st.sampled_from([0.1, 1.0, 3.5, 12.0]), st.just(0)),
)
rules = st.builds(
    Rules,
    checks=st.builds(Checks, fall=st.integers(1, 3), rise=st.integers(1, 3)),
    outlying=st.builds(
        Outlying,
        in_a_row=st.integers(1, 5),
        base_s=st.just(5.0),
        most_ejected=st.sampled_from([0.0, 0.1, 0.4, 1.0]),
        at_least_one=st.booleans(),
    ),
    slow_start=st.builds(SlowStart, window_s=st.sampled_from([0.0, 8.0])),
    panic_threshold=st.sampled_from([0.0, 0.5, 1.0]),
)


def happens(one: Guarded, sight: tuple[str, Any, Any]) -> None:
    what, where, how = sight
    if what == "waits":
        one.ticks(one.now + where)
    elif what == "heard":
        one.guards.heard(f"n{where}", one.now)
    elif what == "join":
        one.guards.join(f"n{where}", one.now, how)
    elif where < len(one.pool.names):
        if what == "fails":
            one.fails(where, how)
        elif what == "checks":
            one.checks(where, how)
        elif what == "leave":
            one.guards.leave(where, one.now)
        else:
            one.guards.weigh(where, one.now, how)


def holds(one: Guarded) -> None:
    pool, guards = one.pool, one.guards
    states = [one.state(place) for place in range(len(pool.names))]
    known = [place for place, state in enumerate(states) if state not in {State.LEAVING, State.GONE}]
    in_use = [place for place in known if states[place] in IN_USE]
    assert len(pool.names) == len(set(pool.names))
    if guards.alarm.resort is Resort.NONE:
        assert pool.ready == in_use
    else:
        assert pool.ready == [p for p in known if guards.alarm.resort is Resort.ALL or states[p] is not State.DOWN]
    if not pool.ready:
        assert not guards.rules.panic_threshold or not known
        assert all(states[place] is State.DOWN for place in known)
    for place, weight in enumerate(pool.weights):
        assert 0 < weight <= guards._nodes[place].own
        assert weight == guards._nodes[place].own or states[place] in {State.STARTING, State.SUSPECTED}
    assert one.policy.seen == (pool.names, pool.ready, pool.weights)
    assert one.policy.idle == 0


@settings(max_examples=300, deadline=None)
@given(rules, st.lists(sights, max_size=40))
def test_ready_and_weights_follow_from_how_each_stands_and_the_policy_hears_of_changes_alone(given_rules, story):
    one = Guarded(NODES, given_rules)
    holds(one)
    for sight in story:
        happens(one, sight)
        holds(one)


@settings(max_examples=200, deadline=None)
@given(rules, st.lists(sights, max_size=40))
def test_no_more_than_the_share_is_ejected_when_one_is(given_rules, story):
    one = Guarded(NODES, given_rules)
    outlying = given_rules.outlying
    for sight in story:
        before = sum(one.state(place) is State.EJECTED for place in range(len(one.pool.names)))
        happens(one, sight)
        if sight[0] != "fails":
            continue
        states = [one.state(place) for place in range(len(one.pool.names))]
        known = sum(state not in {State.LEAVING, State.GONE} for state in states)
        if states.count(State.EJECTED) > before:
            most = max(int(outlying.at_least_one), int(outlying.most_ejected * known + 1e-9))
            assert states.count(State.EJECTED) <= most

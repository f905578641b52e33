"""A story of the balancer, told by its services: every kind of event, with the state before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from balancer.core.state import FIRST, Stand, State
from balancer.selectors.state import state_of_stream, told_of_stream
from balancer.services.traffic import comparison_failed, node_stands, policies_compared, set_traffic
from live.models import Event
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.balancer.comparisons import TRIAL, comparison
from tests.ringviz.making import OPERATOR, make_cluster

_OUT = Stand(state="ejected", code="failures_in_a_row", figures={"failures": 5.0, "seconds": 30.0})
_LATE = Stand(state="suspected", code="heartbeat_late", figures={"silent": 1234.56})
_BACK = Stand(state="starting", code="ejection_over", figures={"seconds": 30.0})
_WELL = Stand(state="up", code="checks_passed", figures={"passed": 2.0})


class Step(NamedTuple):
    """An event; `before` is None where nothing was ever asked."""

    name: str
    before: State | None
    event: Event
    after: State


def story() -> Iterator[Step]:
    """Started, switched, compared, a node out and back in two steps, stopped."""
    make_cluster(kind=Cluster.Kind.MANAGED)
    cluster = cluster_of("small")

    def step(name: str, act: Callable[[], Event | None]) -> Step:
        before = told_of_stream(cluster.stream_id)
        event = act()
        assert event is not None
        return Step(name, before, event, state_of_stream(cluster.stream_id))

    def put(**changes: Any) -> Callable[[], Event]:
        now = state_of_stream(cluster.stream_id)["traffic"]
        wanted: Any = {**now, **changes}
        return lambda: set_traffic(slug="small", actor=OPERATOR, version=None, wanted=wanted)

    def stands(stand: Stand, *, well: bool = False) -> Callable[[], Event | None]:
        return lambda: node_stands(cluster=cluster, node=2, name="b", stand=stand, well=well, guard=lambda: None)

    def compares(*pairs: tuple[float | None, float | None], **given: Any) -> Callable[[], Event]:
        found = comparison(*pairs, **given)
        return lambda: policies_compared(cluster=cluster, comparison=found, guard=lambda: None)

    def fails(rounds: int) -> Callable[[], Event]:
        now = state_of_stream(cluster.stream_id)["traffic"]
        return lambda: comparison_failed(cluster=cluster, traffic=now, rounds=rounds, guard=lambda: None)

    yield step("set_on", put(**{**FIRST, "on": True, "rate": 1.0}))
    yield step("set_policy", put(policy="p2c", options={}))
    yield step("set_option", put(policy="d_choices", options={"d": 3}))
    yield step("set_rate", put(rate=2_500.0))
    yield step("set_skew", put(skew=3.0))
    yield step("set_work", put(work=500))
    yield step("set_no_work", put(work=0))
    yield step("set_weighed", put(weighed=True))
    yield step("set_unweighed", put(weighed=False))
    yield step("trial_on", put(trial=TRIAL))
    yield step("trial_of_other_options", put(trial={**TRIAL, "policy": "bounded_ring", "options": {"c": 2.5}}))
    yield step("compared", compares((250.0, 4.0), (255.0, 4.4), (251.0, 3.8)))
    yield step("trial_again", put(trial=TRIAL))
    yield step("trial_stopped", put(trial=None))
    yield step("trial_yet_again", put(trial=TRIAL))
    yield step("trial_failed", fails(rounds=2))
    yield step("trial_once_more", put(trial=TRIAL))
    yield step("compared_without_answers", compares((None, 0.51), (None, 0.5), sent=9, answered=0))
    yield step("trial_with_other_rate", put(rate=700.0, trial=TRIAL))
    yield step("set_rate_and_no_trial", put(rate=500.0))
    yield step("stood_out", stands(_OUT))
    yield step("stood_late", stands(_LATE))
    yield step("stood_starting", stands(_BACK))
    yield step("stood_well", stands(_WELL, well=True))
    yield step("stood_out_again", stands(_OUT))
    yield step("set_off", put(on=False))

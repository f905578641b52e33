"""A/B runs as they are asked for, ended and told: rows, events, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from balancer.core.state import FIRST, Traffic
from balancer.core.trial import Trial
from balancer.driving.telling import Moot
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import policies_compared, set_traffic
from live.past import parts_at
from live.subjects import event_words
from ringviz.errors import Invalid
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.balancer.comparisons import comparison
from tests.ringviz.making import OPERATOR, make_cluster

pytestmark = pytest.mark.django_db
TRIAL = Trial(policy="d_choices", options={"d": 3, "bias": 1.0}, seconds=2, rounds=3)
ON: Traffic = {**FIRST, "on": True}
TRIED: Traffic = {**ON, "trial": TRIAL}


@pytest.fixture
def cluster() -> Cluster:
    make_cluster(kind=Cluster.Kind.MANAGED)
    return cluster_of("small")


def put(wanted: Any) -> Any:
    return set_traffic(slug="small", actor=OPERATOR, version=None, wanted=wanted)


def traffic(cluster: Cluster) -> Traffic:
    return state_of_stream(cluster.stream_id)["traffic"]


def words(event: Any) -> str:
    return event_words(event.kind, event.payload).text


def test_rows_say_what_the_events_add_up_to_and_the_newest_result_stays(cluster):
    first, second = comparison(), comparison((1.0, 2.0), (1.0, 2.1))
    acts = [
        lambda: put(TRIED),
        lambda: policies_compared(cluster=cluster, comparison=first, guard=lambda: None),
        lambda: put(TRIED),
        lambda: put({**ON, "on": False}),
        lambda: put(TRIED),
        lambda: policies_compared(cluster=cluster, comparison=second, guard=lambda: None),
    ]
    kept = []
    for act in acts:
        event = act()
        state = state_of_stream(cluster.stream_id)
        assert parts_at(cluster.stream_id, event.version)["balancer"] == state
        kept.append((state["compared"], state["traffic"]["trial"]))
    assert [trial for _, trial in kept] == [TRIAL, None, TRIAL, None, TRIAL, None]
    assert [found for found, _ in kept] == [None, first, first, first, first, second]
    assert traffic(cluster) == ON, "requests go on as they were"


def test_an_option_that_is_left_out_has_its_default(cluster):
    put({**ON, "trial": {**TRIAL, "policy": "bounded_ring", "options": {}}})
    trial = traffic(cluster)["trial"]
    assert trial is not None
    assert trial["options"]["c"] == 1.25


@pytest.mark.parametrize("change", [{"rate": 7.0}, {"policy": "jsq"}, {"on": False}, {"seed": 7}])
def test_whatever_changes_ends_a_run(cluster, change):
    put(TRIED)
    put({**TRIED, **change})
    assert traffic(cluster) == {**ON, **change, "trial": None}


def test_another_run_takes_the_place_of_the_first_and_the_same_one_is_refused(cluster):
    put(TRIED)
    with pytest.raises(Invalid, match="already"):
        put(TRIED)
    assert traffic(cluster)["trial"] == TRIAL
    other = {**TRIAL, "rounds": 4}
    put({**TRIED, "trial": other})
    assert traffic(cluster)["trial"] == other


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"policy": "fastest"}, "trial"),
        ({"policy": "central"}, "trial"),
        ({"options": {"x": 1}}, "trial"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": 61}, "seconds"),
        ({"rounds": 1}, "rounds"),
        ({"rounds": 31}, "rounds"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_changes_nothing(cluster, change, field):
    with pytest.raises(Invalid) as caught:
        put({**ON, "trial": {**TRIAL, **change}})
    assert caught.value.field == field
    assert traffic(cluster) == FIRST


def test_without_requests_there_is_no_run(cluster):
    put({**TRIED, "on": False, "rate": 5.0})
    assert traffic(cluster)["trial"] is None


def test_a_result_of_a_run_that_is_asked_no_more_is_not_kept(cluster):
    def moot() -> None:
        raise Moot

    put(TRIED)
    with pytest.raises(Moot):
        policies_compared(cluster=cluster, comparison=comparison(), guard=moot)
    assert state_of_stream(cluster.stream_id)["compared"] is None


def test_the_timeline_tells_of_a_run(cluster):
    said = [put(TRIED), put(ON), put(TRIED), policies_compared(cluster=cluster, comparison=comparison(), guard=_fine)]
    assert [words(event) for event in said] == [
        "balancer: A/B run of round robin and d choices (d=3) started",
        "balancer: A/B run stopped",
        "balancer: A/B run of round robin and d choices (d=3) started",
        "balancer: round robin p99 251 ms ± 4, two choices p99 4.1 ms ± 0.3, same stream",
    ]


def _fine() -> None:
    return None

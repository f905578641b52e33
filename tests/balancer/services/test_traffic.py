"""What is asked of a cluster's balancer, and what its driver tells: rows, events and who may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from balancer.core.bounds import MOST_WORK
from balancer.core.guards.standing import Code, State
from balancer.core.named import POLICIES
from balancer.core.policy import Sight
from balancer.core.state import FIRST, Stand, Traffic, node_stood, nothing, traffic_set
from balancer.models import Balancer
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import node_stands, set_traffic
from balancer.wording import REASONS, STATES, stand_words
from live.past import parts_at
from live.subjects import event_words
from locks.services.leading import Fenced
from ringviz.errors import Invalid, NotAllowed, StaleVersion
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.ringviz.making import OPERATOR, WATCHER, make_cluster

pytestmark = pytest.mark.django_db
ON: Traffic = {**FIRST, "on": True, "policy": "p2c"}
EJECTED = Stand(state="ejected", code="failures_in_a_row", figures={"failures": 5, "seconds": 30, "times": 1})
BACK = Stand(state="starting", code="ejection_over", figures={"seconds": 30})


@pytest.fixture
def cluster() -> Cluster:
    make_cluster(kind=Cluster.Kind.MANAGED)
    return cluster_of("small")


def put(wanted: Any, version: int | None = None) -> Any:
    return set_traffic(slug="small", actor=OPERATOR, version=version, wanted=wanted)


def stand(cluster: Cluster, one: Stand, *, well: bool = False, guard: Any = lambda: None) -> Any:
    return node_stands(cluster=cluster, node=2, name="b", stand=one, well=well, guard=guard)


def test_before_anything_was_asked_nothing_is_sent(cluster):
    assert state_of_stream(cluster.stream_id) == nothing()


def test_rows_say_what_the_events_add_up_to(cluster):
    acts = [
        lambda: put(ON),
        lambda: stand(cluster, EJECTED),
        lambda: put({**ON, "policy": "bounded_ring", "options": {"c": 2}, "rate": 200}),
        lambda: stand(cluster, BACK, well=True),
        lambda: stand(cluster, EJECTED),
        lambda: put({**ON, "on": False}),
    ]
    for act in acts:
        event = act()
        assert parts_at(cluster.stream_id, event.version)["balancer"] == state_of_stream(cluster.stream_id)
    assert state_of_stream(cluster.stream_id)["standings"] == {}, "nobody looks at the nodes any more"


def test_options_that_are_left_out_have_their_defaults(cluster):
    put({**ON, "policy": "bounded_ring"})
    assert state_of_stream(cluster.stream_id)["traffic"]["options"]["c"] == 1.25


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"policy": "fastest"}, "policy"),
        ({"policy": "bounded_ring", "options": {"d": 2}}, "options"),
        ({"rate": 0}, "rate"),
        ({"rate": float("nan")}, "rate"),
        ({"rate": 10**9}, "rate"),
        ({"skew": -1}, "skew"),
        ({"seed": -1}, "seed"),
        ({"work": -1}, "work"),
        ({"work": MOST_WORK + 1}, "work"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(cluster, change, field):
    with pytest.raises(Invalid) as caught:
        put({**ON, **change})
    assert caught.value.field == field
    assert state_of_stream(cluster.stream_id) == nothing()


@pytest.mark.parametrize("name", [name for name, kind in POLICIES.items() if Sight.WORK in kind.sight])
def test_what_only_a_simulator_can_do_is_not_asked_of_servers(cluster, name):
    with pytest.raises(Invalid, match="only runs in the simulator"):
        put({**ON, "policy": name})


def test_the_same_again_is_refused(cluster):
    put(ON)
    with pytest.raises(Invalid, match="already"):
        put(ON)


def test_who_decided_on_an_older_version_is_told_what_happened(cluster):
    seen = put(ON).version
    stand(cluster, EJECTED)
    with pytest.raises(StaleVersion) as caught:
        put({**ON, "rate": 9.0}, seen)
    assert [event.kind for event in caught.value.events] == ["balancer_stood"]


def test_the_same_click_sent_twice_is_done_once_and_answered_each_time(cluster):
    asked: dict[str, Any] = {
        "slug": "small",
        "actor": OPERATOR,
        "version": cluster_of("small").stream.version,
        "wanted": ON,
    }
    events = [set_traffic(**asked, key="one click") for _ in range(2)]
    assert events[0].version == events[1].version == cluster_of("small").stream.version
    with pytest.raises(StaleVersion):
        set_traffic(**asked, key="another click")
    with pytest.raises(Invalid):
        set_traffic(**asked, key="#1")


def test_a_visitor_may_not(cluster):
    with pytest.raises(NotAllowed):
        set_traffic(slug="small", actor=WATCHER, version=None, wanted=ON)


def test_simulated_nodes_take_no_requests():
    make_cluster()
    with pytest.raises(Invalid, match="does not run the servers"):
        put(ON)


def test_a_driver_that_leads_no_more_tells_nothing(cluster):
    def fenced() -> None:
        raise Fenced

    put(ON)
    with pytest.raises(Fenced):
        stand(cluster, EJECTED, guard=fenced)
    assert state_of_stream(cluster.stream_id)["standings"] == {}


def test_events_say_the_most_telling_difference(cluster):
    said = [put(ON), put({**ON, "policy": "jsq"}), put({**ON, "policy": "jsq", "rate": 1}), stand(cluster, EJECTED)]
    said += [stand(cluster, BACK, well=True), put({**ON, "on": False})]
    assert [event_words(event.kind, event.payload).text for event in said] == [
        "balancer: 1,500 requests a second by two choices",
        "balancer: shortest queue",
        "balancer: 1 request a second by shortest queue",
        "b: ejected (5 failures in a row, out for 30 s)",
        "b: starting slowly (back after an ejection of 30 s)",
        "balancer: requests stopped",
    ]


def test_events_say_what_a_request_costs_and_whether_weights_follow_load(cluster):
    acts: list[dict[str, Any]] = [
        {},
        {"weighed": True},
        {"weighed": True, "work": 20_000},
        {"work": 1},
        {"work": 1},
        {},
    ]
    said = [put({**ON, **act, "rate": 100 + at // 4}) for at, act in enumerate(acts)]
    assert [event_words(event.kind, event.payload).text for event in said] == [
        "balancer: 100 requests a second by two choices",
        "balancer: weights follow the nodes' load",
        "balancer: each request runs a loop of 20,000 steps",
        "balancer: weights are fixed",
        "balancer: 101 requests a second by two choices",
        "balancer: each request is a plain ECHO",
    ]


def test_rows_and_events_from_before_a_field_have_its_first_value(cluster):
    """Old rows and events know neither `work` nor `weighed` nor a `trial`, and nothing was ever compared."""
    event = put(ON)
    old: Any = {name: value for name, value in ON.items() if name not in ("work", "weighed", "trial")}
    Balancer.objects.update(traffic=old)
    assert state_of_stream(cluster.stream_id)["traffic"] == ON
    assert traffic_set(None, {"traffic": old, "before": old})["traffic"] == ON
    stood = {"node": 2, "name": "b", "stand": EJECTED, "why": EJECTED}
    before: Any = {"traffic": old, "standings": {}}
    after = node_stood(before, stood)
    assert (after["traffic"], after["compared"]) == (ON, None)
    assert event_words(event.kind, {"traffic": old, "before": {**old, "rate": 7}}).label == "requests"


def test_every_state_and_reason_has_words_and_one_of_a_newer_process_its_name():
    assert (set(STATES), set(REASONS)) == (set(State), set(Code))
    assert stand_words({"state": "resting", "code": "tired", "figures": {}}) == "resting (tired)"


def test_the_command_line_sets_what_is_said_and_leaves_the_rest(cluster, capsys):
    call_command("balance", "set", "bounded_ring", "--option", "c=3", "--on", "--json")
    assert json.loads(capsys.readouterr().out) == {"cluster": "small", "version": 2, "kind": "balancer_set"}
    call_command("balance", "set", "--rate", "20")
    traffic = state_of_stream(cluster.stream_id)["traffic"]
    assert (traffic["on"], traffic["policy"], traffic["options"]["c"], traffic["rate"]) == (True, "bounded_ring", 3, 20)
    call_command("balance", "set", "--work", "500", "--weighed")
    traffic = state_of_stream(cluster.stream_id)["traffic"]
    assert (traffic["work"], traffic["weighed"], traffic["rate"]) == (500, True, 20)
    call_command("balance", "set", "--not-weighed")
    traffic = state_of_stream(cluster.stream_id)["traffic"]
    assert (traffic["work"], traffic["weighed"]) == (500, False)
    call_command("balance", "set", "p2c", "--off")
    traffic = state_of_stream(cluster.stream_id)["traffic"]
    assert (traffic["on"], traffic["policy"], traffic["options"]) == (False, "p2c", {})


def test_the_command_line_says_which_policies_there_are(cluster):
    with pytest.raises(CommandError, match="round_robin"):
        call_command("balance", "set", "fastest")

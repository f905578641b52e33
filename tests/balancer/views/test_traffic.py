"""The Balancer page for real requests: what it gets, what people may request, and what it refuses."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from balancer.core.named import POLICIES
from balancer.core.state import FIRST, nothing
from balancer.services.traffic import node_stands, set_traffic
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.ringviz.making import OPERATOR, make_cluster

HOME = "/clusters/small/balancer/"


@pytest.fixture
def cluster(db: None) -> Cluster:
    """Managed, with nodes a, b, c."""
    make_cluster(kind=Cluster.Kind.MANAGED)
    return cluster_of("small")


def boot_of(client: Client, query: str = "") -> dict[str, Any]:
    response = client.get(HOME + query)
    assert response.status_code == 200, response.content[:300]
    found = re.search(r'<script id="boot" type="application/json">(.*?)</script>', response.content.decode(), re.DOTALL)
    assert found
    return dict(json.loads(unescape(found.group(1))))


def ask(**changes: Any) -> int:
    wanted = {**FIRST, "on": True, "policy": "p2c", "rate": 400.0, **changes}
    return set_traffic(slug="small", actor=OPERATOR, version=None, wanted=wanted).version  # type: ignore[arg-type]


def stand(cluster: Cluster, code: str) -> int:
    told = {"state": "ejected", "code": code, "figures": {"failures": 5, "seconds": 30}}
    event = node_stands(cluster=cluster, node=2, name="b", stand=told, well=False, guard=lambda: None)  # type: ignore[arg-type]
    assert event
    return event.version


def test_the_page_is_given_the_ring_the_balancer_and_what_is_declared(client: Client, cluster: Cluster) -> None:
    boot = boot_of(client)
    assert boot["v"] == boot["head"] == 1
    assert [node["name"] for node in boot["ring"]["nodes"]] == ["a", "b", "c"]
    assert boot["balancer"] == nothing()
    assert list(boot["told"]["policies"]) == list(POLICIES)
    assert not boot["told"]["policies"]["central"]["drives"]
    assert boot["may_operate"] is False
    assert "balancer_set" not in boot["elsewhere"]


def test_nodes_have_the_event_that_made_them_stand_so(client: Client, cluster: Cluster) -> None:
    ask()
    version = stand(cluster, "failures_in_a_row")
    causes = boot_of(client)["causes"]
    assert (causes["2"]["v"], causes["2"]["text"]) == (version, "b: ejected (5 failures in a row, out for 30 s)")
    assert "1" not in causes
    assert (causes["*"]["v"], causes["*"]["text"]) == (1, "3 nodes")


def test_a_version_of_the_past_has_its_settings_and_standings(client: Client, cluster: Cluster) -> None:
    first = ask()
    out = stand(cluster, "failures_in_a_row")
    ask(policy="jsq")
    ask(on=False)
    boot = boot_of(client, f"?v={out}")
    assert (boot["v"], boot["head"]) == (out, out + 2)
    assert boot["balancer"]["traffic"]["policy"] == "p2c"
    assert boot["balancer"]["standings"]["2"]["state"] == "ejected"
    state = client.get(f"{HOME}state?v={first}").json()
    assert (state["v"], state["balancer"]["standings"]) == (first, {})
    assert state["event"]["kind"] == "balancer_set"
    assert client.get(f"{HOME}state").json()["balancer"]["traffic"]["on"] is False


def test_a_version_that_is_not_kept_is_named_and_now_is_shown(client: Client, cluster: Cluster) -> None:
    boot = boot_of(client, "?v=99")
    assert boot["v"] == boot["head"]
    assert boot["missing"].startswith("There is no version 99. The page opened at the newest version, ")
    assert "is not a version" in boot_of(client, "?v=-2")["missing"]
    assert boot_of(client, "?v=1")["missing"] == ""
    assert client.get(f"{HOME}state?v=99").status_code == 404


def test_an_event_of_the_balancer_is_listed_with_a_link_to_this_page(client: Client, cluster: Cluster) -> None:
    version = ask()
    text = client.get("/clusters/small/timeline/").content.decode()
    assert f'href="{HOME}?v={version}"' in text
    assert 'href="/clusters/small/?v=1"' in text


@pytest.mark.parametrize("query", ["p=random&p=p2c", "nodes=6&load=0.8", "freeze=2&p=jsq"])
def test_an_old_link_of_a_race_leads_to_the_race(client: Client, cluster: Cluster, query: str) -> None:
    answer: Any = client.get(f"{HOME}?{query}")
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}race/?{query}")


@pytest.mark.parametrize(
    ("kind", "said"), [("simulated", "without servers"), ("external", "does not run this cluster")]
)
def test_without_servers_of_ours_only_the_race_is_offered(client: Client, db: None, kind: str, said: str) -> None:
    make_cluster()
    Cluster.objects.filter(slug="small").update(kind=kind)
    text = client.get(HOME).content.decode()
    assert "Real requests are not available for" in text
    assert said in text
    assert f'action="{HOME}race/"' in text
    assert 'id="start"' not in text


def test_without_a_cluster_there_is_no_page(client: Client, db: None) -> None:
    assert client.get("/clusters/none/balancer/").status_code == 404
    assert client.get("/clusters/none/balancer/state").status_code == 404


@pytest.fixture
def operator(client: Client, cluster: Cluster, django_user_model: type[User]) -> Client:
    """Signed in, and allowed to change clusters."""
    client.force_login(django_user_model.objects.create_superuser("op", password="op"))
    return client


def post(client: Client, **fields: Any) -> Any:
    return client.post(f"{HOME}act", fields)


def test_an_operator_starts_changes_and_stops_the_requests(operator: Client) -> None:
    answer = post(operator, on=1, policy="d_choices", options="d=3", rate="1,200", skew=0.9, seed=7, version=1)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["v"] == told["event"]["v"] == 2
    assert told["event"]["payload"]["traffic"] == {
        **FIRST,
        "on": True,
        "policy": "d_choices",
        "options": {"d": 3, "bias": 1.0},
        "rate": 1_200.0,
        "skew": 0.9,
        "seed": 7,
    }
    again = post(operator, rate=300, version=2).json()["event"]["payload"]["traffic"]
    assert (again["rate"], again["options"]["d"]) == (300.0, 3)
    other = post(operator, policy="p2c", version=3).json()["event"]["payload"]["traffic"]
    assert (other["policy"], other["options"]) == ("p2c", {})
    assert post(operator, on=0, version=4).json()["event"]["payload"]["traffic"]["on"] is False


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("rate", "many", "Give a number."),
        ("rate", "0", "The rate must be from 1 to 100,000, not 0."),
        ("skew", "9", "The skew must be from 0 to 5, not 9."),
        ("seed", "1.5", "Give a whole number."),
        ("seed", "-1", "The seed must be from 0 to"),
        ("policy", "best", "There is no policy 'best'"),
        ("policy", "central", "it only runs in the simulator"),
        ("options", "d=3", "has no option"),
        ("options", "d", "is not an option"),
        ("d", "", "must be a whole number from"),
    ],
)
def test_what_is_refused_names_its_field(operator: Client, field: str, value: str, said: str) -> None:
    asked = {"policy": "d_choices", "options": "d=0"} if field == "d" else {field: value}
    answer = post(operator, on=1, version=1, **asked)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert answer.json()["field"] == field


def test_somebody_who_was_faster_is_named(operator: Client) -> None:
    ask()
    answer = post(operator, on=0, version=1)
    assert answer.status_code == 409
    assert [event["kind"] for event in answer.json()["events"]] == ["balancer_set"]


def test_who_only_watches_gets_no_button_and_is_refused(client: Client, cluster: Cluster) -> None:
    text = client.get(HOME).content.decode()
    assert all(f'id="{name}"' not in text for name in ("start", "stop", "hot", "apply"))
    assert post(client, on=1, version=1).status_code == 403

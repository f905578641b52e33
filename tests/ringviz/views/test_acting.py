"""Acting and planning over HTTP."""

import pytest
from django.test import Client

from ringviz.models import Node


def test_a_kill_moves_only_the_nodes_keys(operator: Client, cluster: str):
    before = operator.get(cluster + "state").json()["state"]["nodes"]
    answer = operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2}).json()
    movement = answer["event"]["payload"]["movement"]
    assert answer["v"] == 3
    assert (movement["moved"], movement["needless"]) == (before[1]["keys"], 0)
    assert {pair[0] for pair in movement["pairs"]} == {2}
    assert Node.objects.get(number=2).state == "down"


def test_a_plan_is_the_event_to_be(operator: Client, cluster: str):
    plan = operator.get(cluster + "plan?action=kill&node=2").json()
    event = operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2}).json()["event"]
    assert (plan["v"], plan["kind"]) == (2, event["kind"])
    plan["payload"]["node"]["since"] = event["payload"]["node"]["since"]
    assert plan["payload"] == event["payload"]


def test_a_plan_is_no_event(watcher: Client, cluster: str):
    answer = watcher.get(cluster + "plan?action=add&name=e&weight=2")
    assert (answer.status_code, bool(answer.json()["tokens"])) == (200, True)
    assert watcher.get(cluster + "state").json()["head"] == 2


def test_who_watches_cannot_act(watcher: Client, cluster: str):
    refused = watcher.post(cluster + "act", {"action": "kill", "node": 2, "version": 2})
    assert (refused.status_code, Node.objects.get(number=2).state) == (403, "active")


def test_it_wants_the_csrf_token(operator: Client, cluster: str):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post(cluster + "act", {"action": "kill", "node": 2, "version": 2}).status_code == 403


def test_the_second_of_two_on_one_version_sees_what_happened(operator: Client, cluster: str):
    assert operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2}).status_code == 200
    late = operator.post(cluster + "act", {"action": "kill", "node": 3, "version": 2})
    assert late.status_code == 409
    assert [(event["v"], event["kind"]) for event in late.json()["events"]] == [(3, "node_killed")]
    assert Node.objects.get(number=3).state == "active"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"action": "explode", "node": 2}, "action"),
        ({"action": "kill", "node": "two"}, "node"),
        ({"action": "revive", "node": 2}, "node"),
        ({"action": "add", "name": "a"}, "name"),
        ({"action": "add", "name": ""}, "name"),
        ({"action": "add", "name": "x\ny"}, "name"),
        ({"action": "add", "name": "e", "weight": "nan"}, "weight"),
        ({"action": "add", "name": "e", "weight": "101"}, "weight"),
        ({"action": "configure", "vnodes": "0"}, "vnodes"),
        ({"action": "configure", "copies": "9"}, "copies"),
        ({"action": "configure", "strategy": "magic"}, "strategy"),
        ({"action": "configure"}, "strategy"),
        ({"action": "kill", "node": 2, "version": ""}, "version"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    operator: Client, cluster: str, form: dict[str, object], field: str
):
    refused = operator.post(cluster + "act", {"version": 2} | form)
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert refused.json()["error"]
    assert operator.get(cluster + "state").json()["head"] == 2


def test_a_node_that_is_not_there_is_not_found(operator: Client, cluster: str):
    assert operator.post(cluster + "act", {"action": "kill", "node": 9, "version": 2}).status_code == 404


def test_undo_takes_back_the_newest_event(operator: Client, cluster: str):
    operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2})
    undone = operator.post(cluster + "act", {"action": "undo", "version": 3}).json()["event"]
    assert (undone["kind"], undone["payload"]["undoes"]) == ("node_revived", 3)
    assert Node.objects.get(number=2).state == "active"


def test_undo_of_the_first_event_is_refused(operator: Client, cluster: str):
    operator.post(cluster + "act", {"action": "undo", "version": 2})
    assert operator.post(cluster + "act", {"action": "undo", "version": 1}).status_code in (400, 409)
    assert operator.get(cluster + "state").json()["head"] == 3

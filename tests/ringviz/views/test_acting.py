"""Acting and planning over HTTP."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from live.late import UNTIL
from live.wire import now_ms
from ringviz.models import Node
from ringviz.services import served
from ringviz.services.changing import report
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
from tests.ringviz.views.conftest import BOSS


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


def test_what_is_sent_twice_with_one_key_is_done_once_and_answered_each_time(operator: Client, cluster: str):
    form = {"action": "kill", "node": 2, "version": 2, "key": "one click"}
    first, second = operator.post(cluster + "act", form), operator.post(cluster + "act", form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert first.json()["event"]["key"] == "one click"
    undone = [operator.post(cluster + "act", {"action": "undo", "version": 3, "key": "back"}).json() for _ in range(2)]
    assert [answer["v"] for answer in undone] == [4, 4]
    assert operator.get(cluster + "state").json()["head"] == 4


def test_what_comes_after_the_page_has_given_it_up_changes_nothing(operator: Client, cluster: str):
    form = {"action": "kill", "node": 2, "version": 2}
    late = operator.post(cluster + "act", form, headers={UNTIL: str(now_ms() - 1)})
    assert (late.status_code, late.json()["error"]) == (412, "This came too late. Nothing was changed.")
    assert Node.objects.get(number=2).state == "active"
    in_time = operator.post(cluster + "act", form, headers={UNTIL: str(now_ms() + 60_000)})
    assert in_time.status_code == 200


def test_a_key_is_bounded(operator: Client, cluster: str):
    refused = operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2, "key": "k" * 101})
    assert (refused.status_code, refused.json()["field"]) == (400, "key")


def test_who_watches_cannot_act(watcher: Client, cluster: str):
    refused = watcher.post(cluster + "act", {"action": "kill", "node": 2, "version": 2})
    assert (refused.status_code, Node.objects.get(number=2).state) == (403, "active")


def test_who_is_signed_in_and_may_not_operate_cannot_act_either(client: Client, cluster: str):
    client.force_login(User.objects.create_user("colleague", is_staff=True))
    refused = client.post(cluster + "act", {"action": "kill", "node": 2, "version": 2})
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


def test_servers_that_do_not_answer_leave_unknown_what_they_have(db, client):
    create_cluster(
        actor=BOSS, slug="silent", name="Silent", kind="managed", nodes=[{"name": "a"}, {"name": "b"}],
        key_set=pattern_key_set(pattern="user:{n}", count=100),
    )  # fmt: skip
    for decision in (served.formed({1: "127.0.0.1:1", 2: "127.0.0.1:1"}), served.refilled([], keys=100, ms=1)):
        report(slug="silent", actor=BOSS, decision=decision, guard=lambda: None)
    assert client.get("/clusters/silent/lookup?key=user:7").json()["stored"] is None
    cost = client.get("/clusters/silent/plan?action=kill&node=2").json()["estimate"]
    assert (cost["measured"], cost["lost_keys"] > 0, cost["lost_bytes"]) == (False, True, 0)

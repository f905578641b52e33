"""Nodes in the admin: it makes changes as events, and the page says what it must not do."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from live.reading import events_after
from ringviz.admin import nodes as admin_nodes
from ringviz.models import Cluster, Node
from tests.ringviz.admin.conftest import BOSS
from tests.ringviz.admin.pages import errors, form_values, kinds, messages
from tests.ringviz.nodes import kill_node, reweight_node

NODES = "/admin/ringviz/node/"


def page_of(name: str, what: str = "change") -> str:
    return f"{NODES}{Node.objects.get(name=name).pk}/{what}/"


def act(client: Client, action: str, *names: str):
    chosen = [str(Node.objects.get(name=name).pk) for name in names]
    return client.post(NODES, {"action": action, "_selected_action": chosen}, follow=True)


def test_a_new_node_is_an_event_with_its_actor(small: Cluster, operator: Client):
    wanted = {"cluster": small.pk, "name": "d", "address": "10.0.0.4", "zone": "z1", "weight": "2"}
    response = operator.post(NODES + "add/", wanted, follow=True)
    (event,) = events_after(small.stream_id, 1)
    assert (event.kind, event.actor, event.origin) == ("node_added", "olga", "admin")
    assert event.payload["movement"]["moved"] > 0
    node = Node.objects.get(name="d")
    assert (node.address, node.zone, node.weight, node.tokens) == ("10.0.0.4", "z1", 2.0, 16)
    assert node.keys == event.payload["node"]["keys"]
    assert "was added successfully" in messages(response)[0]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "a", "already"),
        ("name", "", "required"),
        ("name", "tab\tin it", "printable characters"),
        ("weight", "101", "100"),
        ("weight", "nan", "number"),
        ("weight", "-1", "0"),
        ("zone", "z" * 101, "100 characters"),
    ],
)
def test_a_refused_new_node_keeps_the_form_and_says_why(small, operator, field, value, said):
    wanted = {"cluster": small.pk, "name": "d", "address": "kept", "zone": "", "weight": "1", field: value}
    response = operator.post(NODES + "add/", wanted)
    assert response.status_code == 200
    assert said in " ".join(errors(response))
    assert 'value="kept"' in response.content.decode()
    assert kinds(small) == []
    assert not LogEntry.objects.exists()


def test_too_many_tokens_are_a_form_error(small, operator, monkeypatch):
    monkeypatch.setattr("ringviz.services.checks.MAX_TOKENS", 25)
    response = operator.post(NODES + "add/", {"cluster": small.pk, "name": "d", "weight": "1"})
    assert any("32 tokens" in error for error in errors(response))
    assert kinds(small) == []


def test_a_weight_is_one_event_and_address_and_zone_another(small, operator):
    form = form_values(operator, page_of("b"))
    operator.post(page_of("b"), {**form, "weight": "3", "zone": "z2"})
    assert kinds(small) == ["node_reweighted", "node_edited"]
    node = Node.objects.get(name="b")
    assert (node.weight, node.zone, node.tokens) == (3.0, "z2", 24)


def test_saving_what_is_so_is_no_event(small, operator):
    response = operator.post(page_of("b"), form_values(operator, page_of("b")))
    assert response.status_code == 302
    assert kinds(small) == []


def test_a_form_drawn_before_another_change_is_refused_and_says_what_happened(small, operator):
    form = form_values(operator, page_of("b"))
    reweight_node(slug="small", actor=BOSS, number=2, weight=5.0)
    response = operator.post(page_of("b"), {**form, "weight": "3"})
    assert errors(response) == ["The cluster has changed: b has weight 5. Look at it, then decide again."]
    assert Node.objects.get(name="b").weight == 5.0
    assert 'name="weight" value="3"' in response.content.decode()
    assert kinds(small) == ["node_reweighted"]
    # The form with that message shows the current values: saving it again is a decision.
    again = operator.post(page_of("b"), {**form, "version": "2", "weight": "3"})
    assert again.status_code == 302
    assert Node.objects.get(name="b").weight == 3.0


def test_the_form_that_refuses_is_drawn_at_the_new_version(small, operator):
    form = form_values(operator, page_of("b"))
    assert form["version"] == "1"
    kill_node(slug="small", actor=BOSS, number=3)
    response = operator.post(page_of("b"), {**form, "weight": "3"})
    assert 'name="version" value="2"' in response.content.decode()


def test_a_name_is_not_changed(small, operator):
    operator.post(
        page_of("b"), {**form_values(operator, page_of("b")), "name": "renamed", "state": "down", "keys": "9"}
    )
    assert set(Node.objects.values_list("name", "state")) == {(name, "active") for name in "abc"}


@pytest.mark.parametrize(
    ("action", "kind", "state"), [("kill", "node_killed", "down"), ("drain", "node_drained", "draining")]
)
def test_an_action_is_an_event_a_node(small, operator, action, kind, state):
    response = act(operator, action, "a", "c")
    assert messages(response) == ["2 nodes: done."]
    assert kinds(small) == [kind, kind]
    assert dict(Node.objects.values_list("name", "state")) == {"a": state, "b": "active", "c": state}


def test_what_an_action_is_refused_is_said_and_the_rest_is_done(small, operator):
    kill_node(slug="small", actor=BOSS, number=1)
    response = act(operator, "kill", "a", "b")
    assert messages(response) == ["Not done: a is already down.", "1 node: done."]
    assert kinds(small) == ["node_killed", "node_killed"]


def test_revive_and_remove_are_actions_too(small, operator):
    kill_node(slug="small", actor=BOSS, number=1)
    act(operator, "revive", "a")
    act(operator, "remove", "b")
    assert kinds(small) == ["node_killed", "node_revived", "node_removed"]
    assert set(Node.objects.values_list("name", flat=True)) == {"a", "c"}


def test_an_action_on_too_many_does_nothing(small, operator, monkeypatch):
    monkeypatch.setattr(admin_nodes, "MOST_AT_ONCE", 2)
    response = act(operator, "kill", "a", "b", "c")
    assert messages(response) == ["Choose at most 2 nodes at once. Nothing was changed."]
    assert kinds(small) == []


def test_there_is_no_deleting_past_the_services(small, operator):
    assert "delete_selected" not in operator.get(NODES).content.decode()
    act(operator, "delete_selected", "a")
    assert Node.objects.count() == 3


def test_deleting_a_node_removes_it_by_an_event(small, operator):
    address = page_of("c", "delete")
    assert operator.get(address).status_code == 200
    response = operator.post(address, {"post": "yes"}, follow=True)
    assert "was deleted successfully" in messages(response)[0]
    assert kinds(small) == ["node_removed"]
    assert LogEntry.objects.get().is_deletion()


def test_a_refused_deletion_is_a_message(small, operator, monkeypatch):
    from ringviz.errors import Invalid

    def refuse(**_what: object) -> None:
        raise Invalid("node", 3, "Not this one.")

    monkeypatch.setattr(admin_nodes, "change", refuse)
    response = operator.post(page_of("c", "delete"), {"post": "yes"}, follow=True)
    assert response.status_code == 200
    assert messages(response) == ["Not done: Not this one."]
    assert not LogEntry.objects.exists()
    assert kinds(small) == []


def test_staff_without_the_permission_change_nothing(small, client):
    watcher = User.objects.create_user("wim", is_staff=True)
    watcher.user_permissions.set(Permission.objects.filter(codename__in=("view_node", "change_node", "delete_node")))
    client.force_login(watcher)
    assert client.get(page_of("b")).status_code == 200
    assert client.post(page_of("b"), {"weight": "3"}).status_code == 403
    assert client.post(page_of("b", "delete"), {"post": "yes"}).status_code == 403
    assert client.get(NODES + "add/").status_code == 403
    act(client, "kill", "a")
    assert kinds(small) == []


def test_the_list_costs_as_many_queries_however_many_nodes(small, operator, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        operator.get(NODES)

"""Nodes with servers in the admin: a request is shown as requested, and as done only when it is done."""

from __future__ import annotations

import pytest
from django.test import Client

from ringviz.models import Cluster, Node
from ringviz.services import served
from ringviz.services.changing import report
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
from tests.ringviz.admin.conftest import BOSS
from tests.ringviz.admin.pages import form_values, kinds, messages

NODES = "/admin/ringviz/node/"
UP = ["cluster_formed", "keys_refilled"]


@pytest.fixture
def real(db) -> Cluster:
    """Three servers that the log says are up; no supervisor runs here."""
    key_set = pattern_key_set(pattern="user:{n}", count=500)
    create_cluster(
        slug="real", actor=BOSS, name="Real", kind="managed", key_set=key_set, nodes=[{"name": name} for name in "abc"]
    )
    for decision in (served.formed(dict.fromkeys((1, 2, 3), "127.0.0.1:1")), served.refilled([], keys=500, ms=1)):
        report(slug="real", actor=BOSS, decision=decision, guard=lambda: None)
    return Cluster.objects.get(slug="real")


def page_of(name: str, what: str = "change") -> str:
    return f"{NODES}{Node.objects.get(name=name).pk}/{what}/"


@pytest.mark.parametrize("action", ["kill", "freeze", "restart", "drain", "remove"])
def test_an_action_is_asked_of_each(real, operator: Client, action):
    chosen = [str(Node.objects.get(name=name).pk) for name in "ab"]
    response = operator.post(NODES, {"action": action, "_selected_action": chosen}, follow=True)
    assert messages(response) == ["2 nodes: requested. The log shows when they are done."]
    assert kinds(real) == [*UP, "work_asked", "work_asked"]
    assert set(Node.objects.values_list("state", flat=True)) == {"active"}


def test_what_cannot_be_asked_is_said(real, operator: Client):
    chosen = [str(Node.objects.get(name="a").pk)]
    response = operator.post(NODES, {"action": "thaw", "_selected_action": chosen}, follow=True)
    assert "cannot be done now" in messages(response)[0]
    assert kinds(real) == UP


def test_another_weight_is_asked_and_not_called_changed(real, operator: Client):
    form = form_values(operator, page_of("a"))
    response = operator.post(page_of("a"), {**form, "weight": "2"}, follow=True)
    assert messages(response) == [
        "Requested (version 4). The supervisor will carry it out, and the log shows when it is done."
    ]
    assert Node.objects.get(name="a").weight == 1


def test_a_new_node_joins_and_one_that_is_deleted_stays_until_it_is_gone(real, operator: Client):
    wanted = {"cluster": real.pk, "name": "d", "weight": "1"}
    assert "Requested (version 4)" in messages(operator.post(NODES + "add/", wanted, follow=True))[0]
    assert Node.objects.get(name="d").state == "joining"
    form = form_values(operator, page_of("b", "delete"))
    assert (
        "Requested (version 5)"
        in messages(operator.post(page_of("b", "delete"), {**form, "post": "yes"}, follow=True))[0]
    )
    assert Node.objects.get(name="b").state == "active"
    assert kinds(real) == [*UP, "work_asked", "work_asked"]

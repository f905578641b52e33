"""Two people edit the same row: neither undoes the other's change unawares."""

from __future__ import annotations

import pytest

from ringviz.models import Cluster, Node
from tests.ringviz.admin.conftest import BOSS
from tests.ringviz.admin.pages import errors, form_values, kinds, messages, values_in
from tests.ringviz.nodes import add_node, configure, edit_node, kill_node, revive_node, reweight_node

NODES = "/admin/ringviz/node/"
CLUSTERS = "/admin/ringviz/cluster/"


def page_of(name: str, what: str = "change") -> str:
    return f"{NODES}{Node.objects.get(name=name).pk}/{what}/"


def test_what_was_not_touched_is_drawn_as_the_other_one_made_it_and_stays_so(small, operator):
    form = form_values(operator, page_of("b"))
    reweight_node(slug="small", actor=BOSS, number=2, weight=5.0)
    edit_node(slug="small", actor=BOSS, number=2, address="10.0.0.2", zone="z1")
    refused = operator.post(page_of("b"), {**form, "zone": "mine"})
    assert errors(refused) == [
        "The cluster has changed: b has weight 5, address or zone of b changed. Look at it, then decide again."
    ]
    again = values_in(refused.content.decode())
    assert {name: again[name] for name in ("weight", "address", "zone", "version")} == {
        "weight": "5.0",
        "address": "10.0.0.2",
        "zone": "mine",
        "version": "3",
    }
    assert operator.post(page_of("b"), again).status_code == 302
    node = Node.objects.get(name="b")
    assert (node.weight, node.address, node.zone) == (5.0, "10.0.0.2", "mine")
    assert kinds(small) == ["node_reweighted", "node_edited", "node_edited"]


def test_settings_that_were_not_touched_stay_as_the_other_one_made_them(small, operator):
    address = f"{CLUSTERS}{small.pk}/change/"
    form = {**form_values(operator, address), "strategy": "ring", "key_set": small.key_set_id}
    configure(slug="small", actor=BOSS, vnodes=32)
    refused = operator.post(address, {**form, "copies": "2"})
    again = {**values_in(refused.content.decode()), "strategy": "ring", "key_set": small.key_set_id}
    assert (again["vnodes"], again["copies"]) == ("32", "2")
    assert operator.post(address, again).status_code == 302
    small.refresh_from_db()
    assert (small.vnodes, small.copies) == (32, 2)


def test_only_the_newest_of_many_events_are_told(small, operator):
    form = form_values(operator, page_of("b"))
    for number in range(8):
        add_node(slug="small", actor=BOSS, name=f"n{number}")
    (error,) = errors(operator.post(page_of("b"), {**form, "weight": "3"}))
    assert "…, n3 added, n4 added, n5 added, n6 added, n7 added." in error


def test_a_weight_and_a_zone_are_saved_both_or_neither(small, operator):
    form = form_values(operator, page_of("b"))
    refused = operator.post(page_of("b"), {**form, "weight": "3", "zone": "a\tb"})
    assert errors(refused) == ["Use printable characters only."]
    assert kinds(small) == []
    assert Node.objects.get(name="b").weight == 1.0


def test_a_script_that_sends_the_fields_alone_changes_what_is_different(small, operator):
    edit_node(slug="small", actor=BOSS, number=2, address="10.0.0.2", zone="z1")
    response = operator.post(page_of("b"), {"address": "10.0.0.2", "zone": "z1", "weight": "3"})
    assert response.status_code == 302
    assert kinds(small) == ["node_edited", "node_reweighted"]


def test_a_node_that_changed_after_the_question_is_not_removed(small, operator):
    kill_node(slug="small", actor=BOSS, number=3)
    question = operator.get(page_of("c", "delete")).content.decode()
    assert "It owns no key" in question
    revive_node(slug="small", actor=BOSS, number=3)
    response = operator.post(page_of("c", "delete"), values_in(question), follow=True)
    assert messages(response) == ["Not done: The cluster has changed: c revived. Look at it, then decide again."]
    assert kinds(small) == ["node_killed", "node_revived"]
    question = operator.get(page_of("c", "delete")).content.decode()
    keys = Node.objects.get(name="c").keys
    assert f"The {keys} keys that it owns go to the other nodes at once." in question
    operator.post(page_of("c", "delete"), values_in(question))
    assert kinds(small)[-1] == "node_removed"


@pytest.mark.parametrize("version", ["9" * 5000, "-1", "x", "²"])
def test_a_version_that_cannot_be_is_no_crash(small, operator, version):
    form = form_values(operator, page_of("b"))
    assert operator.post(page_of("b"), {**form, "version": version, "weight": "3"}).status_code == 200
    assert kinds(small) == []
    assert operator.post(page_of("c", "delete"), {"post": "yes", "version": version}).status_code == 302


def test_a_node_that_is_gone_is_said_and_no_crash(small, operator):
    address, form = page_of("b", "delete"), values_in(operator.get(page_of("b", "delete")).content.decode())
    operator.post(address, form)
    assert Cluster.objects.get().nodes.count() == 2
    response = operator.post(address, form, follow=True)
    assert response.status_code == 200
    assert "Perhaps it was deleted" in messages(response)[-1]

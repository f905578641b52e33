"""A cluster is created with existing keys or with keys from a pattern; and the limits of the pages."""

from __future__ import annotations

import re

import pytest

from ringviz.models import Cluster, KeySet, Node
from tests.ringviz.admin.conftest import BOSS
from tests.ringviz.admin.pages import errors, form_values
from tests.ringviz.nodes import add_node

ADD = "/admin/ringviz/cluster/add/"
WANTED = {"slug": "new", "name": "New", "strategy": "ring", "vnodes": 16, "copies": 1, "seed": 7}


def test_a_pattern_makes_the_keys_of_a_new_cluster_where_there_were_none(operator):
    response = operator.post(ADD, {**WANTED, "pattern": "order:{n}", "count": "1200"})
    assert response.status_code == 302
    cluster = Cluster.objects.get(slug="new")
    assert (cluster.key_set.label, cluster.key_set.count) == ("order:{n}", 1200)
    add_node(slug="new", actor=BOSS, name="first")
    assert Node.objects.get().keys == 1200


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "Choose the keys"),
        ({"pattern": "x"}, "number of keys"),
        ({"pattern": "x", "count": "5"}, "{n} once"),
        ({"pattern": "x{n}", "count": "10000001"}, "10000000"),
        ({"key_set": "there", "pattern": "x{n}", "count": "5"}, "Choose the keys"),
    ],
)
def test_keys_that_cannot_be_are_a_form_error_and_make_no_cluster(small, operator, keys, said):
    given = {**keys, **({"key_set": small.key_set_id} if "key_set" in keys else {})}
    response = operator.post(ADD, {**WANTED, **given})
    assert response.status_code == 200
    assert any(said in error for error in errors(response))
    assert (Cluster.objects.count(), KeySet.objects.count()) == (1, 1)


def test_a_file_without_keys_from_an_earlier_version_cannot_be_chosen(small, operator):
    empty = KeySet.objects.create(kind="file", label="empty.txt", count=0, digest="0")
    assert any("has no keys" in error for error in errors(operator.post(ADD, {**WANTED, "key_set": empty.pk})))
    page = f"/admin/ringviz/cluster/{small.pk}/change/"
    given = {**form_values(operator, page), "strategy": small.strategy, "key_set": empty.pk}
    assert any("has no keys" in error for error in errors(operator.post(page, given)))
    assert Cluster.objects.get().key_set == small.key_set


def test_the_question_whether_to_delete_a_cluster_counts_its_nodes(small, operator):
    page = operator.get(f"/admin/ringviz/cluster/{small.pk}/delete/").content.decode()
    assert "Nodes: 3" in re.sub(r"\s+", " ", page)
    assert "/admin/ringviz/node/1/" not in page


def test_no_page_holds_what_the_content_policy_forbids(small, operator):
    node = Node.objects.get(name="a")
    for address in (
        ADD,
        f"/admin/ringviz/cluster/{small.pk}/change/",
        f"/admin/ringviz/cluster/{small.pk}/delete/",
        "/admin/ringviz/node/",
        "/admin/ringviz/node/add/",
        f"/admin/ringviz/node/{node.pk}/change/",
        f"/admin/ringviz/node/{node.pk}/delete/",
    ):
        page = operator.get(address).content.decode()
        assert "<script" in page
        assert not re.search(r"<script(?![^>]* src=)(?![^>]*application/json)|<style|<[^>]* (style|on\w+)=", page), (
            address
        )

"""Creating a cluster on the page: for operators, through the usual service, with each error at its field."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from live.models import Stream
from ringviz.models import Cluster, KeySet
from ringviz.services.keys import pattern_key_set

AT = "/new-cluster/"
SIMULATED = {
    "name": "My first",
    "nodes": "3",
    "pattern": "user:{n}",
    "count": "100",
    "strategy": "ring",
    "vnodes": "16",
    "copies": "1",
    "seed": "0",
}
MANAGED = {**SIMULATED, "managed": "on", "replicas": "1", "memory_mib": "16"}


def text_of(response: Any, status: int) -> str:
    assert response.status_code == status, response.content[:300]
    return unescape(response.content.decode())


def errors(text: str) -> dict[str, str]:
    """The errors at each field."""
    found = re.findall(r'<div class="err" id="id_(\w+)_error">(.*?)</div>', text, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", said).strip() for name, said in found}


def test_the_overview_leads_operators_to_the_form_and_nobody_else(operator, client, cluster):
    assert f'href="{AT}"' in text_of(operator.get("/"), 200)
    assert AT not in text_of(client.get("/"), 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_operate_gets_no_form_and_makes_nothing(client: Client, db, method):
    client.force_login(User.objects.create_user("ada"))
    response = getattr(client, method)(AT, SIMULATED)
    assert "Only operators can do this." in text_of(response, 403)
    assert not Cluster.objects.exists()


def test_a_post_without_the_token_makes_nothing(db):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(User.objects.create_superuser("olga"))
    assert forged.post(AT, SIMULATED).status_code == 403
    assert not Cluster.objects.exists()


def test_the_form_as_it_stands_needs_only_a_name(operator):
    text = text_of(operator.get(AT), 200)
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))
    form = {**values, "strategy": "ring", "name": "Quick"}
    assert operator.post(AT, form)["Location"] == "/clusters/quick/"
    made = Cluster.objects.get(slug="quick")
    assert (made.kind, made.nodes.count(), made.key_set.count) == ("simulated", 5, 10_000)


def test_a_simulated_cluster_is_made_and_its_ring_opened(operator):
    response = operator.post(AT, SIMULATED, follow=True)
    assert response.redirect_chain == [("/clusters/my-first/", 302)]
    (event,) = Cluster.objects.get(slug="my-first").stream.events.all()
    assert (event.version, event.kind, event.actor, event.origin) == (1, "cluster_created", "operator", "page")


def test_a_managed_cluster_is_made_and_waits_for_its_servers(operator):
    operator.post(AT, MANAGED)
    made = Cluster.objects.get(slug="my-first")
    assert (made.kind, made.replicas, made.memory) == ("managed", 1, 16 * 2**20)
    assert list(made.nodes.values_list("name", "state")) == [(f"node-{n}", "joining") for n in (1, 2, 3)]


def test_keys_that_are_there_go_before_the_pattern(operator):
    keys = pattern_key_set(pattern="item:{n}", count=7)
    operator.post(AT, {**SIMULATED, "key_set": str(keys.pk)})
    assert Cluster.objects.get(slug="my-first").key_set == keys
    assert KeySet.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "日本"}, "slug", "Give an address"),
        ({"name": "x", "slug": "small"}, "slug", "already"),
        ({"slug": "Big_One"}, "slug", "lowercase letters"),
        ({"managed": "on", "nodes": "0"}, "nodes", "1 to 64"),
        ({"managed": "on", "nodes": "65"}, "nodes", "1 to 64"),
        ({"nodes": "10001"}, "nodes", "10000"),
        ({"managed": "on", "memory_mib": "1"}, "memory_mib", "8 to 1024 MiB"),
        ({"managed": "on", "nodes": "64", "memory_mib": "1024"}, "memory_mib", "SERVERS_MEMORY_MIB"),
        ({"managed": "on", "replicas": "2"}, "replicas", "1"),
        ({"pattern": "no number"}, "pattern", "{n}"),
        ({"count": ""}, "count", "number of keys"),
        ({"count": "x"}, "count", "whole number"),
        ({"strategy": "best"}, "strategy", "valid choice"),
        ({"strategy": "maglev", "options": "table_size=4"}, "options", "prime number"),
        ({"vnodes": "1001"}, "vnodes", "1000"),
        ({"copies": "9"}, "copies", "8"),
        ({"seed": str(2**32)}, "seed", "4294967295"),
        ({"key_set": "999"}, "key_set", "valid choice"),
    ],
)
def test_each_refusal_stands_at_its_field_keeps_the_input_and_leaves_nothing(operator, cluster, fields, field, said):
    streams = Stream.objects.count()
    text = text_of(operator.post(AT, {**MANAGED, "managed": "", "copies": "2", **fields}), 400)
    assert said in errors(text)[field]
    assert list(errors(text)) == [field]
    assert "The cluster was not created." in text
    assert 'value="user:{n}"' in text or "pattern" in fields
    assert (Cluster.objects.count(), Stream.objects.count()) == (1, streams)

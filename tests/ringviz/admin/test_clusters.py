"""Clusters and key sets in the admin."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry

from live.models import Stream
from ringviz.models import Cluster, KeySet, Node
from ringviz.services.keys import pattern_key_set
from tests.ringviz.admin.conftest import BOSS
from tests.ringviz.admin.pages import errors, form_values, kinds, messages
from tests.ringviz.nodes import configure

CLUSTERS = "/admin/ringviz/cluster/"


def page_of(cluster: Cluster, what: str = "change") -> str:
    return f"{CLUSTERS}{cluster.pk}/{what}/"


def wanted(small: Cluster, **fields: object) -> dict[str, object]:
    settings = {"strategy": "ring", "vnodes": 16, "copies": 1, "seed": 7, "key_set": small.key_set_id}
    return {"slug": "new", "name": "New", **settings, **fields}


def test_a_new_cluster_begins_with_its_first_event(small, operator):
    response = operator.post(CLUSTERS + "add/", wanted(small), follow=True)
    assert "was added successfully" in messages(response)[0]
    cluster = Cluster.objects.get(slug="new")
    (event,) = cluster.stream.events.all()
    assert (event.version, event.kind, event.actor, event.origin) == (1, "cluster_created", "olga", "admin")
    assert (cluster.seed, cluster.vnodes) == (7, 16)


def test_a_new_cluster_of_servers_waits_for_them(small, operator):
    given = {"managed": "on", "nodes": "3", "replicas": "1", "memory_mib": "32"}
    operator.post(CLUSTERS + "add/", wanted(small, **given), follow=True)
    cluster = Cluster.objects.get(slug="new")
    assert (cluster.kind, cluster.replicas, cluster.memory) == ("managed", 1, 32 * 2**20)
    assert list(cluster.nodes.values_list("name", "state")) == [(f"node-{n}", "joining") for n in (1, 2, 3)]
    intents = operator.get(f"/admin/ringviz/intent/?cluster__id__exact={cluster.pk}").content.decode()
    assert "start the servers" in intents
    assert "waiting" in intents
    assert operator.get("/admin/ringviz/intent/add/").status_code == 403
    listed = operator.get(CLUSTERS).content.decode()
    assert listed.count("(what if)") == 1, "the copies of servers are a what-if, those of a simulated cluster are kept"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"slug": "small"}, "already"),
        ({"managed": "on"}, "1 to"),
        ({"managed": "on", "nodes": 2, "memory_mib": 1}, "MiB"),
        ({"managed": "on", "nodes": 2, "replicas": 2}, "1"),
        ({"slug": "Big_One"}, "lowercase letters"),
        ({"vnodes": 1001}, "1000"),
        ({"copies": 9}, "8"),
        ({"seed": 2**32}, "4294967295"),
        ({"key_set": 0}, "valid choice"),
    ],
)
def test_a_refused_new_cluster_is_a_form_error_and_leaves_nothing(small, operator, fields, said):
    streams = Stream.objects.count()
    response = operator.post(CLUSTERS + "add/", wanted(small, **fields))
    assert response.status_code == 200
    assert said in " ".join(errors(response))
    assert (Cluster.objects.count(), Stream.objects.count()) == (1, streams)
    assert not LogEntry.objects.exists()


def form_of(operator, small: Cluster) -> dict[str, object]:
    """The form's values; the choices are not inputs."""
    form = form_values(operator, page_of(small))
    return {**form, "strategy": small.strategy, "key_set": small.key_set_id}


def test_settings_are_one_event_and_keys_another(small, operator):
    other = pattern_key_set(pattern="k{n}", count=10)
    form = form_of(operator, small)
    assert operator.post(page_of(small), {**form, "vnodes": "4", "key_set": other.pk}).status_code == 302
    assert kinds(small) == ["cluster_reconfigured", "keys_imported"]
    small.refresh_from_db()
    assert (small.vnodes, small.key_set_id) == (4, other.pk)
    assert sum(Node.objects.values_list("keys", flat=True)) == 10


def test_a_strategy_and_its_parameters_are_set(small, operator):
    form = form_of(operator, small)
    assert form["options"] == ""
    operator.post(page_of(small), {**form, "strategy": "maglev", "options": "table_size=251"})
    small.refresh_from_db()
    assert (small.strategy, small.options) == ("maglev", {"table_size": 251})
    form = form_of(operator, small)
    assert form["options"] == "table_size=251"
    response = operator.post(page_of(small), {**form, "options": "table_size=252"})
    assert errors(response) == ["Table size: Give a prime number from 2 to 655,373."]
    response = operator.post(page_of(small), {**form, "options": "many"})
    assert errors(response) == ["Write NAME=NUMBER, as in table_size=65537."]
    operator.post(page_of(small), {**form, "strategy": "bounded"})  # its own default: nobody edited the text
    assert kinds(small) == ["cluster_reconfigured", "cluster_reconfigured"]
    small.refresh_from_db()
    assert (small.strategy, small.options) == ("bounded", {"c": 1.25})


def test_a_refused_change_is_a_form_error(small, operator):
    form = form_of(operator, small)
    response = operator.post(page_of(small), {**form, "vnodes": "4", "copies": "2"})
    assert any("separately" in error for error in errors(response))
    assert kinds(small) == []


def test_the_second_of_two_operators_is_told(small, operator):
    form = form_of(operator, small)
    configure(slug="small", actor=BOSS, vnodes=32)
    response = operator.post(page_of(small), {**form, "vnodes": "4"})
    assert errors(response) == ["The cluster has changed: 32 tokens per node. Look at it, then decide again."]
    small.refresh_from_db()
    assert small.vnodes == 32


def test_what_a_cluster_is_called_stays(small, operator):
    operator.post(page_of(small), {**form_of(operator, small), "slug": "other", "name": "Other", "seed": "9"})
    small.refresh_from_db()
    assert (small.slug, small.name, small.seed) == ("small", "Small", 0)
    assert kinds(small) == []


def test_deleting_a_cluster_deletes_its_log(small, operator):
    response = operator.post(page_of(small, "delete"), {"post": "yes"}, follow=True)
    assert "was deleted successfully" in messages(response)[0]
    assert not Cluster.objects.exists()
    assert not Stream.objects.exists()


def test_key_sets_are_to_be_looked_at(small, operator):
    address = f"/admin/ringviz/keyset/{small.key_set_id}/change/"
    assert operator.get(address).status_code == 200
    assert operator.post(address, {"label": "other"}).status_code == 403
    assert operator.get("/admin/ringviz/keyset/add/").status_code == 403
    assert KeySet.objects.get().label == "user:{n}"


def test_the_admin_reads_every_page(small, operator):
    for address in ("/admin/", CLUSTERS, CLUSTERS + "add/", "/admin/ringviz/keyset/", page_of(small, "history")):
        assert operator.get(address).status_code == 200

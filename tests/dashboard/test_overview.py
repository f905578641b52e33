"""The overview: what it says about each cluster, and what it asks the database."""

from __future__ import annotations

import re

import pytest
from redis import Redis

from dashboard import processes
from live.models import Event, Stream
from locks.lock import Lock
from locks.services.leading import lead
from locks.stores.line import lease_name
from ringviz.cards import card, facts
from ringviz.cards.facts import NodeFigures, loads
from ringviz.cards.looks import Look, looks_of
from ringviz.models import Node
from ringviz.selectors.leading import ROLE
from tests.markup import one_text, select, texts


def test_without_a_cluster_it_says_what_to_type(client, db):
    page = client.get("/").content.decode()
    assert one_text(page, "h1") == "No cluster yet"
    assert one_text(page, ".cmd") == "make run"
    assert "/timeline/" not in page, "navigation shows only what exists"


def test_an_empty_page_asks_again_and_is_told_to_reload_when_there_is_a_cluster(client, make_cluster):
    (asking,) = select(client.get("/").content.decode(), ".note")
    assert asking.attributes["hx-get"] == "/"
    assert "HX-Refresh" not in client.get("/", headers={"HX-Request": "true"})
    make_cluster()
    assert client.get("/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_an_operator_without_a_cluster_is_offered_to_add_one(operator_client):
    page = operator_client.get("/").content.decode()
    assert 'href="/new-cluster/"' in page


def cluster_links(page: str) -> list[str]:
    """The names that lead to the clusters' pages, without the links to terms beside them."""
    return [link.text() for link in select(page, ".row h2 a") if "term" not in link.attributes.get("class", "")]


def test_every_cluster_has_a_row_with_its_kind_and_state(client, make_cluster):
    make_cluster("alpha", states=("active", "active", "down"), keys=20_000, copies=3)
    make_cluster("beta", states=("active",) * 40, keys=0, demo=True)
    page = client.get("/").content.decode()
    assert one_text(page, "h1") == "2 clusters, 43 nodes"
    assert one_text(page, "#overview-head p") == "1 node is down."
    assert cluster_links(page) == ["Beta", "Alpha"], "demos first, then by name"
    assert texts(page, "#cluster-alpha .what p")[:2] == [
        "2 of 3 nodes are active. 1 down",
        "20,000 keys, 2 of 3 copies of each.",
    ]
    assert texts(page, "#cluster-beta .what p")[:2] == [
        "40 nodes, all active.",
        "No keys yet: figures are shares of the hash space.",
    ]
    assert texts(page, "#cluster-beta .tag") == ["Simulated", "Demo"]
    assert texts(page, "#cluster-alpha .tag") == ["Simulated"]


def test_the_peak_is_the_fullest_active_node_against_the_fair_share(client, make_cluster):
    cluster = make_cluster(states=("active", "active", "active", "down"), keys=1000)
    counts = {node.name: node.keys for node in Node.objects.filter(cluster=cluster, state="active")}
    fullest = max(counts, key=counts.__getitem__)
    expected = counts[fullest] / (sum(counts.values()) / 3)
    page = client.get("/").content.decode()
    assert one_text(page, ".peak") == f"{expected:.2f}×of the fair share, on the fullest node, {fullest}"


def test_a_small_ring_is_drawn_with_one_path_a_node_and_a_crowded_one_with_a_shaded_segment_a_node(
    client, make_cluster
):
    make_cluster("small", states=("active",) * 9)
    make_cluster("big", states=("active",) * 30)
    page = client.get("/").content.decode()
    small, big = row_of(page, "small"), row_of(page, "big")
    assert re.findall(r'<path class="(hue-\d)"', small) == [f"hue-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 1)]
    assert small.count('<path class="hatched"') == 1, "the ninth node has the first one's hue, hatched"
    assert len(re.findall(r'<path class="shade-[1-6]" d="M', big)) == 30
    assert "The share of each node; the darker, the higher its load" in big
    assert big.count("<rect") == 30


def test_the_last_events_of_all_clusters_are_merged_newest_first(client, make_cluster):
    make_cluster("alpha", events=2)
    make_cluster("beta", events=8)
    page = client.get("/").content.decode()
    listed = texts(page, "#last-events li a")
    assert listed == [
        "cache-8 added",
        "cache-7 killed",
        "cache-6 added",
        "cache-5 killed",
        "cache-4 added",
        "cache-3 killed",
    ]
    assert texts(page, "#cluster-alpha .last p") == [
        "2026-05-03 12:02:00 cache-2 added",
        "100 keys moved, 10.0%",
        "2 events since 2026-05-03 12:01:00",
    ]
    assert 'href="/clusters/beta/?v=8"' in page


def test_who_acted_is_not_on_the_overview(client, operator_client, make_cluster):
    make_cluster()
    assert "ada" not in operator_client.get("/").content.decode()


def test_a_row_is_given_again_by_itself_with_the_parts_that_speak_of_it(client, make_cluster):
    make_cluster("alpha")
    make_cluster("beta")
    part = client.get("/overview/clusters/alpha/").content.decode()
    assert "<html" not in part
    assert cluster_links(part) == ["Alpha"]
    assert 'id="overview-head" data-places="clusters/alpha clusters/beta" hx-swap-oob="true"' in part
    assert texts(part, "#last-events li"), "the list of events comes along"
    assert client.get("/overview/clusters/none/").status_code == 404


def test_a_change_shows_with_the_next_version(client, make_cluster):
    cluster = make_cluster(states=("active", "active"))
    assert "2 nodes, all active." in client.get("/").content.decode()
    Node.objects.filter(cluster=cluster, number=2).update(state="draining")
    Stream.objects.filter(pk=cluster.stream_id).update(version=6)
    page = client.get("/overview/clusters/demo/").content.decode()
    assert "1 of 2 nodes are active. 1 drained" in " ".join(texts(page, ".what p"))


def test_clusters_that_did_not_change_cost_no_reading_of_nodes(client, make_cluster, django_assert_max_num_queries):
    for number in range(10):
        make_cluster(f"c{number}", states=("active",) * 5)
    facts.all_facts()
    with django_assert_max_num_queries(2):
        facts.all_facts()


def test_the_head_of_the_page_needs_no_card_and_a_row_needs_only_its_own(client, make_cluster, monkeypatch):
    made: list[str] = []
    make_card = card.card_of

    def counting(one: facts.Facts) -> card.ClusterCard:
        made.append(one.place.slug)
        return make_card(one)

    monkeypatch.setattr(card, "card_of", counting)
    for slug in ("alpha", "beta", "gamma"):
        make_cluster(slug)
    assert client.get("/overview/processes/").status_code == 200
    assert made == []
    client.get("/overview/clusters/beta/")
    assert made == ["beta"]
    client.get("/")
    assert sorted(made) == ["alpha", "beta", "beta", "gamma"]


def test_events_are_read_by_version_and_only_those_shown_are_loaded(make_cluster, client):
    make_cluster(events=40)
    assert Event.objects.count() == 40
    page = client.get("/").content.decode()
    assert len(texts(page, "#last-events li")) == 6


def test_processes_say_what_was_asked_and_that_a_silent_hint_server_is_silent(client, db, settings, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    page = client.get("/overview/processes/").content.decode()
    assert texts(page, "dt") == ["Web", "Database", "Notifications (Valkey)"]
    assert texts(page, ".ill") == ["does not answer changes show within a second instead of at once"]


def test_processes_name_the_hint_server_that_answers(client, db, hint_server, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    page = client.get("/overview/processes/").content.decode()
    assert re.fullmatch(r"answers Valkey [\d.]+, [\d.]+ ms", texts(page, "dd")[2])
    assert texts(page, ".ill") == []


def managed(make_cluster, **more):
    return make_cluster("real", kind="managed", **more)


def test_processes_tell_of_a_supervisor_only_where_one_is_needed_and_that_nobody_leads(
    client, make_cluster, hint_server, monkeypatch
):
    monkeypatch.setattr(processes, "_last", None)
    managed(make_cluster, states=("active", "frozen", "down", "joining"))
    page = client.get("/overview/processes/").content.decode()
    assert texts(page, "dt")[3:] == ["Supervisor"]
    assert texts(page, ".ill") == ["not running 2 servers; requests wait until one runs"]


def test_processes_name_the_supervisor_that_holds_the_lease(client, make_cluster, hint_server, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    managed(make_cluster)
    with Redis.from_url(hint_server.url) as connection:
        held = Lock(connection, lease_name(ROLE), 60_000).try_acquire()
        assert held is not None
        lead(ROLE, held.fencing_token, "machine:42")
        page = client.get("/overview/processes/").content.decode()
        assert held.release()
    assert texts(page, "dd")[3].startswith("leads 3 servers, process machine:42, since")
    assert texts(page, ".ill") == []


def test_a_card_of_servers_says_its_kind_and_calls_no_key_a_copy(client, make_cluster):
    cluster = managed(make_cluster, states=("active", "suspected", "joining"), copies=3)
    Node.objects.filter(cluster=cluster, number=1).update(lost=70)
    page = row_of(client.get("/").content.decode(), "real")
    said = " ".join(texts(page, ".what p"))
    assert "Managed" in " ".join(texts(page, ".what h2 span"))
    assert "2 of 3 nodes are active. 1 joining, 1 silent" in said
    assert "1,000 keys on servers, 70 lost." in said
    assert "cop" not in said


def test_loads_are_against_the_fair_share_of_the_weight():
    rows = [
        NodeFigures(1, "a", "active", 1.0, 100, 0.0, 16),
        NodeFigures(2, "b", "active", 2.0, 200, 0.0, 32),
        NodeFigures(3, "c", "active", 1.0, 300, 0.0, 16),
        NodeFigures(4, "none", "active", 0.0, 0, 0.0, 0),
    ]
    found = loads(rows, looks_of(range(1, 5)))
    assert [(load.name, round(load.ratio, 3)) for load in found] == [("a", 0.667), ("b", 0.667), ("c", 2.0)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 8, 9, 17], {1: Look(1, ""), 8: Look(8, ""), 9: Look(1, "hatched"), 17: Look(1, "dotted")}),
        ([1, 25], {1: Look(1, ""), 25: Look(2, "")}),
        (range(1, 26), dict.fromkeys(range(1, 26), Look(0, ""))),
    ],
)
def test_looks_follow_the_rule_of_the_ring_page(numbers, expected):
    assert looks_of(numbers) == expected


def row_of(page: str, slug: str) -> str:
    return page.split(f'id="cluster-{slug}"')[1].split("</article>", maxsplit=1)[0]

"""The timeline: paging by version, filters, its summary of the log, and who may see who acted."""

from __future__ import annotations

import re

import pytest

from balancer.events import balancer
from dashboard.timeline import PAGE_ROWS
from live.models import Event
from ringviz.events import ring
from tests.markup import one_text, select, texts

URL = "/clusters/demo/timeline/"


def versions(page: str) -> list[int]:
    return [int(text) for text in texts(page, "#log td.v")]


def link(page: str, name: str) -> str:
    (found,) = select(page, f"#{name}")
    assert found.attributes["hx-get"] == found.attributes["href"], "with and without a script it goes to the same place"
    return found.attributes["href"]


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_events_stand_newest_first_with_keys_moved_share_and_a_link_to_the_moment(client, make_cluster):
    make_cluster(events=3, keys=1000)
    page = read(client, URL)
    assert versions(page) == [3, 2, 1]
    assert texts(page, "#log td.what") == ["cache-3 killed", "cache-2 added", "cache-1 killed"]
    assert [found.attributes["href"] for found in select(page, "#log td.what a")] == [
        f"/clusters/demo/?v={version}" for version in (3, 2, 1)
    ]
    assert texts(page, "#log td.num")[0] == "100 moved"
    assert texts(page, "#log td.sh")[0] == "10.0% modulo: 50.0%"
    assert [found.attributes["width"] for found in select(page, "#log td.sh rect")][:2] == ["10.0", "50.0"]


def test_other_settings_are_not_set_beside_modulo(client, make_cluster):
    make_cluster(events=1, keys=1000)
    changed = Event.objects.get()
    changed.kind = "cluster_reconfigured"
    settings = {"strategy": "ring", "vnodes": 16, "copies": 1}
    changed.payload = {**changed.payload, "cluster": {**settings, "vnodes": 64}, "before": settings}
    changed.save()
    assert texts(read(client, URL), "#log td.sh")[0] == "10.0%"


def test_paging_by_version_gives_every_event_exactly_once_and_leads_back(client, make_cluster):
    make_cluster(events=2 * PAGE_ROWS + 7)
    first = read(client, URL)
    second = read(client, link(first, "older"))
    third = read(client, link(second, "older"))
    assert versions(first) + versions(second) + versions(third) == list(range(2 * PAGE_ROWS + 7, 0, -1))
    assert not select(third, "#older")
    assert not select(first, "#newer")
    assert versions(read(client, link(third, "newer"))) == versions(second)
    assert versions(read(client, link(third, "newest"))) == versions(first)


def test_a_kind_and_a_node_are_filters_that_paging_keeps(client, make_cluster):
    make_cluster(events=3 * PAGE_ROWS)
    page = read(client, f"{URL}?kind=node_killed")
    assert versions(page) == list(range(3 * PAGE_ROWS - 1, PAGE_ROWS, -2))
    assert one_text(page, "#log .end p") == f"Versions {3 * PAGE_ROWS - 1} to {PAGE_ROWS + 1}."
    older = link(page, "older")
    assert "kind=node_killed" in older
    assert versions(read(client, older)) == list(range(PAGE_ROWS - 1, 0, -2))
    assert versions(read(client, f"{URL}?name=cache-7")) == [7]
    assert versions(read(client, f"{URL}?node=cache-7")) == [7], "an older link"
    assert versions(read(client, f"{URL}?name=cache-7&kind=node_added")) == []


def test_a_removed_node_is_found_by_its_name(client, make_cluster):
    cluster = make_cluster(events=2)
    Event.objects.filter(stream=cluster.stream, version=2).update(
        kind="node_removed", payload={"number": 1, "name": "gone-1", "changed": [], "movement": None}
    )
    assert versions(read(client, f"{URL}?node=gone-1")) == [2]


def test_nothing_that_matches_is_said(client, make_cluster):
    make_cluster()
    assert one_text(read(client, f"{URL}?node=nobody"), "#log h2") == "No events match"


def test_the_log_says_what_it_holds_and_what_is_gone(client, make_cluster, settings):
    settings.EVENT_RETENTION = 10_000
    make_cluster(events=12, trimmed=5)
    page = read(client, URL)
    assert versions(page) == [12, 11, 10, 9, 8, 7, 6]
    assert one_text(page, "#held") == (
        "The log holds 7 events; the oldest is from 2026-05-03 12:06:00. It keeps the newest 10,000."
    )
    assert one_text(page, "#log .end p").startswith("5 older events are no longer kept")
    gone = read(client, f"{URL}?before=4")
    assert one_text(gone, "#log h2") == "This part of the log is no longer kept"
    assert versions(read(client, link(gone, "newest"))) == versions(page)


def test_the_first_event_of_a_whole_log_is_where_the_cluster_began(client, make_cluster):
    make_cluster()
    assert one_text(read(client, URL), "#log .end p") == "This is where the cluster began."


def test_who_acted_is_for_operators_only(client, make_cluster, django_user_model):
    make_cluster()
    watched = read(client, URL)
    assert "ada" not in watched
    assert "Who" not in texts(watched, "th")
    client.force_login(django_user_model.objects.create_user("colleague", is_staff=True))
    signed_in = client.get(URL)
    assert {row.entry.who for row in signed_in.context["log"].rows} == {""}, "nor is the template given it"
    assert "Who" not in texts(signed_in.content.decode(), "th")
    client.force_login(django_user_model.objects.create_superuser("operator"))
    Event.objects.filter(version=4).update(actor="seed", origin="seed")
    assert texts(read(client, URL), "#log td.who")[:2] == ["ada, page", "seed"]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "kind=nonsense", "after=9" * 30, "before=²", "node=%00"])
def test_an_address_that_is_not_understood_is_the_newest_page(client, make_cluster, query):
    make_cluster()
    assert versions(read(client, f"{URL}?{query}")) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "newer", "older"),
    [("before=6", False, False), ("before=5", True, False), ("after=0", False, False), ("after=1", False, True)],
)
def test_a_page_leads_on_while_one_event_is_left(client, make_cluster, query, newer, older):
    make_cluster()
    log = client.get(f"{URL}?{query}").context["log"]
    assert (bool(log.newer_href), bool(log.older_href)) == (newer, older)


def test_of_two_ends_the_older_one_counts(client, make_cluster):
    make_cluster()
    assert versions(read(client, f"{URL}?before=3&after=4")) == [2, 1]


def test_the_logs_of_two_places_are_apart(client, make_cluster):
    make_cluster(events=2)
    make_cluster("other", events=5)
    assert versions(read(client, URL)) == [2, 1]


def test_no_cluster_no_timeline(client, db):
    assert client.get("/clusters/none/timeline/").status_code == 404


def test_rows_and_filter_fetch_this_page_again(client, make_cluster):
    make_cluster(events=PAGE_ROWS + 1)
    page = read(client, f"{URL}?kind=node_added&before=40")
    (log,) = select(page, "#log")
    assert log.attributes["hx-get"] == f"{URL}?kind=node_added&before=40"
    assert log.attributes["hx-select"] == "#log"
    assert re.search(r'<option value="node_added" selected>', page)


def test_every_kind_of_event_can_be_filtered(client, make_cluster):
    make_cluster()
    offered = re.findall(r'<option value="(\w+)"', read(client, URL))
    assert offered[0] == "node_added", "what changes most often stands first"
    assert set(offered) == ring.kinds.keys() | balancer.kinds.keys()

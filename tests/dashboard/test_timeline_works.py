"""The timeline: a request and its outcome share one row, unfolded on request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from live.models import Event, Stream
from live.subjects import Part, all_kinds
from tests.dashboard.conftest import START, Maker, one_event
from tests.markup import one_text, select, texts

URL = "/clusters/demo/timeline/"


def ask(version: int) -> dict[str, Any]:
    return {"asked": {"id": version, "action": "kill", "node": version, "name": f"cache-{version}"}, "node": None}


@pytest.fixture
def write(make_cluster: Maker):
    """Writes events after version 1: a kind and a payload each, two seconds apart."""
    stream = make_cluster(events=1).stream

    def more(*events: tuple[str, dict[str, Any]]) -> None:
        first = stream.events.count() + 1
        for version, (kind, payload) in enumerate(events, first):
            at = START + timedelta(seconds=2 * version)
            Event.objects.create(
                stream=stream, version=version, kind=kind, payload=payload, actor="ada", origin="page", at=at
            )
        Stream.objects.filter(pk=stream.pk).update(version=stream.events.count())

    return more


def read(client: Any, query: str = "") -> str:
    response = client.get(URL + query)
    assert response.status_code == 200
    return str(response.content.decode())


def versions(page: str) -> list[int]:
    return [int(text) for text in texts(page, "#log td.v")]


def killed(version: int, work: int) -> tuple[str, dict[str, Any]]:
    return "node_killed", one_event(version, 1000) | {"work": work}


def test_a_work_that_is_done_is_one_row_with_its_request_folded_into_it(client, write):
    write(("work_asked", ask(2)), killed(3, work=2), ("work_asked", ask(4)))
    page = read(client)
    assert versions(page) == [4, 3, 1]
    assert one_text(page, "#log details.work summary") == "requested, took 2.0 s"
    assert texts(page, "#work-3 li a") == ["requested: kill cache-2"]
    (link,) = select(page, "#work-3 li a")
    assert link.attributes["href"] == "/clusters/demo/?v=2"
    assert texts(page, "#log span.work") == ["not finished yet"]


def test_what_came_between_is_folded_too_and_a_failure_ends_the_work(client, write):
    ended = {"work": 2, "asked": ask(2)["asked"], "outcome": "cancelled", "why": "", "node": None, "gone": 0}
    write(("work_asked", ask(2)), ("work_cancelling", ask(2)), ("work_ended", ended))
    page = read(client)
    assert versions(page) == [4, 1]
    assert texts(page, "#work-4 li a") == ["requested: kill cache-2", "cancelling: kill cache-2"]
    assert texts(page, "#log td.what a")[0] == "cancelled: kill cache-2"


def test_a_filter_that_leaves_out_the_end_shows_the_request_and_says_how_long_it_took(client, write):
    write(("work_asked", ask(2)), killed(3, work=2), ("work_asked", ask(4)))
    page = read(client, "?kind=work_asked")
    assert versions(page) == [4, 2]
    assert texts(page, "#log span.work") == ["not finished yet", "finished after 2.0 s"]


def test_a_work_over_two_pages_is_one_row_where_it_ends(client, write):
    write(("work_asked", ask(2)), *(killed(version, work=0) for version in range(3, 60)), killed(60, work=2))
    first = read(client)
    assert texts(first, "#work-60 li a") == ["requested: kill cache-2"]
    (older,) = select(first, "#older")
    assert 2 not in versions(read(client, "?" + older.attributes["href"].partition("?")[2]))


def test_a_page_of_nothing_but_requests_is_not_empty(client, write):
    write(("work_asked", ask(2)), killed(3, work=2))
    assert versions(read(client, "?before=3")) == [1]
    write(*(("work_asked", ask(version)) for version in range(4, 54)), *(killed(v + 50, v) for v in range(4, 54)))
    assert versions(read(client, "?before=54")) == list(range(53, 3, -1))


def test_declarations_say_what_pairs_with_what():
    parts = {kind.name: (kind.work.path, kind.work.part) for kind in all_kinds() if kind.work}
    assert parts["work_asked"] == ("asked__id", Part.ASKED)
    assert parts["node_killed"] == ("work", Part.DONE)
    assert parts["stage_asked"] == ("run__id", Part.ASKED)
    assert parts["stage_ended"] == ("id", Part.DONE)
    assert "cluster_created" not in parts

"""Why this node: the page shows what was requested, or a sentence says what is missing."""

from __future__ import annotations

import json
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from balancer.core.explained import Explained
from balancer.selectors.why import Pick, why
from balancer.stores import frames, samples
from balancer.stores.names import names_of
from balancer.views.squares import MOST_COLUMNS, MOST_SQUARES, picture
from balancer.views.telling import end_words
from live.store import line
from live.wire import now_ms
from ringviz.models import Cluster
from tests.balancer.explaining import candidate, explained


@pytest.fixture
def stream_id(hint_server, home) -> int:
    """For the cluster, for which nothing is stored yet."""
    found = Cluster.objects.get(slug="small").stream_id
    line().delete(*names_of(found))
    return found


def keep(stream_id: int, *ended: Explained, slowest: list[Explained] | None = None) -> None:
    samples.keep(stream_id, ended, slowest or [])


def get(watcher: Client, query: str = "") -> str:
    response = watcher.get(f"/clusters/small/balancer/why{query}")
    assert response.status_code == 200, response.content[:300]
    return " ".join(unescape(response.content.decode()).split())


def rows(text: str) -> list[list[str]]:
    """The candidates: class, and cells without markup."""
    body = re.search(r"<tbody>(.*?)</tbody>", text)
    assert body
    found = re.findall(r'<tr class="(.*?)">(.*?)</tr>', body.group(1))
    plain = [[kind, *re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for kind, row in found]
    return [[re.sub("<.*?>", "", cell).strip() for cell in row] for row in plain]


def shown(text: str) -> str:
    """Which request."""
    (found,) = re.findall(r'data-state="kept" data-request="(.*?)"', text)
    return str(found)


def test_the_choice_is_shown_with_its_candidates(watcher, stream_id):
    keep(stream_id, explained())
    text = get(watcher)
    assert "Why cache-3" in text
    assert "The two draws were cache-3 with 4 in flight and cache-2 with 61. The shorter line won." in text
    assert rows(text) == [
        ["off", "1 cache-1", "up", "1", "2", "not drawn"],
        ["", "2 cache-2", "frozen", "1", "61", "61"],
        ["hit", "3 cache-3", "up", "1", "4", "4"],
        ["off", "4 cache-4", "up", "1", "3", "not drawn"],
        ["off", "5 cache-5", "up", "1", "2", "not drawn"],
    ]
    assert "Answered in 2.6 ms: 0.1 before sending, 1.0 in line, 1.5 at the node." in text
    assert "About one request in 75 is stored." in text
    assert "Random draws, from 0 to 1: 0.5231, 0.2113." in text
    assert 'class="tag real">Real<' in text
    assert "style=" not in text


def test_what_others_would_have_chosen_is_computed_from_the_same_view(watcher, stream_id):
    keep(stream_id, explained())
    text = get(watcher)
    body = text[text.index("What other policies would have chosen") :]
    found = [
        [re.sub("<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body)
    ]
    assert found[:3] == [
        ["Round robin", "2 cache-2", "61 in flight"],
        ["Least connections", "1 cache-1", "tie with cache-5"],
        ["Shortest queue", "1 cache-1", "tie with cache-5"],
    ]
    assert [row[0] for row in found[3:]] == ["Hash ring", "Bounded ring"]


def test_the_policy_itself_is_not_among_the_others(watcher, stream_id):
    keep(stream_id, explained(policy="jsq", drawn=[], considered=["cache-1"], node="cache-1"))
    found = why(stream_id)
    assert found
    assert [other.policy for other in found.others] == ["round_robin", "least_connections", "ring", "bounded_ring"]
    assert found.others[1].same


def test_another_request_is_another_choice(watcher, stream_id):
    keep(stream_id, explained(1), explained(2, node="cache-2", considered=["cache-2", "cache-2"]), explained(3))
    assert shown(get(watcher)) == "c0ffee00-3"
    text = get(watcher, "?request=c0ffee00-2")
    assert "Why cache-2" in text
    assert [row[1] for row in rows(text) if row[0] == "hit"] == ["2 cache-2"]
    assert re.findall(r'data-why="go" .*?data-request="(.*?)"', text) == ["c0ffee00-1", "c0ffee00-3"]
    assert shown(get(watcher, "?node=cache-2")) == "c0ffee00-2"


def test_the_slowest_is_found_also_when_it_is_not_among_the_newest(watcher, stream_id):
    slow = explained(1, latency_ms=900.0, first_ms=890.0)
    keep(stream_id, explained(500), explained(501), slowest=[slow, explained(2, latency_ms=700.0)])
    text = get(watcher, "?pick=slowest")
    assert shown(text) == slow["id"]
    assert "Answered in 900.0 ms: 0.1 before sending, 889.9 in line, 10.0 at the node." in text
    assert "The slowest stored request under this policy." in text
    assert re.findall(r'data-why="go" .*?data-request="(.*?)"', text) == ["", "c0ffee00-2"]


def test_a_request_that_is_gone_is_told_as_gone(watcher, stream_id):
    assert "No requests are stored yet." in get(watcher)
    keep(stream_id, explained(7))
    text = get(watcher, "?request=c0ffee00-8")
    assert "This request is no longer stored." in text
    assert re.findall("<h2.*?>(.*?)</h2>", text) == ["Why this node"]
    assert "No request to cache-9 is stored." in get(watcher, "?node=cache-9")
    other_run = get(watcher, "?request=deadbeef-7")
    assert "no longer stored" in other_run


def test_without_a_hint_server_it_says_what_is_missing(watcher, home, settings):
    settings.REDIS_URL = ""
    text = get(watcher)
    assert "The hint server does not answer." in text
    assert watcher.get("/clusters/small/balancer/recent").json() == []


def test_what_is_asked_wrongly_is_refused(watcher, stream_id):
    assert watcher.get("/clusters/small/balancer/why?pick=fastest").status_code == 400
    assert watcher.get("/clusters/none/balancer/why").status_code == 404
    assert watcher.get("/clusters/none/balancer/recent").status_code == 404
    assert watcher.post("/clusters/small/balancer/why").status_code == 405
    assert watcher.post("/clusters/small/balancer/recent").status_code == 405


def test_names_are_never_markup(watcher, stream_id):
    evil = "<b>x</b>"
    keep(stream_id, explained(node=evil, considered=[evil, evil], candidates=[candidate(1, name=evil, score=0)]))
    content = watcher.get("/clusters/small/balancer/why").content.decode()
    assert evil not in content
    assert "&lt;b&gt;x" in content


def test_recent_frames_are_those_of_the_last_40_seconds(watcher, stream_id):
    now = now_ms()
    frames.keep(stream_id, [{"at": now - ago} for ago in (60_000, 20_000, 100)])
    found = watcher.get("/clusters/small/balancer/recent").json()
    assert [frame["at"] for frame in found] == [now - 20_000, now - 100]


def big(**given: Any) -> Explained:
    nodes = [candidate(number, number, score=None) for number in range(1, 101)]
    return explained(candidates=nodes, ready=500, node="cache-70", considered=["cache-70", "cache-90"], **given)


def test_a_big_cluster_is_bounded_and_says_so(watcher, stream_id):
    keep(stream_id, big())
    text = get(watcher)
    assert "100 of 500 nodes: the ones compared, then the least busy." in text
    assert "492 more nodes are not drawn." in text
    found = why(stream_id)
    assert found
    assert [other.policy for other in found.others] == ["round_robin"], "the rest needs all nodes"
    drawing = picture(big())
    assert [column.number for column in drawing.columns] == [1, 2, 3, 4, 5, 6, 70, 90]
    assert len(drawing.columns) == MOST_COLUMNS


def test_a_square_is_a_request_up_to_a_bound():
    drawing = picture(explained())
    assert [len(column.squares) for column in drawing.columns] == [2, MOST_SQUARES, 4, 3, 2]
    assert [column.load for column in drawing.columns] == ["2", "61", "4", "3", "2"]
    assert [column.mark for column in drawing.columns] == ["", "draw 2", "draw 1", "", ""]
    assert [column.kind for column in drawing.columns] == ["off", "", "hit", "off", "off"]
    for column in drawing.columns:
        assert len(set(column.squares)) == len(column.squares)
        assert all(column.top <= square.y <= 110 for square in column.squares)
    twice = picture(explained(considered=["cache-3", "cache-3"]))
    assert twice.columns[2].mark == "draws 1, 2"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sent_ms": 0.0}, "Answered in 2.6 ms: 1.1 in line, 1.5 at the node."),
        ({"first_ms": None}, "Answered in 2.6 ms."),
        ({"end": "lost"}, "Lost after 2.6 ms: no reply in time, or the connection broke."),
        ({"end": "away"}, "Failed after 2.6 ms and was not sent: the node was not responding."),
        ({"end": "refused"}, "Refused after 2.6 ms: the node was at its limit of requests in flight."),
        ({"end": "error", "sent_ms": 0.0}, "Answered with an error in 2.6 ms: 1.1 in line, 1.5 at the node."),
    ],
)
def test_the_end_is_told_with_the_parts_that_are_known(given, said):
    assert end_words(explained(**given)) == said


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("balance", "why", "--cluster", "small", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_line_tells_the_same(stream_id):
    keep(stream_id, explained(1), explained(2), slowest=[explained(1)])
    told = json.loads(command("--json"))
    assert told["id"] == "c0ffee00-2"
    assert told["sentence"].startswith("The two draws were cache-3")
    assert told["others"][0] == {"policy": "round_robin", "candidate": "cache-2", "ties": [], "same": False}
    assert (told["before"], told["after"]) == ("c0ffee00-1", None)
    text = command("--slowest")
    assert text.startswith("Request c0ffee00-1, ")
    assert re.search(r"cache-2 +frozen +61 +1 +61\n", text)
    assert "Answered in 2.6 ms" in command("c0ffee00-2")
    with pytest.raises(CommandError, match="no longer stored"):
        command("c0ffee00-3")
    with pytest.raises(CommandError, match="No requests are stored"):
        command("--node", "cache-9")


def test_the_command_line_says_that_the_hint_server_is_missing(home, settings):
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="hint server"):
        command()


def test_newest_and_slowest_are_all_there_is():
    assert {*Pick} == {"newest", "slowest"}

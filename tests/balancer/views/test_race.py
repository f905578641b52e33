"""The race page: its addresses and bounds; its figures and its binary trace against the simulator itself."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from html import unescape
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.test import Client

from balancer.core.simulator import engine
from balancer.core.simulator.engine import run
from balancer.core.simulator.plan import Frozen, Node, Plan
from balancer.selectors import race as racing
from balancer.views import race as views
from live.costly import is_costly

SMALL = "p=random&p=p2c&nodes=4&load=0.8&seed=7&requests=5000"
PLAN = Plan(tuple(Node(f"node-{n}") for n in range(1, 5)), load=0.8, requests=5_000, seed=7)
LANE = r'<article class="lane".*?</article>'


def text_of(page: Client, path: str, status: int = 200) -> str:
    response = page.get(path)
    assert response.status_code == status, response.content[:300]
    return unescape(response.content.decode())


def table(text: str, name: str) -> list[list[str]]:
    body = re.search(rf'id="{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert body
    rows = re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def unpacked(data: bytes) -> tuple[dict[str, Any], bytes]:
    magic, length = struct.unpack_from("<II", data)
    assert (magic, length % 4) == (0x315A5652, 0)
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def test_the_frame_is_there_at_once_and_asks_for_the_figures(watcher: Client, race: str) -> None:
    text = text_of(watcher, race)
    (asked,) = re.findall(r'hx-get="([^"]+)"', text)
    assert urlsplit(asked).path == race + "figures"
    assert parse_qs(urlsplit(asked).query) == {
        "p": ["random", "round_robin", "p2c"],
        "nodes": ["10"],
        "load": ["0.9"],
        "seed": ["42"],
    }
    assert "One stream, three policies." in text
    assert "Simulated, seed 42" in text
    assert '<a href="/clusters/small/balancer/" aria-current="page">Balancer</a>' in text


def test_the_table_is_what_the_simulator_finds_and_the_best_is_first(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?{SMALL}")
    best, worst, limit = (run(PLAN, name) for name in ("p2c", "random", "central"))
    for row, outcome in zip(table(text, "figures-table"), (best, worst, limit), strict=True):
        times = (outcome.mean, outcome.interval, outcome.p50, outcome.p95, outcome.p99)
        assert row[1:6] == [f"{time:.2f}" for time in times]
        assert row[6:] == ["5,000", "0", "0"]
    shares = table(text, "nodes-table")
    assert [row[0] for row in shares] == ["1", "2", "3", "4"]
    assert [row[1] for row in shares] == [f"{share:.2%}" for share in best.share.values()]
    assert [row[3] for row in shares] == [f"{share:.2%}" for share in worst.share.values()]
    said = f"two choices answers in {best.mean:.1f} service times where random needs {worst.mean:.1f}."
    assert f"One stream, two policies. At load 0.8, {said}" in text
    assert f"{best.mean / limit.mean:.1f} times the limit of {limit.mean:.2f}" in text
    assert f"{worst.mean / best.mean:.1f} times two choices" in text


def test_every_figure_says_that_it_is_simulated(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?{SMALL}")
    lanes = re.findall(LANE, text, re.DOTALL)
    assert len(lanes) == 2
    assert all("Simulated" in lane for lane in lanes)
    assert all("Simulated" in caption for caption in re.findall(r"<caption>(.*?)</caption>", text))


def test_the_trace_is_that_of_the_simulator(watcher: Client, race: str) -> None:
    header, body = unpacked(watcher.get(f"{race}race.bin?{SMALL}&freeze=2").content)
    count = header["requests"]
    assert count == round(240 * 4 * 0.8)
    assert header == {
        "nodes": 4,
        "requests": count,
        "policies": 2,
        "freeze": {"place": 1, "start": 30, "every": 100, "part": 0.3},
    }
    frozen = Plan(PLAN.nodes, 0.8, 5_000, 7, faults=(Frozen(1, 30.0, every=100.0, part=0.3),))
    traces = [run(frozen, name, trace=count).trace for name in ("p2c", "random")]
    floats = np.frombuffer(body, "<f4", 5 * count).reshape(5, count)
    places = np.frombuffer(body, "<i2", 2 * count, offset=20 * count).reshape(2, count)
    assert len(body) == 24 * count
    for number, trace in enumerate(traces):
        assert trace is not None
        wanted = (trace.arrivals, trace.starts, trace.departs)
        np.testing.assert_array_equal(floats[[0, 1 + 2 * number, 2 + 2 * number]], wanted)
        np.testing.assert_array_equal(places[number], trace.place)


def test_csv_has_the_figures_with_all_their_digits(watcher: Client, race: str) -> None:
    response: Any = watcher.get(f"{race}race.csv?{SMALL}")
    assert response["Content-Disposition"] == 'attachment; filename="small-race.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row["policy"] for row in rows] == ["p2c", "random", "limit"]
    for row, name in zip(rows, ("p2c", "random", "central"), strict=True):
        outcome = run(PLAN, name)
        assert (float(row["mean"]), float(row["p99"])) == (outcome.mean, outcome.p99)
        assert float(row["share of node 3"]) == outcome.share["node-3"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("p=random", "Choose 2 to 4 different policies."),
        ("p=random&p=random", "Choose 2 to 4 different policies."),
        ("p=random&p=round_robin&p=p2c&p=jsq&p=central", "Choose 2 to 4 different policies."),
        ("p=random&p=ranodm", "There is no policy 'ranodm'; choose one of: random, round_robin"),
        ("p=random&p=d_choices:d=0", "Draws per request: Give a whole number from 2 to 10."),
        ("p=random&p=d_choices:x=3", "D choices: The policy has no option 'x'; it has: bias, d."),
        ("p=random&p=d_choices:d=11", "Draws per request: Give a whole number from 2 to 10."),
        ("p=random&p=ring:vnodes=5000", "Give a whole number from 1 to 1,000."),
        ("p=random&p=d_choices:3", "D choices: '3' is not an option; write NAME=NUMBER"),
        ("p=random&p=p2c:d=3", "Two choices: The policy has no option 'd'; it has: none."),
        ("nodes=0", "Nodes: Give a whole number from 1 to 200."),
        ("nodes=1e9", "Nodes: Give a whole number from 1 to 200."),
        ("nodes=many", "Nodes: Give a whole number from 1 to 200."),
        ("load=nan", "Load: Give a number from 0.05 to 2."),
        ("load=1.2", "At a load above 1 the queues grow forever."),
        ("seed=-1", "Seed: Give a whole number from 0 to"),
        ("requests=10", "Requests per policy: Give a whole number from 1,000"),
        ("requests=9000000", "This race takes too long for a page. Use at most 128,571 requests"),
        ("queue=0", "Most requests in flight per node: Give a whole number from 1 to 1,000."),
        ("skew=9", "Key skew: Give a number from 0 to 5."),
        ("freeze=11", "Node to freeze: Give a number from 1 to 10."),
    ],
)
def test_what_is_wrong_is_said_with_a_way_on(watcher: Client, race: str, query: str, said: str) -> None:
    text = text_of(watcher, f"{race}?{query}", status=400)
    assert said in text
    assert f'<a href="{race}">Start over</a>' in text
    assert "hx-get" not in text
    for view in ("figures", "race.bin", "race.csv"):
        refused = watcher.get(f"{race}{view}?{query}")
        assert refused.status_code == 400
        assert said in refused.json()["error"]


def test_a_refused_form_keeps_what_was_typed(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}?p=jsq&p=random&p=nonsense&nodes=lots&load=0.5&queue=7", status=400)
    for name, value in (("nodes", "lots"), ("load", "0.5"), ("seed", "42"), ("queue", "7"), ("freeze", "")):
        assert re.search(rf'name="{name}"\s+value="{value}"', text), name
    checked = re.findall(r'name="p" value="([^"]+)" checked', text)
    assert checked == ["jsq", "random"]


def test_a_form_leads_to_the_address_that_holds_everything(watcher: Client, race: str) -> None:
    form = "nodes=1%2C0&load=.5&seed=&p=random&p=d_choices&d_choices.d=3&requests=&queue=&skew=0&freeze="
    answer = watcher.get(f"{race}?{form}")
    assert answer.status_code == 302
    assert answer["Location"] == f"{race}?p=random&p=d_choices:d=3&nodes=10&load=0.5&seed=42"
    whole = "?p=random&p=d_choices:d=3,bias=2&nodes=10&load=0.5&seed=4&requests=2000&queue=9&skew=1.1&freeze=2"
    text = text_of(watcher, race + whole)
    assert f"{race}figures{whole}" in text
    assert re.search(r'value="d_choices:d=3,bias=2" checked', text)


def test_one_click_freezes_a_node_and_another_thaws_it(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?{SMALL}")
    (freeze,) = re.findall(r'href="([^"]+)">Freeze a node', text)
    assert freeze == f"{race}?{SMALL}&freeze=2"
    text = text_of(watcher, f"{race}figures?{SMALL}&freeze=2")
    assert "Node 2 is frozen for 30 of every 100 service times." in text
    (thaw,) = re.findall(r'href="([^"]+)">Thaw the node', text)
    assert thaw == f"{race}?{SMALL}"


def test_a_policy_that_floods_the_frozen_node_is_told_of(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?{SMALL}&freeze=2")
    best, worst = re.findall(LANE, text, re.DOTALL)
    assert "Node 2 gets more than it can serve" in worst
    assert "more than it can serve" not in best
    bounded = text_of(watcher, f"{race}figures?{SMALL}&freeze=2&queue=20")
    assert "more than it can serve" not in bounded


def test_who_refuses_least_is_first_and_refusals_stand_beside_the_means(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?{SMALL}&queue=2")
    plan = Plan(PLAN.nodes, 0.8, 5_000, 7, queue=2)
    best, worst = run(plan, "p2c"), run(plan, "random")
    assert 0 < best.refused < worst.refused
    assert best.mean > worst.mean, "a mean is of answers alone"
    less, more = (f"{outcome.refused / 5_000:.1%}" for outcome in (best, worst))
    assert f"two choices refuses {less} of requests where random refuses {more}." in text
    lanes = re.findall(LANE, text, re.DOTALL)
    assert [share in lane for share, lane in zip((less, more), lanes, strict=True)] == [True, True]
    rows = table(text, "figures-table")
    assert [(row[0], row[7]) for row in rows[:2]] == [
        ("Two choices", f"{best.refused:,}"),
        ("Random", f"{worst.refused:,}"),
    ]


def test_the_limit_itself_can_be_raced(watcher: Client, race: str) -> None:
    text = text_of(watcher, f"{race}figures?p=central&p=random&nodes=4&requests=2000")
    assert [row[0] for row in table(text, "figures-table")] == ["One central queue", "Random"]
    assert "This is the limit." in text


def test_a_race_is_simulated_once_for_all_who_ask(watcher: Client, race: str, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = Mock(side_effect=engine.race)
    monkeypatch.setattr(racing, "race", simulated)
    for view in ("figures", "race.bin", "race.csv", "figures"):
        assert watcher.get(f"{race}{view}?{SMALL}&skew=0.5").status_code == 200
    simulated.assert_called_once()


def test_figures_are_costly_and_the_frame_is_not(rf) -> None:
    request = rf.get("/")
    assert all(is_costly(view, request) for view in (views.figures, views.trace, views.sheet))
    assert not is_costly(views.page, request)


def test_without_a_cluster_there_is_no_page(watcher: Client, db: None) -> None:
    assert watcher.get("/clusters/none/balancer/race/").status_code == 404
    refused = watcher.get("/clusters/none/balancer/race/figures")
    assert refused.status_code == 404
    assert refused.json()["error"] == "There is no cluster none."


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_is_written(watcher: Client, race: str, method: str) -> None:
    for view in ("", "figures", "race.bin", "race.csv"):
        assert getattr(watcher, method)(race + view).status_code == 405


def test_many_nodes_get_fewer_requests_so_that_a_race_takes_about_a_second() -> None:
    entries = (racing.Entry("random"), racing.Entry("p2c"))
    counts = {nodes: racing.Race(entries, nodes, 0.9, 1).count for nodes in (1, 10, 100, 200)}
    assert counts == {1: 100_000, 10: 100_000, 100: 75_000, 200: 46_153}
    shown = [racing.Race(entries, nodes, 0.9, 1).shown for nodes in (1, 10, 200)]
    assert shown == [216, 2_160, 10_000]

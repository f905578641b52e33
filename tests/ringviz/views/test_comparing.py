"""The Compare page: its addresses, its bounds, and its table checked against an independent recomputation."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from live.actor import Actor
from live.costly import is_costly
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.strategy import STRATEGIES, build
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
from ringviz.views import comparing

BOSS = Actor(name="boss", origin="command line", may_operate=True)
KEYS = [f"user:{n}" for n in range(1_000)]


def text_of(page: Client, path: str, status: int = 200) -> str:
    response = page.get(path)
    assert response.status_code == status, response.content[:300]
    return unescape(response.content.decode())


def streamed(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def links(text: str, pattern: str) -> list[str]:
    return [href for href in re.findall(r'(?:href|hx-get)="([^"]+)"', text) if re.search(pattern, href)]


def cells(text: str) -> list[list[str]]:
    body = text[text.index("<tbody>") :]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def owners(strategy: str, names: str, **options: float) -> list[str | None]:
    made = build(strategy, map(PlacedNode, names.split()), placement=Murmur(8), options=options)
    return [made.owner(key) for key in KEYS]


def test_the_frame_is_there_at_once_and_asks_for_the_figures(watcher: Client, cluster: str) -> None:
    text = text_of(watcher, cluster + "compare/")
    (asked,) = links(text, "compare/figures")
    assert [one.partition(":")[0] for one in parse_qs(urlsplit(asked).query)["s"]] == list(STRATEGIES)
    assert "Placing every key by 7 strategies" in text
    assert "<tbody>" not in text


def test_the_table_is_what_one_key_at_a_time_gives(watcher: Client, cluster: str) -> None:
    text = text_of(watcher, cluster + "compare/figures?s=jump&s=maglev:table_size=1009&node=2")
    jump, maglev = cells(text)
    for strategy, row, options in (("jump", jump, {}), ("maglev", maglev, {"table_size": 1009})):
        now = owners(strategy, "a b c d", **options)
        for column, after in ((5, "a b c d new"), (7, "a c d")):
            then = owners(strategy, after, **options)
            moves = [(was, will) for was, will in zip(now, then, strict=True) if was != will]
            stays = set("abcd") & set(after.split())
            needless = sum(was in stays and will in stays for was, will in moves)
            assert (row[column], row[column + 1]) == (f"{len(moves):,}", f"{needless:,}")
    assert jump[9:11] == ["no weights", "–"]
    assert maglev[0] == "Maglev (table_size=1009)"


def test_one_click_plans_it_on_the_ring_page(watcher: Client, cluster: str) -> None:
    text = text_of(watcher, cluster + "compare/figures?s=ring&s=ring:vnodes=64&s=maglev:table_size=1009&s=jump")
    plans = [
        {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()} for link in links(text, "plan=")
    ]
    assert plans == [
        {"plan": "configure", "strategy": "ring", "vnodes": "64"},
        {"plan": "configure", "strategy": "maglev", "options": "table_size=1009"},
        {"plan": "configure", "strategy": "jump"},
    ]
    assert cells(text)[0][0].split() == ["Hash", "ring", "(8", "tokens)", "now"]
    for plan in plans:
        answer = watcher.get(cluster + "plan", {"action": plan.pop("plan"), **plan})
        assert answer.status_code == 200, answer.content


def test_a_form_adds_and_a_link_leaves_out(watcher: Client, cluster: str) -> None:
    added = watcher.get(cluster + "compare/?s=ring:vnodes=8&node=2&add=multiprobe&vnodes=1&probes=5")
    assert added.status_code == 302
    assert added["Location"] == cluster + "compare/?s=ring:vnodes=8&s=multiprobe:vnodes=1,probes=5&node=2"
    text = text_of(watcher, added["Location"])
    without = [link for link in links(text, "compare/[?]") if "figures" not in link]
    assert without == [
        cluster + "compare/?s=multiprobe:vnodes=1,probes=5&node=2",
        cluster + "compare/?s=ring:vnodes=8&node=2",
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("s=ketama", "Choose one of: ring, modulo"),
        ("s=maglev:table_size=10", "a prime number from 2 to 655,373"),
        ("s=jump:vnodes=4", "has no parameter"),
        ("node=99", "No node that owns keys has the number 99."),
        ("node=x", "Give a whole number."),
        ("s=ring&add=maglev&table_size=4", "a prime number"),
        ("s=ring&add=maglev&table_size=1,2", "Write NAME=NUMBER"),
        ("s=ring&add=<b>", "Choose one of"),
        ("&".join(f"s=ring:vnodes={n}" for n in range(1, 14)), "Compare at most 12 strategies at once."),
    ],
)
def test_what_is_wrong_is_said_with_a_way_on(watcher: Client, cluster: str, query: str, said: str) -> None:
    text = text_of(watcher, f"{cluster}compare/?{query}", status=400)
    assert said in text
    assert cluster + "compare/" in links(text, "compare/$")
    if "add=" not in query:
        refused = watcher.get(f"{cluster}compare/figures?{query}")
        assert said in refused.json()["error"]
        assert refused.status_code in (400, 404)


def test_csv_has_the_figures_of_the_page_with_all_their_digits(watcher: Client, cluster: str) -> None:
    query = "?s=ring&s=jump&s=bounded:c=1.1"
    page = cells(text_of(watcher, cluster + "compare/figures" + query))
    response = watcher.get(cluster + "compare.csv" + query)
    assert response["Content-Disposition"] == 'attachment; filename="small-compare.csv"'
    rows = list(csv.DictReader(io.StringIO(streamed(response))))
    assert [row["strategy"] for row in rows] == ["ring:vnodes=8", "jump", "bounded:vnodes=8,c=1.1"]
    for row, shown in zip(rows, page, strict=True):
        assert row["keys"] == "1000"
        assert f"{float(row['busiest over fair share']):.2f}×" == shown[1]
        assert (row["a node joins: moved"], row["a node joins: needless"]) == (shown[5], shown[6])
        assert f"{float(row['look-up (ns a key)']):,.1f} ns" == shown[11], "what was measured is measured once"
    assert rows[1]["half weight: moved"] == ""
    assert rows[2]["spread in theory"] == ""
    assert rows[2]["at most"] == "1.1"


def test_figures_are_costly_and_the_frame_is_not(rf) -> None:
    request = rf.get("/")
    assert is_costly(comparing.figures, request)
    assert is_costly(comparing.figures_csv, request)
    assert not is_costly(comparing.page, request)


def test_the_figures_of_a_version_are_computed_once(
    watcher: Client, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cluster + "compare/figures?s=ring"
    first = text_of(watcher, path)

    def not_again(*_on: object, **_within: object) -> None:
        raise AssertionError

    monkeypatch.setattr(comparing, "compare", not_again)
    assert text_of(watcher, path) == first
    assert cells(text_of(watcher, path + "&node=2")) == cells(first), "the middle one was meant"


def test_what_takes_too_long_is_said(watcher: Client, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_WITHIN_S", 0.0)
    text = text_of(watcher, cluster + "compare/figures?s=rendezvous&node=3")
    assert "Too slow for this page" in text
    assert "manage.py ring compare" in text
    monkeypatch.undo()
    assert "Too slow" not in text_of(watcher, cluster + "compare/figures?s=rendezvous&node=3"), "it is tried again"


def test_it_asks_the_database_for_as_little_as_the_ring_page(
    watcher: Client, cluster: str, django_assert_max_num_queries
) -> None:
    text_of(watcher, cluster + "compare/")
    text_of(watcher, cluster + "compare/figures")
    with django_assert_max_num_queries(5):
        text_of(watcher, cluster + "compare/")
    with django_assert_max_num_queries(1):
        text_of(watcher, cluster + "compare/figures")


def test_without_nodes_a_sentence_stands_in_the_place_of_figures(watcher: Client, db) -> None:
    create_cluster(actor=BOSS, slug="empty", name="Empty", key_set=pattern_key_set(pattern="k{n}", count=5), nodes=[])
    text = text_of(watcher, "/clusters/empty/compare/")
    assert "no nodes that own keys" in text
    assert "hx-get" not in text
    assert "no nodes" in watcher.get("/clusters/empty/compare/figures").json()["error"]
    assert "no nodes" in watcher.get("/clusters/empty/compare.csv").json()["error"]


def test_of_a_cluster_of_others_it_says_that_servers_decide(watcher: Client, cluster: str) -> None:
    Cluster.objects.filter(slug="small").update(
        kind="external", strategy="slots", slot_map={str(n): {"slots": [], "replicas": []} for n in range(1, 5)}
    )
    text = text_of(watcher, cluster + "compare/")
    assert "The servers of this cluster decide" in text


def test_no_cluster_no_page(watcher: Client, db) -> None:
    assert watcher.get("/clusters/nobody/compare/").status_code == 404
    assert watcher.get("/clusters/nobody/compare/figures").status_code == 404


def test_a_name_is_text_and_no_markup(watcher: Client, db) -> None:
    nodes = [{"name": "<b>x</b>"}, {"name": "=1+1"}]
    create_cluster(actor=BOSS, slug="odd", name="<i>", key_set=pattern_key_set(pattern="k{n}", count=50), nodes=nodes)  # type: ignore[arg-type]
    for path in ("compare/", "compare/figures"):
        body = watcher.get(f"/clusters/odd/{path}").content.decode()
        assert "<b>x" not in body
        assert "<i>" not in body.replace("<i></i>", "")

"""A/B runs on the Balancer page: what people may request, what it shows of the newest result, and its CSV."""

from __future__ import annotations

import csv
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from balancer.core.state import FIRST
from balancer.core.trial import COUNTS, TIMES
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import policies_compared, set_traffic
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.balancer.comparisons import FROZEN, TRIAL, USUAL, comparison
from tests.ringviz.making import OPERATOR, make_cluster

HOME = "/clusters/small/balancer/"
RUN = {"on": "1", "policy": "round_robin", "trial": "d_choices", "trial_options": "d=3", "seconds": "2", "rounds": "3"}


@pytest.fixture
def cluster(db: None) -> Cluster:
    make_cluster(kind=Cluster.Kind.MANAGED)
    return cluster_of("small")


@pytest.fixture
def operator(client: Client, cluster: Cluster) -> Client:
    client.force_login(User.objects.create_superuser("olga"))
    return client


def compare(cluster: Cluster, **given: Any) -> int:
    wanted: Any = {**FIRST, "on": True, "trial": TRIAL}
    set_traffic(slug="small", actor=OPERATOR, version=None, wanted=wanted)
    return policies_compared(cluster=cluster, comparison=comparison(**given), guard=lambda: None).version


def act(client: Client, version: int, **fields: str) -> Any:
    return client.post(f"{HOME}act", {"version": version, **fields})


def test_an_operator_starts_a_run_and_ends_it(operator: Client, cluster: Cluster) -> None:
    answer = act(operator, 1, **RUN)
    assert answer.status_code == 200, answer.content
    trial = state_of_stream(cluster.stream_id)["traffic"]["trial"]
    assert trial == {"policy": "d_choices", "options": {"d": 3.0, "bias": 1.0}, "seconds": 2, "rounds": 3}
    assert act(operator, 2, trial="").status_code == 200
    traffic = state_of_stream(cluster.stream_id)["traffic"]
    assert (traffic["on"], traffic["trial"]) == (True, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"trial": "fastest"}, "trial"),
        ({"trial_options": "three"}, "trial_options"),
        ({"seconds": "1.5"}, "seconds"),
        ({"seconds": "600"}, "seconds"),
        ({"rounds": "1"}, "rounds"),
        ({"rounds": ""}, "rounds"),
    ],
)
def test_what_is_refused_names_its_field(operator: Client, change: dict[str, str], field: str) -> None:
    answer = act(operator, 1, **{**RUN, **change})
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_who_only_watches_sees_no_form_and_may_not_start_one(client: Client, cluster: Cluster) -> None:
    page = client.get(HOME).content.decode()
    assert 'id="trial"' in page
    assert "trial-form" not in page
    assert act(client, 1, **RUN).status_code == 403


def test_the_newest_result_is_told_as_the_event_has_it(client: Client, cluster: Cluster) -> None:
    compare(cluster, faults=(FROZEN,))
    told = client.get(f"{HOME}trial").json()
    assert told["verdict"].startswith("The p99 of two choices is")
    assert told["notes"] == ["cache-2 froze for 300 of every 1,000 ms."]
    assert told["about"] == "6 rounds of 5 s, 1,500 requests a second, key skew 0.9, seed 42"
    assert [side["label"] for side in told["sides"]] == ["Round robin", "Two choices"]
    slow, fast = told["sides"]
    assert slow["width"] / fast["width"] == pytest.approx(251.33 / 4.117, rel=0.01)
    assert 0 < slow["begin"] < slow["width"] < slow["begin"] + slow["span"] < 100
    assert [row[0] for row in told["figures"]["rows"]] == ["Round robin", "Two choices"]
    assert all(len(row) == len(told["figures"]["head"]) for row in told["figures"]["rows"])
    assert [row[:4] for row in told["rounds"]["rows"][:2]] == [
        ["1", "250", "4.0", "Round robin"],
        ["2", "255", "4.4", "Two choices"],
    ]


def test_a_link_holds_the_settings_and_the_seed(client: Client, cluster: Cluster) -> None:
    compare(cluster)
    again = urlsplit(client.get(f"{HOME}trial").json()["again"])
    expected = {"policy": "round_robin", "trial": "p2c", "seed": "42", "rate": "1500.0", "skew": "0.9"}
    assert {name: value for name, (value,) in parse_qs(again.query).items()} == {
        **expected,
        "seconds": "5",
        "rounds": "6",
    }
    assert again.path == HOME


def test_the_past_has_its_own_result(client: Client, cluster: Cluster) -> None:
    assert client.get(f"{HOME}trial").status_code == 404
    first = compare(cluster)
    second = compare(cluster, lag_ms=500.0)
    assert client.get(f"{HOME}trial?v={first}").json()["notes"] == []
    assert len(client.get(f"{HOME}trial?v={second}").json()["notes"]) == 1
    assert client.get(f"{HOME}trial?v={first - 1}").status_code == 404


def test_the_csv_has_a_line_for_each_round_and_policy_with_all_digits(client: Client, cluster: Cluster) -> None:
    version = compare(cluster)
    answer = client.get(f"{HOME}trial.csv?v={version}")
    assert "small-ab.csv" in answer["Content-Disposition"]
    lines = [*csv.DictReader(answer.getvalue().decode().splitlines())]
    assert len(lines) == 2 * len(USUAL)
    assert [*lines[0]][4:] == [*TIMES, *COUNTS]
    assert [(one["policy"], one["turn"], float(one["p99_ms"])) for one in lines[2:4]] == [
        ("round_robin", "2", 255.0),
        ("p2c", "1", 4.4),
    ]


def test_a_run_without_answers_is_shown_too(client: Client, cluster: Cluster) -> None:
    wanted: Any = {**FIRST, "on": True, "trial": TRIAL}
    set_traffic(slug="small", actor=OPERATOR, version=None, wanted=wanted)
    found = comparison((None, None), (None, None), answered=0, lag_ms=None)
    policies_compared(cluster=cluster, comparison=found, guard=lambda: None)
    told = client.get(f"{HOME}trial").json()
    assert [(side["width"], side["span"], side["p99"]) for side in told["sides"]] == [(0, 0, "–")] * 2

"""`ring configure`, and `ring create` with a strategy's parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringviz.models import Cluster
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ring, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections


def settings_of(slug: str) -> dict[str, Any]:
    return dict(Cluster.objects.values("strategy", "options", "vnodes", "copies").get(slug=slug))


def test_a_strategy_is_set_with_its_parameter_and_what_is_not_named_stays(ring: Ring) -> None:
    make_cluster("demo", demo=True, copies=2)
    ran = ring("configure --strategy maglev --option table_size=251 --json")
    answer = json.loads(ran.out)
    assert (ran.status, answer["version"], answer["kind"], answer["keys"]) == (0, 2, "cluster_reconfigured", 1000)
    assert answer["moved"] > 0
    assert settings_of("demo") == {"strategy": "maglev", "options": {"table_size": 251}, "vnodes": 16, "copies": 2}
    assert ring("configure --option table_size=509").status == 0
    assert settings_of("demo")["options"] == {"table_size": 509}
    assert ring("configure --strategy jump").status == 0
    assert settings_of("demo")["options"] == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("configure", "The cluster already has these settings."),
        ("configure --strategy best", "Choose one of: ring, modulo,"),
        ("configure --strategy maglev --option table_size=12", "Give a prime number from 2 to 655,373."),
        ("configure --option c=2", "Hash ring has no parameter 'c'."),
        ("configure --option c", "Write NAME=NUMBER"),
        ("create other --strategy bounded --option c=11", "Give a number from 1 to 10."),
    ],
)
def test_what_makes_no_sense_is_refused(ring: Ring, line: str, said: str) -> None:
    make_cluster("demo", demo=True)
    assert_refused(ring(line), said)
    assert list(Cluster.objects.values_list("slug", "stream__version")) == [("demo", 1)]


def test_a_cluster_is_made_with_a_strategy_and_its_parameter(ring: Ring) -> None:
    assert ring("create mine --nodes 3 --count 50 --strategy multiprobe --option probes=3 --vnodes 1").status == 0
    assert settings_of("mine") == {"strategy": "multiprobe", "options": {"probes": 3}, "vnodes": 1, "copies": 1}

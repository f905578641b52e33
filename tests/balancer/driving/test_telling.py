"""What a driver reports about the nodes: in whose name, without a database, and after another driver began."""

from concurrent.futures import Executor, Future
from typing import Any

import pytest
from django.db import OperationalError

from balancer.core.guards.standing import Code, Reason, Standing, State
from balancer.core.state import FIRST
from balancer.driving import telling as module
from balancer.driving.leading import Lead
from balancer.driving.telling import Telling
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import set_traffic
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from tests.ringviz.making import OPERATOR, make_cluster

pytestmark = pytest.mark.django_db
EJECTED = Standing(State.EJECTED, Reason(Code.FAILURES_IN_A_ROW, {"failures": 5, "seconds": 30, "times": 1}), 0.0)
DOWN = Standing(State.DOWN, Reason(Code.CHECKS_FAILED, {"failed": 3, "fall": 3}), 0.0)


class Inline(Executor):
    """Does it at once, in the thread of the test, whose transaction it can see."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "ThreadPoolExecutor", lambda *_args, **_more: Inline())
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    monkeypatch.setattr(module, "close_old_connections", lambda: None)  # it is the test's


@pytest.fixture
def cluster() -> Cluster:
    make_cluster(kind=Cluster.Kind.MANAGED)
    set_traffic(slug="small", actor=OPERATOR, version=None, wanted={**FIRST, "on": True})
    return cluster_of("small")


def codes(cluster: Cluster) -> dict[str, str]:
    return {number: stand["code"] for number, stand in state_of_stream(cluster.stream_id)["standings"].items()}


def told(telling: Telling, name: str, standing: Standing) -> None:
    telling.note(name, standing)
    telling.tick()
    telling.tick()


def test_what_is_told_is_kept(cluster):
    told(Telling(cluster, Lead(cluster)), "b", EJECTED)
    assert codes(cluster) == {"2": "failures_in_a_row"}


def test_a_driver_that_was_replaced_tells_nothing_from_the_moment_the_next_one_begins(cluster):
    old = Telling(cluster, Lead(cluster))
    told(old, "b", EJECTED)
    new = Telling(cluster, Lead(cluster))
    told(old, "b", DOWN)
    told(old, "a", DOWN)
    assert codes(cluster) == {"2": "failures_in_a_row"}
    told(new, "b", DOWN)
    assert codes(cluster) == {"2": "checks_failed"}


def test_a_driver_of_another_cluster_replaces_nobody(cluster):
    make_cluster(slug="other", kind=Cluster.Kind.MANAGED)
    ours = Telling(cluster, Lead(cluster))
    Telling(cluster_of("other"), Lead(cluster_of("other")))
    told(ours, "b", EJECTED)
    assert codes(cluster) == {"2": "failures_in_a_row"}


@pytest.mark.parametrize("failing", ["node_stands", "lead"])
def test_while_the_database_is_away_the_newest_is_kept_and_told_later(cluster, monkeypatch, failing):
    def away(*_args: Any, **_more: Any) -> None:
        raise OperationalError("away")

    lead = Lead(cluster)
    with monkeypatch.context() as broken:
        if failing == "lead":
            broken.setattr(lead, "take", away)
        else:
            broken.setattr(module, "node_stands", away)
        telling = Telling(cluster, lead)
        told(telling, "b", EJECTED)
        told(telling, "b", DOWN)
        told(telling, "a", EJECTED)
        assert codes(cluster) == {}
    telling.tick()
    telling.tick()
    assert codes(cluster) == {"1": "failures_in_a_row", "2": "checks_failed"}

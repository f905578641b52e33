"""The member at the attached address is reset while the others carry on: real servers, from the reset to its return."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from locks.services.leading import guard
from ringviz.core.state import NodeState
from ringviz.models import Attachment
from ringviz.selectors.clusters import known
from ringviz.selectors.external import look_at
from ringviz.selectors.leading import ROLE
from ringviz.services.external import attach
from ringviz.supervisor.observer import Observer
from servers.guard import rules
from tests.processes import until
from tests.ringviz.making import OPERATOR
from tests.servers.reading.foreign import PASSWORD, Foreign, foreign_cluster

pytestmark = pytest.mark.django_db
RANGES = [(0, 5460), (5461, 10_921), (10_922, 16_383)]


@pytest.fixture
def observers() -> Iterator[list[Observer]]:
    """All observers that the test started."""
    found: list[Observer] = []
    yield found
    for observer in found:
        observer.stop()


def nodes() -> dict[str, NodeState]:
    return {node["name"]: node for node in known("theirs").state["nodes"]}


def began(observers: list[Observer]) -> Observer:
    observers.append(Observer(lambda: guard(ROLE, 1), every_s=30, timeout_s=2))
    return observers[-1]


def test_a_member_that_was_reset_is_not_believed(observers, told_of, settings):
    settings.ALLOWED_TARGETS = rules.parse(["127.0.0.0/8"])
    with foreign_cluster(RANGES) as (reset, second, third):
        attach(slug="theirs", address=str(reset.target), password=PASSWORD, actor=OPERATOR)
        observer, stream = began(observers), known("theirs").cluster.stream_id
        observer.step()
        before, gone_id = nodes(), reset.id
        gone = gone_id[:8]
        _reset(reset)
        observer.step()
        assert nodes().keys() == before.keys(), "at no moment is a node forgotten"

        def seen_down() -> bool:
            observer.step()
            assert nodes().keys() == before.keys()
            return nodes()[gone]["state"] == "down" and nodes()[gone]["address"] == ""

        until(seen_down, what="the others to say that the old one is lost")
        assert nodes()[gone]["slots"] == [list(RANGES[0])]
        told = told_of(stream)[-1]
        assert told["disagreeing"] == [{"address": str(reset.target), "members": 1, "slots": 0}]
        assert told["silent_since"] is None
        counted = {number: one["keys"] for number, one in told["nodes"].items()}
        assert counted == {"1": None, "2": 0, "3": 0}, "what stands at its address now is another member"

        again = began(observers)
        again.step()
        assert nodes().keys() == before.keys(), "a supervisor that starts remembers the others"
        assert told_of(stream)[-1]["disagreeing"] == told["disagreeing"]
        look = look_at(known("theirs").cluster, 2)
        assert [str(one.target) for one in look.dissents] == [str(reset.target)], "so does ring status"
        assert len(look.members) == 3

        second.client.execute_command("CLUSTER MEET", "127.0.0.1", reset.port, reset.bus)

        def agreed() -> bool:
            again.step()
            return reset.id[:8] in nodes() and told_of(stream)[-1]["disagreeing"] == []

        until(agreed, what="the one that was reset to be a member again")
        assert nodes()[gone]["slots"] == [list(RANGES[0])]
        for server in (second, third):
            server.client.execute_command("CLUSTER FORGET", gone_id)

        def forgotten() -> bool:
            again.step()
            return gone not in nodes()

        until(forgotten, what="whom all have forgotten to be gone")
        assert Attachment.objects.get().silent_since is None


def _reset(server: Foreign) -> None:
    server.client.execute_command("FLUSHALL")
    server.client.execute_command("CLUSTER RESET", "HARD")

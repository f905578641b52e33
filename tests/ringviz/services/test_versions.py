"""Concurrent changes: a caller who gave an older version is told what happened; without a version, we decide again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from live.models import Stream
from live.reading import head
from ringviz.errors import Invalid, NotFound, StaleVersion
from ringviz.selectors.clusters import Known, cluster_of, known
from ringviz.selectors.past import state_at
from ringviz.services import decisions
from ringviz.services.changing import change
from ringviz.services.clusters import delete_cluster
from tests.ringviz.making import OPERATOR, everything, make_cluster, node_of, state_of
from tests.ringviz.nodes import add_node, edit_node, kill_node, remove_node


class Overtaken:
    """A decision during which somebody else changes the cluster, for the first `times` times."""

    def __init__(self, wanted: decisions.Decision, times: int, other: Callable[[int], object]) -> None:
        self.wanted, self.times, self.other = wanted, times, other
        self.seen: list[int] = []

    def __call__(self, on: Known) -> object:
        self.seen.append(on.v)
        if len(self.seen) <= self.times:
            self.other(len(self.seen))
        return self.wanted(on)


def edit(round_: int) -> None:
    edit_node(slug="small", actor=OPERATOR, number=3, address=f"{round_}", zone="")


def test_a_decision_on_the_newest_version_is_carried_out(db):
    make_cluster()
    assert kill_node(slug="small", actor=OPERATOR, number=1, version=1).version == 2


def test_a_decision_on_an_older_version_changes_nothing_and_tells_what_happened(db):
    make_cluster()
    kill_node(slug="small", actor=OPERATOR, number=1)
    edit(0)
    before = everything()
    with pytest.raises(StaleVersion, match="has changed") as stale:
        remove_node(slug="small", actor=OPERATOR, number=2, version=1)
    assert [event.kind for event in stale.value.events] == ["node_killed", "node_edited"]
    assert (stale.value.expected, stale.value.actual) == (1, 3)
    assert everything() == before


def test_a_version_that_has_not_been_is_refused(db):
    make_cluster()
    before = everything()
    with pytest.raises(StaleVersion) as stale:
        kill_node(slug="small", actor=OPERATOR, number=1, version=9)
    assert stale.value.events == ()
    assert everything() == before


def test_who_is_overtaken_with_a_version_is_stopped(db):
    make_cluster()
    decision = Overtaken(decisions.kill(1), 1, edit)
    with pytest.raises(StaleVersion) as stale:
        change(slug="small", actor=OPERATOR, version=1, decision=decision)  # type: ignore[arg-type]
    assert [event.kind for event in stale.value.events] == ["node_edited"]
    assert node_of(1)["state"] == "active"
    assert decision.seen == [1]


@pytest.mark.parametrize("times", [1, 2, 3, 9])
def test_who_is_overtaken_without_a_version_decides_again_on_what_is_so_now(db, times):
    stream_id = make_cluster().stream_id
    decision = Overtaken(decisions.kill(1), min(times, 3), edit)
    event = change(slug="small", actor=OPERATOR, version=None, decision=decision)  # type: ignore[arg-type]
    others = min(times, 3)
    assert event.version == 2 + others
    assert len(decision.seen) == others + 1
    assert node_of(1)["state"] == "down"
    assert node_of(3)["address"] == f"{others}", "what the other one did stays"
    assert state_at(stream_id, event.version) == state_of()


def test_the_last_decision_is_made_while_the_stream_is_held(db):
    """It is based on the version before the one being written."""
    make_cluster()
    decision = Overtaken(decisions.kill(1), 3, edit)
    event = change(slug="small", actor=OPERATOR, version=None, decision=decision)  # type: ignore[arg-type]
    assert decision.seen == [1, 2, 3, event.version - 1]


def test_a_refusal_within_the_turn_leaves_nothing(db):
    make_cluster()

    def other(round_: int) -> None:
        if round_ == 3:
            kill_node(slug="small", actor=OPERATOR, number=1)
        else:
            edit(round_)

    with pytest.raises(Invalid, match="a is already down"):
        change(
            slug="small",
            actor=OPERATOR,
            version=None,
            decision=Overtaken(decisions.kill(1), 3, other),  # type: ignore[arg-type]
        )
    assert head(cluster_of("small").stream_id).version == 4


def test_a_cluster_that_is_deleted_meanwhile_is_told_to_be_gone(db):
    make_cluster()
    decision = Overtaken(decisions.kill(1), 1, lambda _round: delete_cluster(slug="small", actor=OPERATOR))
    with pytest.raises(NotFound, match="no cluster small"):
        change(slug="small", actor=OPERATOR, version=None, decision=decision)  # type: ignore[arg-type]
    assert everything() == [[], [], [], [], []]


@pytest.mark.django_db(transaction=True)
def test_threads_that_add_at_once_all_succeed_and_no_number_comes_twice():
    make_cluster(nodes=())
    start = Barrier(4)

    def run(name: str) -> None:
        start.wait()
        try:
            for round_ in range(3):
                add_node(slug="small", actor=OPERATOR, name=f"{name}{round_}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, "wxyz"))
    after = known("small")
    assert after.v == 13
    assert [node["number"] for node in after.state["nodes"]] == list(range(1, 13))
    assert state_at(after.cluster.stream_id, after.v) == after.state
    assert Stream.objects.get().version == 13

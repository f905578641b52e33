"""The database refuses a leader who was paused and came back late."""

from __future__ import annotations

from typing import Any

import pytest

from locks.lease import Lease
from ringviz.errors import Refused
from ringviz.models import Leadership
from ringviz.services import decisions
from ringviz.services.changing import report
from ringviz.services.leading import Fenced, guard, lead, newest_token
from tests.locks.test_lease import client_of, gone
from tests.ringviz.making import OPERATOR, everything, make_cluster, state_of

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}


def test_before_the_first_leader_nobody_is_fenced(db):
    assert newest_token() == 0
    guard(0)()


def test_whoever_comes_with_a_lower_token_is_refused(db):
    lead(5, "new")
    with pytest.raises(Fenced, match="4 is behind 5"):
        lead(4, "old")
    with pytest.raises(Fenced):
        guard(4)()
    guard(5)()
    assert newest_token() == 5
    assert Leadership.objects.get().holder == "new"


def test_leading_again_with_the_same_token_is_leading(db):
    lead(5, "host:1")
    lead(5, "host:1")
    assert Leadership.objects.count() == 1


def test_the_paused_holder_writes_nothing_more(db, shared_valkey):
    make_cluster()
    with client_of(shared_valkey) as client:
        lease = Lease(client, "leading-test", 50)
        paused = lease.acquire(floor=newest_token())
        assert paused is not None
        lead(paused.fencing_token, "paused")
        report(**ON, decision=decisions.kill(1), guard=guard(paused.fencing_token))
        gone(lease)  # it is paused past its lease
        other = lease.acquire(floor=newest_token())
        assert other is not None
        lead(other.fencing_token, "other")
        before = everything()
        with pytest.raises(Fenced):  # and still believes that it leads
            report(**ON, decision=decisions.kill(2), guard=guard(paused.fencing_token))
        assert everything() == before
        report(**ON, decision=decisions.kill(2), guard=guard(other.fencing_token))
    assert [node["state"] for node in state_of()["nodes"]] == ["down", "down", "active"]


def test_being_fenced_is_nothing_that_a_person_is_told():
    assert not issubclass(Fenced, Refused)

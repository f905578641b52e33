"""The database refuses a leader who was paused and came back late."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections

from locks.lock import Lock, client_of
from locks.models import Leadership
from locks.services.leading import Fenced, guard, lead, newest_token
from ringviz.errors import Refused
from ringviz.selectors.leading import ROLE
from ringviz.services import decisions
from ringviz.services.changing import report
from tests import started
from tests.own_database import own_database
from tests.processes import until
from tests.ringviz.making import OPERATOR, everything, make_cluster, state_of

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}


def test_before_the_first_leader_nobody_is_fenced(db):
    assert newest_token(ROLE) == 0
    guard(ROLE, 0)()


def test_whoever_comes_with_a_lower_token_is_refused(db):
    lead(ROLE, 5, "new")
    with pytest.raises(Fenced, match="4 is behind 5"):
        lead(ROLE, 4, "old")
    with pytest.raises(Fenced):
        guard(ROLE, 4)()
    guard(ROLE, 5)()
    assert newest_token(ROLE) == 5
    assert Leadership.objects.get().holder == "new"
    assert newest_token("another role") == 0


def test_of_two_that_lead_at_once_the_lower_one_never_writes_last(django_db_blocker):
    """The lower one is held up after each read until the higher one leads."""
    read, led = threading.Event(), threading.Event()

    def held_up(execute: Any, sql: str, *details: Any) -> Any:
        result = execute(sql, *details)
        if sql.startswith("SELECT"):
            read.set()
            led.wait(5)
        return result

    def lower() -> None:
        try:
            with connection.execute_wrapper(held_up), suppress(Fenced):
                lead(ROLE, 4, "lower")
        finally:
            read.set()
            connections.close_all()

    with django_db_blocker.unblock(), started.folder() as folder, own_database(folder):
        lead(ROLE, 3, "before")
        thread = threading.Thread(target=lower)
        thread.start()
        assert read.wait(30)
        lead(ROLE, 5, "higher")
        led.set()
        thread.join()
        assert (newest_token(ROLE), Leadership.objects.get().holder) == (5, "higher")


def test_leading_again_with_the_same_token_is_leading(db):
    lead(ROLE, 5, "host:1")
    lead(ROLE, 5, "host:1")
    assert Leadership.objects.count() == 1


def test_the_paused_holder_writes_nothing_more(db, shared_valkey):
    make_cluster()
    with client_of(shared_valkey.url) as client:
        lease = Lock(client, "leading-test", 50, floor=lambda: newest_token(ROLE))
        paused = lease.try_acquire()
        assert paused is not None
        lead(ROLE, paused.fencing_token, "paused")
        report(**ON, decision=decisions.kill(1), guard=guard(ROLE, paused.fencing_token))
        other = until(lease.try_acquire, what="the end of the lease")  # the first is paused past it
        assert other is not None
        lead(ROLE, other.fencing_token, "other")
        before = everything()
        with pytest.raises(Fenced):  # and still believes that it leads
            report(**ON, decision=decisions.kill(2), guard=guard(ROLE, paused.fencing_token))
        assert everything() == before
        report(**ON, decision=decisions.kill(2), guard=guard(ROLE, other.fencing_token))
    assert [node["state"] for node in state_of()["nodes"]] == ["down", "down", "active"]


def test_being_fenced_is_nothing_that_a_person_is_told():
    assert not issubclass(Fenced, Refused)

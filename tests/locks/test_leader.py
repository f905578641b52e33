"""One process of a role leads an installation: by its lease, and by its fencing token in the database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import OperationalError
from redis import Redis

from locks import leader
from locks.core.own import keys_of
from locks.leader import Leader
from locks.lock import LockServerError
from locks.models import Leadership
from locks.services.leading import Fenced, lead, newest_token
from locks.stores.line import lease_name
from tests import started
from tests.own_database import own_database
from tests.processes import until

ROLE = "watcher"


class Process:
    """Stands for a process that leads, or waits to lead."""

    def __init__(self, floor: int = 0) -> None:
        self.stopping, self.lost = threading.Event(), threading.Event()
        self.tokens: list[int] = []
        self.leader = Leader(ROLE, self.stopping, self.lost.set, self.tokens.append, lambda: floor)

    def lead(self) -> Process:
        waiting = self.begin()
        until(lambda: not waiting.is_alive(), what="a leader")
        assert self.leader.leads()
        return self

    def begin(self) -> threading.Thread:
        waiting = threading.Thread(target=self.leader.wait, daemon=True)
        waiting.start()
        return waiting

    def pause(self) -> None:
        """Stops renewing without releasing anything."""
        self.stopping.set()
        self.leader._renewing.join()

    def end(self) -> None:
        self.stopping.set()
        self.leader.end()


@contextmanager
def process(floor: int = 0) -> Iterator[Process]:
    one = Process(floor)
    try:
        yield one
    finally:
        one.end()


@pytest.fixture
def client(hint_server: started.Valkey) -> Iterator[Redis]:
    with Redis.from_url(hint_server.url) as one:
        yield one


@pytest.fixture
def installation(django_db_blocker, client) -> Iterator[None]:
    with django_db_blocker.unblock(), started.folder() as folder, own_database(folder):
        yield


def test_two_installations_on_one_server_both_lead(django_db_blocker, client):
    with django_db_blocker.unblock(), ExitStack() as stack:
        both = []
        for _ in range(2):
            stack.enter_context(own_database(stack.enter_context(started.folder())))
            both.append(stack.enter_context(process()).lead())
        assert all(one.leader.leads() for one in both)
        assert not any(one.lost.is_set() for one in both)


def test_the_second_of_an_installation_leads_when_the_first_ends(installation):
    with process() as first, process() as second:
        first.lead()
        second.begin().join(1.0)
        assert not second.leader.leads()
        first.end()
        until(second.leader.leads, what="the second")
        assert second.leader.fencing_token > first.leader.fencing_token
    assert Leadership.objects.get().fencing_token == second.leader.fencing_token


def test_after_a_server_that_forgot_everything_the_paused_leader_is_the_fenced_one(installation, client):
    lead(ROLE, 40, "somebody")
    with process() as first, process() as second:
        first.lead()
        assert first.leader.fencing_token > 40
        first.pause()
        guard = first.leader.guard()
        client.delete(*keys_of(lease_name(ROLE)))
        assert second.lead().leader.fencing_token > first.leader.fencing_token
        for check in (guard, first.leader.guard(), first.leader.check):
            with pytest.raises(Fenced):
                check()
        second.leader.check()


def test_past_its_lease_a_paused_leader_leads_no_more_though_nobody_else_does(installation, monkeypatch):
    monkeypatch.setattr(leader, "TTL_MS", 1_500)
    with process() as first:
        first.begin().join()
        first.pause()
        until(lambda: not first.leader.leads(), what="the end of its lease")
        first.leader.guard()()  # the database knows no newer leader
        with pytest.raises(Fenced):
            first.leader.check()


def test_a_leader_that_ends_gives_its_lease_back(installation, client):
    with process() as one:
        one.lead()
        assert client.exists(keys_of(lease_name(ROLE)).held)
        one.end()
        assert not client.exists(keys_of(lease_name(ROLE)).held)


def test_a_token_is_above_what_a_database_that_was_made_anew_does_not_know(installation):
    with process(floor=70) as one:
        assert one.lead().tokens == [one.leader.fencing_token] == [71]
    assert newest_token(ROLE) == 71


def test_a_lease_is_renewed_while_it_lasts(installation, client):
    with process() as one:
        one.lead()
        lease = keys_of(lease_name(ROLE)).held
        holder_id = client.get(lease)
        client.pexpire(lease, leader.TTL_MS * 2 // 3)
        until(lambda: client.pttl(lease) > leader.TTL_MS * 2 // 3, what="a renewal")
        assert client.get(lease) == holder_id, "not let run out and taken anew"


def test_a_lease_server_that_is_silent_for_a_while_ends_nobody(installation, monkeypatch, caplog):
    with process() as one:
        held = one.lead().leader._held
        assert held is not None
        extend, silent = held.extend, iter([True, True])

        def extended() -> bool:
            if next(silent, False):
                raise LockServerError("gone", passes=True, unsure=True)
            return extend()

        monkeypatch.setattr(held, "extend", extended)
        until(lambda: "lease server is back" in caplog.text, what="the end of the silence")
        assert not one.lost.is_set()


def test_a_lease_that_was_lost_is_taken_again_by_a_higher_token(installation, client):
    with process() as one:
        first = one.lead().leader.fencing_token
        client.delete(keys_of(lease_name(ROLE)).held)
        until(lambda: len(one.tokens) == 2, what="the second time")
        assert one.leader.fencing_token == one.tokens[1] > first
        assert not one.lost.is_set()


def test_a_lease_that_somebody_else_took_meanwhile_ends_the_process(installation, client):
    with process() as one:
        one.lead()
        client.set(keys_of(lease_name(ROLE)).held, "another", px=60_000)
        assert one.lost.wait(30)


def test_while_the_database_does_not_know_of_it_nobody_leads(installation, monkeypatch, caplog):
    silent = threading.Event()

    def told(role: str, token: int, holder: str) -> None:
        if not silent.is_set():
            silent.set()
            assert not one.leader.leads(), "the lease is held, and that is not enough"
            raise OperationalError("gone")
        lead(role, token, holder)

    monkeypatch.setattr(leader, "lead", told)
    with process() as one:
        token = one.lead().leader.fencing_token
    assert token == newest_token(ROLE) == 1, "told the second time, without another lease"
    assert "database does not answer" in caplog.text
    assert "database is back" in caplog.text


def test_a_lease_that_cannot_be_kept_ends_the_process(installation, monkeypatch, caplog):
    def extend() -> bool:
        raise ValueError("as nobody foresaw")

    with process() as one:
        one.lead()
        monkeypatch.setattr(one.leader._held, "extend", extend)
        assert one.lost.wait(30)
    assert "as nobody foresaw" in caplog.text

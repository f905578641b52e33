"""Alerts become events: not too many, and only recorded ones are cleared. The watcher waits for the database."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from live.models import Event
from locks.core.alerts import Turn
from locks.core.rows import Alert, lane_of
from locks.models import LockSource
from locks.services.leading import Fenced
from locks.services.sources import ensure_sources, state_now
from locks.watcher.events import ALERTS_A_SECOND, Events, Scribe
from locks.watcher.ledger import Told
from locks.watcher.run import Watcher
from tests.locks.rows import a_row


class AtOnce(Scribe):
    """Writes at once, in the test's own transaction."""

    def do(self, work: Any) -> None:
        with suppress(Fenced):
            work()


@pytest.fixture
def source(db: None, hint_server: Any) -> LockSource:
    return ensure_sources()[0]


def told(key: str, *, raised: bool = True) -> Told:
    alert: Alert = {"kind": "no_ttl", "since": 1, "value": None}
    row = a_row(key, id=lane_of(key.encode()))  # an id is hexadecimal, whatever the name
    return Told(Turn(row["id"], alert, raised), row, "released")


def kinds(source: LockSource) -> list[str]:
    return list(Event.objects.filter(stream_id=source.stream_id).order_by("version").values_list("kind", flat=True))


def test_an_alert_is_raised_and_cleared(source):
    events = Events(source, AtOnce(), lambda: None)
    events.alert(told("a"))
    assert [alert["key"] for alert in state_now(source)["alerts"]] == ["a"]
    events.alert(told("a", raised=False))
    events.alert(told("b", raised=False))
    assert kinds(source) == ["source_added", "alert_raised", "alert_cleared"]


def test_a_name_with_a_nul_is_kept_in_a_way_that_every_database_takes(source):
    events = Events(source, AtOnce(), lambda: None)
    events.alert(told("a\0b"))
    (alert,) = state_now(source)["alerts"]
    assert alert["key"] == alert["name"] == {"b64": "YQBi"}
    events.alert(told("a\0b", raised=False))
    assert Event.objects.get(kind="alert_cleared").payload["name"] == {"b64": "YQBi"}


def test_wishes_are_asked_for_again_when_the_database_was_gone(source, settings, monkeypatch, caplog):
    def gone() -> None:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr("locks.watcher.run.settle", gone)
    monkeypatch.setattr("locks.watcher.run.close_old_connections", lambda: None)
    Watcher()._follow_wishes()
    assert "connection already closed" in caplog.text


def test_what_another_watcher_raised_is_cleared(source):
    Events(source, AtOnce(), lambda: None).alert(told("a"))
    events = Events(source, AtOnce(), lambda: None)
    events.already_open({(told("a").row["id"], "no_ttl")})
    events.alert(told("a", raised=False))
    assert state_now(source)["alerts"] == []


def test_so_many_alerts_a_second_are_recorded_and_no_more(source, monkeypatch, caplog):
    now = 100.0
    monkeypatch.setattr("locks.watcher.events.time.monotonic", lambda: now)
    events = Events(source, AtOnce(), lambda: None)
    for number in range(ALERTS_A_SECOND + 5):
        events.alert(told(str(number)))
    events.alert(told(str(ALERTS_A_SECOND + 2), raised=False))
    assert kinds(source).count("alert_raised") == ALERTS_A_SECOND
    assert kinds(source).count("alert_cleared") == 0
    now = 101.5
    events.alert(told("later"))
    assert kinds(source).count("alert_raised") == ALERTS_A_SECOND + 1
    assert "5 were not recorded" in caplog.text


def test_who_does_not_lead_records_nothing(source):
    def guard() -> None:
        raise Fenced

    Events(source, AtOnce(), guard).alert(told("a"))
    assert kinds(source) == ["source_added"]


def test_a_database_that_is_gone_is_waited_for_and_an_error_is_not(monkeypatch, caplog):
    monkeypatch.setattr("locks.watcher.events._AGAIN_AFTER_S", 0.01)
    done: list[str] = []
    tries = iter((OperationalError("gone"), OperationalError("gone"), None))
    ended = threading.Event()

    def work() -> None:
        if (error := next(tries)) is not None:
            raise error
        done.append("work")

    def fails() -> None:
        raise ValueError("a bug")

    scribe = Scribe()
    scribe.start()
    for one in (work, fails, ended.set):
        scribe.do(one)
    assert ended.wait(30)
    scribe.stop()
    assert done == ["work"]
    assert "a bug" in caplog.text

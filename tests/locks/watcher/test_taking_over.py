"""Another watcher takes the lead: it continues the table, and the first one stops writing."""

from __future__ import annotations

import uuid

import pytest

from locks.stores.writing import TableWriter, newest_token
from locks.watcher import teller
from tests import started
from tests.locks.watcher.conftest import NOTIFY, Watching, client_at
from tests.processes import until

pytestmark = pytest.mark.usefixtures("our_redis")


def a_lock() -> str:
    return uuid.uuid1().hex


def test_the_next_watcher_goes_on_with_the_table_and_the_late_one_writes_nothing():
    with started.valkey(*NOTIFY) as server, client_at(server) as client:
        client.set("first", a_lock())
        with Watching(server) as first:
            first.is_watched()
            client.set("kept", a_lock(), px=60_000)
            kept = first.row("kept", lambda row: row["since_seen"])
            client.set("ended", a_lock(), px=60_000)
            first.row("ended")
            first.row("first", lambda row: row["alerts"])
            raised = [{"id": first.row("first")["id"], "name": "first", "kind": "no_ttl", "since": 1, "value": None}]
            raised.append({"id": "gone", "name": "gone", "kind": "no_ttl", "since": 1, "value": None})
            first.watch.stop()
            first.watch.join(timeout_s=10)
            client.delete("ended")
            with Watching(server, raised=raised, slug_of=first, token=newest_token() + 1) as second:
                assert second.row("kept")["since"] == kept["since"]
                assert second.row("kept")["since_seen"]
                assert second.past("ended")[0]["end"] == "unknown"
                until(first.fenced.is_set, what="the end of the first")
                until(lambda: second.recorded.alerts, what="the end of an alert")
                assert second.recorded.alerts == [("no_ttl", "gone", False, "unknown")]


def test_a_writer_with_a_higher_token_ends_this_one(watching_of_its_own):
    TableWriter(watching_of_its_own.slug, newest_token() + 1).claim()
    until(watching_of_its_own.fenced.is_set, what="its end")


def test_a_teller_that_stumbles_goes_on(watching_of_its_own, server, monkeypatch):
    stumbled: list[object] = []

    def stumbling(*frame: object) -> None:
        stumbled.append(frame)
        raise RuntimeError("as nobody foresaw")

    monkeypatch.setattr(teller, "publish_frame", stumbling)
    until(lambda: stumbled, what="a stumble")
    monkeypatch.undo()
    with client_at(server) as client:
        client.set("after", a_lock(), px=60_000)
        watching_of_its_own.row("after")
        client.delete("after")
    assert not watching_of_its_own.fenced.is_set()


@pytest.fixture
def watching_of_its_own(server):
    with Watching(server) as one:
        one.is_watched()
        yield one

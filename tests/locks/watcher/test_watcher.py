"""The whole watcher on a database: it leads, watches each source, records alerts, obeys pauses, hosts the stage."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from fleet import process
from live.actor import Actor
from live.models import Event
from locks.core.rows import Row
from locks.core.sourcelist import EMBEDDED, SourceConfig
from locks.models import LockSource
from locks.services.sources import set_paused, state_now
from locks.services.stage import ask
from locks.stores.line import lease_name
from locks.stores.table import status, table
from locks.watcher.run import ROLE, Watcher
from tests import started
from tests.locks.watcher.conftest import NOTIFY, client_at
from tests.own_database import connected, made_database
from tests.processes import until

OPERATOR = Actor("operator", "page", may_operate=True)


class Installed:
    """A database, our own Redis with notifications, and a second source."""

    def __init__(self, folder: Path, own: started.Valkey, other: started.Valkey, database_url: str) -> None:
        self.own, self.other = own, other
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "REDIS_URL": own.url,
            "LOCK_SOURCES": f"jobs={other.url}",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }

    @property
    def source(self) -> LockSource:
        return LockSource.objects.get(slug="jobs")

    def take(self, name: str, px: int | None = 60_000) -> None:
        with client_at(self.other) as client:
            client.set(name, uuid.uuid1().hex, px=px)

    def row(self, slug: str, name: str) -> Row:
        rows = until(
            lambda: [row for row in table(slug).rows.values() if row["name"] == name], what=f"the row of {name}"
        )
        return rows[0]

    def state(self, slug: str, state: str) -> None:
        def is_so() -> bool:
            found = status(slug)
            return found is not None and found["state"] == state

        until(is_so, what=f"{slug} to be {state}")

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        found = Event.objects.filter(stream_id=self.source.stream_id).order_by("version")
        return [(event.kind, event.payload) for event in found]

    def run(self, work: Callable[[Watcher], None]) -> None:
        """Runs a watcher with this as its main thread, and `work` in another."""
        watcher = Watcher()

        def beside() -> None:
            try:
                work(watcher)
            finally:
                watcher.stop()
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(beside)
            assert watcher.run() == 0
            future.result()


@pytest.fixture
def installed(settings, django_db_blocker) -> Iterator[Installed]:
    with (
        django_db_blocker.unblock(),
        started.folder() as folder,
        started.valkey(*NOTIFY) as own,
        started.valkey(*NOTIFY) as other,
        made_database(folder) as url,
        connected(url),
    ):
        settings.DATA_DIR, settings.REDIS_URL = folder, own.url
        settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", f"{other.url}?timeout=0.5"),)
        yield Installed(folder, own, other, url)


def test_it_leads_records_alerts_obeys_pauses_and_hosts_the_stage(installed):
    def work(_watcher: Watcher) -> None:
        assert installed.row(EMBEDDED, lease_name(ROLE))["client"] == "ringviz"
        installed.state("jobs", "watching")
        installed.take("forever", px=None)
        row_id = installed.row("jobs", "forever")["id"]
        until(lambda: state_now(installed.source)["alerts"], what="the alert")
        set_paused("jobs", OPERATOR, on=True)
        installed.state("jobs", "paused")
        set_paused("jobs", OPERATOR, on=False)
        installed.state("jobs", "watching")
        with client_at(installed.other) as client:
            client.delete("forever")
        until(lambda: not state_now(installed.source)["alerts"], what="the end of the alert")
        server = installed.other.child
        assert server is not None
        server.signal(signal.SIGSTOP)
        until(lambda: state_now(installed.source)["trouble"], what="the trouble")
        server.signal(signal.SIGCONT)
        until(lambda: state_now(installed.source)["trouble"] is None, what="its end")
        told = [(kind, payload.get("kind"), payload.get("id")) for kind, payload in installed.events()]
        assert ("alert_raised", "no_ttl", row_id) in told
        assert ("alert_cleared", "no_ttl", row_id) in told
        ask(EMBEDDED, OPERATOR, {"what": "workers", "key": "k", "workers": "2", "seconds": "60", "client": "ringviz"})
        until(
            lambda: any(str(row["label"]).startswith("worker-") for row in table(EMBEDDED).rows.values()),
            what="a worker of the stage that holds a lock",
        )

    installed.run(work)
    assert until(lambda: status("jobs") is None, what="the end of its status")
    assert state_now(installed.source)["trouble"] is None


def test_a_leader_that_was_stopped_is_replaced_and_writes_nothing_when_it_goes_on(installed):
    argv = [sys.executable, str(started.ROOT / "manage.py"), "watch"]
    first = process.start("watch", argv, env=installed.environment, cwd=started.ROOT)
    try:
        installed.state("jobs", "watching")
        installed.take("kept")
        before = installed.row("jobs", "kept")
        leader = installed.row(EMBEDDED, lease_name(ROLE))["holder"]

        def work(watcher: Watcher) -> None:
            first.signal(signal.SIGSTOP)
            until(watcher._leader.leads, what="the next leader")
            until(lambda: installed.row(EMBEDDED, lease_name(ROLE))["holder"] != leader, what="its lease in the table")
            after = installed.row("jobs", "kept")
            assert (after["since"], after["since_seen"], after["id"]) == (before["since"], True, before["id"])
            first.signal(signal.SIGCONT)
            assert first.wait(30) is not None, "it saw that somebody else leads"
            installed.take("later")
            installed.row("jobs", "later")
            assert watcher._leader.leads()

        installed.run(work)
    finally:
        first.kill()

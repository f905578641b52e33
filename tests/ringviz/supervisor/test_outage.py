"""PostgreSQL restarts under a supervisor and a watcher: both stay, say so once, and go on when it is back."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from fleet import process
from live.channel import channel_name
from tests import started
from tests.installations import opened, premises
from tests.live import databases
from tests.processes import until
from tests.supervised import wait

KEYS = 2_000
SILENT, BACK = "watcher: the database does not answer", "watcher: the database is back"
pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.skipif(started.postgres_programs() is None, reason="PostgreSQL is not installed"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[started.Postgres]:
    with started.postgres() as running:
        yield running


@pytest.fixture(scope="module")
def ours(server, django_db_blocker):
    """An installation on it; its supervisor stays for all tests, whatever happens to the database."""

    @contextmanager
    def database(_folder: Path) -> Iterator[str]:
        server.execute("CREATE DATABASE ours")
        url = server.url("ours")
        with databases.connected_to(databases.postgresql(url)):
            databases.migrate()
        yield url

    with django_db_blocker.unblock(), premises(covered=False, database=database) as installation:
        yield installation


@pytest.fixture(scope="module")
def watcher(ours):
    with (ours.folder / "watcher.log").open("ab") as log:
        argv = [sys.executable, str(started.ROOT / "manage.py"), "watch"]
        child = process.start("watch", argv, env=ours.environment(), cwd=started.ROOT, stdout=log, stderr=log)
    yield child
    assert child.end(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["in order", "as a crash"])
def test_a_restart_of_the_database_ends_nobody(server, ours, watcher, number, django_db_blocker, settings):
    with opened(ours, django_db_blocker, settings):
        ours.form(nodes=2, keys=200)
        pids, before = ours.server_pids(), ours.equal()
        said = (ours.folder / "watcher.log").read_text
        silent, back = said().count(SILENT), said().count(BACK)
        with (
            Redis.from_url(ours.valkey.url) as client,
            client.pubsub(ignore_subscribe_messages=True) as pages,
        ):
            server.stop(number)
            connection.close()
            until(lambda: "supervisor: the database does not answer" in ours.log(), what="the supervisor to say so")
            until(lambda: said().count(SILENT) > silent, what="the watcher")
            pages.subscribe(channel_name())
            until(lambda: b'"no database"' in (pages.get_message(timeout=1) or {}).get("data", b""), what="the pages")
        assert (ours.supervisor.status, watcher.status, ours.server_pids()) == (None, None, pids)
        server.start()
        until(lambda: "supervisor: the database is back" in ours.log(), what="the supervisor to go on")
        until(lambda: said().count(BACK) > back, what="the watcher to go on")
        assert (ours.server_pids(), ours.equal()) == (pids, before)
        assert ours.log().count("supervisor: the database does not answer") == 1, "once, however often it asks"
        assert "Traceback" not in ours.log()
        ours.act("add", name="cache-3", weight=1)
        assert sum(ours.equal().values()) == 200
        assert len(ours.stored()) == 3
        assert ours.clear()


STOPPED_S = [pytest.param(0.0, id="restarted"), pytest.param(60.0, id="stopped for a minute")]


@contextmanager
def stopped(server, seconds):
    """The body runs while the database is away."""
    server.stop(signal.SIGINT)
    connection.close()
    until_s = time.monotonic() + seconds
    try:
        yield
        wait(max(0.0, until_s - time.monotonic()))
    finally:
        server.start()


@pytest.mark.long
@pytest.mark.parametrize("seconds", STOPPED_S)
def test_a_death_while_the_database_is_away_is_told_when_it_is_back(server, ours, seconds, django_db_blocker, settings):
    with opened(ours, django_db_blocker, settings):
        ours.form(nodes=3, keys=KEYS)
        pid, since = ours.pid_of(2), ours.known().v + 1
        with stopped(server, seconds):
            os.kill(pid, signal.SIGKILL)
            until(lambda: "the database does not answer" in ours.log(), what="the supervisor to say so")
        killed = ours.event("node_killed", since).payload
        assert (killed["node"]["number"], killed["cause"]) == (2, "exit")
        assert killed["loss"]["keys"] == ours.event("keys_refilled", since).payload["keys"]
        assert sum(ours.equal().values()) == KEYS
        assert ours.supervisor.status is None
        assert ours.clear()


@pytest.mark.long
@pytest.mark.parametrize("seconds", STOPPED_S)
def test_a_move_goes_on_when_the_database_is_back(server, ours, seconds, django_db_blocker, settings):
    with opened(ours, django_db_blocker, settings):
        ours.form(nodes=3, keys=KEYS)
        engine, since = ours.engine(), ours.known().v + 1
        ours.slow_moves()
        asked, pids = ours.act("drain", node=1), {ours.pid_of(number) for number in (1, 2, 3)}
        until(lambda: ours.moving(engine), what="a migration that runs")
        with stopped(server, seconds):
            until(lambda: "the database does not answer" in ours.log(), what="the supervisor to say so")
            assert pids <= ours.server_pids(), "nobody ends what nobody can tell of"
        drained = ours.event("node_drained", since).payload
        assert drained["work"] == asked.version
        assert sum(ours.equal().values()) == KEYS
        assert "keys_lost" not in {event.kind for event in ours.events()}
        engine.close()
        assert ours.clear()

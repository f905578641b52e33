"""A frozen PostgreSQL: code that waits for it gets an error, but a long statement does not count as silence."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from signal import SIGCONT, SIGSTOP

import pytest
from django.db import OperationalError, connection

from live import silence
from tests import started
from tests.live import databases
from tests.processes import until

WITHIN_S = 60


@pytest.fixture
def server(django_db_blocker, monkeypatch) -> Iterator[started.Postgres]:
    """A server that only the test uses, with an open connection in this thread."""
    if started.postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    monkeypatch.setattr(silence, "ASKED_AFTER_S", 0.3)
    with (
        started.postgres() as server,
        django_db_blocker.unblock(),
        databases.connected_to(databases.postgresql(server.url("postgres"))),
    ):
        yield server


def ask(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_a_server_that_stands_still_is_not_waited_for(server, settings):
    settings.LOCK_WITHIN_S = 2
    pids = [pid for (pid,) in _rows("SELECT pid FROM pg_stat_activity")]
    assert server.child is not None
    try:
        for pid in (server.child.pid, *pids):
            os.kill(pid, SIGSTOP)
        before = time.monotonic()
        with pytest.raises(OperationalError, match="accepts no new connection"):
            ask("SELECT 1")
        assert time.monotonic() - before < WITHIN_S
    finally:
        for pid in (*pids, server.child.pid):
            os.kill(pid, SIGCONT)
    connection.close()
    until(lambda: ask("SELECT 1") == (1,))


def test_a_long_statement_is_waited_for(server):
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(ask, "SELECT 1 FROM pg_sleep(1.5)").result(WITHIN_S) == (1,)
    assert ask("SELECT 2") == (2,)


def _rows(statement: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())

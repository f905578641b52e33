"""Two people open one sign-in link at the same moment, on two connections: only one is signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from dashboard import signin
from dashboard.models import SignInLink
from tests import started
from tests.own_database import own_database

OPENERS = 2


@pytest.fixture
def database(django_db_blocker) -> Iterator[str]:
    with django_db_blocker.unblock(), started.folder() as folder, own_database(folder) as url:
        yield url


def test_of_two_that_spend_it_at_once_one_succeeds(database):
    """Whatever one of them reads of the link before it is used up, the other has read as well."""
    token = signin.new_token(timezone.now())
    begin, read = threading.Barrier(OPENERS), threading.Barrier(OPENERS)

    def both_read(execute: Any, sql: str, *details: Any) -> Any:
        result = execute(sql, *details)
        if sql.startswith("SELECT"):
            with suppress(threading.BrokenBarrierError):
                read.wait(10)
        return result

    def opened(_opener: int) -> bool:
        begin.wait(10)
        try:
            with connection.execute_wrapper(both_read):
                return signin.spend(token, timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(OPENERS) as pool:
        assert sorted(pool.map(opened, range(OPENERS))) == [False, True]
    assert SignInLink.objects.get().used_at is not None

"""Points this process and all its threads at another database during a test."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from asgiref.sync import SyncToAsync
from django.core.management import call_command
from django.db import connection, connections

from dashboard import environment

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def connected_to(configuration: dict[str, Any]) -> Iterator[None]:
    """Makes `configuration` the default database: in this thread, in new threads and in the one of async views."""
    before, wrapper = connections.settings["default"], connections["default"]
    connections.settings["default"] = connections.configure_settings({"default": configuration})["default"]
    connections["default"] = connections.create_connection("default")
    _forgotten_by_async_views()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = wrapper
        _forgotten_by_async_views()


def _forgotten_by_async_views() -> None:
    """Drops the connections of the one thread in which asgiref runs synchronous code: it outlives every test."""

    def forget() -> None:
        connections.close_all()
        for alias in list(connections):
            with suppress(AttributeError):
                del connections[alias]

    SyncToAsync.single_thread_executor.submit(forget).result()


def sqlite(path: str) -> dict[str, Any]:
    """A SQLite file with the options from the project's settings, whatever database this test run uses."""
    return {**environment.database(Path(path).parent), "NAME": path, "TEST": {}}


def postgresql(url: str) -> dict[str, Any]:
    return {**dj_database_url.parse(url, conn_max_age=600)}


def migrate() -> None:
    """Migrates all apps, because deleting a stream looks at every table that points to it."""
    call_command("migrate", verbosity=0)


def empty() -> None:
    """Empties every PostgreSQL table. This is cheaper than a new database per test, which is a thousand files."""
    tables = ", ".join(connection.ops.quote_name(name) for name in connection.introspection.django_table_names())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")

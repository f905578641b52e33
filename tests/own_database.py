"""A separate database for one test, on the engine of this test run: a file, or a database of a PostgreSQL server."""

import functools
import itertools
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from tests import started
from tests.live import databases

FILE = "ringviz.sqlite3"  # what a deployment calls it
_numbers = itertools.count(1)


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """An empty database, migrated, that this process is connected to meanwhile. Gives its DATABASE_URL."""
    with made_database(folder) as url, connected(url):
        yield url


@contextmanager
def made_database(folder: Path) -> Iterator[str]:
    """An empty database, migrated, for whoever connects to it. Gives its DATABASE_URL."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield from _on_postgresql(url)
    else:
        with database_file(folder) as url:
            yield url


@contextmanager
def database_file(folder: Path) -> Iterator[str]:
    """The same as a file in the folder, whatever engine this run uses."""
    path = folder / FILE
    path.write_bytes(file())
    yield f"sqlite:///{path}"


@contextmanager
def connected(url: str) -> Iterator[None]:
    """This process is connected to the database."""
    path = url.removeprefix("sqlite:///")
    with databases.connected_to(databases.postgresql(url) if path == url else databases.sqlite(path)):
        yield


@functools.cache
def file() -> bytes:
    """The bytes of an empty, migrated database: copying them takes a millisecond, migrating takes a second."""
    with started.folder() as folder:
        path = folder / FILE
        with databases.connected_to(databases.sqlite(str(path))):
            databases.migrate()
        with closing(sqlite3.connect(path)) as client:
            client.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


def _on_postgresql(url: str) -> Iterator[str]:
    name = f"own_{os.getpid()}_{next(_numbers)}"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {_template(url)}")
    own = f"{url.rpartition('/')[0]}/{name}"
    try:
        yield own
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")  # a supervisor that was killed may still be in it


@functools.cache
def _template(url: str) -> str:
    name = f"own_{os.getpid()}_template"
    _execute(url, f"CREATE DATABASE {name}")
    with databases.connected_to(databases.postgresql(f"{url.rpartition('/')[0]}/{name}")):
        databases.migrate()
        connection.close()  # nobody may be in a template that is copied
    return name


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as client:
        client.execute(statement.encode())

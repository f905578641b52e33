"""What the tests of the event log use: a real SQLite file, a real PostgreSQL, a real Valkey."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from live.log import create_stream
from live.models import Stream
from tests import started
from tests.live import databases

DATABASE = "spine"


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[started.Valkey]:
    with started.valkey() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(django_db_blocker) -> Iterator[str]:
    """An empty, migrated database of a PostgreSQL server."""
    if started.postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with started.postgres() as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
        url = server.url(DATABASE)
        with django_db_blocker.unblock(), databases.connected_to(databases.postgresql(url)):
            databases.migrate()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(django_db_blocker, tmp_path_factory) -> str:
    """An empty, migrated SQLite file."""
    path = str(tmp_path_factory.mktemp("spine") / "template.sqlite3")
    with django_db_blocker.unblock(), databases.connected_to(databases.sqlite(path)):
        databases.migrate()
    with closing(sqlite3.connect(path)) as client:
        client.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, django_db_blocker, settings, tmp_path) -> Iterator[str]:
    """An empty database for the test, on each engine. Yields its DATABASE_URL."""
    settings.REDIS_URL = ""
    settings.DATA_DIR = tmp_path
    if request.param == "sqlite":
        path = tmp_path / "spine.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        configuration, url = databases.sqlite(str(path)), f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_url")
        configuration = databases.postgresql(url)
    with django_db_blocker.unblock(), databases.connected_to(configuration):
        if request.param == "postgresql":
            databases.empty()
        yield url


@pytest.fixture
def stream(database) -> Stream:
    return create_stream("counters")


@pytest.fixture
def hint_server(settings, valkey_server: started.Valkey) -> started.Valkey:
    """The hint server of the test's processes."""
    settings.REDIS_URL = valkey_server.url
    return valkey_server

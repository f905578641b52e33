"""One server for all tests of a module, and sources that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from locks.core.sourcelist import SourceConfig
from locks.sources import Source, connect
from tests import started


@pytest.fixture(scope="session")
def watched_server() -> Iterator[started.Valkey]:
    """A server that tests fill and flush."""
    with started.valkey() as server:
        yield server


@pytest.fixture
def theirs(watched_server: started.Valkey) -> Iterator[Redis]:
    """A client of the application whose locks are watched. The server is emptied first."""
    with Redis(unix_socket_path=str(watched_server.path), socket_timeout=10) as client:
        client.flushall()
        client.config_set("notify-keyspace-events", "")
        yield client


@pytest.fixture
def open_source() -> Iterator[Callable[..., Source]]:
    """Opens sources that are closed after the test."""
    opened: list[Source] = []

    def opening(url: str, **options: float) -> Source:
        opened.append(source := connect(SourceConfig("shop", "shop", url), **options))
        return source

    yield opening
    for source in opened:
        source.close()


@pytest.fixture
def source(watched_server: started.Valkey, theirs: Redis, open_source: Callable[..., Source]) -> Source:
    """The server as a source."""
    return open_source(watched_server.url)

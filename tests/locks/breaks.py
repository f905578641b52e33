"""Shared by the tests of breaks: the embedded server as its applications use it, and locks as a page shows them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from live.actor import Actor
from live.models import Event
from live.reading import events_after
from locks.core.reading import Reading
from locks.core.rows import id_of, proof_digest, text_of
from locks.core.sourcelist import SourceConfig
from locks.services.breaking import Shown
from locks.sources import connect
from tests.locks.conftest import Watched

ADA = Actor("ada", "page", may_operate=True)


@pytest.fixture
def server(hint_server: Any) -> Iterator[Redis]:
    """The embedded server, as its applications use it. Keys have random names: it is shared."""
    with Redis(unix_socket_path=str(hint_server.path), socket_timeout=10) as client:
        yield client


def config_of(hint_server: Any) -> SourceConfig:
    return SourceConfig("embedded", "Embedded", hint_server.url, hint_server.url)


def reading_of(hint_server: Any, key: bytes) -> Reading:
    with connect(config_of(hint_server)) as source:
        (found,) = source.look([key])
    return found


def shown_on(watched: Watched, reading: Reading) -> Shown:
    """Writes the reading into the table as the watcher would. Returns what a page knows about it."""
    key = text_of(reading.key)
    row = watched.row(str(key), id=id_of(reading), proof=proof_digest(reading.proof), name=text_of(reading.name))
    watched.write({**row, "key": key})
    return Shown(row["id"], row["proof"])


@pytest.fixture
def held(watched: Watched, server: Redis, hint_server: Any) -> tuple[Shown, str]:
    """A lock of python-redis-lock that is held and shown on the page."""
    name = f"jobs-{secrets.token_hex(4)}"
    server.set(f"lock:{name}", "q83vASNFZ4mrze8BI0VniQEB", px=60_000)
    reading = reading_of(hint_server, f"lock:{name}".encode())
    return shown_on(watched, reading), name


def events_of(watched: Watched) -> list[Event]:
    return [event for event in events_after(watched.source.stream_id, 0) if event.kind == "lock_broken"]

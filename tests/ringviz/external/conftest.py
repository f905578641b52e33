"""Somebody else's cluster for all tests in this folder, and permission to look at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from live.channel import channel_name
from servers.guard import rules
from tests.servers.reading.foreign import Foreign, filled_cluster


@pytest.fixture(scope="session")
def shared_foreign() -> Iterator[list[Foreign]]:
    """Three servers with 300 keys; no test changes them."""
    with filled_cluster() as servers:
        yield servers


@pytest.fixture
def foreign(settings, shared_foreign: list[Foreign]) -> list[Foreign]:
    """The same cluster, with its ports in ALLOWED_TARGETS."""
    settings.ALLOWED_TARGETS = rules.parse(f"127.0.0.1:{server.port}" for server in shared_foreign)
    return shared_foreign


@pytest.fixture
def told_of(hint_server) -> Iterator[Callable[[int], list[dict[str, Any]]]]:
    """All `stored` frames of a stream published since the test began."""
    frames: dict[int, list[dict[str, Any]]] = {}
    with Redis.from_url(hint_server.url) as client, client.pubsub() as subscription:
        subscription.subscribe(channel_name())
        assert subscription.get_message(timeout=5)

        def read(stream_id: int) -> list[dict[str, Any]]:
            while (message := subscription.get_message(timeout=0.05)) is not None:
                kind, *rest = json.loads(message["data"])
                if kind == "frame" and rest[1] == "stored":
                    frames.setdefault(int(rest[0]), []).append(rest[2])
            return frames.get(stream_id, [])

        yield read

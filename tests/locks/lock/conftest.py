"""A server, a client and a name for each test of the lock."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from redis import Redis

from locks.lock import client_of
from tests import started


@pytest.fixture
def client(shared_valkey: started.Valkey) -> Iterator[Redis]:
    with client_of(shared_valkey.url) as ours:
        yield ours


@pytest.fixture
def name() -> str:
    return secrets.token_hex(8)

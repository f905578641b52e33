"""A cluster of somebody else for all tests of this folder, and permission to look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servers.guard import rules
from tests.servers.reading.foreign import Foreign, filled_cluster


@pytest.fixture(scope="session")
def shared_foreign() -> Iterator[list[Foreign]]:
    """Three servers with 300 keys; nobody changes them."""
    with filled_cluster() as servers:
        yield servers


@pytest.fixture
def foreign(settings, shared_foreign: list[Foreign]) -> list[Foreign]:
    """The same, and ALLOWED_TARGETS names its ports."""
    settings.ALLOWED_TARGETS = rules.parse(f"127.0.0.1:{server.port}" for server in shared_foreign)
    return shared_foreign

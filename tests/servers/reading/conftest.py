"""Somebody else's cluster, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.reading.foreign import Foreign, filled_cluster


@pytest.fixture(scope="session")
def shared_foreign() -> Iterator[list[Foreign]]:
    """Three servers with 300 keys; nobody changes them."""
    with filled_cluster() as servers:
        yield servers

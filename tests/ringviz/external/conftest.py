"""A cluster of somebody else for all tests of this folder, and permission to look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ringviz.core import allowed
from tests.ringviz.external.servers import Foreign, foreign_cluster

RANGES = [(0, 5460), (5461, 10922), (10923, 16382)]  # slot 16383 is nobody's
KEYS = 300


@pytest.fixture(scope="session")
def shared_foreign() -> Iterator[list[Foreign]]:
    """Three servers with 300 keys; nobody changes them."""
    from redis import RedisCluster

    from tests.ringviz.external.servers import PASSWORD

    with foreign_cluster(RANGES) as servers:
        client = RedisCluster("127.0.0.1", servers[0].port, password=PASSWORD, require_full_coverage=False)
        for number in range(KEYS):
            client.set(f"{{{number % 200}}}key:{number}", number)
        client.close()
        yield servers


@pytest.fixture
def foreign(settings, shared_foreign: list[Foreign]) -> list[Foreign]:
    """The same, and ALLOWED_TARGETS names its ports."""
    settings.ALLOWED_TARGETS = allowed.parse(f"127.0.0.1:{server.port}" for server in shared_foreign)
    return shared_foreign

"""Servers of the tests of real traffic."""

from collections.abc import Iterator

import pytest

from tests.servers.driver.servers import Server, cluster


@pytest.fixture(scope="module")
def kept_servers() -> Iterator[list[Server]]:
    with cluster(0) as made:
        yield [made.start() for _ in range(5)]


@pytest.fixture
def servers(kept_servers: list[Server]) -> Iterator[list[Server]]:
    """Five servers that no test kills; those that a test froze are thawed."""
    yield kept_servers
    for server in kept_servers:
        server.child.thaw()


@pytest.fixture
def own_servers() -> Iterator[list[Server]]:
    """Three servers of the test's own."""
    with cluster(0) as made:
        yield [made.start() for _ in range(3)]

from collections.abc import Iterator

import pytest

from tests.clusters import ServerCluster, server_cluster


@pytest.fixture(scope="module")
def servers() -> Iterator[ServerCluster]:
    """A cluster of three, formed once per module."""
    with server_cluster(3) as formed:
        yield formed


@pytest.fixture
def cluster(servers: ServerCluster) -> Iterator[ServerCluster]:
    """The cluster, without keys and with every server awake."""
    yield servers
    for server in servers.servers:
        server.thaw()
    servers.flush()

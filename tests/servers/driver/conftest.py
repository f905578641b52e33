"""Clusters: `four` is shared by a module and only moved about in, `three` is there to be broken."""

from collections.abc import Iterator

import pytest

from tests.servers.driver import servers
from tests.servers.driver.servers import Cluster


@pytest.fixture(scope="module")
def _shared() -> Iterator[Cluster]:
    with servers.cluster(4) as made:
        yield made


@pytest.fixture
def four(_shared: Cluster) -> Cluster:
    """Four servers, each a quarter of the slots, without keys. Nobody ends one of them."""
    engine = _shared.engine
    for address, ranges in zip(_shared.addresses, servers.even(4), strict=True):
        engine.cancel(address)
        if list(engine.members(address)[0].ranges) != ranges:
            engine.hand_over(dict(zip(_shared.addresses, servers.even(4), strict=True)), _shared.addresses)
        engine.flush(address)
    engine.wait_agreed(_shared.addresses, servers.WITHIN_S)
    return _shared


@pytest.fixture
def three() -> Iterator[Cluster]:
    """Three servers, for a test that ends some."""
    with servers.cluster(3) as made:
        yield made

"""One HAProxy in front of five servers, shared by the tests of a module and reset for each."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from balancer.proxy.algorithms import FIRST
from balancer.proxy.config import HEAVIEST, Health, Setup
from balancer.proxy.process import program, running
from balancer.proxy.reading import State
from balancer.proxy.seats import seated
from tests.balancer.proxy.visits import Before, until
from tests.balancer.traffic.driving import targets
from tests.servers.driver.servers import PASSWORD, Server, cluster

SETUP = Setup(slots=8, full=2, health=Health(every_ms=300))


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    if program() is None:
        pytest.skip("HAProxy is not installed; `make setup` installs it on Debian")


@pytest.fixture(scope="module")
def kept_servers() -> Iterator[list[Server]]:
    with cluster(0) as made:
        yield [made.start() for _ in range(5)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, because socket paths must be short."""
    path = Path(tempfile.mkdtemp(prefix="rv-proxy-"))
    yield path / "proxy"
    shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept(kept_servers: list[Server]) -> AsyncIterator[Before]:
    path = Path(tempfile.mkdtemp(prefix="rv-proxy-"))
    try:
        async with running(path / "proxy", seated(targets(kept_servers)), PASSWORD, SETUP) as proxy:
            yield Before(proxy, kept_servers)
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(loop_scope="module")
async def before(kept: Before) -> AsyncIterator[Before]:
    """The proxy in front of its five servers, all up, in the state in which it started."""
    runtime = kept.proxy.runtime
    await until(lambda: kept.up(1, 2, 3, 4, 5))
    yield kept
    for server in kept.servers:
        server.child.thaw()
    await runtime.use(FIRST)
    for slot in range(1, 6):
        await runtime.put(slot, State.READY)
        await runtime.weigh(slot, HEAVIEST)

"""Clusters: the tests of a module share `four` and only move slots in it; `three` may be broken."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from tests.servers.driver import servers
from tests.servers.driver.servers import Cluster


@pytest.fixture(scope="module")
def _shared() -> Iterator[Cluster]:
    with servers.cluster(4) as made:
        yield made


@pytest.fixture
def four(_shared: Cluster) -> Cluster:
    """Four servers, each with a quarter of the slots, without keys. No test ends one of them."""
    engine = _shared.engine
    for address, ranges in zip(_shared.addresses, servers.even(4), strict=True):
        engine.cancel(address)
        if list(engine.members(address)[0].ranges) != ranges:
            engine.hand_over(dict(zip(_shared.addresses, servers.even(4), strict=True)), _shared.addresses)
        engine.flush(address)
    engine.wait_agreed(_shared.addresses, servers.WITHIN_S)
    return _shared


class Ahead:
    """A cluster of three for the next test: a thread forms it while this one runs."""

    def __init__(self) -> None:
        self._forming = ThreadPoolExecutor(1)
        self._next = self._begin()

    def _begin(self) -> tuple[ExitStack, Cluster, Future[None]]:
        with ExitStack() as stack:
            made = stack.enter_context(servers.cluster(0))
            made.begin(3)
            return stack.pop_all(), made, self._forming.submit(made.form)

    @contextmanager
    def take(self) -> Iterator[Cluster]:
        stack, made, formed = self._next
        with stack:
            formed.result()
            self._next = self._begin()
            yield made

    def end(self) -> None:
        stack, _made, formed = self._next
        with stack:
            formed.result()
        self._forming.shutdown()


@pytest.fixture(scope="session")
def _ahead() -> Iterator[Ahead]:
    ahead = Ahead()
    yield ahead
    ahead.end()


@pytest.fixture
def three(_ahead: Ahead) -> Iterator[Cluster]:
    """Three servers, for a test that ends some of them."""
    with _ahead.take() as made:
        yield made

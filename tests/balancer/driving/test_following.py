"""The driver's process follows what it is asked: fed by hand here, over real servers and without a database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from balancer.core.guards.discovery import Heartbeats
from balancer.core.guards.eligible import Rules
from balancer.core.guards.health import Checks
from balancer.core.guards.limits import Limits
from balancer.core.guards.outliers import NO_EJECTIONS
from balancer.core.guards.standing import Code, Standing, State
from balancer.core.state import FIRST, Stand
from balancer.driving import following as module
from balancer.driving.following import Following
from balancer.driving.orders import Orders
from balancer.traffic.driver import Driver
from balancer.traffic.tally import Count
from ringviz.models import Cluster
from tests.balancer.traffic.driving import DEADLINE_S, targets
from tests.servers.driver.servers import PASSWORD, Server, cluster

OFF = Rules(
    limits=Limits(requests=None),
    outlying=NO_EJECTIONS,
    checks=Checks(fall=10_000),
    heartbeats=Heartbeats(ttl_s=10_000.0),
)
"""The driver itself takes no node out."""


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    with cluster(0) as made:
        yield [made.start() for _ in range(3)]


class Noted:
    """Stands in for Telling."""

    def __init__(self, *_arguments: Any) -> None:
        self.notes: list[tuple[str, Standing]] = []
        self.ticked = asyncio.Event()

    def note(self, name: str, standing: Standing) -> None:
        self.notes.append((name, standing))

    def tick(self) -> None:
        self.ticked.set()

    def close(self) -> None: ...


class Kept:
    """Stands in for Keeping."""

    def __init__(self, _stream_id: int) -> None: ...

    def note(self, *_arguments: Any) -> None: ...

    def end(self, *_arguments: Any) -> None: ...

    def close(self) -> None: ...


class Fed:
    """A Following that obeys `take`, its telling and its drivers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.telling = Noted()
        self.drivers: list[Driver] = []
        self.take: Callable[[Orders], None] = lambda _orders: None
        fed = self

        class Reading:
            def __init__(self, _what: str, _read: Any, take: Callable[[Orders], None]) -> None:
                fed.take = take

            async def run(self) -> None:
                await asyncio.Event().wait()

        class Frames:
            def __init__(self, _topic: str) -> None: ...

            def publish(self, _stream_id: int, _frame: Any) -> None: ...

            def say_goodbye(self, _stream_id: int, _frame: Any) -> None: ...

            def close(self) -> None: ...

        def driver(*arguments: Any, **more: Any) -> Driver:
            self.drivers.append(Driver(*arguments, **more, rules=OFF))
            return self.drivers[-1]

        monkeypatch.setattr("live.driven.Orders", Reading)
        monkeypatch.setattr(module, "Frames", Frames)
        monkeypatch.setattr(module, "Telling", lambda *_arguments: self.telling)
        monkeypatch.setattr(module, "Keeping", Kept)
        monkeypatch.setattr(module, "Driver", driver)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Fed"]:
        running = asyncio.ensure_future(Following("small").run())
        await asyncio.sleep(0)
        try:
            yield self
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self.telling.ticked.clear()
                await self.telling.ticked.wait()

    def count(self, name: str, count: Count) -> int:
        driver = self.drivers[-1]
        return driver.tally.of(driver.nodes.pool.names.index(name))[count]


@pytest.fixture
def fed(monkeypatch) -> Fed:
    return Fed(monkeypatch)


def orders(servers: list[Server], **changes: Any) -> Orders:
    given = Orders(
        cluster=Cluster(pk=1, slug="small", stream_id=1),
        v=1,
        traffic={**FIRST, "on": True, "rate": 600.0, "policy": "round_robin"},
        targets=tuple(targets(servers)),
        convicted=frozenset(),
        nodes=(),
        numbers={"a": 1, "b": 2, "c": 3},
        standings={},
        conditions={},
        password=PASSWORD,
    )
    return replace(given, **changes)


async def test_after_the_verdict_no_request_is_sent_though_no_guard_of_the_driver_takes_the_node_out(servers, fed):
    async with fed.running():
        fed.take(orders(servers))
        await fed.until(lambda: fed.drivers[0].nodes.probes["b"].newest is not None)  # a first check decides alone
        servers[1].child.kill()
        await fed.until(lambda: fed.count("b", Count.LOST) + fed.count("b", Count.AWAY) > 50)
        fed.take(orders(servers, v=2, targets=tuple(targets(servers)[::2]), convicted=frozenset("b")))
        sent, answered = fed.count("b", Count.SENT), fed.count("a", Count.ANSWERED)
        await fed.until(lambda: fed.count("a", Count.ANSWERED) > answered + 200)
        assert fed.count("b", Count.SENT) == sent
        await fed.until(lambda: Code.CONVICTED in [one.reason.code for name, one in fed.telling.notes if name == "b"])


async def test_a_node_that_is_added_and_one_that_is_revived_get_requests_while_it_runs(servers, fed):
    async with fed.running():
        fed.take(orders(servers, targets=tuple(targets(servers)[:2])))
        await fed.until(lambda: fed.count("b", Count.ANSWERED) > 20)
        fed.take(orders(servers, v=2))
        await fed.until(lambda: "c" in fed.drivers[0].nodes.pool.names and fed.count("c", Count.ANSWERED) > 20)
        servers[1].child.kill()
        fed.take(orders(servers, v=3, targets=tuple(targets(servers)[::2]), convicted=frozenset("b")))
        servers[1].again()
        before = fed.count("b", Count.ANSWERED)
        fed.take(orders(servers, v=4))
        await fed.until(lambda: fed.count("b", Count.ANSWERED) > before + 20)
        assert len(fed.drivers) == 1
        joined = [name for name, one in fed.telling.notes if one.reason.code is Code.JOINED]
        assert joined == ["c", "b"]


async def test_another_password_is_used_by_new_lines(servers, fed):
    async with fed.running():
        fed.take(orders(servers))
        await fed.until(lambda: fed.count("a", Count.ANSWERED) > 20)
        for server in servers:
            with server.client as client:
                client.config_set("requirepass", "another")
        fed.take(orders(servers, password="another"))
        assert len(fed.drivers) == 2
        await fed.until(lambda: all(fed.count(name, Count.ANSWERED) > 20 for name in "abc"))
        assert fed.drivers[0].stream is None


async def test_a_driver_that_begins_takes_back_what_the_one_before_it_told(servers, fed):
    ejected = Stand(state="ejected", code="failures_in_a_row", figures={"failures": 5, "seconds": 30, "times": 1})
    async with fed.running():
        fed.take(orders(servers, standings={"2": ejected}))
        assert [(name, one.state) for name, one in fed.telling.notes] == [("b", State.UP)]


async def test_what_a_request_costs_is_changed_without_another_stream(servers, fed):
    first = orders(servers)
    async with fed.running():
        fed.take(first)
        await fed.until(lambda: fed.count("a", Count.ANSWERED) > 20)
        stream = fed.drivers[0].stream
        fed.take(replace(first, v=2, traffic={**first.traffic, "work": 500, "weighed": True}))
        assert fed.drivers[0].stream is stream
        await fed.until(lambda: evals(servers[0]) > 20)


def evals(server: Server) -> int:
    with server.client as client:
        return int(client.info("commandstats").get("cmdstat_eval", {"calls": 0})["calls"])

"""A driver at work on a test's servers, and a way to wait for what it sees."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from balancer.traffic.driver import Driver
from balancer.traffic.nodes import Target
from balancer.traffic.settings import Settings
from balancer.traffic.tally import Count
from balancer.traffic.window import Seen, Share
from tests.servers.driver.servers import PASSWORD, Server

DEADLINE_S = 60.0
PATIENT_S = 30.0  # a node's time for a reply: a late reply on a busy machine is not an error


def targets(servers: Sequence[Server], weights: Sequence[float] = ()) -> list[Target]:
    """The servers as nodes a, b, c, ..."""
    weights = weights or [1.0] * len(servers)
    return [
        Target(name, server.address, weight) for name, server, weight in zip("abcdefgh", servers, weights, strict=False)
    ]


def settings(**given) -> Settings:
    return Settings(**{"rate": 1000, "timeout_s": PATIENT_S, **given})


class Watched:
    """A driver, and its ticks. At each of them every request must be accounted for."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._news = asyncio.Event()
        self._wrong: AssertionError | None = None

    def tick(self) -> None:
        try:
            assert_accounted(self.driver)
        except AssertionError as wrong:  # the loop would only log it
            self._wrong = self._wrong or wrong
        self._news.set()

    def check(self) -> None:
        assert_accounted(self.driver)
        if self._wrong is not None:
            raise self._wrong

    async def until(self, condition: Callable[[Seen], bool]) -> Seen:
        """What was seen when it was first true. Fails after the deadline."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition(seen := self.driver.seen()):
                self._news.clear()
                await self._news.wait()
        return seen

    async def more(self, answers: int) -> None:
        """Returns after this many more answers."""
        wanted = self.total(Count.ANSWERED) + answers
        await self.until(lambda _: self.total(Count.ANSWERED) >= wanted)

    def total(self, count: Count) -> int:
        return sum(self.driver.tally.counts[count])

    def of(self, name: str) -> dict[Count, int]:
        return self.driver.tally.of(self.driver.nodes.pool.names.index(name))

    def in_flight(self, name: str) -> int:
        pool = self.driver.nodes.pool
        return pool.in_flight[pool.names.index(name)]


def assert_accounted(driver: Driver) -> None:
    """Every request sent to a node is answered, refused, failed or in flight. Due but unsent ones are reported."""
    for place, waiting in enumerate(driver.nodes.pool.in_flight):
        counts = driver.tally.of(place)
        sent = counts.pop(Count.SENT)
        assert waiting >= 0
        assert sent == sum(counts.values()) + waiting, (driver.nodes.pool.names[place], counts)
    assert driver.asked == sum(driver.tally.counts[Count.SENT]) + driver.tally.homeless + driver.tally.late


def percentiles(share: Share) -> tuple[float, float, float]:
    """p50, p95 and p99 of one that has answered."""
    assert share.p50_ms is not None
    assert share.p95_ms is not None
    assert share.p99_ms is not None
    return share.p50_ms, share.p95_ms, share.p99_ms


@asynccontextmanager
async def driving(servers: Sequence[Server], policy: str = "round_robin", **given) -> AsyncIterator[Watched]:
    """It sends meanwhile. Options of `Settings`; `rules`, `weighing` and `weights` besides."""
    rules = {name: given.pop(name) for name in ("rules", "weighing") if name in given}
    nodes = targets(servers, given.pop("weights", ()))
    driver = Driver(nodes, PASSWORD, settings(**given), policy, on_tick=lambda: watched.tick(), **rules)  # noqa: PLW0108
    watched = Watched(driver)
    driver.start()
    try:
        yield watched
    finally:
        await driver.stop()
        watched.check()
        assert not any(driver.nodes.pool.in_flight)

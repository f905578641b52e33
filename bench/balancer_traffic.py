"""The balancer driver's throughput, and how much a policy helps when a node freezes.

`python -m bench.balancer_traffic` prints JSON lines as `bench.core` does. Real ECHOs to five real servers on this
machine, which shares its processors between them and the driver. The lag of the driver's own event loop stands beside
each percentile, so that a slow machine is not taken for a slow policy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from statistics import median
from typing import Any, TypeVar

import uvloop
from redis.asyncio import Redis

from balancer.core.bounds import HIGHEST_RATE
from balancer.traffic.driver import Driver
from balancer.traffic.nodes import Target
from balancer.traffic.settings import Settings
from balancer.traffic.tally import Count
from balancer.traffic.window import Seen
from bench.core import Line, line
from tests.servers.driver.servers import PASSWORD, Server, cluster

T = TypeVar("T")
NODES = 5
ROUNDS, ROUND_S = 3, 3.0
# With replacement, 1 in 25 pairs is the frozen node alone: 1.2 % of all requests, which p99 sees.
TOLD = {"jsq": "least outstanding", "p2c": "two choices, with replacement", "p2c_distinct": "two distinct choices"}
A_NODE = (1, 4, 16)  # connections and tasks of redis-py for each node; the best of them counts
RATE = 2_000.0
FROZEN_S, EVERY_S, TIMES = 0.3, 1.0, 10
WARM_UP_S = 0.5


def requests_a_second(servers: Sequence[Server]) -> Iterator[Line]:
    """ECHO as fast as it goes: ours on a line to each node, redis-py's on as many connections or more."""
    ours: list[float] = []
    theirs: dict[int, list[float]] = {a_node: [] for a_node in A_NODE}
    for _ in range(ROUNDS):
        ours.append(run(driven(servers)))
        for a_node, rates in theirs.items():
            rates.append(run(awaited([server.port for server in servers], PASSWORD, a_node)))
    rate = median(ours)
    best = max(theirs, key=lambda a_node: median(theirs[a_node]))
    peer_rate = median(theirs[best])
    told = ", ".join(f"{median(rates):,.0f} with {a_node} a node" for a_node, rates in theirs.items())
    yield line(
        f"a real ECHO through {NODES} nodes under round robin",
        1e6 / rate,
        "microseconds",
        f"redis-py asyncio, {best * NODES} connections and tasks",
        1e6 / peer_rate,
        ">= 10 times the peer",
        f"{rate:,.0f} a second, asked {HIGHEST_RATE:,.0f}, on {NODES} connections; redis-py: {told}; both on uvloop",
    )


async def driven(servers: Sequence[Server]) -> float:
    """Answers a second of the driver when it is asked for as much as it takes."""
    driver = Driver(targets(servers), PASSWORD, Settings(rate=HIGHEST_RATE, sample=10_000), "round_robin")
    answered = driver.tally.counts[Count.ANSWERED]
    driver.start()
    await asyncio.sleep(WARM_UP_S)
    before, begun = sum(answered), time.perf_counter()
    await asyncio.sleep(ROUND_S)
    rate = (sum(answered) - before) / (time.perf_counter() - begun)
    await driver.stop(drain_s=5)
    if any(sum(driver.tally.counts[count]) for count in (Count.LOST, Count.AWAY, Count.ERROR)):
        raise AssertionError("a node has failed")
    return rate


async def awaited(ports: Sequence[int], password: str, a_node: int) -> float:
    """Answers a second of redis-py, with so many connections to each node, each used by a task of its own."""
    clients = [Redis(port=port, password=password) for port in ports for _ in range(a_node)]
    answered, ending = 0, False

    async def ask(client: Redis) -> None:
        nonlocal answered
        while not ending:
            await client.echo("ringviz")
            answered += 1

    asking = [asyncio.create_task(ask(client)) for client in clients]
    await asyncio.sleep(WARM_UP_S)
    before, begun = answered, time.perf_counter()
    await asyncio.sleep(ROUND_S)
    rate = (answered - before) / (time.perf_counter() - begun)
    ending = True
    await asyncio.gather(*asking)
    for client in clients:
        await client.aclose()
    return rate


def with_a_freeze(servers: Sequence[Server]) -> Iterator[Line]:
    """One of the nodes frozen again and again, too shortly for any verdict: p99 from the intended times."""
    blind = run(frozen(servers, "round_robin"))
    for policy, told in TOLD.items():
        seen = run(frozen(servers, policy))
        yield line(
            f"p99 under {told}, 1 of {NODES} nodes frozen {FROZEN_S * 1000:.0f} ms of each second",
            p99(seen),
            "ms",
            "round robin",
            p99(blind),
            "",
            f"{RATE:,.0f} requests a second, {TIMES} freezes, no request lost; the driver's own loop: {lag(seen)}; "
            f"for round robin: {lag(blind)}",
        )


async def frozen(servers: Sequence[Server], policy: str) -> Seen:
    """The results of one policy."""
    driver = Driver(targets(servers), PASSWORD, Settings(rate=RATE), policy, span_s=TIMES * EVERY_S)
    loop, frozen = asyncio.get_running_loop(), servers[1].child
    driver.start()
    await asyncio.sleep(WARM_UP_S)
    begun = loop.time()
    try:
        for number in range(TIMES):
            frozen.freeze()
            await asyncio.sleep(begun + number * EVERY_S + FROZEN_S - loop.time())
            frozen.thaw()
            await asyncio.sleep(begun + (number + 1) * EVERY_S - loop.time())
    finally:
        frozen.thaw()
    seen = driver.seen()
    await driver.stop(drain_s=5)
    if seen.total.refused or any(seen.total.errors.values()):
        raise AssertionError(f"not every request was answered: {seen.total}")
    return seen


def p99(seen: Seen) -> float:
    """In milliseconds."""
    assert seen.total.p99_ms is not None
    return seen.total.p99_ms


def lag(seen: Seen) -> str:
    """How late the driver was: its loop, and what it gave up."""
    return f"lag p99 {seen.lag_p99_ms} ms, at most {seen.lag_max_ms} ms, {seen.late} requests given up"


def targets(servers: Sequence[Server]) -> list[Target]:
    return [Target(f"node-{number}", server.address) for number, server in enumerate(servers, 1)]


def run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


BENCHES: tuple[Callable[[Sequence[Server]], Iterator[Line]], ...] = (requests_a_second, with_a_freeze)


def main() -> None:
    """Prints every line as soon as it is measured."""
    with cluster(0) as made:
        servers = [made.start() for _ in range(NODES)]
        for bench in BENCHES:
            for measured in bench(servers):
                print(measured, flush=True)


if __name__ == "__main__":
    main()

"""Sends the same requests under our policies and through HAProxy's algorithms, one connection per request.

HAProxy balances connections, so both sides open one per request, and requests in flight equal open connections. The
runs send the same seeded stream one after another. Each starts at a whole second of the clock, so that a fault that
repeats every second is in the same phase for all. Latency counts from the intended send time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final

from balancer.core.bounds import within
from balancer.core.guards.limits import Limits
from balancer.core.named import checked
from balancer.core.trial import Figures
from balancer.proxy.algorithms import algorithm
from balancer.proxy.calls import Calls
from balancer.proxy.config import Setup, slot_name
from balancer.proxy.process import Proxy, running
from balancer.proxy.seats import seated
from balancer.traffic.clock import clock
from balancer.traffic.driver import RULES as OF_DRIVER
from balancer.traffic.driver import Driver
from balancer.traffic.nodes import Target
from balancer.traffic.rounds import Gathered
from balancer.traffic.settings import Settings
from balancer.traffic.tally import Count
from ringviz.core.abilities import NO_OPTIONS, Options

LEAD_S: Final = 0.1  # time to prepare a run
MOST_OPEN: Final = 400  # connections at a time: a process may open 1,024 files, and HAProxy needs two for each
LONGEST_S: Final = 600
HIGHEST_RATE: Final = 2_000.0
RULES: Final = replace(OF_DRIVER, limits=Limits(requests=MOST_OPEN))

# Through HAProxy there is a single target, so any policy will do.
_FRONT: Final = "haproxy"
_ONE_WAY: Final = "round_robin"


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one run. If `proxied`, `name` is HAProxy's algorithm; else our policy, with its `options`.

    `given` counts the connections of each node; through HAProxy, these are HAProxy's own counts.
    """

    proxied: bool
    name: str
    options: Options
    figures: Figures
    given: dict[str, int]


class Comparison:
    """Runs the same `seconds` of a stream over the same nodes. Lives in the running loop, on the main thread."""

    def __init__(self, targets: Sequence[Target], password: str, settings: Settings, seconds: int) -> None:
        """Raises OutOfBounds."""
        within("rate", settings.rate, 1, HIGHEST_RATE)
        within("seconds", seconds, 1, LONGEST_S)
        self._targets, self._password, self._settings, self._seconds = list(targets), password, settings, seconds

    async def runs(
        self, policies: Sequence[tuple[str, Options]], algorithms: Sequence[str], folder: Path
    ) -> AsyncIterator[Run]:
        """Yields a run for each policy, then for each algorithm. For those, starts HAProxy in `folder`.

        Checks policies, options and algorithms before it sends anything, and raises their errors; then what `running`
        raises.
        """
        chosen = [(name, checked(name, options)) for name, options in policies]
        known = [algorithm(name).name for name in algorithms]
        for name, options in chosen:
            yield await self._directly(name, options)
        if not known:
            return
        setup = Setup(slots=max(len(self._targets), 1), connections=2 * MOST_OPEN, retries=0)
        async with running(folder, seated(self._targets), self._password, setup) as proxy:
            for name in known:
                yield await self._through(proxy, name)

    async def _directly(self, name: str, options: Options) -> Run:
        driver = self._driver(self._targets, name, options)
        figures = await self._sent(driver, name, options)
        given = dict(zip(driver.nodes.pool.names, driver.tally.counts[Count.SENT], strict=True))
        return Run(False, name, options, figures, given)

    async def _through(self, proxy: Proxy, name: str) -> Run:
        await proxy.runtime.use(name)
        before = await self._given(proxy, name)
        driver = self._driver([Target(_FRONT, proxy.address)], _ONE_WAY, NO_OPTIONS)
        driver.nodes.look_away()  # HAProxy checks the nodes itself
        figures = await self._sent(driver, _ONE_WAY, NO_OPTIONS)
        given = {node: count - before[node] for node, count in (await self._given(proxy, name)).items()}
        return Run(True, name, NO_OPTIONS, figures, given)

    def _driver(self, targets: Sequence[Target], policy: str, options: Options) -> Driver:
        return Driver(targets, self._password, self._settings, policy, options, rules=RULES, way=Calls)

    async def _sent(self, driver: Driver, policy: str, options: Options) -> Figures:
        """Sends the stream and waits for requests in flight."""
        gathered = Gathered()
        driver.start()
        driver.rest()
        driver.on_part = gathered.add
        try:
            begin = float(ceil(clock() + LEAD_S))
            await driver.play(self._settings, policy, options, begin=begin, seconds=self._seconds)
        finally:
            await driver.stop(self._settings.timeout_s)
        return gathered.figures()

    async def _given(self, proxy: Proxy, backend: str) -> dict[str, int]:
        totals = {one.name: one.total for one in await proxy.runtime.figures() if one.backend == backend}
        return {target.name: totals[slot_name(slot)] for slot, target in enumerate(self._targets, 1)}

"""The same requests under our own policies and through HAProxy under its algorithms, one connection a request.

HAProxy balances connections, so both sides open one for each request: what is in flight is what is connected. Both
send the same seeded stream, one run after the other, and each begins at a whole second of the clock, so that a fault
that comes every second is in the same phase for all. Latency counts from the intended send time.
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

LEAD_S: Final = 0.1  # a run is prepared before it begins
MOST_OPEN: Final = 400  # connections at a time: a process may have 1,024 files open, and HAProxy has two for each
LONGEST_S: Final = 600
HIGHEST_RATE: Final = 2_000.0
RULES: Final = replace(OF_DRIVER, limits=Limits(requests=MOST_OPEN))

# Through HAProxy there is one way, whatever picks it.
_FRONT: Final = "haproxy"
_ONE_WAY: Final = "round_robin"


@dataclass(frozen=True, slots=True)
class Run:
    """One side's figures. `proxied`: HAProxy's algorithm `name`; else our policy `name` with its `options`.

    `given` are the connections that each node was given; through HAProxy it is what HAProxy counted.
    """

    proxied: bool
    name: str
    options: Options
    figures: Figures
    given: dict[str, int]


class Comparison:
    """Runs of the same `seconds` of a stream, over the same nodes. Lives in the running loop, on the main thread."""

    def __init__(self, targets: Sequence[Target], password: str, settings: Settings, seconds: int) -> None:
        """Raises OutOfBounds."""
        within("rate", settings.rate, 1, HIGHEST_RATE)
        within("seconds", seconds, 1, LONGEST_S)
        self._targets, self._password, self._settings, self._seconds = list(targets), password, settings, seconds

    async def runs(
        self, policies: Sequence[tuple[str, Options]], algorithms: Sequence[str], folder: Path
    ) -> AsyncIterator[Run]:
        """First our policies, then HAProxy under each algorithm; one is started in `folder` for as long as it takes.

        Raises, before anything is sent, what an unknown policy, option or algorithm raises; then what `running` does.
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
        driver.nodes.look_away()  # HAProxy looks at the nodes
        figures = await self._sent(driver, _ONE_WAY, NO_OPTIONS)
        given = {node: count - before[node] for node, count in (await self._given(proxy, name)).items()}
        return Run(True, name, NO_OPTIONS, figures, given)

    def _driver(self, targets: Sequence[Target], policy: str, options: Options) -> Driver:
        return Driver(targets, self._password, self._settings, policy, options, rules=RULES, way=Calls)

    async def _sent(self, driver: Driver, policy: str, options: Options) -> Figures:
        """Sends the stream, and waits for what is in flight."""
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

"""The rounds of an A/B run: the driver plays each stretch of the stream under both policies, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Final, NamedTuple

import numpy as np

from balancer.core.trial import SIDES, Figures, Round, order, stretch_seed
from balancer.traffic.clock import clock
from balancer.traffic.driver import Driver
from balancer.traffic.settings import Settings
from balancer.traffic.tally import BUCKETS, ERRORS, Count, Part, mean, percentiles
from ringviz.core.abilities import Options

MOST_OVER_S: Final = 1.0  # no request outlives its timeout, but the loop itself may be late
LEAD_S: Final = 0.05  # time to prepare a stretch
_RANKS: Final = (50, 95, 99)


class Entrant(NamedTuple):
    """A policy that takes part."""

    policy: str
    options: Options


class Rounds:
    """Runs the rounds on a started driver, which sends nothing else meanwhile. Lives in the driver's loop.

    Stretches begin at whole seconds of the clock, so that a fault that repeats every second is in the same phase for
    both. Between stretches, it waits for requests in flight, so that one policy's queue does not slow the other down.
    The guards are not reset: a node ejected in one stretch may still be out in the next.
    """

    def __init__(self, driver: Driver, settings: Settings, entrants: Mapping[str, Entrant], seconds: int) -> None:
        """`entrants` by the SIDES of `balancer.core.trial`."""
        self._driver, self._settings, self._entrants, self._seconds = driver, settings, entrants, seconds
        self.done: Final[list[Round]] = []
        self.side: str | None = None  # the side being sent

    async def run(self, rounds: int) -> None:
        """Adds each round to `done` when it is over, and leaves the driver idle.

        If cancelled, leaves the driver as it is, because the canceller may have given it new orders already.
        """
        self._driver.rest()
        await self._drain()
        for number in range(1, rounds + 1):
            self.done.append(await self._round(number))
        self._driver.rest()

    async def _round(self, number: int) -> Round:
        settings = replace(self._settings, seed=stretch_seed(self._settings.seed, number))
        sides = order(number)
        figures = {side: await self._stretch(side, settings) for side in sides}
        a, b = (figures[side] for side in SIDES)
        return Round(seed=settings.seed, first=sides[0], a=a, b=b)

    async def _stretch(self, side: str, settings: Settings) -> Figures:
        """Sends a stretch and waits for the answers."""
        driver, entrant = self._driver, self._entrants[side]
        driver.take()
        gathered = Gathered()
        begin = float(ceil(clock() + LEAD_S))
        driver.on_part, self.side = gathered.add, side
        try:
            await driver.play(settings, entrant.policy, entrant.options, begin=begin, seconds=self._seconds)
            await driver.drained(self._patience_s)
            driver.take()
        finally:
            self.side = None
            if driver.on_part == gathered.add:
                driver.on_part = None
        await self._drain()
        return gathered.figures()

    async def _drain(self) -> None:
        while not await self._driver.drained(self._patience_s):
            continue

    @property
    def _patience_s(self) -> float:
        return self._settings.timeout_s + MOST_OVER_S


class Gathered:
    """The sum of a stretch's parts over all nodes."""

    def __init__(self) -> None:
        self._counts = np.zeros(len(Count), np.int64)
        self._latencies = np.zeros(BUCKETS, np.int64)
        self._lags: list[float] = []
        self._late = self._homeless = 0

    def add(self, part: Part) -> None:
        """Adds a part. O(nodes)."""
        self._counts += part.counts.sum(axis=0)
        self._latencies += part.latencies.sum(axis=0)
        self._lags += part.lags
        self._late += part.late
        self._homeless += part.homeless

    def figures(self) -> Figures:
        """The figures so far. Latencies are accurate to 1 %."""
        p50, p95, p99 = map(_ms, percentiles(self._latencies, _RANKS))
        counts = self._counts
        sent, answered, refused = (int(counts[one]) for one in (Count.SENT, Count.ANSWERED, Count.REFUSED))
        errors = sum(int(counts[one]) for one in ERRORS)
        return Figures(
            mean_ms=_ms(mean(self._latencies)),
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            lag_p99_ms=_ms(float(np.percentile(self._lags, 99))) if self._lags else None,
            sent=sent,
            answered=answered,
            refused=refused,
            errors=errors,
            in_flight=sent - answered - refused - errors,
            late=self._late,
            homeless=self._homeless,
        )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)

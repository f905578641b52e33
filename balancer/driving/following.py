"""Drives the requests to one cluster's nodes, following its rows in the database as they change."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from balancer.core.guards.standing import Code, Reason, Standing, State
from balancer.driving.course import Course
from balancer.driving.keeping import Keeping
from balancer.driving.leading import Lead
from balancer.driving.orders import Orders, orders_of
from balancer.driving.seen import frame_of, silent
from balancer.driving.telling import Telling
from balancer.driving.topic import TOPIC
from balancer.driving.trying import Trying
from balancer.traffic.clock import clock
from balancer.traffic.driver import Driver
from balancer.traffic.settings import Settings, between_samples
from live import driven
from live.driven import Frames
from ringviz.core.errors import CoreError

logger = logging.getLogger(__name__)

SPAN_S: Final = 2.0
_TICKS_A_FRAME: Final = 2  # at about ten ticks a second


class Following:
    """One cluster, by its slug."""

    def __init__(self, slug: str) -> None:
        self._orders: Orders | None = None
        self._driver: Driver | None = None
        self._course = Course()
        self._lead: Lead | None = None
        self._telling: Telling | None = None
        self._trying: Trying | None = None
        self._keeping: Keeping | None = None
        self._ticks = 0
        self._stopping: set[asyncio.Task[None]] = set()
        self._frames = Frames(TOPIC)
        self._reading = driven.Orders(f"The driver of {slug}", lambda: orders_of(slug), self._take)

    async def run(self) -> None:
        """Runs until cancelled. Raises NotFound when the cluster no longer exists."""
        try:
            await self._reading.run()
        finally:
            self._stop()
            await asyncio.gather(*self._stopping)
            self._frames.close()
            if self._keeping is not None:
                self._keeping.close()
            if self._telling is not None:
                self._telling.close()

    def _take(self, orders: Orders) -> None:
        """Applies what was read, in the event loop."""
        before, self._orders = self._orders, orders
        if before is not None and before.password != orders.password:
            self._stop()
        if not orders.traffic["on"] or not orders.password:
            self._stop()
        elif self._driver is None:
            self._start(orders)
        else:
            self._change(self._driver, orders)

    def _start(self, orders: Orders) -> None:
        traffic = orders.traffic
        self._course = Course()
        self._lead = lead = self._lead or Lead(orders.cluster)
        self._telling = telling = self._telling or Telling(orders.cluster, lead)
        self._keeping = self._keeping or Keeping(orders.cluster.stream_id)
        self._driver = Driver(
            orders.targets,
            orders.password,
            settings_of(orders),
            traffic["policy"],
            traffic["options"],
            on_tick=self._tick,
            span_s=SPAN_S,
        )
        _forget_what_was_told(orders, telling)
        self._driver.start()
        self._try(self._driver, orders)

    def _change(self, driver: Driver, orders: Orders) -> None:
        driver.know(orders.targets, orders.convicted)
        if not self._try(driver, orders):
            self._adjust(driver, orders)

    def _try(self, driver: Driver, orders: Orders) -> bool:
        """Starts or continues the requested A/B run, and ends any other. Returns whether one is running."""
        trying, trial = self._trying, orders.traffic["trial"]
        if trying is not None and trying.is_of(orders.traffic):
            trying.note(orders)
            return True
        if trying is not None:
            trying.stop()
            self._trying = None
        if trial is not None:
            self._trying = Trying(driver, orders, settings_of(orders), trial, self._lead or Lead(orders.cluster))
        elif trying is not None:
            driver.play(settings_of(orders), driver.policy, driver.options)
        return trial is not None

    def _adjust(self, driver: Driver, orders: Orders) -> None:
        """Applies new settings or a new policy."""
        traffic, settings = orders.traffic, settings_of(orders)
        if driver.settings != settings:
            driver.configure(settings)
        if (driver.policy, driver.options) != (traffic["policy"], traffic["options"]):
            try:
                driver.use(traffic["policy"], traffic["options"])
            except CoreError as error:  # the frames show which policy continues
                logger.warning("%s cannot drive the requests to %s: %s", traffic["policy"], orders.cluster.slug, error)

    def _stop(self) -> None:
        """Stops sending. The last frame says so."""
        (driver, self._driver), orders = (self._driver, None), self._orders
        trying, self._trying = self._trying, None
        if trying is not None:
            trying.stop()
        if driver is None or orders is None:
            return
        stopped = asyncio.ensure_future(self._stopped(driver, orders))
        self._stopping.add(stopped)
        stopped.add_done_callback(self._stopping.discard)
        self._frames.say_goodbye(orders.cluster.stream_id, silent(driver, orders))

    async def _stopped(self, driver: Driver, orders: Orders) -> None:
        """Stops a driver and stores its last results."""
        await driver.stop()
        if self._keeping is not None:
            self._keeping.end(driver, orders)

    def _tick(self) -> None:
        driver, orders, telling, keeping = self._driver, self._orders, self._telling, self._keeping
        if driver is None or orders is None or telling is None or keeping is None:
            return
        for change in driver.nodes.guards.news():
            telling.note(driver.nodes.pool.names[change.place], change.standing)
        telling.tick()
        self._course.tick(driver, orders)
        self._ticks += 1
        if self._ticks % _TICKS_A_FRAME == 0:
            frame = frame_of(driver, orders, self._course, self._trying)
            self._frames.publish(orders.cluster.stream_id, frame)
            keeping.note(driver, orders, frame)


def settings_of(orders: Orders) -> Settings:
    """The settings for this traffic."""
    traffic = orders.traffic
    return Settings(
        rate=traffic["rate"],
        skew=traffic["skew"],
        seed=traffic["seed"],
        sample=between_samples(traffic["rate"]),
        work=traffic["work"],
        weighed=traffic["weighed"],
    )


def _forget_what_was_told(orders: Orders, telling: Telling) -> None:
    """Resets the nodes' health: a new driver starts with healthy nodes, whatever the previous one reported."""
    for target in orders.targets:
        if str(orders.numbers[target.name]) in orders.standings:
            telling.note(target.name, Standing(State.UP, Reason(Code.PRESENT), clock()))

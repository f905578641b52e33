"""Runs HAProxy in front of one cluster's nodes, and updates it as the cluster's rows change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from balancer.driving.orders import Orders, orders_of
from balancer.proxy.config import Setup
from balancer.proxy.errors import Ended, NotRunning, ProxyError
from balancer.proxy.process import Proxy, running
from balancer.proxy.seats import Seats, seated
from live import driven
from ringviz.models import Cluster
from ringviz.stores import passwords

logger = logging.getLogger(__name__)


def folder_of(cluster: Cluster) -> Path:
    """The folder of a cluster's proxy."""
    return passwords.folder(cluster.pk) / "proxy"


class Fronting:
    """The proxy of one cluster, by slug. Calls `begun`, in the event loop, with each proxy that it starts."""

    def __init__(self, slug: str, setup: Setup, begun: Callable[[Proxy], None]) -> None:
        self._setup, self._begun = setup, begun
        self._orders: Orders | None = None
        self._news = asyncio.Event()
        self._reading = driven.Orders(f"The proxy of {slug}", lambda: orders_of(slug), self._take)

    async def run(self) -> None:
        """Runs until cancelled, on the main thread. Raises NotFound when the cluster no longer exists, and what
        `running` raises.

        If the supervisor has not formed the cluster yet, waits for it.
        """
        tasks = [asyncio.ensure_future(work) for work in (self._reading.run(), self._follow())]
        try:
            done, _rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    def _take(self, orders: Orders) -> None:
        self._orders = orders
        self._news.set()

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            orders = self._heard()
            if orders is not None and orders.password:
                await self._front(orders)

    async def _front(self, orders: Orders) -> None:
        """Runs one proxy until the password for its checks changes."""
        folder, targets = folder_of(orders.cluster), orders.targets
        async with running(folder, seated(targets), orders.password, self._setup) as proxy:
            self._setup = replace(self._setup, port=proxy.address.port)  # the next one keeps the port
            self._begun(proxy)
            await self._tell(proxy, Seats(self._setup.slots, targets), orders.password)

    async def _tell(self, proxy: Proxy, seats: Seats, password: str) -> None:
        """Returns when the password has changed. Raises Ended."""
        while True:
            await _either(self._news, proxy.ended)
            if proxy.ended.is_set():
                raise Ended(proxy.last_words)
            orders = self._heard()
            if orders is None or orders.password != password:
                self._news.set()  # wakes up whoever starts the next one
                return
            draining = orders.numbers.keys() - orders.convicted
            try:
                await seats.follow(proxy.runtime, orders.targets, draining)
            except NotRunning:
                raise Ended(proxy.last_words) from None
            except ProxyError as error:
                logger.warning("The proxy of %s: %s", orders.cluster.slug, error)

    def _heard(self) -> Orders | None:
        self._news.clear()
        return self._orders


async def _either(*events: asyncio.Event) -> None:
    """Waits until one of the events is set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()

"""Runs the traffic of one cluster by what its state says, as it changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from django.db import Error, close_old_connections

from live.channel import redis_url
from live.hints import publish_frame
from live.listening import HintListener
from ringviz.core.state import State, Workload
from ringviz.errors import NotFound
from ringviz.models import KeySet
from ringviz.selectors.clusters import Known, known
from ringviz.stores import passwords
from ringviz.stores.keysets import keys_at
from ringviz.workload.traffic import OFF, Keys, Traffic
from servers.address import Address

logger = logging.getLogger(__name__)

TOPIC: Final = "traffic"
READ_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What a cluster's state says to its clients. `password` is empty until the supervisor has formed the cluster."""

    stream_id: int
    key_set: KeySet
    seed: int
    workload: Workload
    addresses: dict[int, Address]
    password: str


class Following:
    """`override` stands for the workload of the state, where it is given."""

    def __init__(self, slug: str, override: Workload | None = None) -> None:
        self._slug = slug
        self._override = override
        self._orders: Orders | None = None
        self._traffic: Traffic | None = None
        self._running: asyncio.Task[None] | None = None
        self._publisher = ThreadPoolExecutor(1, thread_name_prefix="publish")
        self._published: Future[None] | None = None

    async def run(self) -> None:
        """Until cancelled. Raises NotFound once there is no such cluster."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        listener = HintListener(redis_url())
        # A daemon: the process ends at once, whatever the thread waits for.
        threading.Thread(target=self._read, args=(loop, ended, listener), daemon=True, name="read state").start()
        try:
            await ended
        finally:
            listener.close()
            if self._running is not None:
                self._running.cancel()
                await asyncio.gather(self._running, return_exceptions=True)
            self._say_goodbye()

    def _read(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None], listener: HintListener) -> None:
        """The thread that reads the database, at each hint for the cluster and once a second."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            while not ended.done():
                try:
                    orders = orders_of(known(self._slug), self._override)
                except NotFound as error:
                    loop.call_soon_threadsafe(_end, ended, error)
                    return
                except Error as error:
                    logger.warning("The workload of %s cannot read its settings: %s", self._slug, error)
                else:
                    loop.call_soon_threadsafe(self._take, orders, ended)
                close_old_connections()
                listener.wait(READ_EVERY_S)

    def _take(self, orders: Orders, ended: asyncio.Future[None]) -> None:
        """What was read, in the loop."""
        if not orders.password or orders == self._orders:
            return
        before, self._orders = self._orders, orders
        keys = Keys(orders.key_set.count, orders.seed, partial(keys_at, orders.key_set))
        if self._traffic is None or before is None or before.password != orders.password:
            if self._running is not None:
                self._running.cancel()
            self._traffic = Traffic(keys, orders.password, self._publish, np.random.default_rng())
            self._running = asyncio.create_task(self._traffic.run())
            self._running.add_done_callback(partial(_pass_on, ended))
        elif before.key_set != orders.key_set:
            self._traffic.ask_for(keys)
        self._traffic.know(orders.addresses)
        self._traffic.configure(orders.workload)

    def _publish(self, frame: dict[str, Any]) -> None:
        """Sent by a thread; while the hint server holds one up, those that follow are dropped."""
        if self._orders is not None and (self._published is None or self._published.done()):
            self._published = self._publisher.submit(publish_frame, self._orders.stream_id, TOPIC, frame)

    def _say_goodbye(self) -> None:
        """The last frame says that nobody is at work: a page shows the last one that it had. Takes a second at most."""
        if self._orders is not None and self._traffic is not None:
            self._publisher.submit(publish_frame, self._orders.stream_id, TOPIC, self._traffic.nothing())
        self._publisher.shutdown()


def orders_of(now: Known, override: Workload | None = None) -> Orders:
    """What a cluster's state and its password file say."""
    return Orders(
        stream_id=now.cluster.stream_id,
        key_set=now.cluster.key_set,
        seed=now.state["cluster"]["seed"],
        workload=override or now.state.get("workload") or OFF,
        addresses=addresses_of(now.state),
        password=passwords.kept(now.cluster.pk),
    )


def addresses_of(state: State) -> dict[int, Address]:
    """Where the servers of the nodes answer, by number; those without one are left out."""
    return {node["number"]: Address.parse(node["address"]) for node in state["nodes"] if node["address"]}


def _end(ended: asyncio.Future[None], error: BaseException | None) -> None:
    if ended.done():
        return
    if error is None:
        ended.set_result(None)
    else:
        ended.set_exception(error)


def _pass_on(ended: asyncio.Future[None], running: asyncio.Task[None]) -> None:
    """Traffic runs until it is cancelled; if it ended by a fault, so does the process."""
    if not running.cancelled() and (fault := running.exception()):
        _end(ended, fault)

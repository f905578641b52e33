"""Runs one cluster's traffic, following its state as it changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from live import driven
from live.driven import Frames
from ringviz.core.state import State, Workload
from ringviz.models import KeySet
from ringviz.selectors.clusters import Known, known
from ringviz.stores import passwords
from ringviz.stores.keysets import keys_at
from ringviz.workload.traffic import OFF, Keys, Traffic
from servers.address import Address

TOPIC: Final = "traffic"


@dataclass(frozen=True, slots=True)
class Orders:
    """A cluster's settings for its clients. `password` is empty until the supervisor has formed the cluster."""

    stream_id: int
    key_set: KeySet
    seed: int
    workload: Workload
    addresses: dict[int, Address]
    password: str


class Following:
    """`override`, if given, replaces the workload in the state."""

    def __init__(self, slug: str, override: Workload | None = None) -> None:
        self._orders: Orders | None = None
        self._traffic: Traffic | None = None
        self._running: asyncio.Task[None] | None = None
        self._frames = Frames(TOPIC)
        self._reading = driven.Orders(f"The workload of {slug}", lambda: orders_of(known(slug), override), self._take)

    async def run(self) -> None:
        """Runs until cancelled. Raises NotFound when the cluster no longer exists."""
        try:
            await self._reading.run()
        finally:
            if self._running is not None:
                self._running.cancel()
                await asyncio.gather(self._running, return_exceptions=True)
            if self._orders is not None and self._traffic is not None:
                self._frames.say_goodbye(self._orders.stream_id, self._traffic.nothing())
            self._frames.close()

    def _take(self, orders: Orders) -> None:
        """Applies what was read, in the event loop."""
        if not orders.password:
            return
        before, self._orders = self._orders, orders
        keys = Keys(orders.key_set.count, orders.seed, partial(keys_at, orders.key_set))
        if self._traffic is None or before is None or before.password != orders.password:
            if self._running is not None:
                self._running.cancel()
            self._traffic = Traffic(keys, orders.password, self._publish, np.random.default_rng())
            self._running = asyncio.create_task(self._traffic.run())
            self._running.add_done_callback(self._pass_on)
        elif before.key_set != orders.key_set:
            self._traffic.ask_for(keys)
        self._traffic.know(orders.addresses)
        self._traffic.configure(orders.workload)

    def _publish(self, frame: dict[str, Any]) -> None:
        if self._orders is not None:
            self._frames.publish(self._orders.stream_id, frame)

    def _pass_on(self, running: asyncio.Task[None]) -> None:
        """Traffic runs until it is cancelled. If it ends with an error, so does the process."""
        if not running.cancelled() and (fault := running.exception()):
            self._reading.end(fault)


def orders_of(now: Known, override: Workload | None = None) -> Orders:
    """Reads a cluster's state and its password file."""
    return Orders(
        stream_id=now.cluster.stream_id,
        key_set=now.cluster.key_set,
        seed=now.state["cluster"]["seed"],
        workload=override or now.state.get("workload") or OFF,
        addresses=addresses_of(now.state),
        password=passwords.kept(now.cluster.pk),
    )


def addresses_of(state: State) -> dict[int, Address]:
    """The addresses of the nodes' servers by number, without nodes that have none."""
    return {node["number"]: Address.parse(node["address"]) for node in state["nodes"] if node["address"]}

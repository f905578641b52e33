"""The requested A/B run inside the driver's process: its rounds, its frame, and the event that ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.db import Error, close_old_connections

from balancer.core.state import Comparison, Traffic
from balancer.core.trial import A, B, Fault, Trial, order, summary
from balancer.driving.leading import Lead
from balancer.driving.orders import Orders
from balancer.driving.telling import PAUSE_S, Moot
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import comparison_failed, policies_compared
from balancer.traffic.driver import Driver
from balancer.traffic.rounds import Entrant, Rounds
from balancer.traffic.settings import Settings
from live.models import Stream
from locks.services.leading import Fenced
from ringviz.core.state import NodeState
from ringviz.errors import NotFound
from ringviz.models import Node

logger = logging.getLogger(__name__)

_STILL: Final = (Node.State.FROZEN, Node.State.DOWN)


class Trying:
    """Begins at once on a started driver, and writes an event when it ends. Lives in the driver's loop.

    If the driver is replaced, the run starts over and its unfinished rounds are lost.
    """

    def __init__(self, driver: Driver, orders: Orders, settings: Settings, trial: Trial, lead: Lead) -> None:
        self._lead = lead
        self._traffic, self._cluster, self._trial = orders.traffic, orders.cluster, trial
        entrants = {
            A: Entrant(self._traffic["policy"], self._traffic["options"]),
            B: Entrant(trial["policy"], trial["options"]),
        }
        self._rounds = Rounds(driver, settings, entrants, trial["seconds"])
        self._faults: dict[tuple[object, ...], Fault] = {}
        self._nodes: tuple[NodeState, ...] = ()
        self.note(orders)
        self._running = asyncio.ensure_future(self._run())

    def is_of(self, traffic: Traffic) -> bool:
        """Whether this is the requested run."""
        return traffic == self._traffic

    def note(self, orders: Orders) -> None:
        """Takes note of the nodes' current faults."""
        self._nodes = orders.nodes
        self._note_faults()

    def stop(self) -> None:
        """Ends the run and drops its results. Does not tell the driver what to do next."""
        self._running.cancel()

    def frame(self) -> dict[str, Any]:
        """`round` is the current one, from 1. `side` is the one being sent, null in between. `found` may be null.

        `found` is the Summary of the finished rounds.
        """
        done, trial = self._rounds.done, self._trial
        self._note_faults()
        return {
            "a": {"policy": self._traffic["policy"], "options": self._traffic["options"]},
            "b": {"policy": trial["policy"], "options": trial["options"]},
            "seconds": trial["seconds"],
            "rounds": trial["rounds"],
            "round": self._round,
            "first": order(self._round)[0],
            "side": self._rounds.side,
            "found": summary(done) if done else None,
        }

    @property
    def _round(self) -> int:
        return min(len(self._rounds.done) + 1, self._trial["rounds"])

    async def _run(self) -> None:
        record: Callable[..., object]
        try:
            await self._rounds.run(self._trial["rounds"])
            record = partial(policies_compared, comparison=self._comparison())
        except Exception:  # nobody awaits this task: without the log and the event it would fail silently
            logger.exception("The A/B run of %s failed", self._cluster.slug)
            record = partial(comparison_failed, traffic=self._traffic, rounds=len(self._rounds.done))
        while True:
            if await asyncio.to_thread(self._tell, record):
                return
            await asyncio.sleep(PAUSE_S)

    def _comparison(self) -> Comparison:
        rounds = self._rounds.done
        faults = list(self._faults.values())
        return Comparison(traffic=self._traffic, rounds=rounds, summary=summary(rounds), faults=faults)

    def _tell(self, record: Callable[..., object]) -> bool:
        """Calls `record` with the cluster and the guard, in a thread. Returns False if it must be retried."""
        close_old_connections()
        try:
            record(cluster=self._cluster, guard=self._check)
        except Error as error:
            logger.warning("Cannot store the result of an A/B run of %s; will retry: %s", self._cluster.slug, error)
            return False
        except (
            Moot,
            Fenced,
            NotFound,
            Stream.DoesNotExist,
        ):  # the run is no longer wanted, another driver leads, or the cluster is gone
            return True
        finally:
            close_old_connections()
        return True

    def _check(self) -> None:
        self._lead.check()
        if state_of_stream(self._cluster.stream_id)["traffic"] != self._traffic:
            raise Moot

    def _note_faults(self) -> None:
        for node in self._nodes:
            pulse = node.get("pulse")
            if pulse is None and node["state"] not in _STILL:
                continue
            for_ms, every_ms = (pulse["for_ms"], pulse["every_ms"]) if pulse else (0, 0)
            known = self._faults.get(key := (node["number"], node["state"], for_ms, every_ms))
            self._faults[key] = Fault(
                node=node["number"],
                name=node["name"],
                state=node["state"],
                for_ms=for_ms,
                every_ms=every_ms,
                first=known["first"] if known else self._round,
                last=self._round,
            )

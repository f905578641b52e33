"""Writes what the driver finds out about nodes as events, from a thread, at most one per node and second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from django.db import Error, close_old_connections

from balancer.core.guards.standing import Standing, State
from balancer.core.state import Stand
from balancer.driving.leading import Lead
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import node_stands
from live.models import Stream
from locks.services.leading import Fenced
from ringviz.errors import NotFound
from ringviz.models import Cluster

logger = logging.getLogger(__name__)

PAUSE_S: Final = 1.0


class Moot(Exception):
    """There is nothing to write: it is known already, the node is gone, or sending has stopped."""


class Telling:
    """Lives in the driver's loop. Only a node's newest change counts.

    Fences off earlier drivers when it begins. Once a newer driver has begun, this one writes nothing more.
    """

    def __init__(self, cluster: Cluster, lead: Lead) -> None:
        self._cluster, self._lead = cluster, lead
        self._untold: dict[str, Standing] = {}
        self._told_at: dict[str, float] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="tell")
        self._writing: Future[dict[str, Standing]] | None = self._writer.submit(self._write, {})

    def note(self, name: str, standing: Standing) -> None:
        """Queues a node's new health."""
        self._untold[name] = standing

    def tick(self) -> None:
        """Starts writing what may be written now. Does not wait. Call it a few times a second."""
        if self._writing is not None:
            if not self._writing.done():
                return
            self._untold = {**self._writing.result(), **self._untold}
            self._writing = None
        now = time.monotonic()
        due = {name: one for name, one in self._untold.items() if now >= self._told_at.get(name, now)}
        for name in due:
            del self._untold[name]
            self._told_at[name] = now + PAUSE_S
        if due:
            self._writing = self._writer.submit(self._write, due)

    def close(self) -> None:
        """Waits for the current write."""
        self._writer.shutdown()

    def _write(self, due: dict[str, Standing]) -> dict[str, Standing]:
        """Runs in the thread. Returns what could not be written."""
        close_old_connections()
        left = dict(due)
        try:
            self._lead.take()
            for name, standing in due.items():
                self._tell(name, standing)
                del left[name]
        except Error as error:
            logger.warning("Cannot store the health of the nodes of %s; will retry: %s", self._cluster.slug, error)
        except Fenced as error:
            logger.warning("Another driver now reports the health of the nodes of %s: %s", self._cluster.slug, error)
            left.clear()
        except (NotFound, Stream.DoesNotExist):  # the cluster was deleted
            left.clear()
        return left

    def _tell(self, name: str, standing: Standing) -> None:
        number = self._cluster.nodes.filter(name=name).values_list("number", flat=True).first()
        if number is None:
            return
        stand = stand_of(standing)
        well = standing.state is State.UP
        try:
            node_stands(
                cluster=self._cluster,
                node=number,
                name=name,
                stand=stand,
                well=well,
                guard=self._guard(number, None if well else stand),
            )
        except Moot:
            return

    def _guard(self, number: int, stand: Stand | None) -> Callable[[], None]:
        def check() -> None:
            self._lead.check()
            before = state_of_stream(self._cluster.stream_id)
            known = before["standings"].get(str(number))
            is_known = _kind(known) == _kind(stand)
            if is_known or not before["traffic"]["on"] or not self._cluster.nodes.filter(number=number).exists():
                raise Moot

        return check


def stand_of(standing: Standing) -> Stand:
    """The form for events and rows."""
    return Stand(state=standing.state, code=standing.reason.code, figures=dict(standing.reason.figures))


def _kind(stand: Stand | None) -> tuple[str, str] | None:
    """Ignores changes of figures alone."""
    return None if stand is None else (stand["state"], stand["code"])

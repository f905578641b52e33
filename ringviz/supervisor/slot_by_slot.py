"""The classic way to move slots, for engines without atomic migration: key by key, one slot after another.

If a slot's migration is interrupted, its keys are on two servers, and only this code brings them together again: the
map says that nothing has moved. So each migration is recorded until it ends. After a start, it is read from the
servers, whose own view keeps the marks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringviz.core.buckets import BUCKETS
from ringviz.supervisor.members import UNKNOWN, Members
from ringviz.supervisor.servers import Server
from servers.batches import Move
from servers.driver.engine import Engine
from servers.errors import EngineError, Refusal
from servers.slots import slots_in

logger = logging.getLogger(__name__)

AT_ONCE = 32  # slots; the most that are half moved when a server dies


class Begun(NamedTuple):
    """A slot in migration between two identities."""

    slot: int
    source: str
    target: str


class SlotBySlot:
    """The migrations of one cluster. Used by its keeper's thread. Calls `on_lost(buckets)` if arrived keys died with
    their target.
    """

    def __init__(self, engine: Engine, members: Members, on_lost: Callable[[NDArray[np.bool_]], None]) -> None:
        self._engine = engine
        self._members = members
        self._on_lost = on_lost
        self._begun: list[Begun] = []
        self._lost = np.zeros(BUCKETS, np.bool_)  # not reported yet
        self._looked = False

    def move(self, source: Server, target: Server, move: Move, step_s: float) -> None:
        """Moves as many slots as fit in `step_s` seconds, at least one batch. Raises Unreachable, Refusal."""
        until = time.monotonic() + step_s
        slots = slots_in(move.ranges)
        for batch in (slots[at : at + AT_ONCE] for at in range(0, len(slots), AT_ONCE)):
            self._begun = [Begun(slot, source.id, target.id) for slot in batch]
            self._engine.move_slots_classic(source.address, target.address, batch)
            self._begun = []
            if time.monotonic() > until:
                return

    def close(self) -> None:
        """Clears the migration marks on the servers, so that owners can change in another way."""
        for begun in self._begun:
            for server in self._alive().values():
                if server.id in (begun.source, begun.target):
                    with suppress(EngineError):
                        self._engine.close_slot(server.address, begun.slot)

    def end_begun(self, now: NDArray[np.int32]) -> bool:
        """Completes interrupted migrations, wherever their keys are now. True if there were none.

        If it raises Unreachable or Refusal, they are still open.
        """
        if not self._looked:
            self._begun = list(self._marked())
            self._looked = True
        if not self._begun and not self._lost.any():
            return True
        for begun in list(self._begun):
            if self._end(begun, int(now[begun.slot]), self._lost):
                self._begun.remove(begun)
        if self._lost.any():
            self._on_lost(self._lost)
            self._lost[:] = False
        return False

    def _end(self, begun: Begun, owner: int, lost: NDArray[np.bool_]) -> bool:
        alive = self._alive()
        source, target = alive.get(begun.source), alive.get(begun.target)
        if owner in (0, UNKNOWN):
            return source is None and target is None  # otherwise it first gets a new owner
        if source is not None and target is not None and owner in (source.number, target.number):
            self._forward(source, target, begun.slot, arrived=owner == target.number)
        elif source is not None and owner == source.number:
            self._engine.close_slot(source.address, begun.slot)
            lost[begun.slot] = True  # only for keys that had arrived, the number is unknown
        elif target is not None and owner != target.number:
            self._engine.drop_strays(target.address, begun.slot, self._id_of(owner))
        return True

    def _forward(self, source: Server, target: Server, slot: int, *, arrived: bool) -> None:
        """Completes the migration to its target, or back if the target refuses."""
        try:
            self._engine.move_slots_classic(source.address, target.address, [slot])
        except Refusal as refusal:
            if arrived:
                raise
            logger.warning("Slot %d goes back: %s", slot, refusal)
            self._engine.take_back_classic(source.address, target.address, slot)

    def _marked(self) -> Iterator[Begun]:
        """The migrations that the servers themselves report."""
        found = set()
        for server in self._alive().values():
            for slot, leaving, peer in self._engine.itself(server.address).migrating:
                found.add(Begun(slot, server.id, peer) if leaving else Begun(slot, peer, server.id))
        yield from sorted(found)

    def _alive(self) -> dict[str, Server]:
        return {server.id: server for server in self._members.running()}

    def _id_of(self, number: int) -> str:
        server = self._members.primary(number)
        return server.id if server is not None else ""

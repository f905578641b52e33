"""Moves buckets until the engine's map is the wanted one. Few nodes at a time, none as both source and target.

Keeps no essential state between calls: the next supervisor compares the two maps and continues.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ringviz.supervisor.members import AGREE_WITHIN_S, UNKNOWN, Members
from ringviz.supervisor.slot_by_slot import SlotBySlot
from ringviz.supervisor.telling import About, Telling
from servers.batches import Move, next_moves
from servers.driver.engine import Engine
from servers.errors import EngineError, NotAgreed, Unreachable
from servers.slots import marked_ranges

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 4  # migrations; more would take CPU from clients
LOOK_EVERY_S = 0.02
STEP_S = 0.1  # how long a step waits for migrations before deaths are checked again
TRIES = 4
UNHEARD_PAUSE_S = 0.1  # a new server learns all owners within a second
PAUSE_S = 0.25  # after a first failure, doubling each time, because after a death the servers' views differ for a while


class MoveFailed(Exception):
    """The engine refused repeatedly. The message is the engine's."""


@dataclass
class Progress:
    """The progress towards one wanted map. `keys_of` gives the number of keys per bucket."""

    wanted: NDArray[np.int32]
    at_first: NDArray[np.bool_]
    keys_of: NDArray[np.int64]
    failures: int = 0
    not_before: float = 0.0  # on the monotonic clock
    unheard_since: float = 0.0  # on the same clock; 0.0 while all agree
    running: dict[int, Move] = field(default_factory=dict)

    def figures(self, now: NDArray[np.int32]) -> dict[str, int]:
        """For the frame "work"."""
        left = self.at_first & (now != self.wanted)
        return {
            "slots_total": int(self.at_first.sum()),
            "slots_done": int(self.at_first.sum() - left.sum()),
            "keys_total": int(self.keys_of[self.at_first].sum()),
            "keys_done": int(self.keys_of[self.at_first].sum() - self.keys_of[left].sum()),
        }


class Mover:
    """The moves of one cluster. Used by its keeper's thread. Calls `on_orphans(buckets)` for buckets that lost their
    keys.
    """

    def __init__(
        self,
        engine: Engine,
        members: Members,
        telling: Telling,
        on_orphans: Callable[[NDArray[np.bool_]], None],
    ) -> None:
        self._engine = engine
        self._members = members
        self._telling = telling
        self._progress: Progress | None = None
        self.atomic: bool | None = None
        self._on_orphans = on_orphans
        self._slot_by_slot = SlotBySlot(engine, members, on_orphans)

    def step(self, wanted: NDArray[np.int32], keys_of: NDArray[np.int64], about: About) -> bool:
        """Takes a step towards `wanted` (the number of each bucket's owner), optionally for an intent. True if the
        engine's map is already that and no slot is half moved.

        Raises MoveFailed after TRIES failures in a row without progress.
        """
        now = self._members.owners()
        if not (now != wanted).any():
            self._progress = None
            return self._is_whole(now)
        if self._progress is None or (self._progress.wanted != wanted).any():
            self._cancel_running()
            self._progress = Progress(wanted.copy(), now != wanted, keys_of)
        progress = self._progress
        if ((now == UNKNOWN) | (now == 0)).any():
            self.assign(wanted, now)
            return False
        if self._is_whole(now):
            self._begin(progress, now)
            self._await(progress)
        figures = progress.figures(self._members.owners())
        self._telling.work("moving", about, **figures, atomic=self.atomic)
        return False

    def cancel(self) -> None:
        """Cancels moves before owners change in another way. Keys that have arrived stay."""
        self._cancel_running()
        self._slot_by_slot.close()

    def _cancel_running(self) -> None:
        for number in list(self._progress.running) if self._progress else []:
            if (source := self._members.primary(number)) is not None and source.is_running:
                with suppress(EngineError):  # it is silent, and its moves end with it
                    self._engine.cancel(source.address)
        self._progress = None

    def assign(self, wanted: NDArray[np.int32], now: NDArray[np.int32]) -> None:
        """Gives buckets without a live owner to their wanted owners, without keys, which died with the old owner.

        Skips buckets that a server itself claims: the server that reported `now` has not heard of that yet.
        """
        orphans = ((now == UNKNOWN) | (now == 0)) & (wanted != 0) & ~self._members.claimed()
        if orphans.any():
            self._on_orphans(orphans)
        alive = {server.number: server for server in self._members.running()}
        gains = {
            alive[number].address: marked_ranges(orphans & (wanted == number))
            for number in np.unique(wanted[orphans]).tolist()
            if number in alive
        }
        self._engine.reassign(self._members.unknown_ids(), gains, self._members.addresses())

    def _begin(self, progress: Progress, now: NDArray[np.int32]) -> None:
        if (left_s := progress.not_before - time.monotonic()) > 0:
            time.sleep(min(left_s, STEP_S))
            return
        room = MOST_AT_ONCE - len(progress.running)
        if room <= 0:
            return
        running = [(move.source, move.target) for move in progress.running.values()]
        for move in next_moves(now, progress.wanted, running, room):
            source, target = self._members.primary(move.source), self._members.primary(move.target)
            if source is None or target is None or not (source.is_running and target.is_running):
                continue  # its death is being handled
            try:
                if not self._is_atomic():
                    self._slot_by_slot.move(source, target, move, STEP_S)
                    progress.failures = 0
                    return
                self._engine.move(source.address, target.id, move.ranges)
            except NotAgreed as error:
                self._not_heard(progress, str(error))
                continue
            except Unreachable as error:
                logger.info("A move waits: %s", error)
                time.sleep(LOOK_EVERY_S)
                return  # left to the heartbeat
            except EngineError as error:
                self._failed(progress, str(error))
                return
            progress.running[move.source] = move

    def _not_heard(self, progress: Progress, message: str) -> None:
        """Source, target and our view disagree about owners until gossip reaches them all."""
        now = time.monotonic()
        progress.unheard_since = progress.unheard_since or now
        if now - progress.unheard_since > AGREE_WITHIN_S:
            self._failed(progress, message)
        else:
            progress.not_before = now + UNHEARD_PAUSE_S

    def _is_atomic(self) -> bool:
        """Whether the engine moves slots atomically. Asked once. Raises Unreachable."""
        if self.atomic is None:
            self.atomic = self._engine.has_atomic(self._members.addresses()[0])
        return self.atomic

    def _is_whole(self, now: NDArray[np.int32]) -> bool:
        """Whether every slot has all of its keys at its owner, as far as known. If not, takes a step to repair that."""
        try:
            return self._is_atomic() or self._slot_by_slot.end_begun(now)
        except EngineError as error:
            logger.info("Half moved slots wait: %s", error)
            time.sleep(STEP_S)
            return False

    def _await(self, progress: Progress) -> None:
        """Waits until a migration ends, one step at most."""
        until = time.monotonic() + STEP_S
        while progress.running and time.monotonic() < until:
            for number in list(progress.running):
                self._look(progress, number)
            if progress.running:
                time.sleep(LOOK_EVERY_S)  # the engine has no notification

    def _look(self, progress: Progress, number: int) -> None:
        source = self._members.primary(number)
        if source is None or not source.is_running:
            del progress.running[number]
            return
        try:
            states = [one for one in self._engine.moves(source.address) if one.exporting]
        except EngineError:
            return  # silent; left to the heartbeat
        if any(one.state == "running" for one in states):
            return
        del progress.running[number]
        if states and states[0].unheard:
            self._not_heard(progress, states[0].message)
        elif states and states[0].state == "failed":
            self._failed(progress, states[0].message)
        else:
            progress.failures, progress.unheard_since = 0, 0.0

    def _failed(self, progress: Progress, message: str) -> None:
        progress.not_before = time.monotonic() + PAUSE_S * 2**progress.failures
        progress.failures += 1
        logger.warning("A move failed: %s", message)
        if progress.failures >= TRIES:
            self._cancel_running()
            raise MoveFailed(message)

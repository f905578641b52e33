"""Moves buckets until the engine's map is the wanted one: few nodes at a time, none as source and target at once.

Nothing is remembered between two calls but what the engine does anyway: whoever comes after us compares the two maps
and goes on.
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

MOST_AT_ONCE = 4  # migrations: more of them take the processors from those who are served
LOOK_EVERY_S = 0.02
STEP_S = 0.1  # how long one step waits for migrations before it looks for deaths again
TRIES = 4
UNHEARD_PAUSE_S = 0.1  # who has joined hears of all owners within a second
PAUSE_S = 0.25  # after a first failure, twice as long after each: for a while after a death not all know who has what


class MoveFailed(Exception):
    """The engine refused, again and again. The message is its own."""


@dataclass
class Progress:
    """How far the moves towards one wanted map are. `keys_of` counts the keys of every bucket."""

    wanted: NDArray[np.int32]
    at_first: NDArray[np.bool_]
    keys_of: NDArray[np.int64]
    failures: int = 0
    not_before: float = 0.0  # of the monotonic clock
    unheard_since: float = 0.0  # of the same; 0.0 while all agree
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
    """Of one cluster, for the thread of its keeper. `on_orphans(buckets)`: these have lost what they stored."""

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
        """A step towards `wanted` (the number of each bucket's owner), for an intent or for none. True when the
        engine's map is that already and no slot is half moved.

        Raises MoveFailed after TRIES failures in a row without anything arriving.
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
        """Stops what is moving, for somebody who changes owners in another way; what has arrived stays where it is."""
        self._cancel_running()
        self._slot_by_slot.close()

    def _cancel_running(self) -> None:
        for number in list(self._progress.running) if self._progress else []:
            if (source := self._members.primary(number)) is not None and source.is_running:
                with suppress(EngineError):  # it is silent, and what it moves ends with it
                    self._engine.cancel(source.address)
        self._progress = None

    def assign(self, wanted: NDArray[np.int32], now: NDArray[np.int32]) -> None:
        """Gives buckets that nobody alive owns to whom they belong, without their keys: those died with their owner.

        What a server calls its own is not nobody's: whoever told us `now` has not heard of it yet.
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
                continue  # a death that is being handled
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
                return  # the heartbeat judges, not we
            except EngineError as error:
                self._failed(progress, str(error))
                return
            progress.running[move.source] = move

    def _not_heard(self, progress: Progress, message: str) -> None:
        """Source, target and whose view we took tell different owners: one of them hears of it by gossip."""
        now = time.monotonic()
        progress.unheard_since = progress.unheard_since or now
        if now - progress.unheard_since > AGREE_WITHIN_S:
            self._failed(progress, message)
        else:
            progress.not_before = now + UNHEARD_PAUSE_S

    def _is_atomic(self) -> bool:
        """Whether the engine moves slots atomically: asked once. Raises Unreachable."""
        if self.atomic is None:
            self.atomic = self._engine.has_atomic(self._members.addresses()[0])
        return self.atomic

    def _is_whole(self, now: NDArray[np.int32]) -> bool:
        """Whether every slot has all of its keys at its owner, as far as is known; if not, a step was taken to that."""
        try:
            return self._is_atomic() or self._slot_by_slot.end_begun(now)
        except EngineError as error:
            logger.info("Half moved slots wait: %s", error)
            time.sleep(STEP_S)
            return False

    def _await(self, progress: Progress) -> None:
        """Until something ends, but not longer than a step."""
        until = time.monotonic() + STEP_S
        while progress.running and time.monotonic() < until:
            for number in list(progress.running):
                self._look(progress, number)
            if progress.running:
                time.sleep(LOOK_EVERY_S)  # the engine tells nobody; it is asked

    def _look(self, progress: Progress, number: int) -> None:
        source = self._members.primary(number)
        if source is None or not source.is_running:
            del progress.running[number]
            return
        try:
            states = [one for one in self._engine.moves(source.address) if one.exporting]
        except EngineError:
            return  # it is silent: the heartbeat judges, not we
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

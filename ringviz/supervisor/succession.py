"""Replaces a dead primary: by its replica if that is a full copy, otherwise by itself, restarted from its directory.

An unknown outcome is settled first: a replica that does not say whether it has taken over is asked again, and killed if
it stays silent, because the request is still in its socket.
"""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from fleet.pace import Pace
from ringviz.supervisor.members import AGREE_WITHIN_S, Members
from ringviz.supervisor.servers import NotStarted, NotYet, Server
from servers.address import Address
from servers.driver.engine import Engine
from servers.errors import EngineError, NotAgreed

logger = logging.getLogger(__name__)

SOON_S = 1.0  # for a running replica; a verdict takes as long
FROM_DIRECTORY_S = 10.0
STEP_S = 0.1  # before other deaths are checked
_LOOK_EVERY_S = 0.02


class Successor(Enum):
    """The outcome for a dead primary's place."""

    REPLICA = "replica"
    ITSELF = "itself"
    AWAITED = "awaited"  # it is restarting, or waits for that
    NOBODY = "nobody"


def _pace() -> Pace:
    return Pace(starts_a_minute=60, first_pause_s=0.5, longest_pause_s=10, deaths=6, within_s=60)


@dataclass
class _Return:
    """A primary that is being restarted. `server` is the latest try while it runs, begun at `at`.

    `excused`: so far, it was not at fault.
    """

    server: Server | None = None
    at: float = 0.0
    excused: bool = False
    pace: Pace = field(default_factory=_pace)


class Succession:
    """The successions of one cluster. Used by its keeper's thread."""

    def __init__(self, engine: Engine, members: Members) -> None:
        self._engine = engine
        self._members = members
        self._returns: dict[Server, _Return] = {}

    def of(self, dead: Server, *, may_return: bool) -> Successor:
        """Decides who replaces a killed primary. Call it again while the result is AWAITED.

        If `may_return` and its replica cannot take over, it is restarted.
        """
        if dead not in self._returns:
            if self._taken_over(dead):
                self._members.promote(dead.number)
                return Successor.REPLICA
            if not may_return:
                return Successor.NOBODY
        return self._itself(dead, is_own_fault=True)

    def of_shared(self, dead: Server, *, is_own_fault: bool) -> Successor:
        """The same for a primary that ended together with most of its cluster. It was not at fault, so it is restarted.

        Its replica takes precedence only if it is running. Retries forever, unless `is_own_fault`, that is, the others
        are back.
        """
        replica = self._members.replica(dead.number)
        if dead not in self._returns and replica is not None and replica.is_running and self._taken_over(dead):
            self._members.promote(dead.number)
            return Successor.REPLICA
        return self._itself(dead, is_own_fault=is_own_fault)

    def _itself(self, dead: Server, *, is_own_fault: bool) -> Successor:
        back = self._returns.setdefault(dead, _Return())
        successor = self._returned(dead.number, back, is_own_fault=is_own_fault)
        if successor is not Successor.AWAITED:
            del self._returns[dead]
        return successor

    def give_up(self, dead: Server) -> Successor:
        """Gives up restarting it and ends the latest try."""
        if (tried := self._returns.pop(dead).server) is not None:
            self._members.kill(tried)
        return Successor.NOBODY

    def inherited(self, number: int) -> bool:
        """Lets a full copy take over for a node that has no primary and no directory of one."""
        replica = self._members.replica(number)
        if replica is None or not replica.is_running or self._members.copies.of(replica) is None:
            return False
        if taken := self._takes_over(replica, None, FROM_DIRECTORY_S):
            self._members.promote(number)
        return taken

    # --- its replica

    def _taken_over(self, dead: Server) -> bool:
        """Lets the replica take over if it is a full copy, running or from its directory.

        If it fails, the replica is ended, because the request may still be in its socket.
        """
        replica = self._members.replica(dead.number)
        copy = self._members.copies.of(replica) if replica is not None else None
        if replica is None or copy is None:
            return False
        logger.info("The replica of node %d was in sync, to offset %d", dead.number, copy.offset)
        if replica.is_running and self._takes_over(replica, dead.address, SOON_S):
            return True
        self._members.kill(replica)
        return copy.kept and self._takes_over_from_directory(replica, dead)

    def _takes_over_from_directory(self, replica: Server, dead: Server) -> bool:
        logger.warning("The replica of node %d is started from its directory", dead.number)
        try:
            fresh = self._members.come_back(replica)
            if self._takes_over(fresh, dead.address, FROM_DIRECTORY_S):
                fresh.expected = False
                return True
        except (NotStarted, EngineError) as error:
            logger.warning("The replica of node %d did not start: %s", dead.number, error)
        if (tried := self._members.replica(dead.number)) is not None:
            tried.expected = False  # its end is a death and will be handled
            self._members.kill(tried)
        return False

    def _takes_over(self, replica: Server, following: Address | None, within_s: float) -> bool:
        """Asks until it has taken over. False if it is not a copy after all or time has run out."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                if self._engine.leads(replica.address):
                    return True
                link = self._engine.link(replica.address)
                if link.syncing or following not in (None, link.follows):
                    return False
                self._engine.takeover(replica.address)
            except EngineError as error:  # silent, or it took over but the others do not know yet
                logger.info("The replica of node %d: %s", replica.number, error)
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_S)

    # --- itself

    def _returned(self, number: int, back: _Return, *, is_own_fault: bool) -> Successor:
        """Takes a step of restarting it, with growing pauses."""
        now = time.monotonic()
        if back.server is not None and back.server.is_running:
            return self._serves(back.server, back.at)
        if back.server is not None:  # it exited again
            back.server = None
            back.pace.died(now)
        if is_own_fault and back.excused:
            back.pace = _pace()
        back.excused = not is_own_fault
        if is_own_fault and back.pace.is_hopeless(now):
            return Successor.NOBODY
        if back.pace.may_start(now):
            self._try(number, back)
        else:
            time.sleep(STEP_S)
        return Successor.AWAITED

    def _serves(self, server: Server, began: float) -> Successor:
        """A server refuses key commands for two seconds after its start. It is back when it accepts them.

        If that takes long, it is not its own fault: most of the cluster is away.
        """
        with suppress(NotAgreed):
            self._engine.wait_agreed([server.address], STEP_S)
            began = -math.inf
        if time.monotonic() - began < AGREE_WITHIN_S:
            return Successor.AWAITED
        self._members.has_come_back(server)
        return Successor.ITSELF

    def _try(self, number: int, back: _Return) -> None:
        ended = self._members.primary(number)
        if ended is None:
            raise NotStarted("it has no directory")
        back.at = time.monotonic()
        try:
            back.server = self._members.come_back(ended)
        except NotYet:
            time.sleep(STEP_S)
        except (NotStarted, EngineError) as error:
            logger.warning("The primary of node %d did not start again: %s", number, error)
            begun = self._members.primary(number)
            back.server = begun if begun is not ended and begun is not None and begun.is_running else None
            if back.server is None:
                back.pace.died(time.monotonic())

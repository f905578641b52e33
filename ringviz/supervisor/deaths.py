"""Handles deaths: kills the server first, then replaces it or gives its buckets to others, then writes the log.

Fencing comes first because a frozen server that thaws would answer with old values and swallow writes. A death is open
until it is in the log. If a step fails, it is repeated, and each step recognises its earlier work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ringviz.core.state import ON_RING, State
from ringviz.errors import Refused
from ringviz.models import Intent, Node
from ringviz.selectors.placing import bucket_owners, members_of
from ringviz.services import served
from ringviz.services.decisions import Decision, died
from ringviz.supervisor.book import Book
from ringviz.supervisor.members import Members
from ringviz.supervisor.moving import Mover
from ringviz.supervisor.servers import Server
from ringviz.supervisor.succession import Succession, Successor
from ringviz.supervisor.telling import About, Telling
from servers.driver.engine import Engine
from servers.slots import marked_ranges

logger = logging.getLogger(__name__)

ASKED = "asked"
LOOK_WITHIN_S = 0.2
TOGETHER_S = 0.1  # between two server exits with the same cause


@dataclass(eq=False)
class Death:
    """A server's death, open until it is in the log. `cause` is asked, exit or silent. `is_replica` is its role.

    `shared`: most of the cluster's servers ended by themselves at the same time, so it is not this server's fault.
    """

    server: Server
    cause: str
    is_replica: bool
    successor: Successor | None = None
    shared: bool = False
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class _Asked:
    """A requested kill. `copied`: there was a full copy before, so no keys were reported lost."""

    intent: Intent
    copied: bool


class Deaths:
    """The deaths of one cluster. Used by its keeper's thread."""

    def __init__(self, book: Book, engine: Engine, members: Members, mover: Mover, telling: Telling) -> None:
        self._book = book
        self._engine = engine
        self._members = members
        self._mover = mover
        self._telling = telling
        self._succession = Succession(engine, members)
        self._open: dict[Server, Death] = {}
        self._asked: dict[Server, _Asked] = {}
        self._inherited: dict[int, bool] = {}  # unreported deaths from before this supervisor, by node
        self.bytes_of: Callable[[int], int] = lambda _number: 0

    def kill(self, server: Server, intent: Intent) -> None:
        """Kills a primary for an intent. First records what its replica has, because afterwards nobody can ask."""
        self._asked[server] = _Asked(intent, copied=self._has_copy(server))
        self._members.kill(server)
        self.note(server, ASKED)

    def ended(self, server: Server) -> None:
        """Records that a server ended by itself."""
        self.note(server, ASKED if server in self._asked else "exit")

    def note(self, server: Server, cause: str) -> None:
        """Records a death for `handle`. The first cause counts, except that exit overrides silence."""
        if cause == "silent" and server.child.has_ended:
            cause = "exit"
        if self._members.is_current(server) and server not in self._open:
            self._open[server] = Death(server, cause, self._members.is_replica(server))

    @property
    def are_open(self) -> bool:
        """Whether there is an open death."""
        return bool(self._open)

    def handle(self) -> bool:
        """Handles all open deaths together, because two at once lose what both had. False if there are none."""
        if not self._open:
            return False
        if self._more_may_come():
            time.sleep(TOGETHER_S / 4)
            return True
        awaited = any(death.successor is Successor.AWAITED for death in self._open.values())
        about = About(node=next(iter(self._open)).number)
        self._telling.work("starting" if awaited else "reassigning", about)
        for death in self._open.values():
            self._members.kill(death.server)
        self._mover.cancel()  # last, because asking a frozen source to cancel takes its whole deadline
        state = self._book.known().state
        self._find_shared(state)
        self._find_given_up()
        for death in self._of_primaries():
            if death.successor in (None, Successor.AWAITED):
                death.successor = self._successor(state, death)
        self._give_away(state, [one.server for one in self._of_primaries() if one.successor is Successor.NOBODY])
        for death in self._of_primaries():
            if death.successor is not Successor.AWAITED:
                self._tell(state, death)
                del self._open[death.server]
        self._see_to_replicas()
        return True

    def missing(self, number: int) -> None:
        """Handles a node whose primary left nothing to start from: its replica takes over, or all its keys are lost.

        Call it again until the death is in the log. If a kill was requested, an earlier supervisor has handled it.
        """
        if number not in self._inherited:
            self._inherited[number] = self._succession.inherited(number)
            if not self._inherited[number]:
                self._end_replica(number)
        replica = self._address(number) if self._inherited[number] else ""
        kill = next((one for one in self._book.open_intents() if (one.action, one.node) == ("kill", number)), None)
        if kill is not None:
            self._book.done(kill, died(number, cause=ASKED, replica=replica))
        else:
            self._book.found(died(number, cause="exit", replica=replica))
        del self._inherited[number]

    def is_missing(self, number: int) -> bool:
        """Whether `missing` was called for a node whose death is not in the log yet."""
        return number in self._inherited

    # --- many at once

    def _more_may_come(self) -> bool:
        """Whether a server ended by itself just now, so that others may have ended for the same reason."""
        ends = [death.at for death in self._open.values() if death.cause == "exit" and death.successor is None]
        return bool(ends) and time.monotonic() - max(ends) < TOGETHER_S

    def _find_shared(self, state: State) -> None:
        """If more than half of a cluster ends together, it is not one server's fault, as with silence."""
        ended = [
            death
            for death in self._of_primaries()
            if death.cause == "exit"
            and death.successor in (None, Successor.AWAITED)
            and _on_ring(state, death.server.number)
        ]
        if 2 * len(ended) > len(members_of(state)):
            for death in ended:
                death.shared = True

    def _find_given_up(self) -> None:
        """A server that does not come back can be given up by a kill request."""
        awaited = {
            death.server.number: death
            for death in self._of_primaries()
            if death.successor is Successor.AWAITED and death.server not in self._asked
        }
        for intent in self._book.open_intents() if awaited else ():
            if intent.action == "kill" and (death := awaited.get(intent.node)) is not None:
                self._asked[death.server] = _Asked(intent, copied=False)
                death.cause = ASKED

    def _are_most_away(self, state: State) -> bool:
        return 2 * len(self._members.running()) < len(members_of(state))

    # --- replacement

    def _of_primaries(self) -> list[Death]:
        return [death for death in self._open.values() if not death.is_replica]

    def _successor(self, state: State, death: Death) -> Successor:
        """A node that is not on the ring is not replaced. Without replicas, a dead node's keys are lost."""
        asked = self._asked.get(death.server)
        if not _on_ring(state, death.server.number):
            return Successor.NOBODY
        if death.successor is Successor.AWAITED and asked is not None and not asked.copied:
            return self._succession.give_up(death.server)
        if death.shared:
            return self._succession.of_shared(death.server, is_own_fault=not self._are_most_away(state))
        may_return = self._members.replicas > 0 and (asked is None or asked.copied)
        return self._succession.of(death.server, may_return=may_return)

    def _has_copy(self, primary: Server) -> bool:
        """Asks now whether its replica is a full copy."""
        replica = self._members.replica(primary.number)
        if replica is None:
            return False
        found = self._engine.measure([replica.address], LOOK_WITHIN_S)[replica.address]
        if found is not None and self._engine.answers(primary.address):
            self._members.copies.looked_at(replica, primary, found.link)
        return self._members.copies.of(replica) is not None

    def _see_to_replicas(self) -> None:
        """A dead replica alone loses nothing and is restarted. If its primary died too, both are handled together."""
        waiting = {death.server.number for death in self._of_primaries()}
        for death in [one for one in self._open.values() if one.is_replica and one.server.number not in waiting]:
            if self._members.is_current(death.server):
                self._members.drop(death.server)
                self._engine_forgets(death.server)
            del self._open[death.server]

    # --- lost buckets

    def _give_away(self, state: State, dead: list[Server]) -> None:
        """The buckets of dead nodes, and under modulo those that live nodes must give away, change owner at once.

        Ends their replicas and deletes their directories first, so that no returning server has these buckets.
        """
        for server in dead:
            self._end_replica(server.number)
            self._members.discard(server)
        if dead := [server for server in dead if _on_ring(state, server.number)]:
            self._reassign(state, dead)

    def _end_replica(self, number: int) -> None:
        if (replica := self._members.replica(number)) is not None:
            self._members.kill(replica)
            self._members.drop(replica)

    def _reassign(self, state: State, dead: list[Server]) -> None:
        numbers = {server.number for server in dead}
        nodes = [{**n, "state": Node.State.DOWN.value} if n["number"] in numbers else n for n in state["nodes"]]
        before = bucket_owners(state)
        after = bucket_owners({**state, "nodes": nodes})  # type: ignore[typeddict-item]
        survivors = [server for server in self._members.running() if server not in dead]
        orphans = np.isin(before, list(numbers))
        changed = (before != after) & ~orphans
        try:
            gains = {one.address: marked_ranges(orphans & (after == one.number)) for one in survivors}
            self._engine.reassign([server.id for server in dead], gains, [one.address for one in survivors])
            if changed.any():
                given = {one.address: marked_ranges(changed & (after == one.number)) for one in survivors}
                self._engine.hand_over(given, [one.address for one in survivors])
        except Exception:
            logger.exception("The next step gives the dead node's buckets away")

    # --- the log

    def _tell(self, state: State, death: Death) -> None:
        """Writes the death to the log, as the end of its intent if it was requested."""
        server, asked = death.server, self._asked.get(death.server)
        on_ring = _on_ring(state, server.number)
        try:
            if asked is None and on_ring:
                self._book.found(self._decision(death))
            elif (
                asked is not None and on_ring and self._book.is_open(asked.intent)
            ):  # otherwise it is in the log already
                self._book.done(asked.intent, self._decision(death))
            elif asked is not None:
                self._book.given_up(asked.intent, Intent.State.FAILED, "the node was not on the ring")
        except Refused:
            logger.exception("The death of node %d could not be told", server.number)
        self._asked.pop(server, None)
        if death.successor is Successor.NOBODY:
            self._members.drop(server)
        if death.successor is not Successor.ITSELF:
            self._engine_forgets(server)

    def _decision(self, death: Death) -> Decision:
        number = death.server.number
        address = self._address(number)
        if death.successor is Successor.ITSELF:
            return served.restart(number, address=address, cause=death.cause)
        replica = address if death.successor is Successor.REPLICA else ""
        return died(number, cause=death.cause, replica=replica, stored_bytes=self.bytes_of(number))

    def _address(self, number: int) -> str:
        """The current address of a node's primary."""
        primary = self._members.primary(number)
        return str(primary.address) if primary is not None else ""

    def _engine_forgets(self, server: Server) -> None:
        """The other servers can forget a dead identity without buckets."""
        try:
            self._engine.forget([server.id], self._members.addresses())
        except Exception:
            logger.exception("Identity %s was not forgotten", server.id)


def _on_ring(state: State, number: int) -> bool:
    return any(node["number"] == number and node["state"] in ON_RING for node in state["nodes"])

"""Deaths: the convicted is killed first, then its buckets go to their next owners, then the log tells of it.

Fencing comes first because a frozen server that thaws would go on answering with old values and swallow writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from ringviz.core.state import ON_RING, State
from ringviz.errors import Refused
from ringviz.models import Intent, Node
from ringviz.selectors.placing import bucket_owners
from ringviz.services.decisions import died
from ringviz.supervisor.book import Book
from ringviz.supervisor.members import Members
from ringviz.supervisor.moving import Mover
from ringviz.supervisor.servers import Server
from ringviz.supervisor.telling import About, Telling
from servers.driver.engine import Engine
from servers.slots import marked_ranges

logger = logging.getLogger(__name__)


class Deaths:
    """Of one cluster, for the thread of its keeper."""

    def __init__(self, book: Book, engine: Engine, members: Members, mover: Mover, telling: Telling) -> None:
        self._book = book
        self._engine = engine
        self._members = members
        self._mover = mover
        self._telling = telling
        self._noted: dict[Server, str] = {}
        self._asked: dict[Server, Intent] = {}
        self.bytes_of: Callable[[int], int] = lambda _number: 0

    def asked(self, server: Server, intent: Intent) -> None:
        """The end of this server will be what an intent asked for."""
        self._asked[server] = intent

    def cause_of(self, server: Server) -> str:
        """Why a server that ended has ended."""
        return "asked" if server in self._asked else "exit"

    def note(self, server: Server, cause: str) -> None:
        """A death that `handle` will see to; the first cause counts."""
        self._noted.setdefault(server, cause)

    def handle(self) -> bool:
        """Sees to all deaths that were noted, together: two at once lose what both had. False when there is none."""
        dead = {server: cause for server, cause in self._noted.items() if self._members.is_current(server)}
        self._noted.clear()
        if not dead:
            return False
        self._telling.work("reassigning", About(node=next(iter(dead)).number))
        for server in dead:
            self._members.kill(server)
        self._mover.cancel()  # after it: asking a frozen source to cancel takes its whole deadline
        state = self._book.known().state
        replaced = [server for server in dead if self._taken_over(server)]
        self._reassign(state, [server for server in dead if self._owned(state, server) and server not in replaced])
        for server, cause in dead.items():
            self._write_death(state, server, cause, replaced=server in replaced)
        return True

    def _owned(self, state: State, server: Server) -> bool:
        """Whether it was the primary of a node on the ring."""
        states = {node["number"]: node["state"] for node in state["nodes"]}
        return not self._members.is_replica(server) and states.get(server.number) in ON_RING

    def _taken_over(self, server: Server) -> bool:
        """Has the replica take the place of a dead primary, if there is one that can."""
        replica = self._members.replica(server.number)
        if self._members.is_replica(server) or replica is None or not replica.is_running:
            return False
        try:
            self._engine.takeover(replica.address)
        except Exception:
            logger.exception("The replica of node %d could not take over", server.number)
            return False
        return True

    def _reassign(self, state: State, dead: list[Server]) -> None:
        """The buckets of the dead, and under modulo those that the living have to give, change owner at once."""
        if not dead:
            return
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
            logger.exception("The buckets of the dead are given away by the next step")

    def _write_death(self, state: State, server: Server, cause: str, *, replaced: bool) -> None:
        intent = self._asked.pop(server, None)
        if not self._owned(state, server):
            self._members.drop(server)
        else:
            replica = self._members.replica(server.number)
            address = str(replica.address) if replaced and replica is not None else ""
            decision = died(server.number, cause=cause, replica=address, stored_bytes=self.bytes_of(server.number))
            try:
                if intent is None:
                    self._book.found(decision)
                else:
                    self._book.done(intent, decision)
                    intent = None
            except Refused:
                logger.exception("The death of node %d could not be told", server.number)
            if replaced:
                self._members.promote(server.number)
            else:
                self._members.drop(server)
        if intent is not None:
            self._book.given_up(intent, Intent.State.FAILED, "the node was not on the ring")
        self._engine_forgets(server)

    def _engine_forgets(self, server: Server) -> None:
        """A dead identity without buckets is of no interest to the living."""
        try:
            self._engine.forget([server.id], self._members.addresses())
        except Exception:
            logger.exception("Identity %s was not forgotten", server.id)

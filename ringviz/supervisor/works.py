"""Carries out operators' intents one after another: starts and ends servers, moves buckets, and logs the result.

Each call is one step. Every step decides again from the current state, so a death in the middle of a move needs no
special rule.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from fleet.pace import Pace
from live.subjects import encode
from ringviz.core.state import State
from ringviz.errors import Refused
from ringviz.events import apply
from ringviz.models import Intent, KeySet, Node
from ringviz.selectors.clusters import Known
from ringviz.selectors.placing import bucket_owners, index_for, keys_per_bucket
from ringviz.services import decisions, served
from ringviz.services.decisions import Decision
from ringviz.services.underway import aim_of
from ringviz.supervisor.audit import Audit
from ringviz.supervisor.book import Book
from ringviz.supervisor.members import AGREE_WITHIN_S, STARTED_AT_ONCE, Members
from ringviz.supervisor.moving import MoveFailed, Mover
from ringviz.supervisor.refill import Refill
from ringviz.supervisor.servers import NotStarted, NotYet, Server
from ringviz.supervisor.telling import NO_INTENT, About, Telling
from servers.driver.engine import Engine
from servers.errors import EngineError, NotAgreed
from servers.slots import marked_ranges

logger = logging.getLogger(__name__)

FORM_WITHIN_S = 60.0
FLUSH_WITHIN_S = 30.0
RESTART_STEP_S = 0.1  # before deaths are checked again
LOOK_EVERY_S = 1.0  # at an idle engine


class Works:
    """The works of one cluster. Used by its keeper's thread."""

    def __init__(  # noqa: PLR0917  the keeper's tools
        self, book: Book, engine: Engine, members: Members, mover: Mover, refill: Refill, telling: Telling
    ) -> None:
        self._book = book
        self._engine = engine
        self._members = members
        self._mover = mover
        self._refill = refill
        self._telling = telling
        self.audit = Audit(book, engine, members)
        self._failed: dict[int, str] = {}
        self._begun: set[int] = set()
        self._counted: tuple[int, NDArray[np.int64]] = 0, np.empty(0, np.int64)
        self._restarted: dict[int, Server] = {}
        self._pace = Pace(starts_a_minute=120, first_pause_s=0.5, longest_pause_s=10, deaths=3, within_s=60)
        self._replica_pace = Pace(starts_a_minute=120, first_pause_s=0.5, longest_pause_s=30, deaths=3, within_s=60)
        self._not_before = 0.0
        self._settled = b""
        self._look_again_at = 0.0

    def step(self, on: Known, intents: list[Intent]) -> bool:
        """Takes one step. False if everything is idle."""
        if time.monotonic() < self._not_before:
            return False
        state = on.state
        given_up = next((one for one in intents if one.cancelling or one.number in self._failed), None)
        running = next((one for one in intents if one.state == Intent.State.RUNNING), None)
        if given_up is not None:
            self._give_up(state, given_up)
        elif running is not None:
            self._work(on, running)
        elif not self._settle(state):
            pass
        elif state["unfilled"] and self._members.running():
            self._refill.step(state)
        elif self._start_replica(state):
            pass
        elif intents:
            self._book.begin(intents[0])
        else:
            self._rest(state)
            return False
        return True

    def _rest(self, state: State) -> None:
        """No intent is open. Checks that the servers are idle too."""
        found = self.audit.look(state, self._keys_of(state))
        if found.at_rest:
            self._telling.work("rest", extra=found.extra)
        else:
            self._telling.work("counting", why=found.why)

    def _start_replica(self, state: State) -> bool:
        """Starts a missing replica, at a pace, so that one that does not start delays nothing else."""
        now = time.monotonic()
        if not self._replica_pace.may_start(now):
            return False
        try:
            return self._members.start_missing_replica(state)
        except (NotStarted, EngineError) as error:
            logger.warning("A replica of %s did not start: %s", self._book.slug, error)
            self._replica_pace.died(now)
            return False

    def _tell(self, phase: str, intent: Intent | None = None) -> None:
        self._telling.work(phase, NO_INTENT if intent is None else _about(intent))

    def _settle(self, state: State, about: About = NO_INTENT) -> bool:
        """Takes a step towards the ring in the log. True if the engine has it, as of a second ago."""
        wanted = bucket_owners(state)
        if wanted.tobytes() == self._settled and time.monotonic() < self._look_again_at:
            return True
        if not wanted.any() or not self._members.running():
            return True
        if not self._mover.step(wanted, self._keys_of(state), about):
            self._settled = b""
            return False
        self._settled, self._look_again_at = wanted.tobytes(), time.monotonic() + LOOK_EVERY_S
        return True

    def _work(self, on: Known, intent: Intent) -> None:
        try:
            _STEPS[intent.action](self, on, intent)
        except NotYet as error:
            self._not_before = error.at
        except (NotStarted, MoveFailed, Refused, EngineError) as error:
            logger.warning("%s of %s failed: %s", intent.action, self._book.slug, error)
            self._telling.work("starting", _about(intent), why=str(error)[:300])
            if isinstance(error, NotStarted | EngineError) and self._again_later(intent):
                return
            self._failed[intent.number] = str(error)

    def _again_later(self, intent: Intent) -> bool:
        """Retries a server that did not start, after a pause, up to a limit; forever for a cluster's first servers,
        since without them there is nothing. A restarted server has its keys in its directory, which stays until it is
        given up; then it is a death like any other.
        """
        now = time.monotonic()
        self._pace.died(now)
        hopeless = self._pace.is_hopeless(now) and intent.action != "form"
        if (lost := self._members.primary(intent.node)) is not None and not lost.is_running:
            if intent.action in _JOINS:  # any other server's end is a death and will be handled
                self._members.drop(lost)
            elif intent.action == "restart" and hopeless:
                self._members.stays_away(lost)
        if hopeless:
            return False
        self._not_before = self._pace.next_start(now)
        return True

    def _give_up(self, state: State, intent: Intent) -> None:
        """First moves everything back, then ends the server that was joining."""
        try:
            if not self._settle(state, _about(intent)):
                return
        except MoveFailed as error:
            self._telling.work("moving", _about(intent), why=str(error))
            self._not_before = time.monotonic() + 1.0
            return
        node = next((one for one in state["nodes"] if one["number"] == intent.node), None)
        if node is not None and node["state"] == Node.State.JOINING:
            self._members.retire(intent.node)
        why = self._failed.pop(intent.number, "")
        outcome = Intent.State.FAILED if why else Intent.State.CANCELLED
        self._book.given_up(intent, outcome, why)

    # --- the actions

    def _form(self, on: Known, intent: Intent) -> None:
        joining = [node["number"] for node in on.state["nodes"] if node["state"] == Node.State.JOINING]
        self._tell("starting", intent)
        servers = self._start_all(joining)
        addresses = {server.number: str(server.address) for server in servers}
        decision = served.formed(addresses)
        wanted = bucket_owners(_after(on, decision))
        owners = {server.address: marked_ranges(wanted == server.number) for server in servers}
        self._tell("joining", intent)
        self._engine.form([server.address for server in servers], owners, FORM_WITHIN_S)
        self._book.done(intent, decision)
        for server in servers:
            self._members.watch(server)

    def _start_all(self, numbers: list[int]) -> list[Server]:
        with ThreadPoolExecutor(STARTED_AT_ONCE) as pool:
            return list(pool.map(self._started, numbers))

    def _started(self, number: int) -> Server:
        """The server of a node, started if it does not run."""
        there = self._members.primary(number)
        if there is not None and there.is_running and there.id:
            return there
        if there is not None:
            self._members.drop(there)
        return self._members.start(number)

    def _join(self, on: Known, intent: Intent) -> None:
        server = self._members.primary(intent.node)
        if server is None or not server.is_running:
            self._tell("starting", intent)
            if intent.number in self._begun:
                self._pace.died(time.monotonic())  # it ran before for this intent
                if self._pace.is_hopeless(time.monotonic()):
                    raise MoveFailed(_("its server keeps exiting"))
            self._begun.add(intent.number)
            server = self._started(intent.node)
            others = [one for one in self._members.running() if one is not server]
            self._tell("joining", intent)
            if others:
                self._engine.join(server.address, others[0].address, AGREE_WITHIN_S)
            self._members.watch(server)
        self._move(on, intent, address=str(server.address))

    def _leave(self, on: Known, intent: Intent) -> None:
        if self._move(on, intent):
            self._members.retire(intent.node)

    def _move(self, on: Known, intent: Intent, *, address: str = "") -> bool:
        """Moves keys towards the result of the request, then logs it. True once that is done."""
        decision = aim_of(intent, address=address)
        if decision is None:
            raise MoveFailed(_("it moves no keys"))
        wanted = bucket_owners(_after(on, decision))
        if wanted.any() and not self._mover.step(wanted, self._keys_of(on.state), _about(intent)):
            return False
        self._book.done(intent, decision)
        return True

    def _restart(self, _on: Known, intent: Intent) -> None:
        server = self._members.primary(intent.node)
        if server is None:
            raise NotStarted("it has no server")
        self._tell("starting", intent)
        if self._restarted.get(intent.number) is not server:
            server = self._restarted[intent.number] = self._members.again(server)
        # A server refuses key commands for two seconds after its start. It is back when it accepts them.
        with suppress(NotAgreed):
            self._engine.wait_agreed([server.address], RESTART_STEP_S)
            self._book.done(intent, served.restart(intent.node, address=str(server.address)))
            del self._restarted[intent.number]

    def _keys(self, _on: Known, intent: Intent) -> None:
        key_set = KeySet.objects.get(pk=int(intent.fields["keys"]))
        self._tell("flushing", intent)
        for server in self._members.running():
            self._members.excuse(server, FLUSH_WITHIN_S)
            self._engine.flush(server.address, FLUSH_WITHIN_S)
            self._members.excuse(server, 0)
        self._book.done(intent, decisions.use_keys(key_set))

    # --- basics

    def _keys_of(self, state: State) -> NDArray[np.int64]:
        """The number of keys per bucket. Counted once per key set, because key sets never change."""
        wanted = state["keys"]["id"]
        if self._counted[0] != wanted:
            key_set = KeySet.objects.get(pk=wanted)
            self._counted = wanted, keys_per_bucket(index_for(state["cluster"], key_set))
        return self._counted[1]


_JOINS = ("add", "revive")
_STEPS: dict[str, Callable[[Works, Known, Intent], object]] = {
    "form": Works._form,
    "add": Works._join,
    "revive": Works._join,
    "drain": Works._leave,
    "remove": Works._leave,
    "reweight": Works._move,
    "configure": Works._move,
    "restart": Works._restart,
    "keys": Works._keys,
}


def _after(on: Known, decision: Decision) -> State:
    payload = decision(on)
    return apply(on.state, *encode(payload))


def _about(intent: Intent) -> About:
    return About(intent.number, intent.action, intent.node)

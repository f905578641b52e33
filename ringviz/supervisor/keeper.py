"""The keeper of one managed cluster: a thread that makes reality match the log, in short steps.

Before each step it handles what happened meanwhile, deaths first, so a move or a refill delays nobody. A step carries
out a prompt intent (kill, freeze, thaw), moves some slots, refills some keys, or begins or finishes an intent. A keeper
killed between two steps loses nothing: the log says what is wanted, the engine what is real.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from fleet.hands import Closed, Hands
from live.models import Stream
from live.outage import Outage
from locks.services.leading import Fenced, Guard
from ringviz.core.state import NodeState, State, stopped_s
from ringviz.errors import Invalid, NotFound, Refused
from ringviz.models import Intent
from ringviz.selectors.placing import members_of
from ringviz.services import served
from ringviz.services.decisions import ACTIVE
from ringviz.supervisor.book import Book
from ringviz.supervisor.companions import Companions
from ringviz.supervisor.deaths import Deaths
from ringviz.supervisor.freezing import Freezes
from ringviz.supervisor.members import Members
from ringviz.supervisor.moving import MoveFailed, Mover
from ringviz.supervisor.pulsing import Pulses
from ringviz.supervisor.refill import Refill, RefillFailed
from ringviz.supervisor.servers import NotStarted, Server
from ringviz.supervisor.space import Space
from ringviz.supervisor.telling import Telling
from ringviz.supervisor.works import Works
from servers.driver.engine import Engine
from servers.errors import EngineError
from servers.watching.detector import ServerKey
from servers.watching.heartbeat import DEADLINE_S, Heartbeat

logger = logging.getLogger(__name__)

IDLE_S = 0.5
AFTER_ERROR_S = 0.2
LONGEST_PAUSE_S = 5.0
TROUBLE = (EngineError, MoveFailed, NotStarted, RefillFailed)  # trouble with servers; any other error is a bug
PROMPT = ("kill", "freeze", "thaw")
_VERDICT_MS = round(DEADLINE_S * 1000)  # from a counted miss to the next one, the verdict


class Leader(Protocol):
    """Whether we lead right now, and the check for writes."""

    def leads(self) -> bool:
        """Whether we certainly hold the lease: nobody else can have it yet."""

    def guard(self) -> Guard:
        """Raises Fenced, inside a write, if there is a newer leader."""


class ClusterKeeper:
    """The keeper of one cluster. `wake`, `on_*` and `stop` may be called from any thread."""

    def __init__(
        self,
        cluster: Any,
        hands: Hands,
        heartbeat: Heartbeat,
        leader: Leader,
        *,
        pulses: Pulses,
        password: str,
    ) -> None:
        self.cluster_id: int = cluster.pk
        self.stream_id: int = cluster.stream_id
        self._heartbeat = heartbeat
        self._pulses = pulses
        self._queue: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._untold: dict[Server, str] = {}  # the last news about suspected servers
        self._stopping = threading.Event()
        self._errors = 0  # in a row
        self._outage = Outage(f"cluster {cluster.slug}", "its servers run on, and what is asked for waits")
        self.engine = engine = Engine(password)
        self._leads = leader.leads
        self.book = Book(cluster.pk, cluster.slug, leader.guard)
        telling = Telling(cluster.stream_id)
        self.members = Members(cluster, engine, hands, heartbeat, password=password, on_end=self._on_end)
        self._telling = telling
        self._space = Space(cluster.slug, self.members.servers.root, telling)
        self._had_room = True
        self._mover = Mover(engine, self.members, telling, self._lost)
        self._refill = Refill(self.book, self.members, telling, engine)
        self._deaths = Deaths(self.book, engine, self.members, self._mover, telling)
        self._works = Works(self.book, engine, self.members, self._mover, self._refill, telling)
        self._freezes = Freezes(self.members)
        self._companions = Companions(cluster.slug, hands, on_end=self.wake)
        self._thread = threading.Thread(target=self._run, name=f"keeper {cluster.slug}", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Stops after the current step. Servers keep running."""
        self._stopping.set()
        self.wake()

    def join(self) -> None:
        """Waits until the keeper has ended."""
        self._thread.join(timeout=10)

    def is_alive(self) -> bool:
        """Whether it is running."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Wakes the keeper: there may be a new intent."""
        self._queue.put(("wake", None))

    def on_suspicion(self, key: ServerKey, misses: int) -> None:
        """A server missed pings. Tells pages now, because the keeper may be in the middle of a step."""
        if key[2] == "primary":
            self._telling.suspicion(key[1], misses, _VERDICT_MS if misses else None)
        self._queue.put(("suspicion", self.members.server(key)))

    def on_clear(self, key: ServerKey) -> None:
        """A suspected server answered."""
        if key[2] == "primary":
            self._telling.clear()
        self._queue.put(("clear", self.members.server(key)))

    def on_verdict(self, key: ServerKey) -> None:
        """A server was declared dead: this one, not the one that may have its place when this is handled."""
        self._queue.put(("verdict", self.members.server(key)))

    def bytes_from(self, bytes_of: Callable[[int, int], int]) -> None:
        """Sets the counter that knows what a server held when it died."""
        self._deaths.bytes_of = lambda number: bytes_of(self.stream_id, number)

    def end_servers(self) -> None:
        """Kills every server and stops watching them, because the cluster was deleted or its keeper failed."""
        for server in self.members.everybody():
            server.expected = True
            self.members.kill(server)
        self.engine.close()

    def _on_end(self, server: Server) -> None:
        self._queue.put(("exit", server))

    def _run(self) -> None:
        try:
            self._begin()
            while not self._stopping.is_set():
                self._guarded_step()
        except (Fenced, Closed, NotFound, Stream.DoesNotExist) as ending:
            logger.info("The keeper of %s ends: %s", self.book.slug, ending)
        finally:
            self._companions.end()
            self._pulses.follow(self.cluster_id, {})
            connections.close_all()

    def _begin(self) -> None:
        """Starts the servers, retrying until they run."""
        while not self._stopping.is_set():
            if not self._may_act(needs_room=True):
                continue
            try:
                self._telling.work("starting")
                self.members.begin(self.book.known().state)
                self._tell_of_begin()
                self._outage.answered()
                return
            except (Fenced, Closed, NotFound, Stream.DoesNotExist):
                raise
            except (OperationalError, InterfaceError) as error:
                self._stopping.wait(self._outage.failed(error))
                continue
            except TROUBLE as error:
                logger.warning("The servers of %s could not be started: %s", self.book.slug, error)
            except Exception:
                if not self._stopping.is_set():
                    logger.exception("The servers of %s could not be started", self.book.slug)
            self._stopping.wait(self._pause_s())

    def _lost(self, buckets: NDArray[np.bool_]) -> None:
        """Records lost buckets after the death of a joining node, which is not on the ring."""
        with suppress(Invalid):  # known already
            self.book.found(served.lost(buckets))

    def _tell_of_begin(self) -> None:
        """After a start, servers may have new addresses, and none is frozen or pulsing. Nodes without a directory are
        lost.
        """
        for node in members_of(self.book.known().state):
            server = self.members.primary(node["number"])
            if server is None or self._deaths.is_missing(node["number"]):
                self._deaths.missing(node["number"])
            elif server.is_running and _told(node) != (str(server.address), ACTIVE, False):
                self.book.found(served.restart(node["number"], address=str(server.address)))

    def _guarded_step(self) -> None:
        try:
            close_old_connections()
            if not self._step():
                self._await_news(IDLE_S)
            self._errors = 0
            self._outage.answered()
            return
        except (Fenced, Closed, NotFound, Stream.DoesNotExist):
            raise
        except (OperationalError, InterfaceError) as error:
            self._await_news(self._outage.failed(error))
            return
        except TROUBLE as error:
            logger.warning("A step of %s failed and will be retried: %s", self.book.slug, error)
        except Exception:
            if not self._stopping.is_set():  # otherwise its servers are ending anyway
                logger.exception("A step of %s failed and will be retried", self.book.slug)
        self._await_news(self._pause_s())

    def _pause_s(self) -> float:
        """Pauses twice as long as after the previous error."""
        self._errors += 1
        return float(min(AFTER_ERROR_S * 2 ** (self._errors - 1), LONGEST_PAUSE_S))

    def _await_news(self, seconds: float) -> None:
        try:
            item = self._queue.get(timeout=seconds)
        except queue.Empty:
            return
        self._queue.put(item)  # `_hear` handles all of them together

    def _step(self) -> bool:
        """Takes one step. False if there is nothing to do."""
        self._hear()
        if not self._may_act(needs_room=self._deaths.are_open):
            return True
        if self._deaths.handle():
            self._works.audit.doubt()
            return True
        self._tell_of_suspicions()
        on = self.book.known()
        intents = self.book.open_intents()
        self._companions.follow(on)
        self._follow_pulses(on.state)
        self._freezes.follow(on.state)
        if prompt := next((one for one in intents if one.action in PROMPT), None):
            self._prompt(prompt)
            return True
        return self._works.step(on, [one for one in intents if one.action not in PROMPT])

    def _follow_pulses(self, state: State) -> None:
        """Makes the right servers pulse. Requests to them wait as long as one may be stopped."""
        wanted = {
            node["number"]: (server, node["pulse"])
            for node in state["nodes"]
            if "pulse" in node and (server := self.members.primary(node["number"])) is not None and server.is_running
        }
        self._pulses.follow(self.cluster_id, wanted)
        self.members.pulsing = frozenset(wanted)
        self.engine.be_patient(stopped_s(state))

    def _may_act(self, *, needs_room: bool) -> bool:
        """Whether servers can write and we lead. If not, pauses and keeps the news.

        Checks disk space first, because on a full disk our own Redis may refuse the lease.
        """
        has_room = self._space.look(needed=needs_room)
        if not has_room or not self._leads():
            self._had_room = self._had_room and has_room
            self._telling.work("waiting", why=self._space.why if not has_room else "no lease")
            self._stopping.wait(AFTER_ERROR_S)
            return False
        if not self._had_room:
            self._had_room = True
            self._works.audit.doubt()
            for address in self.members.addresses():
                with suppress(EngineError):
                    self.engine.save_view(address)
        return True

    def _hear(self) -> None:
        """Takes in everything since the last step. Writes nothing yet, so nothing is lost if a write fails."""
        while True:
            try:
                what, about = self._queue.get_nowait()
            except queue.Empty:
                return
            if about is None:  # just woken, or the server was replaced
                continue
            if what == "exit":
                self._exited(about)
            elif what == "verdict":
                self._deaths.note(about, "silent")
            else:
                self._noticed(what, about)

    def _exited(self, server: Server) -> None:
        if not server.expected:
            self._deaths.ended(server)

    def _noticed(self, what: str, server: Server) -> None:
        if self.members.primary(server.number) is not server:
            return
        (self.members.silent.add if what == "suspicion" else self.members.silent.discard)(server.number)
        self._untold[server] = what

    def _tell_of_suspicions(self) -> None:
        while self._untold:
            server, what = next(iter(self._untold.items()))
            if self.members.primary(server.number) is server and server.is_running:
                decision = served.suspected(server.number) if what == "suspicion" else served.cleared(server.number)
                with suppress(Refused):  # it is already frozen, down, or suspected
                    self.book.found(decision)
            del self._untold[server]

    def _prompt(self, intent: Intent) -> None:
        server = self.members.primary(intent.node)
        if server is None or not server.is_running:
            self.book.given_up(intent, Intent.State.FAILED, str(NO_SERVER))
            return
        if intent.action == "kill":
            self._deaths.kill(server, intent)
            return
        decision = served.freeze(intent.node) if intent.action == "freeze" else served.thaw(intent.node)
        try:
            # In this order, so that a server shown as frozen never answers, and the reverse.
            if intent.action == "freeze":
                self.book.done(intent, decision)
                self._pulses.end(self.cluster_id, intent.node)  # a pulse would continue it
                self._freezes.follow(self.book.known().state)
                self.members.silent.add(intent.node)  # asking it would delay a thaw until the verdict
                server.child.freeze()
            else:
                server.child.thaw()
                self.members.silent.discard(intent.node)
                self.book.done(intent, decision)
        except Refused as refused:
            self.book.given_up(intent, Intent.State.FAILED, refused.message)


def _told(node: NodeState) -> tuple[str, str, bool]:
    """Its server's address in the log, and whether it is frozen."""
    return node["address"], node["state"], "pulse" in node


NO_SERVER = gettext_lazy("The server is gone: the verdict came first.")

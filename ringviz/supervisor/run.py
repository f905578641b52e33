"""`manage.py supervise`: holds a lease and keeps every managed cluster as the log says.

Only one process of an installation may do this at a time. The leader holds a lease and writes with its fencing token;
the others wait. While the lease server is silent, nobody knows who leads, so nothing is started, moved or declared dead
until it answers again, and the servers keep running. The same holds while the database is silent: log and pages say so,
and the supervisor continues when it is back.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import Error, close_old_connections, connections

from fleet.hands import Hands
from live.listening import HintListener
from live.outage import Outage
from locks.leader import Leader
from ringviz.models import Cluster
from ringviz.selectors.leading import ROLE
from ringviz.stores import passwords
from ringviz.supervisor.counting import Counting
from ringviz.supervisor.keeper import ClusterKeeper
from ringviz.supervisor.observer import Observer
from ringviz.supervisor.pulsing import Pulses
from ringviz.supervisor.telling import Telling
from servers.watching.detector import ServerKey
from servers.watching.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5


class Supervisor:
    """The one process that starts and ends node processes. `run` belongs to the main thread."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._status = 0
        self._hands = Hands()
        self._keepers: dict[int, ClusterKeeper] = {}
        self._leader = Leader(ROLE, self._stopping, self._fail)
        self._pulses = Pulses(self._leader.leads)
        self._heartbeat = Heartbeat(
            lambda key, misses: self._keeper(key, lambda keeper: keeper.on_suspicion(key, misses)),
            lambda key: self._keeper(key, lambda keeper: keeper.on_clear(key)),
            lambda key: self._keeper(key, lambda keeper: keeper.on_verdict(key)),
            stopped_s=self._pulses.stopped_s,
        )
        self._counting = Counting(lambda: list(self._keepers.values()))
        self._observer = Observer(self._leader.guard)
        self._listener = HintListener(settings.REDIS_URL)
        self._outage = Outage("supervisor", "the servers run on, and nothing that is asked for is done")

    def run(self) -> int:
        """Runs until stopped or fenced off. Returns the exit status: 1 if nobody told it to stop."""
        thread = threading.Thread(target=self._lead, name="lead", daemon=True)
        thread.start()
        try:
            self._hands.run(lambda: not self._stopping.is_set())
        finally:
            self._end(thread)
        return self._status

    def stop(self) -> None:
        """Stops the supervisor. May be called from a signal handler."""
        self._stopping.set()
        self._hands.wake()

    def _fail(self) -> None:
        """Ends with an error, so that the service manager restarts it."""
        self._status = 1
        self.stop()

    def _end(self, thread: threading.Thread) -> None:
        self._stopping.set()
        self._listener.close()
        for keeper in self._keepers.values():
            keeper.stop()
        self._pulses.stop()
        # From here on, keepers get refusals instead of waiting, and the servers they wait for are ended.
        self._hands.end()
        thread.join(timeout=3)
        self._heartbeat.stop()
        self._leader.end()
        connections.close_all()

    # --- leading

    def _lead(self) -> None:
        try:
            if not self._leader.wait():
                return
            self._heartbeat.start()
            self._pulses.start()
            self._counting.start()
            self._observer.start()
            while not self._stopping.is_set():
                hinted = self._listener.wait(self._look())
                for keeper in list(self._keepers.values()):
                    if keeper.stream_id in hinted:
                        keeper.wake()
        except Exception:
            logger.exception("The supervisor cannot go on")
            self._fail()
        finally:
            self._counting_ends()
            connections.close_all()
            self.stop()

    def _look(self) -> float:
        """Checks which clusters exist. Returns the seconds until the next check, which a hint may bring forward."""
        try:
            close_old_connections()
            if self._leader.leads():
                self._follow_clusters()
                self._outage.answered()
        except Error as error:
            pause_s = self._outage.failed(error)
            for keeper in self._keepers.values():
                Telling(keeper.stream_id).work("waiting", why="no database")
            return pause_s
        return LOOK_EVERY_S

    def _counting_ends(self) -> None:
        with suppress(RuntimeError):  # it was never started
            self._counting.stop()
            self._observer.stop()

    # --- clusters

    def _follow_clusters(self) -> None:
        """Runs a keeper for each managed cluster. Deletes the servers and directories of deleted clusters."""
        rows = {row.pk: row for row in Cluster.objects.filter(kind=Cluster.Kind.MANAGED)}
        for pk, row in rows.items():
            if pk not in self._keepers or not self._keepers[pk].is_alive():
                try:
                    self._begin(row)
                except OSError as error:  # its password could not be stored, because the disk is full
                    Telling(row.stream_id).work("waiting", why=error.strerror or "")
        for pk in self._keepers.keys() - rows.keys():
            keeper = self._keepers.pop(pk)
            keeper.stop()
            keeper.join()
            keeper.end_servers()
            passwords.forget(pk)

    def _begin(self, row: Cluster) -> None:
        if not passwords.kept(row.pk):
            passwords.keep(row.pk, secrets.token_urlsafe(32))
        if (old := self._keepers.get(row.pk)) is not None:
            old.end_servers()
        kept = passwords.kept(row.pk)
        keeper = ClusterKeeper(row, self._hands, self._heartbeat, self._leader, pulses=self._pulses, password=kept)
        keeper.bytes_from(self._counting.bytes_of)
        self._keepers[row.pk] = keeper
        keeper.start()

    def _keeper(self, key: ServerKey, tell: Callable[[ClusterKeeper], None]) -> None:
        if (keeper := self._keepers.get(key[0])) is not None:
            tell(keeper)

"""`manage.py supervise`: leads by a lease, and keeps every managed cluster as the log says.

One process may do this at a time. Who leads holds the lease "supervisor" and writes by its fencing token; who does not
get it waits. When the lease server is silent nobody knows who leads: then nothing is started, moved or judged until it
answers again, and the servers run on.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import close_old_connections, connections
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from live.listening import HintListener
from locks.lease import Held, Lease, LeaseServerGone
from ringviz.models import Cluster
from ringviz.selectors.leading import LEASE
from ringviz.services.leading import Fenced, Guard, guard, lead, newest_token
from ringviz.stores import passwords
from ringviz.supervisor.counting import Counting
from ringviz.supervisor.hands import Hands
from ringviz.supervisor.keeper import ClusterKeeper
from ringviz.supervisor.observer import Observer
from servers.watching.detector import ServerKey
from servers.watching.heartbeat import Heartbeat

logger = logging.getLogger(__name__)


TTL_MS = 3_000
RENEW_EVERY_S = 0.5
LOOK_EVERY_S = 0.5
TIMEOUT_S = 0.5


class Supervisor:
    """The one process that starts and ends node processes. `run` belongs to the main thread."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._hands = Hands()
        self._keepers: dict[int, ClusterKeeper] = {}
        self._held: Held | None = None
        self._good_until = 0.0
        self._heartbeat = Heartbeat(
            lambda key, misses: self._keeper(key, lambda keeper: keeper.on_suspicion(key, misses)),
            lambda key: self._keeper(key, lambda keeper: keeper.on_clear(key)),
            lambda key: self._keeper(key, lambda keeper: keeper.on_verdict(key)),
        )
        self._counting = Counting(lambda: list(self._keepers.values()))
        self._observer = Observer(self.guard)
        self._listener = HintListener(settings.REDIS_URL)

    def run(self) -> int:
        """Until told to stop, or fenced off. Returns the exit status."""
        thread = threading.Thread(target=self._lead, name="lead", daemon=True)
        thread.start()
        try:
            self._hands.run(lambda: not self._stopping.is_set())
        finally:
            self._end(thread)
        return 0

    def stop(self) -> None:
        """Ends it; may be called from a signal handler."""
        self._stopping.set()
        self._hands.wake()

    def _end(self, thread: threading.Thread) -> None:
        self._stopping.set()
        self._listener.close()
        for keeper in self._keepers.values():
            keeper.stop()
        # What a keeper waits for is refused from here on, and the servers it would wait for end now.
        self._hands.end()
        thread.join(timeout=3)
        self._heartbeat.stop()
        if self._held is not None:
            with suppress(LeaseServerGone):
                self._held.release()
        connections.close_all()

    # --- leading

    def _lead(self) -> None:
        try:
            if not self._acquire():
                return
            self._heartbeat.start()
            self._counting.start()
            self._observer.start()
            renewing = threading.Thread(target=self._renew, name="lease", daemon=True)
            renewing.start()
            while not self._stopping.is_set():
                close_old_connections()
                if self.leads():
                    self._follow_clusters()
                hinted = self._listener.wait(LOOK_EVERY_S)
                for keeper in list(self._keepers.values()):
                    if keeper.stream_id in hinted:
                        keeper.wake()
        except Exception:
            logger.exception("The supervisor cannot go on")
        finally:
            self._counting_ends()
            connections.close_all()
            self.stop()

    def _counting_ends(self) -> None:
        with suppress(RuntimeError):  # it never began
            self._counting.stop()
            self._observer.stop()

    def _acquire(self) -> bool:
        """Waits for the lease. False when told to stop first."""
        lease = _lease()
        while not self._stopping.is_set():
            try:
                held = lease.acquire(floor=newest_token())
            except LeaseServerGone:
                held = None
            if held is not None:
                self._held, self._good_until = held, held.good_from + TTL_MS / 1000
                lead(held.fencing_token, f"{socket.gethostname()}:{os.getpid()}")
                return True
            self._stopping.wait(RENEW_EVERY_S / 2)
        return False

    def _renew(self) -> None:
        """Keeps the lease; while that is not known to be so, the keepers rest."""
        gone = False
        while not self._stopping.wait(RENEW_EVERY_S):
            asked_at = time.monotonic()
            try:
                held = self._held is not None and self._held.renew()
                if not held and not self._acquire_again():
                    self.stop()
                    return
            except LeaseServerGone:
                if not gone:
                    logger.warning("The lease server does not answer: once the lease runs out nothing is done")
                gone = True
                continue
            except Exception:  # the database's: without this thread nobody would ever lead again
                logger.exception("The lease was not renewed; it is tried again")
                connections.close_all()
                continue
            self._good_until = asked_at + TTL_MS / 1000
            if gone:
                logger.warning("The lease server is back, and this supervisor leads")
            gone = False

    def _acquire_again(self) -> bool:
        """The lease ran out or its server lost it: take it again, unless somebody else has."""
        held = _lease().acquire(floor=newest_token())
        if held is None:
            logger.error("Somebody else leads; this supervisor ends")
            return False
        self._held = held
        try:
            lead(held.fencing_token, f"{socket.gethostname()}:{os.getpid()}")
        except Fenced:
            return False
        return True

    def leads(self) -> bool:
        """Whether the lease is ours for certain: nobody else can have it yet. Also right after a pause of ours."""
        return time.monotonic() < self._good_until

    def guard(self) -> Guard:
        """What a write checks: that no newer leader is there."""
        return guard(self._held.fencing_token if self._held else 0)

    # --- clusters

    def _follow_clusters(self) -> None:
        """A keeper for each managed cluster; one that is deleted loses its servers and their directories."""
        rows = {row.pk: row for row in Cluster.objects.filter(kind=Cluster.Kind.MANAGED)}
        for pk, row in rows.items():
            if pk not in self._keepers or not self._keepers[pk].is_alive():
                self._begin(row)
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
        keeper = ClusterKeeper(row, self._hands, self._heartbeat, self, passwords.kept(row.pk))
        keeper.bytes_from(self._counting.bytes_of)
        self._keepers[row.pk] = keeper
        keeper.start()

    def _keeper(self, key: ServerKey, tell: Callable[[ClusterKeeper], None]) -> None:
        if (keeper := self._keepers.get(key[0])) is not None:
            tell(keeper)


def _lease() -> Lease:
    """Without retries: while we try again in silence the lease runs out."""
    retry = Retry(NoBackoff(), 0)
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=retry)
    return Lease(client, LEASE, TTL_MS)

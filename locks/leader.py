"""One process of each role leads, by a lease (our own lock, in our own Redis) and a fencing token in the database.

The lease decides who leads now; the database records who led last. A process that was paused past its lease may believe
that it still leads: its writes are refused by everything that knows a newer token.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import Error, connections

from locks.lock import Held, Lock, LockServerError, client_of, this_process
from locks.services.leading import Fenced, Guard, guard, lead, newest_token
from locks.stores.line import StoreGone, lease_name

logger = logging.getLogger(__name__)

TTL_MS = 3_000
RENEW_EVERY_S = 0.5
TIMEOUT_S = 0.5


class Leader:
    """Leads as `role`, "supervisor" or "watcher", until `stopping` is set.

    `lost` is called once, when another process leads: this one must end. `promoted` is called with each fencing token
    under which this process leads, including the first. Tokens are higher than `floor` and than those of every earlier
    leader.
    """

    def __init__(
        self,
        role: str,
        stopping: threading.Event,
        lost: Callable[[], None],
        promoted: Callable[[int], None] = lambda _token: None,
        floor: Callable[[], int] = lambda: 0,
    ) -> None:
        self.fencing_token = 0
        self._role, self._stopping, self._lost, self._promoted = role, stopping, lost, promoted
        self._lease = Lock(
            client_of(settings.REDIS_URL, TIMEOUT_S),
            lease_name(role),
            TTL_MS,
            holder=this_process(),
            floor=lambda: max(newest_token(role), floor()),  # even if the lease server forgot its counter
        )
        self._held: Held | None = None
        self._silent = ""
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)

    def wait(self) -> bool:
        """Waits until this process leads; the lease is renewed from then on. Returns False if told to stop first.

        Raises Fenced if the database knows a newer leader.
        """
        while not self._stopping.is_set():
            if self._holds():
                self._renewing.start()
                return True
            self._stopping.wait(RENEW_EVERY_S / 2)
        return False

    def leads(self) -> bool:
        """Whether the lease is certainly ours, so nobody else can have it yet.

        Holds right after this process was paused, too.
        """
        held = self._held
        return held is not None and held.fencing_token == self.fencing_token and held.valid_for_s() > 0

    def guard(self) -> Guard:
        """The check within the turn of a write that begins now: there is no newer leader."""
        return guard(self._role, self.fencing_token)

    def check(self) -> None:
        """The same check, and that the lease is certainly ours. Raises Fenced."""
        if not self.leads():
            raise Fenced("another process leads, or may lead")
        self.guard()()

    def end(self) -> None:
        """Releases the lease, once `stopping` is set."""
        if self._renewing.ident is not None:
            self._renewing.join(timeout=3)
        if self._held is not None:
            with suppress(LockServerError):
                self._held.release()

    def _renew(self) -> None:
        """Retries renewals that fail because a server is silent: meanwhile nobody knows who leads."""
        try:
            while not self._stopping.wait(RENEW_EVERY_S):
                if self._holds() is False:
                    raise Fenced("another process has the lease")
        except Fenced as newer:
            logger.error("Another process leads; this %s ends: %s", self._role, newer)
            self._lost()
        except Exception:  # a process that will never lead again must not appear to lead
            logger.exception("The %s cannot keep its lease and ends", self._role)
            self._lost()
        finally:
            connections.close_all()

    def _holds(self) -> bool | None:
        """Renews the lease or takes it, and records that in the database.

        None if one of the two servers does not answer.
        """
        try:
            answer = self._take()
        except (LockServerError, StoreGone, Error) as error:
            silent = "database" if isinstance(error, Error) else "lease server"
            if silent != self._silent:
                logger.warning("The %s does not answer. Work stops when the lease expires: %s", silent, error)
            self._silent = silent
            connections.close_all()
            return None
        if self._silent and answer:
            logger.warning("The %s is back, and this %s leads", self._silent, self._role)
        self._silent = ""
        return answer

    def _take(self) -> bool:
        """False if another process has the lease. Ours may have expired, or its server may have lost it."""
        held = self._held
        if held is None or not held.extend():
            held = self._lease.try_acquire()
            if held is None:
                return False
            self._held = held
        if held.fencing_token != self.fencing_token:
            lead(self._role, held.fencing_token, this_process())
            self.fencing_token = held.fencing_token
            self._promoted(held.fencing_token)
        return True

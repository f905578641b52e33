"""One process of a kind leads, by a lease (a lock of ours in our own Redis) and by its fencing token in the database.

The lease says who leads now, the database who led last. A process that was paused past its lease may believe that it
still leads; what it writes is refused by whoever knows a newer token.
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

    `lost` is called, once, when another process leads: this one must end. `promoted` is called with each fencing token
    by which this one leads, the first included. `floor` is a number that they are above, besides every one that led.
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
            floor=lambda: max(newest_token(role), floor()),  # whatever the lease server forgot
        )
        self._held: Held | None = None
        self._silent = ""
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)

    def wait(self) -> bool:
        """Returns when this process leads; the lease is renewed from then on. False when told to stop first.

        Raises Fenced where a newer leader is in the database.
        """
        while not self._stopping.is_set():
            if self._holds():
                self._renewing.start()
                return True
            self._stopping.wait(RENEW_EVERY_S / 2)
        return False

    def leads(self) -> bool:
        """Whether the lease is ours for certain: nobody else can have it yet. Also right after a pause of ours."""
        held = self._held
        return held is not None and held.fencing_token == self.fencing_token and held.valid_for_s() > 0

    def guard(self) -> Guard:
        """What a write that begins now checks within its turn: that no newer leader is there."""
        return guard(self._role, self.fencing_token)

    def check(self) -> None:
        """The same, and that the lease is ours for certain. Raises Fenced."""
        if not self.leads():
            raise Fenced("somebody else leads, or may")
        self.guard()()

    def end(self) -> None:
        """Gives the lease back, once `stopping` is set."""
        if self._renewing.ident is not None:
            self._renewing.join(timeout=3)
        if self._held is not None:
            with suppress(LockServerError):
                self._held.release()

    def _renew(self) -> None:
        """What a silent server keeps from being renewed is tried again: meanwhile nobody knows who leads."""
        try:
            while not self._stopping.wait(RENEW_EVERY_S):
                if self._holds() is False:
                    raise Fenced("another process has the lease")
        except Fenced as newer:
            logger.error("Somebody else leads; the %s ends: %s", self._role, newer)
            self._lost()
        except Exception:  # a process that never leads again must not seem to
            logger.exception("The lease of the %s cannot be kept; it ends", self._role)
            self._lost()
        finally:
            connections.close_all()

    def _holds(self) -> bool | None:
        """Renews the lease or takes it, and tells the database. None where one of the two does not answer."""
        try:
            answer = self._take()
        except (LockServerError, StoreGone, Error) as error:
            silent = "database" if isinstance(error, Error) else "lease server"
            if silent != self._silent:
                logger.warning("The %s does not answer: once the lease runs out nothing is done: %s", silent, error)
            self._silent = silent
            connections.close_all()
            return None
        if self._silent and answer:
            logger.warning("The %s is back, and this %s leads", self._silent, self._role)
        self._silent = ""
        return answer

    def _take(self) -> bool:
        """False where somebody else has the lease. It may have run out, or its server may have lost it."""
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

"""One driver of a cluster may write: the newest. One that was replaced, and goes on after a pause, is told so."""

from __future__ import annotations

import os
import socket
import threading

from locks.services.leading import guard, succeed
from ringviz.models import Cluster


class Lead:
    """This driver's. Its methods belong to threads that may ask the database."""

    def __init__(self, cluster: Cluster) -> None:
        self._role = f"driver {cluster.pk}"
        self._token: int | None = None
        self._taking = threading.Lock()

    def take(self) -> None:
        """From the first call on, the drivers before this one are fenced off. Raises what the database does."""
        with self._taking:
            if self._token is None:
                self._token = succeed(self._role, f"{socket.gethostname()}:{os.getpid()}")

    def check(self) -> None:
        """To be called within a write. Raises Fenced when a newer driver is there; we lead from our first write on."""
        self.take()
        guard(self._role, self._token or 0)()

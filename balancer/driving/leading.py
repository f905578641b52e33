"""Only the newest driver of a cluster may write. A replaced driver that wakes up after a pause gets an error."""

from __future__ import annotations

import os
import socket
import threading

from locks.services.leading import guard, succeed
from ringviz.models import Cluster


class Lead:
    """This driver's claim to lead. Call its methods from threads that may use the database."""

    def __init__(self, cluster: Cluster) -> None:
        self._role = f"driver {cluster.pk}"
        self._token: int | None = None
        self._taking = threading.Lock()

    def take(self) -> None:
        """Fences off earlier drivers, from the first call on. Raises what the database raises."""
        with self._taking:
            if self._token is None:
                self._token = succeed(self._role, f"{socket.gethostname()}:{os.getpid()}")

    def check(self) -> None:
        """Call this inside a write. Raises Fenced if there is a newer driver. The first write makes this driver the
        leader.
        """
        self.take()
        guard(self._role, self._token or 0)()

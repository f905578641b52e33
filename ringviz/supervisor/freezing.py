"""Requested freezes: these servers' silence does not count until their verdict is due.

The deadline follows from the log alone: the time of the freeze plus the cluster's setting. So the next supervisor has
the same deadline. Other silent servers are declared dead as usual.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from ringviz.core.state import NodeState, State
from ringviz.models import Node
from ringviz.supervisor.members import Members
from ringviz.supervisor.servers import Server
from servers.watching.detector import MISSES_TO_CONVICT
from servers.watching.heartbeat import DEADLINE_S

# Two misses pass between the end of an excuse and the verdict, and the first may have begun earlier. So a verdict comes
# within one deadline after it is due, and never before.
_MISSES_S = (MISSES_TO_CONVICT - 1) * DEADLINE_S


class Freezes:
    """The freezes of one cluster. Used by its keeper's thread."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self._due: dict[Server, float] = {}

    def follow(self, state: State) -> None:
        """Excuses frozen servers until their verdict is due, and ends the excuse of thawed ones."""
        due = dict(self._frozen(state))
        for server, at in due.items():
            if self._due.get(server) != at:
                self._members.excuse(server, max(0.0, at - _MISSES_S - time.time()))
        for server in self._due.keys() - due.keys():
            self._members.excuse(server, 0)
        self._due = due

    def _frozen(self, state: State) -> Iterator[tuple[Server, float]]:
        delay_ms = state["cluster"].get("verdict_delay_ms", 0)
        for node in state["nodes"] if delay_ms else ():
            server = self._members.primary(node["number"])
            if node["state"] == Node.State.FROZEN and server is not None and server.is_running:
                yield server, verdict_due(node, delay_ms)


def verdict_due(node: NodeState, delay_ms: int) -> float:
    """When the verdict of a frozen node is due, in seconds since 1970."""
    return datetime.fromisoformat(node["since"]).timestamp() + delay_ms / 1_000

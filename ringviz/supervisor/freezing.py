"""Freezes that were asked for: nobody holds their silence against these servers until their verdict is due.

When that is follows from the log alone: the time of the freeze and the cluster's setting. So whoever keeps the cluster
next has the same deadline. Whatever else is silent is convicted as ever.
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

# From the end of an excuse to the verdict two misses pass, of which the first may have begun before it: so a verdict
# falls within a deadline after it is due, and never before.
_MISSES_S = (MISSES_TO_CONVICT - 1) * DEADLINE_S


class Freezes:
    """Of one cluster, for the thread of its keeper."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self._due: dict[Server, float] = {}

    def follow(self, state: State) -> None:
        """Excuses the servers that stand frozen until their verdict is due; and no longer one that was thawed."""
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

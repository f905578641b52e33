"""Service discovery: a node stays registered as long as its heartbeats arrive.

As in Eureka, a lease lasts three heartbeats: 30 s and 90 s there, 1 s (Akka's interval) and 3 s here. Before that, a
silence that is long compared with the node's own rhythm makes it suspected (`phi.py`).

Time in which nobody looked does not count, so an observer that slept does not mistake its own sleep for silence.
Eureka's self-preservation has the same purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from balancer.core.guards.phi import Accrual, Rhythm
from balancer.core.guards.standing import Code, Reason


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """How often a node sends a heartbeat, and how long a heartbeat is valid, in seconds."""

    every_s: float = 1.0
    ttl_s: float = 3.0
    accrual: Accrual = field(default_factory=Accrual)


class Registry:
    """The registered nodes by name. O(1) per heartbeat, O(registered) per look.

    A look is late if it comes more than `every_s` after the one before.
    """

    def __init__(self, rules: Heartbeats, now: float) -> None:
        self.rules = rules
        self._looked = now
        self._rhythms: dict[str, Rhythm] = {}
        self._suspected: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._rhythms

    def beat(self, name: str, now: float) -> Reason | None:
        """Records a heartbeat. Returns the reason if something changed: JOINED for a new node, HEARTBEAT_BACK for a
        suspected one.
        """
        rhythm = self._rhythms.get(name)
        if rhythm is None:
            self._rhythms[name] = Rhythm(self.rules.accrual, self.rules.every_s, now)
            return Reason(Code.JOINED)
        silent = now - rhythm.last
        rhythm.beat(now)
        if name not in self._suspected:
            return None
        self._suspected.discard(name)
        return Reason(Code.HEARTBEAT_BACK, {"silent": silent})

    def drop(self, name: str) -> None:
        """Forgets a node that leaves for another reason. Does nothing if it is not registered."""
        self._rhythms.pop(name, None)
        self._suspected.discard(name)

    def look(self, now: float) -> list[tuple[str, Reason]]:
        """Returns the nodes that became suspected (HEARTBEAT_LATE) and those that lost their registration
        (HEARTBEAT_LOST).
        """
        slept = now - self._looked - self.rules.every_s
        self._looked = now
        if slept > 0:
            for rhythm in self._rhythms.values():
                rhythm.last = min(rhythm.last + slept, now)
        found: list[tuple[str, Reason]] = []
        for name, rhythm in list(self._rhythms.items()):
            silent = now - rhythm.last
            if silent >= self.rules.ttl_s:
                self.drop(name)
                found.append((name, Reason(Code.HEARTBEAT_LOST, {"silent": silent, "ttl": self.rules.ttl_s})))
            elif name not in self._suspected and rhythm.suspicious(now):
                self._suspected.add(name)
                found.append((name, Reason(Code.HEARTBEAT_LATE, {"phi": rhythm.phi(now), "silent": silent})))
        return found

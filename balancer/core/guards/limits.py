"""Circuit limits: a request beyond so many in flight is refused at once instead of waiting behind them.

Envoy's circuit breakers: `max_requests` 1024 for all nodes together, no limit for a single one. Envoy's limit per host
is one of connections; on ours, requests follow each other without waiting, so it is one of requests here.
"""

from __future__ import annotations

from dataclasses import dataclass

from balancer.core.guards.standing import Code, Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests may be in flight, to all nodes together and to each. None is no limit."""

    requests: int | None = 1024
    of_node: int | None = None

    def refusal(self, in_flight: int) -> Reason | None:
        """Why one more request is refused when so many are in flight; asked before a node is picked."""
        if self.requests is None or in_flight < self.requests:
            return None
        return Reason(Code.TOO_MANY_REQUESTS, {"in_flight": in_flight, "limit": self.requests})

    def refusal_of_node(self, in_flight: int) -> Reason | None:
        """The same for the node that was picked, of which so many are in flight. As in Envoy, no other is tried."""
        if self.of_node is None or in_flight < self.of_node:
            return None
        return Reason(Code.NODE_FULL, {"in_flight": in_flight, "limit": self.of_node})

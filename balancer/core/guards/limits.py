"""Circuit limits: beyond a number of requests in flight, more are refused at once instead of waiting.

Envoy's circuit breakers: `max_requests` 1024 for all nodes together, no limit for a single one. Envoy limits
connections per host. Our connections are pipelined, so here the limit counts requests.
"""

from __future__ import annotations

from dataclasses import dataclass

from balancer.core.guards.standing import Code, Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """The most requests in flight, in total and per node. None means no limit."""

    requests: int | None = 1024
    of_node: int | None = None

    def refusal(self, in_flight: int) -> Reason | None:
        """Why one more request is refused, given the total in flight. Checked before a node is picked."""
        if self.requests is None or in_flight < self.requests:
            return None
        return Reason(Code.TOO_MANY_REQUESTS, {"in_flight": in_flight, "limit": self.requests})

    def refusal_of_node(self, in_flight: int) -> Reason | None:
        """The same for the picked node, given its requests in flight. As in Envoy, no other node is tried."""
        if self.of_node is None or in_flight < self.of_node:
            return None
        return Reason(Code.NODE_FULL, {"in_flight": in_flight, "limit": self.of_node})

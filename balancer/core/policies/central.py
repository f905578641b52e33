"""One central queue: a request goes to the node that will be free first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from balancer.core.policies.lowest import Lowest
from balancer.core.policy import Sight


class Central(Lowest):
    """Behaves like one queue in front of all nodes: no request waits while a node is idle. O(n).

    It must know how long every accepted request will take, so it only runs in the simulator. If all nodes are equally
    fast, no policy beats it.

    Source: the queue M/M/c of A. K. Erlang. Sending each arrival to the node with the least work gives every request
    the same start as one queue in the order of arrival: J. Kiefer, J. Wolfowitz, "On the Theory of Queues with Many
    Servers", Transactions of the AMS 78, 1955.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.WORK})

    def scores(self, now: float) -> Sequence[float]:
        """When each node will be free. In the past for an idle node."""
        free_at: Sequence[float] = self.of_ready(self.pool.free_at)
        return free_at

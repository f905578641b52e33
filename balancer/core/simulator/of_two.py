"""The inner loop for policies that look at two nodes only. It updates these two when they are drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import inf

from balancer.core.policies.fewer import FewerOfTwo
from balancer.core.simulator.nodes import Nodes
from balancer.core.simulator.outcome import REFUSED
from balancer.core.simulator.sending import UNBOUNDED, Request, Sender


class OfTwo(Sender):
    """Updates `in_flight` of the drawn nodes, and refuses requests beyond `queue`.

    Needs no heap: ended requests are counted when their node is drawn. O(1) per request on average.
    """

    def __init__(self, nodes: Nodes, policy: FewerOfTwo, queue: int | None) -> None:
        super().__init__(nodes, policy)
        self._pair = policy.pair
        self._most = UNBOUNDED if queue is None else queue
        self._next = [inf for _ in nodes.dies]  # when the request in service ends, by node
        self._queues: list[deque[float]] = [deque() for _ in nodes.dies]  # when the waiting requests end

    def send(self, requests: Iterable[Request]) -> None:
        """Sends the next requests in order of arrival. At least one node is ready."""
        pair, nodes, most = self._pair, self.nodes, self._most
        slowness, steady, done = nodes.slowness, nodes.steady, nodes.done
        free_at, in_flight, upcoming, queues = nodes.pool.free_at, nodes.pool.in_flight, self._next, self._queues
        places, ends = self.places, self.ends
        for now, work, _key in requests:
            one, other = pair()
            while upcoming[one] <= now:
                left = in_flight[one] = in_flight[one] - 1
                upcoming[one] = queues[one].popleft() if left else inf
            while upcoming[other] <= now:
                left = in_flight[other] = in_flight[other] - 1
                upcoming[other] = queues[other].popleft() if left else inf
            place = one if in_flight[one] <= in_flight[other] else other
            before = in_flight[place]
            if before >= most:
                places.append(REFUSED)
                ends.append(now)
                continue
            end = (free_at[place] if before else now) + work * slowness[place]
            if end >= steady[place]:
                end = done(place, free_at[place] if before else now, work)
            free_at[place] = end
            in_flight[place] = before + 1
            if before:
                queues[place].append(end)
            else:
                upcoming[place] = end
            places.append(place)
            ends.append(end)

    def settle(self, until: float) -> None:
        """Ends everything due by then, on all nodes."""
        in_flight = self.nodes.pool.in_flight
        for place in range(len(in_flight)):
            while in_flight[place] and self._next[place] <= until:
                in_flight[place] -= 1
                self._next[place] = self._queues[place].popleft() if in_flight[place] else inf

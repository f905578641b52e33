"""Why this node: one request in N keeps the reasons of its policy, and what became of it."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final, NamedTuple

from balancer.core.policy import Choice
from balancer.core.pool import Pool
from balancer.traffic.tally import Count

MOST_RECENT: Final = 200
MOST_SLOW: Final = 20


class Candidate(NamedTuple):
    """A node that could be picked, as it stood then: before this request was in flight to it."""

    place: int
    name: str
    in_flight: int
    weight: float


class Request(NamedTuple):
    """One of a stream: its number, when it was intended in seconds since the stream began, and the hash of its key."""

    number: int
    due_s: float
    key: int


@dataclass(slots=True)
class Sample:
    """A request with its reasons, under the policy of this name.

    The `choice` names nodes by the places of the `candidates`. `latency_s` runs from the intended time to the end;
    both it and `end` are None while the request is in flight.
    """

    request: Request
    policy: str
    choice: Choice
    candidates: tuple[Candidate, ...]
    latency_s: float | None = None
    end: Count | None = None

    @property
    def node(self) -> str:
        """The name of the node that was picked."""
        return next(one.name for one in self.candidates if one.place == self.choice.place)


class Samples:
    """The newest MOST_RECENT, and of all since the last `clear` the MOST_SLOW that took longest."""

    def __init__(self) -> None:
        self._recent: deque[Sample] = deque(maxlen=MOST_RECENT)
        self._slow: list[tuple[float, int, Sample]] = []
        self._ties = count()

    def keep(self, sample: Sample) -> Sample:
        """One that is about to be sent."""
        self._recent.append(sample)
        return sample

    def ended(self, sample: Sample, latency_s: float, end: Count) -> None:
        """What became of it. O(log MOST_SLOW)."""
        sample.latency_s, sample.end = latency_s, end
        kept = heapq.heappush if len(self._slow) < MOST_SLOW else heapq.heappushpop
        kept(self._slow, (latency_s, next(self._ties), sample))

    def clear(self) -> None:
        """Forgets all: another policy, or other settings."""
        self._recent.clear()
        self._slow.clear()

    def recent(self) -> Iterator[Sample]:
        """The newest first."""
        return reversed(self._recent)

    def slowest(self) -> list[Sample]:
        """The slowest first."""
        return [sample for _, _, sample in sorted(self._slow, reverse=True)]


def candidates(pool: Pool) -> tuple[Candidate, ...]:
    """The nodes that are ready now. O(nodes)."""
    names, in_flight, weights = pool.names, pool.in_flight, pool.weights
    return tuple(Candidate(place, names[place], in_flight[place], weights[place]) for place in pool.ready)

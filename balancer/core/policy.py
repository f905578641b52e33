"""What a policy is: it picks a node for each request, and can say why."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from balancer.core.draws import Draw
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Option, Options, completed


class Sight(StrEnum):
    """What a policy looks at. Callers update only that. They check this, never a policy's name."""

    KEY = "key"  # of the request
    WEIGHTS = "weights"
    IN_FLIGHT = "in_flight"
    LATENCY = "latency"  # it hears about each answer
    WORK = "work"  # when each node will be free: only the simulator knows


class Foresight(StrEnum):
    """What must be known to say which node a policy would have picked for a request sent under another policy."""

    POOL = "pool"  # the request and the nodes at that moment; ties cannot be resolved
    TABLE = "table"  # the same, but its table takes too long to fill for one request
    COUNT = "count"  # and the number of requests before it: the policy can `skip` them
    PAST = "past"  # its own draws, picks or answers, so this cannot be known


@dataclass(frozen=True, slots=True)
class Choice:
    """A pick with its reasons. Nodes are given by place.

    `scores` holds the compared nodes' scores; the lowest won. `drawn` holds the random numbers in order. `considered`
    lists the nodes in the order in which the policy looked at them: the drawn ones, or those that a key skipped and the
    one that it reached.
    """

    place: int
    scores: Mapping[int, float] = field(default_factory=dict)
    drawn: tuple[float, ...] = ()
    considered: tuple[int, ...] = ()

    @property
    def ties(self) -> tuple[int, ...]:
        """The other compared nodes with the winner's score."""
        won = self.scores.get(self.place)
        return tuple(place for place, score in self.scores.items() if score == won and place != self.place)


class Policy(ABC):
    """Picks one of the pool's ready nodes for each request.

    `sight` says what it looks at, `options` which parameters it has. It never changes the pool. `why` picks the same
    node as `pick` and advances the policy's state in the same way. Call it instead of `pick` for a request that needs
    an explanation.
    """

    sight: ClassVar[frozenset[Sight]]
    options: ClassVar[tuple[Option, ...]] = ()
    foresight: ClassVar[Foresight] = Foresight.PAST

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        """Raises UnknownOption and InvalidOption."""
        self.pool = pool
        self.draw = draw
        self.chosen = completed(self.options, options)
        self.changed()

    def changed(self) -> None:  # noqa: B027 - many policies keep nothing of the pool
        """Called after the pool's nodes, ready nodes or weights have changed."""

    @abstractmethod
    def pick(self, key: int, now: float) -> int:
        """Returns the place of the node for a request. At least one node must be ready.

        `key` is the request's 32-bit hash, `now` the time in seconds (in the simulator, mean service times) on a
        monotonic clock.
        """

    @abstractmethod
    def why(self, key: int, now: float) -> Choice:
        """The same, with its reasons."""

    def skip(self, requests: int) -> None:  # noqa: B027 - needed only if foresight is COUNT
        """Advances as if it had picked for this many requests. At least one node must be ready."""

    def caps(self) -> Mapping[int, int] | None:
        """The most requests that each ready node may have in flight, by place. None if there is no limit."""
        return None

    def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:  # noqa: B027
        """Records that a request to `place` ended after `latency`. Called only if `sight` has LATENCY."""

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
    """What a policy looks at. Callers keep only that up to date, and ask this, never a policy's name."""

    KEY = "key"  # of the request
    WEIGHTS = "weights"
    IN_FLIGHT = "in_flight"
    LATENCY = "latency"  # it is told of each answer
    WORK = "work"  # when each node will be free: known in the simulator alone


class Foresight(StrEnum):
    """What has to be known to tell which node a policy would have picked for a request that another one sent."""

    POOL = "pool"  # the request and the nodes as they stood; of equal scores one would have won
    TABLE = "table"  # the same, by a table that takes too long to fill for one request
    COUNT = "count"  # and how many requests came before: it can `skip` them
    PAST = "past"  # its own draws, picks or answers, so that it cannot be told


@dataclass(frozen=True, slots=True)
class Choice:
    """A pick with its reasons. Nodes are named by their places.

    `scores` are what was compared, of those that were compared; the lowest won. `drawn` are the random numbers, in
    their order. `considered` are the nodes in the order in which the policy came to them: those it drew, or those that
    a key walked past and the one where it stayed.
    """

    place: int
    scores: Mapping[int, float] = field(default_factory=dict)
    drawn: tuple[float, ...] = ()
    considered: tuple[int, ...] = ()

    @property
    def ties(self) -> tuple[int, ...]:
        """The other nodes that were compared and had the same score as the one that won."""
        won = self.scores.get(self.place)
        return tuple(place for place, score in self.scores.items() if score == won and place != self.place)


class Policy(ABC):
    """Picks one of the pool's ready nodes for each request.

    `sight` says what it looks at, `options` which parameters it has. It changes nothing of the pool. Within one state,
    `why` picks what `pick` would have picked, and moves on in the same way: it takes the place of `pick` for a request
    that is to be explained.
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
        """The pool has another node, other ready nodes or other weights than before."""

    @abstractmethod
    def pick(self, key: int, now: float) -> int:
        """The place of the node for a request. At least one node is ready.

        `key` is the request's 32-bit hash, `now` the moment in seconds (in the simulator: mean service times) on a
        clock that never goes back.
        """

    @abstractmethod
    def why(self, key: int, now: float) -> Choice:
        """The same, with its reasons."""

    def skip(self, requests: int) -> None:  # noqa: B027 - only policies whose foresight is COUNT have to
        """As if it had picked for so many requests. At least one node is ready."""

    def caps(self) -> Mapping[int, int] | None:
        """The most requests that each ready node may have in flight, by place; None where there is no such rule."""
        return None

    def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:  # noqa: B027
        """A request that was sent to `place` has ended after `latency`. Called where `sight` has LATENCY."""

"""The policies by name. No other code compares these names: read a policy's `sight` and `options` instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from balancer.core.draws import Draw
from balancer.core.policies.at_random import Random
from balancer.core.policies.bounded_ring import BoundedRing
from balancer.core.policies.central import Central
from balancer.core.policies.d_choices import SeveralChoices
from balancer.core.policies.jsq import ShortestQueue
from balancer.core.policies.least_connections import LeastConnections
from balancer.core.policies.least_time import LeastTime
from balancer.core.policies.maglev import MaglevTable
from balancer.core.policies.p2c import TwoChoices
from balancer.core.policies.p2c_distinct import TwoDistinctChoices
from balancer.core.policies.peak_ewma import PeakEwma
from balancer.core.policies.ring import Ring
from balancer.core.policies.round_robin import RoundRobin
from balancer.core.policies.smooth_wrr import SmoothRoundRobin
from balancer.core.policies.sticky import Sticky
from balancer.core.policy import Foresight, Policy, Sight
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Options, completed
from ringviz.core.errors import CoreError

POLICIES: Final[Mapping[str, type[Policy]]] = {
    "random": Random,
    "round_robin": RoundRobin,
    "smooth_wrr": SmoothRoundRobin,
    "least_connections": LeastConnections,
    "jsq": ShortestQueue,
    "p2c": TwoChoices,
    "p2c_distinct": TwoDistinctChoices,
    "d_choices": SeveralChoices,
    "peak_ewma": PeakEwma,
    "least_time": LeastTime,
    "ring": Ring,
    "maglev": MaglevTable,
    "bounded_ring": BoundedRing,
    "sticky": Sticky,
    "central": Central,
}


class UnknownPolicy(CoreError):
    """There is no policy of this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"there is no policy {name!r}; there are: {', '.join(known)}")


class OnlySimulated(CoreError):
    """The policy needs something that no real node reports: when it will be free."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} needs to know how long each request will take; it only runs in the simulator")


def policy(name: str, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> Policy:
    """Creates the named policy over a pool. Raises UnknownPolicy, and what its options raise."""
    if name not in POLICIES:
        raise UnknownPolicy(name, tuple(POLICIES))
    return POLICIES[name](pool, draw, options)


def foreseen_by(foresight: Foresight) -> list[str]:
    """The names of the policies with this foresight."""
    return [name for name, kind in POLICIES.items() if kind.foresight is foresight]


def checked(name: str, options: Options) -> dict[str, float]:
    """Every option of a policy that can drive real traffic. Missing ones get their defaults.

    Raises UnknownPolicy, OnlySimulated, and what the options raise.
    """
    if name not in POLICIES:
        raise UnknownPolicy(name, tuple(POLICIES))
    kind = POLICIES[name]
    if Sight.WORK in kind.sight:
        raise OnlySimulated(name)
    return completed(kind.options, options)

"""What other policies would have picked for a request that one of them has sent."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from balancer.core.draws import draws
from balancer.core.named import POLICIES, foreseen_by, policy
from balancer.core.policy import Foresight, Policy, Sight
from balancer.core.pool import Member, Pool
from ringviz.core.errors import CoreError

_KEPT: Final = 8  # groups of nodes whose rings are kept


class Shadow(NamedTuple):
    """The node that a policy would have picked, by its place, and those that were as good to it."""

    policy: str
    place: int
    ties: tuple[int, ...] = ()


class Turns:
    """Whose turn it is by each policy that takes turns whatever it sees, as if it picked for every request.

    Nodes that are no longer ready, or ready again, count from the next look on.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._policies = {name: policy(name, pool, draws(0)) for name in foreseen_by(Foresight.COUNT)}
        self._ready = pool.ready
        self._number = 0

    def at(self, number: int) -> tuple[Shadow, ...]:
        """For the request of this number, counted from 0 and higher than at the last look. O(nodes)."""
        if self._ready is not self._pool.ready:
            self._ready = self._pool.ready
            for each in self._policies.values():
                each.changed()
        skipped, self._number = number - self._number, number + 1
        found = []
        for name, each in self._policies.items():
            each.skip(skipped)
            found.append(Shadow(name, each.pick(0, 0.0)))
        return tuple(found)


def foreseen(ready: Sequence[Member], in_flight: Sequence[int], key: int) -> list[Shadow]:
    """What each policy whose foresight is POOL would have picked among these nodes, by their places in `ready`.

    Options are the defaults. At least one node is ready. O(tokens) where these nodes are new; safe for threads.
    """
    return _bench(tuple(ready)).picks(in_flight, key)


class _Bench:
    """The policies over one group of nodes. One that these weights are too much for is not there."""

    def __init__(self, ready: tuple[Member, ...]) -> None:
        self._ready = ready
        self._lock = threading.Lock()
        self._pool = Pool(ready)
        self._keyed = {name: made for name in foreseen_by(Foresight.POOL) if (made := _keyed(name, self._pool))}

    def picks(self, in_flight: Sequence[int], key: int) -> list[Shadow]:
        """Policies that take turns among the best begin anew each time, so that the first of them is named."""
        fresh = Pool(self._ready)
        fresh.in_flight[:] = in_flight
        with self._lock:
            self._pool.in_flight[:] = in_flight
            choices = {name: each.why(key, 0.0) for name, each in self._keyed.items()}
        for name in foreseen_by(Foresight.POOL):
            if Sight.KEY not in POLICIES[name].sight:
                choices[name] = policy(name, fresh, draws(0)).why(key, 0.0)
        return [Shadow(name, choices[name].place, choices[name].ties) for name in POLICIES if name in choices]


def _keyed(name: str, pool: Pool) -> Policy | None:
    try:
        return policy(name, pool, draws(0)) if Sight.KEY in POLICIES[name].sight else None
    except CoreError:
        return None


_bench = lru_cache(_KEPT)(_Bench)

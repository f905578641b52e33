"""What other policies would have picked for a request."""

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

_KEPT: Final = 8  # cached groups of nodes with their rings


class Shadow(NamedTuple):
    """The place that a policy would have picked, and its ties."""

    policy: str
    place: int
    ties: tuple[int, ...] = ()


class Turns:
    """Whose turn it is under each policy that takes turns regardless of load, as if it picked for every request.

    Changes of the ready nodes count from the next look on.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._policies = {name: policy(name, pool, draws(0)) for name in foreseen_by(Foresight.COUNT)}
        self._ready = pool.ready
        self._number = 0

    def at(self, number: int) -> tuple[Shadow, ...]:
        """The turns at this request number, which starts at 0 and rises from look to look. O(nodes)."""
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
    """What each policy with foresight POOL would have picked among these nodes, as places in `ready`.

    Uses default options. At least one node must be ready. O(tokens) for a new group of nodes. Thread-safe.
    """
    return _bench(tuple(ready)).picks(in_flight, key)


class _Bench:
    """The policies over one group of nodes, without those that reject its weights."""

    def __init__(self, ready: tuple[Member, ...]) -> None:
        self._ready = ready
        self._lock = threading.Lock()
        self._pool = Pool(ready)
        self._keyed = {name: made for name in foreseen_by(Foresight.POOL) if (made := _keyed(name, self._pool))}

    def picks(self, in_flight: Sequence[int], key: int) -> list[Shadow]:
        """Policies whose ties take turns are created anew each time, so that they name the first."""
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

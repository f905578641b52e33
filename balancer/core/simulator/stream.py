"""The requests of a plan: when each arrives, its work and its key. Independent of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from balancer.core.keys import Keys
from balancer.core.simulator.plan import Plan

BLOCK: Final = 1 << 13  # requests drawn at a time

# Each kind of number has its own stream, so that none depends on how many of another were drawn.
_ARRIVALS, _WORK, _KEYS, POLICY = range(4)


class Block(NamedTuple):
    """Some consecutive requests. `keys` are 32-bit hashes, or all 0 if no policy uses them."""

    arrivals: NDArray[np.float64]
    work: NDArray[np.float64]
    keys: NDArray[np.uint32]


def stream(plan: Plan, *, keyed: bool) -> Iterator[Block]:
    """All requests of the plan, always the same. `keyed` says whether keys are needed.

    Poisson arrivals at the plan's rate, exponential work of mean 1.
    """
    gaps, work, keys = (np.random.default_rng((plan.seed, kind)) for kind in (_ARRIVALS, _WORK, _KEYS))
    asked = Keys(plan.keys, plan.skew) if keyed else None
    now = 0.0
    for start in range(0, plan.requests, BLOCK):
        count = min(BLOCK, plan.requests - start)
        arrivals = now + np.cumsum(gaps.exponential(1.0 / plan.rate, count))
        now = float(arrivals[-1])
        hashes = asked.drawn(count, keys) if asked else np.zeros(count, np.uint32)
        yield Block(arrivals, work.exponential(1.0, count), hashes)

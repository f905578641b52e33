"""The ladder: five ways to lock. The first is from the article that Ringviz grew from; resources can rely on the last.

It also has what each way is expected to do when a holder is paused past its lease. Pure; `locks.stage` runs it for
real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Expected:
    """The prediction for a run with pauses: whether two workers are inside at once, and whether the protected resource
    accepts a stale write. `sketch` shows how the rung locks, in commands.
    """

    overlap: bool
    stale: bool
    sketch: str


RUNGS: Mapping[str, Expected] = MappingProxyType(
    {
        "set": Expected(overlap=True, stale=True, sketch="SET lock me PX ttl ... DEL lock"),
        "get_set": Expected(overlap=True, stale=True, sketch="GET lock, if nothing: SET lock me PX ttl ... DEL lock"),
        "nx_del": Expected(overlap=True, stale=True, sketch="SET lock me NX PX ttl ... DEL lock"),
        "nx_compare": Expected(overlap=True, stale=True, sketch="SET lock me NX PX ttl ... DEL lock if it is mine"),
        "fencing": Expected(overlap=True, stale=False, sketch="SET lock me NX PX ttl, INCR token ... write with token"),
    }
)
"""In the order of the ladder."""

FEWEST_WORKERS, MOST_WORKERS = 2, 8
SHORTEST_S, LONGEST_RUNG_S, LONGEST_S = 1, 30, 600
"""The limits for a rung, and for workers that contend until somebody stops them."""
MOST_SEED = 2**31 - 1

CLIENTS = ("ringviz", "redis-py", "python-redis-lock")
"""The clients whose locks workers can use."""

"""The ladder: five ways to lock, from the article's to one that a protected resource can rely on, and what each is
expected to do when a holder is paused beyond its time. Pure; `locks.stage` runs them for real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Expected:
    """What is predicted before a run with pauses: whether two workers are inside at once, and whether the protected
    resource takes a stale write. `sketch` is how the rung locks, in commands.
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
"""Of a rung, and of workers who contend until somebody stops them."""
MOST_SEED = 2**31 - 1

CLIENTS = ("ringviz", "redis-py", "python-redis-lock")
"""With whose locks workers contend."""

"""Reading the servers whose locks are watched, by redis-py; no Django, and nothing that could write.

`connect` gives a Source: facts of keys in one script call, the search of a keyspace filtered in the server, who holds
what, changes as they come, and what all of that costs. `SourceTrouble` is all that it raises.
"""

from __future__ import annotations

from functools import cache

from locks.core.recognise import LOOK_FOR, infer_waiters, needs_of, recognise
from locks.core.sourcelist import SourceConfig
from locks.sources.capabilities import Capabilities
from locks.sources.cost import Bill
from locks.sources.scanning import Progress
from locks.sources.sieve import sieve
from locks.sources.source import MOST_LOCKS, Clock, Reader, Source
from locks.sources.trouble import SourceTrouble

__all__ = ["MOST_LOCKS", "Bill", "Capabilities", "Clock", "Progress", "Source", "SourceTrouble", "connect"]


def connect(config: SourceConfig, budget: float | None = None) -> Source:
    """A source. Connections are made when it is first asked. `budget` is the share of the server's time, from 0 to 1,
    that a search may take; None: all of it between two steps. Raises SourceTrouble for an address that makes no sense.
    """
    return Source(config, _reader(), budget)


@cache
def _reader() -> Reader:
    return Reader(needs_of, recognise, infer_waiters, sieve(LOOK_FOR))

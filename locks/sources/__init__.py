"""Reads the servers whose locks are watched, through redis-py; no Django, and nothing that could write.

`connect` returns a Source: facts about keys in one script call, a search of a keyspace that is filtered in the server,
who holds what, changes as they come, and what all of that costs. It raises only `SourceTrouble`.
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
    """A source. It connects at its first use. `budget` is the share of the server's time, from 0 to 1, that a search
    may take; None: no pauses between steps. Raises SourceTrouble if the address is not valid.
    """
    return Source(config, _reader(), budget)


@cache
def _reader() -> Reader:
    return Reader(needs_of, recognise, infer_waiters, sieve(LOOK_FOR))

"""Checks that an idle cluster really is idle: every node's server runs and stores the predicted keys.

If the numbers differ, keys are counted slot by slot, since missing keys and extra keys that clients stored may cancel
out. A slot with too few keys twice in a row has lost some. Surplus keys are reported as extra and left alone. After a
start or a death everything is counted this way. Missing and extra keys that cancel out within one slot are not noticed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ringviz.core.buckets import BUCKETS
from ringviz.core.state import State
from ringviz.errors import Invalid
from ringviz.selectors.placing import bucket_owners, members_of
from ringviz.services import served
from ringviz.supervisor.book import Book
from ringviz.supervisor.members import Members
from ringviz.supervisor.servers import Server
from servers.driver.engine import Engine
from servers.errors import EngineError

EVERY_S = 1.0
TIMEOUT_S = 0.5


class Found(NamedTuple):
    """The result of a look: everything is as predicted except for `extra` keys, or `why` this is unknown."""

    at_rest: bool
    extra: int = 0
    why: str = ""


class Audit:
    """The audit of one cluster. Used by its keeper's thread."""

    def __init__(self, book: Book, engine: Engine, members: Members) -> None:
        self._book = book
        self._engine = engine
        self._members = members
        self._next_at = 0.0
        self._found = Found(at_rest=False)
        self._predicted: dict[int, int] = {}
        self._extra: dict[int, int] = {}  # extra keys of each node that was counted slot by slot
        self._short: dict[int, NDArray[np.bool_]] = {}  # buckets with too few keys at the last count, by node

    def doubt(self) -> None:
        """Something happened that may have cost servers some keys."""
        self._extra.clear()
        self._short.clear()
        self._next_at = 0.0

    def look(self, state: State, keys_of: NDArray[np.int64]) -> Found:
        """The state of the servers, at most EVERY_S old, while no work is open. `keys_of` gives the number of keys per
        bucket.

        Reports missing keys as lost.
        """
        predicted = {node["number"]: node["keys"] - node["lost"] for node in members_of(state)}
        if predicted != self._predicted:
            self.doubt()
            self._predicted = predicted
        if time.monotonic() >= self._next_at:
            self._found = self._looked(state, keys_of)
            self._next_at = time.monotonic() + EVERY_S
        return self._found

    def _looked(self, state: State, keys_of: NDArray[np.int64]) -> Found:
        servers = {number: self._members.primary(number) for number in self._predicted}
        running = {number: one for number, one in servers.items() if one is not None and one.is_running}
        measured = self._engine.measure([one.address for one in running.values()], TIMEOUT_S)
        stored = {number: found.keys for number, one in running.items() if (found := measured[one.address]) is not None}
        if silent := [node["name"] for node in members_of(state) if node["number"] not in stored]:
            return Found(at_rest=False, why=_("%(node)s does not answer") % {"node": silent[0]})
        odd = [number for number, keys in stored.items() if self._is_odd(number, keys)]
        missing = self._counted({number: running[number] for number in odd}, bucket_owners(state), keys_of)
        if missing.any():
            with suppress(Invalid):  # already known
                self._book.found(served.lost(missing > 0, keys=int(missing.sum())))
        if any(number not in self._short for number in stored):
            return Found(at_rest=False)
        if any(short.any() for short in self._short.values()):
            return Found(at_rest=False, why=_("keys are missing"))
        return Found(at_rest=True, extra=sum(self._extra.values()))

    def _is_odd(self, number: int, keys: int) -> bool:
        """Whether to count the node slot by slot: it was not counted yet, lacked keys, or its number of keys has
        changed.
        """
        short = self._short.get(number)
        return short is None or bool(short.any()) or keys != self._predicted[number] + self._extra[number]

    def _counted(
        self, servers: Mapping[int, Server], owners: NDArray[np.int32], keys_of: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Counts nodes slot by slot. Returns the missing keys of each bucket that also had too few last time."""
        missing = np.zeros(BUCKETS, np.int64)
        for number, server in servers.items():
            buckets = np.flatnonzero(owners == number)
            try:
                counts = self._engine.count_in_slots(server.address, buckets.tolist())
            except EngineError:  # the next look will tell
                continue
            surplus = np.zeros(BUCKETS, np.int64)
            surplus[buckets] = np.array(counts, np.int64) - keys_of[buckets]
            short = surplus < 0
            again = short & self._short.get(number, False)
            missing[again] = -surplus[again]
            self._short[number] = short
            self._extra[number] = int(surplus[surplus > 0].sum())
        return missing

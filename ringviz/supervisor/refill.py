"""Reloads lost keys from the key set, at a pace that an origin could bear. A step takes a tenth of a second.

A key that a client has stored meanwhile is newer and stays (SET NX), so repeating a refill is harmless.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from ringviz.core.buckets import stored_name
from ringviz.core.origin import origin_value
from ringviz.core.state import State
from ringviz.selectors.placing import index_for, keys_per_bucket
from ringviz.services.served import refilled
from ringviz.stores.keysets import keys_in_buckets
from ringviz.supervisor.book import Book
from ringviz.supervisor.members import Members
from ringviz.supervisor.telling import Telling
from servers.driver.engine import Engine
from servers.errors import EngineError
from servers.slots import in_ranges

CHUNK = 500
STEP_S = 0.1
LEAST_RATE = 1_000  # keys a second after a death; faster if it would take longer than LONGEST_S
LONGEST_S = 10.0
TIMEOUT_S = 2.0


class RefillFailed(Exception):
    """A server refused a key. The message is the server's."""


class Refill:
    """The refills of one cluster. Used by its keeper's thread."""

    def __init__(self, book: Book, members: Members, telling: Telling, engine: Engine) -> None:
        self._book = book
        self._members = members
        self._telling = telling
        self._engine = engine
        self._of: list[list[int]] = []
        self._chunks: Iterator[list[tuple[int, bytes]]] = iter(())
        self._begun = 0.0
        self._done = self._total = 0
        self._rate = 0.0

    def step(self, state: State) -> None:
        """Refills the unfilled buckets in `state` for a tenth of a second. The last step writes the event."""
        if state["unfilled"] != self._of or not self._begun:
            self._start(state)
        owners = self._members.owners()
        until = time.monotonic() + STEP_S
        while time.monotonic() < until:
            if self._done > self._rate * (time.monotonic() - self._begun):
                time.sleep(0.005)  # keeps the origin's pace
                continue
            chunk = next(self._chunks, None)
            if chunk is None:
                self._finish()
                return
            self._store(chunk, owners.tolist())
            self._done += len(chunk)
        self._telling.work("refilling", keys_done=self._done, keys_total=self._total)

    def _start(self, state: State) -> None:
        on = self._book.known()
        counts = keys_per_bucket(index_for(state["cluster"], on.cluster.key_set))
        self._of = state["unfilled"]
        self._total = int(counts[in_ranges(self._of)].sum())
        first_fill = self._total == on.state["keys"]["count"]
        self._rate = float("inf") if first_fill else max(LEAST_RATE, self._total / LONGEST_S)
        self._begun, self._done = time.monotonic(), 0
        seed = state["cluster"]["seed"]
        self._chunks = (
            chunk
            for first, last in self._of
            for chunk in keys_in_buckets(on.cluster.key_set, seed, first, last, CHUNK if first_fill else CHUNK // 5)
        )

    def _store(self, chunk: list[tuple[int, bytes]], owners: list[int]) -> None:
        by_owner: dict[int, dict[bytes, bytes]] = {}
        for bucket, key in chunk:
            by_owner.setdefault(owners[bucket], {})[stored_name(key, bucket)] = origin_value(key)
        for number, values in by_owner.items():
            server = self._members.primary(number)
            if server is None or not server.is_running:
                self._begun = 0.0
                raise RefillFailed(f"node {number} has no server")
            try:
                self._engine.store_missing(server.address, values, TIMEOUT_S)
            except EngineError as error:
                self._begun = 0.0
                self._telling.work("refilling", keys_done=self._done, keys_total=self._total, why=str(error)[:200])
                raise RefillFailed(str(error)) from error

    def _finish(self) -> None:
        ms = int((time.monotonic() - self._begun) * 1000)
        self._begun = 0.0
        self._book.found(refilled([], keys=self._total, ms=ms))

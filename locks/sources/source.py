"""A watched server or Cluster, and everything that is read from it. Nothing here can write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from redis import Redis

from locks.core.observed import Connection, Needs, Observed, Seen, World
from locks.core.reading import Reading
from locks.core.sourcelist import BadSource, SourceConfig
from locks.sources.capabilities import Capabilities, asked, together
from locks.sources.connections import MOST_CONNECTIONS, connections_of
from locks.sources.cost import Cost
from locks.sources.lines import CLIENT_NAME, Line
from locks.sources.listening import Listening, Way
from locks.sources.reaching import Reached, reach
from locks.sources.records import BadRecords, observed, ttls
from locks.sources.running import Running
from locks.sources.scanning import Progress, Scan
from locks.sources.scripts import CAN, PTTL, Can, Scripts, scripts
from locks.sources.sieve import Sieve
from locks.sources.trouble import SourceTrouble

BATCH = 250
"""Keys per script call: about half a millisecond of the server's time."""
MOST_LOCKS = 100_000
"""The most holders that `all` returns."""
MOST_CANDIDATES = 1_000_000
"""The most keys that a search returns as possible locks."""
_READ_AT_ONCE = 5_000
_CONNECTIONS_EVERY_S = 1.0
_LIBRARIES_EVERY_S = 10.0
"""How old the list of connections may be when it is only used to see which libraries are connected."""
_CLOCK_EVERY_S = 30.0

T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """What the clients declared: `locks.core.recognise`, and the sieve for what it looks for."""

    needs_of: Callable[[Observed], Needs]
    recognise: Callable[[Sequence[Observed], World], list[Reading]]
    infer_waiters: Callable[[Sequence[Reading], Sequence[Connection]], None]
    sieve: Sieve


@dataclass(frozen=True)
class Clock:
    """The server's clock minus ours (time.time), in milliseconds, accurate to `uncertainty_ms` either way."""

    offset_ms: float
    uncertainty_ms: float


class Source:
    """Reads one source. Several threads may share it, except for `discover`.

    Every method raises SourceTrouble, within the source's deadline for each command. Nothing is retried silently,
    except keys of a slot that a Cluster moved. After trouble, the next call looks up the servers again, because there
    may be a new primary.
    """

    def __init__(self, config: SourceConfig, reader: Reader, budget: float | None = None) -> None:
        try:
            self.target = config.target
        except BadSource as error:
            raise SourceTrouble("config", f"{config.name}: {error}") from None
        self.config = config
        self.cost = Cost()
        self.budget = budget
        self.capped = False
        self.between_s = (0.0, 0.0)
        self._reader = reader
        self._reached: Reached | None = None
        self._scripts: dict[int, Scripts] = {}
        self._lock = threading.RLock()
        self._clock: tuple[float, Clock] | None = None
        self._connections: tuple[float, list[Connection] | None] | None = None

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes its connections. The next call opens new ones."""
        with self._lock:
            reached, self._reached = self._reached, None
            self._scripts.clear()
        if reached:
            reached.close()

    def facts(self, keys: Iterable[bytes]) -> list[Observed]:
        """Those of the keys that exist, in their current state. Linear; BATCH keys per call."""
        return self._read(keys, lambda made: made.read)

    def sift(self, keys: Iterable[bytes]) -> list[Observed]:
        """Like `facts`, but only keys that may be locks: other keys never leave the server."""
        return self._read(keys, lambda made: made.sift)

    def pttl(self, keys: Sequence[bytes]) -> list[int]:
        """Each key's remaining time to live, in milliseconds: -1 if it has none, -2 if the key is gone."""

        def pairs(batch: Sequence[bytes], blob: bytes) -> Iterable[tuple[bytes, int]]:
            return zip(batch, ttls(blob, len(batch)), strict=True)

        found = dict(self._in_batches(keys, lambda _line: PTTL, pairs))
        return [found[key] for key in keys]

    def discover(
        self,
        on_progress: Callable[[Progress], object] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[list[Observed]]:
        """Searches the whole keyspace in small steps, and yields possible locks as it finds them, each key once.

        What it yielded last was read between the times in `between_s`, by this machine's monotonic clock. It yields at
        most MOST_CANDIDATES; then `capped` is True. Pauses between the steps keep to `budget`, a share of the server's
        time. `cancelled` ends it. Use it from one thread at a time.
        """
        self.capped = False
        known: set[bytes] = set()
        reached = self._servers()
        scans = [Scan(line, self._made(line), self.budget, cancelled or threading.Event()) for line in reached.lines]
        for scan in scans:
            self._guarded(scan.line, scan.begin)
        for scan in scans:
            steps = scan.steps()
            while (blob := self._guarded(scan.line, partial(next, steps, None))) is not None:
                found = [seen for seen in self._parsed(scan.line, observed, blob) if seen.key not in known]
                known.update(seen.key for seen in found)
                if on_progress:
                    on_progress(Progress.of(scans, len(known)))
                if found:
                    self.between_s = scan.between_s
                    yield found
                if len(known) >= MOST_CANDIDATES:
                    self.capped = True
                    return

    def look(self, keys: Iterable[bytes]) -> list[Reading]:
        """Who holds these keys now: reads the keys and their companions, and lets the clients interpret them."""
        return self.read(self.facts(keys))

    def read(self, seen: Sequence[Observed], *, whole: bool = False) -> list[Reading]:
        """Interprets keys that were just read, after reading their companions.

        `whole`: these are all locks of the source, so waiters can be inferred from the connections.
        """
        if not seen:
            return []
        needs = [self._reader.needs_of(one) for one in seen]
        have = {one.key: one for one in seen}
        wanted = dict.fromkeys(key for need in needs for key in need.keys if key not in have)
        have.update((one.key, one) for one in self.facts(wanted))
        channels = self._subscribers(dict.fromkeys(channel for need in needs for channel in need.channels))
        connections = self.connections(0.0 if whole else _LIBRARIES_EVERY_S)
        return self._reader.recognise(seen, Seen(self.now_ms(), have, channels, connections, whole))

    def all(
        self,
        on_progress: Callable[[Progress], object] | None = None,
        cancelled: threading.Event | None = None,
    ) -> list[Reading]:
        """Every lock of the source: a search, interpreted by the clients.

        At most about MOST_LOCKS holders; then `capped` is True.
        """
        readings: list[Reading] = []
        seen: list[Observed] = []
        for found in self.discover(on_progress, cancelled):
            seen += found
            if len(seen) >= _READ_AT_ONCE:
                readings += self.read(seen)
                seen = []
                if len(readings) >= MOST_LOCKS:
                    self.capped = True
                    break
        readings += self.read(seen)
        if readings and not self.capped and (connections := self.connections()) is not None:
            self._reader.infer_waiters(readings, connections)
        return readings

    def connections(self, age_s: float = 0.0) -> list[Connection] | None:
        """All connections, at most `age_s` old (and at least a second, because it asks no more often).

        None if asking is not allowed, or if there are more than MOST_CONNECTIONS.
        """
        with self._lock:
            now = time.monotonic()
            if self._connections is None or now - self._connections[0] >= max(age_s, _CONNECTIONS_EVERY_S):
                self._connections = (now, self._asked_connections())
            return self._connections[1]

    def capabilities(self) -> Capabilities:
        """What the source is, and how to hear about its changes. Asks every primary of a Cluster."""
        lines = self._servers().lines
        return together({line.where: self._guarded(line, partial(self._asked, line)) for line in lines})

    def _asked(self, line: Line) -> Capabilities:
        return asked(line, self._can(line))

    def listen(self, way: Way) -> Listening:
        """Listens to changes from now on, at every primary. `Capabilities.way` says how."""
        try:
            return Listening(self._servers().lines, way)
        except SourceTrouble:
            self.close()
            raise

    def estimate(self) -> None:
        """Adds the server's time to `cost`: an estimate from every primary's INFO commandstats, which count everybody's
        calls.

        Once a second is often enough. Does nothing if INFO is not allowed.
        """
        for line in self._servers().lines:
            try:
                self._guarded(line, line.estimate)
            except SourceTrouble as trouble:
                if trouble.kind != "noperm":
                    raise
                return

    def clock(self) -> Clock:
        """The server's clock, checked every half minute: the best of three answers."""
        with self._lock:
            now = time.monotonic()
            if self._clock is None or now - self._clock[0] > _CLOCK_EVERY_S:
                self._clock = (now, self._asked_clock())
            return self._clock[1]

    def now_ms(self) -> int:
        """The server's time in milliseconds since 1970."""
        return round(time.time() * 1000 + self.clock().offset_ms)

    def client_for(self, key: bytes) -> Redis:
        """A redis-py client for the server of a key, for code that may change it (`SourceConfig.for_breaking`)."""
        return self._servers().line_of(key).client

    def lines(self) -> list[Line]:
        """The lines to the servers that hold keys."""
        return list(self._servers().lines)

    def _read(self, keys: Iterable[bytes], which: Callable[[Scripts], str]) -> list[Observed]:
        return self._in_batches(keys, lambda line: which(self._made(line)), lambda _batch, blob: observed(blob))

    def _in_batches(
        self,
        keys: Iterable[bytes],
        script_for: Callable[[Line], str],
        parse: Callable[[Sequence[bytes], bytes], Iterable[T]],
    ) -> list[T]:
        """Runs a script over keys, BATCH at a time per server, and once more if a Cluster moved a slot."""
        wanted = list(keys)
        for last in (False, True):
            found: list[T] = []
            try:
                for line, share in self._servers().shares(wanted):
                    with Running(line, script_for(line)) as running:
                        answers = running.answers(map(tuple, _batches(share)))
                        while (answer := self._guarded(line, partial(next, answers, None))) is not None:
                            batch, blob = answer
                            found += self._parsed(line, partial(parse, batch), blob)
            except SourceTrouble as trouble:
                if last or trouble.kind != "moved":
                    raise
                continue
            return found
        raise AssertionError

    def _servers(self) -> Reached:
        with self._lock:
            if self._reached is None:
                self._reached = reach(self.target, self.cost, CLIENT_NAME)
            return self._reached

    def _can(self, line: Line) -> Can:
        answer = line.run(CAN, ())
        return Can(*map(bool, answer))

    def _made(self, line: Line) -> Scripts:
        with self._lock:
            if id(line) not in self._scripts:
                can = self._guarded(line, lambda: self._can(line))
                self._scripts[id(line)] = scripts(can, self._reader.sieve)
            return self._scripts[id(line)]

    def _guarded(self, _line: Line, do: Callable[[], T]) -> T:
        """After trouble that may mean a new primary, the next call looks up the servers again."""
        try:
            return do()
        except SourceTrouble:
            self.close()
            raise

    def _parsed(self, line: Line, parse: Callable[[bytes], Iterable[T]], answer: bytes) -> list[T]:
        try:
            return list(parse(answer))
        except BadRecords as error:
            self.close()
            raise SourceTrouble("protocol", f"{line.where}: {error}") from error

    def _subscribers(self, channels: Iterable[bytes]) -> dict[bytes, int]:
        """The number of subscribers of each channel, in a Cluster at all primaries; empty if asking is not allowed."""
        found: dict[bytes, int] = {}
        for batch in _batches(list(channels)):
            for line in self._servers().lines:
                try:
                    answer = line.call("PUBSUB", "NUMSUB", *batch)
                except SourceTrouble as trouble:
                    if trouble.kind != "noperm":
                        self.close()
                        raise
                    return {}
                for name, count in zip(answer[::2], answer[1::2], strict=True):
                    found[name] = found.get(name, 0) + int(count)
        return found

    def _asked_connections(self) -> list[Connection] | None:
        found: list[Connection] = []
        for line in self._servers().lines:
            try:
                here = connections_of(line)
            except SourceTrouble as trouble:
                if trouble.kind != "noperm":
                    self.close()
                    raise
                return None
            if here is None or len(found) + len(here) > MOST_CONNECTIONS:
                return None
            found += here
        return found

    def _asked_clock(self) -> Clock:
        line = self._servers().lines[0]
        best: Clock | None = None
        for _ in range(3):
            begun = time.time()
            try:
                seconds, micros = line.call("TIME")
            except SourceTrouble as trouble:
                if trouble.kind != "noperm":
                    self.close()
                    raise
                return Clock(0.0, float("inf"))
            ended = time.time()
            middle = (int(seconds) + int(micros) / 1e6) - (begun + ended) / 2
            clock = Clock(middle * 1000, (ended - begun) * 500)
            best = clock if best is None or clock.uncertainty_ms < best.uncertainty_ms else best
        assert best is not None  # noqa: S101
        return best


def _batches(keys: Sequence[T]) -> Iterator[list[T]]:
    left = iter(keys)
    while batch := list(islice(left, BATCH)):
        yield batch

"""Looks at keys of one source and reports them to the ledger: in batches, timed, and within a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from locks.core.due import Due
from locks.core.holds import Hold, Look, Way
from locks.core.observed import Connection, Observed
from locks.core.reading import Reading
from locks.core.recognise import base_of, infer_waiters, needs_of, twin_of
from locks.core.rows import slot_of
from locks.sources import Source
from locks.sources.scripts import MOST_NAME_BYTES
from locks.watcher.clock import LEAST_NOISE_MS, moment, monotonic_ms
from locks.watcher.inbox import Batch
from locks.watcher.ledger import Ledger

AT_ONCE = 250
"""Keys per look: one script call, so they share almost the same moment."""
MOST_UNKNOWN_A_SECOND = 20_000
"""How many changed keys that are not known locks are looked at in a second."""
_MOST_NOTHING = 50_000
_LONGEST_REST_MS = 30_000.0
_FIRST_REST_MS = 50.0
_ENDING = frozenset({"del", "expired", "evicted", "rename_from", "move_from"})


class Looking:
    """The eye's reading of one source. For one thread."""

    def __init__(self, source: Source, ledger: Ledger, is_ours: Callable[[bytes], bool]) -> None:
        self.way: Way = "scanning"
        self.first = True
        self.throttled = False
        self._source = source
        self._ledger = ledger
        self._is_ours = is_ours
        self._looked_at: dict[bytes, float] | None = None
        self._nothing: dict[bytes, tuple[int, float]] = {}
        self._put_off = Due[bytes]()
        self._second = (0.0, 0)
        self._listened: dict[bytes, None] = {}
        self._blocked: dict[bytes, None] = {}

    # --- notifications, due keys, requests

    def told(self, words: Mapping[bytes, Sequence[str]]) -> None:
        """Looks at keys with notifications, known locks first. Raises SourceTrouble."""
        known: dict[bytes, None] = {}
        unknown: dict[bytes, None] = {}
        for key, said in words.items():
            base, twin = base_of(key), twin_of(key)
            if twin is not None and self._ledger.has(twin):
                known[twin] = None
            if self._ledger.has(base):
                known[base] = None
            elif (
                len(key) <= MOST_NAME_BYTES
                and not self._is_ours(key)
                and not (base == key and _ENDING.issuperset(said))
            ):
                unknown[base] = None
        self.look(known, self._source.facts, words)
        self.look(self._wanted(unknown), self._source.sift, words)

    def probe(self) -> None:
        """Checks whether due keys are over, in batches. Raises SourceTrouble."""
        plain, others = self._ledger.due(2_000)
        self.look(others, self._source.facts)
        over: list[bytes] = []
        changed: list[bytes] = []
        began_ms = monotonic_ms()
        for key, ttl_ms in zip(plain, self._source.pttl(plain) if plain else (), strict=True):
            if ttl_ms == -2:
                over.append(key)
            elif 0 <= ttl_ms <= 2 * LEAST_NOISE_MS:
                self._ledger.again(key, ttl_ms + 1)
            else:
                changed.append(key)
        if over:
            self._see(over, [], (began_ms + monotonic_ms()) / 2, LEAST_NOISE_MS, {})
        self.look(changed, self._source.facts)

    def look(
        self,
        keys: Iterable[bytes],
        read: Callable[[Iterable[bytes]], list[Observed]],
        words: Mapping[bytes, Sequence[str]] | None = None,
        *,
        told: bool = True,
        flushed: bool = False,
    ) -> None:
        """Reads keys now and records what they hold. Raises SourceTrouble."""
        left = list(keys)
        for start in range(0, len(left), AT_ONCE):
            some = left[start : start + AT_ONCE]
            began_ms = monotonic_ms()
            seen = read(some)
            at_ms, noise_ms = moment(began_ms, monotonic_ms())
            readings = self._source.read(seen) if seen else []
            self._note(some, seen, readings)
            self._see(some, readings, at_ms, noise_ms, words or {}, told=told, flushed=flushed)

    def found(self, batch: Batch) -> None:
        """Records what a sweep read, except keys that were looked at since. Raises SourceTrouble."""
        looked_at = self._looked_at or {}
        seen = [one for one in batch.seen if not self._is_ours(one.key) and looked_at.get(one.key, 0.0) < batch.at_ms]
        if not seen:
            return
        readings = self._source.read(seen)
        self._note([one.key for one in seen], seen, readings)
        self._see([one.key for one in seen], readings, batch.at_ms, batch.noise_ms, {}, told=False)

    # --- sweeps

    def sweep_begins(self) -> None:
        """From here on, every look is newer than what the sweep finds."""
        self._looked_at = {}

    def sweep_ended(self, found: set[bytes], *, flushed: bool = False) -> None:
        """Looks at the locks that the sweep did not find. Raises SourceTrouble."""
        looked_at, self._looked_at = self._looked_at or {}, None
        missing = [key for key in self._ledger.held_keys() if key not in found and key not in looked_at]
        self.look(missing, self._source.facts, told=False, flushed=flushed)

    # --- things without notifications

    def put_off(self) -> None:
        """Looks once more at keys that changed repeatedly and were not locks. Raises SourceTrouble."""
        self.look(self._put_off.pop(monotonic_ms(), AT_ONCE), self._source.sift)

    def next_ms(self) -> float | None:
        """When `put_off` has work to do."""
        return self._put_off.next_ms()

    def listened(self, most: int) -> list[bytes]:
        """Locks whose waiters subscribe to a channel: nothing reports when one comes or goes. They take turns."""
        keys = [key for key in self._listened if self._ledger.has(key)]
        self._listened = dict.fromkeys([*keys[most:], *keys[:most]])
        return keys[:most]

    def blocked(self) -> bool:
        """Whether there are locks whose waiters can only be inferred from connections."""
        return bool(self._blocked)

    def forget_blocked(self) -> None:
        """Forgets those that nobody holds any more."""
        self._blocked = {key: None for key in self._blocked if self._ledger.has(key)}

    def infer(self, connections: Sequence[Connection]) -> None:
        """Infers waiters from the current connections. In between, the last answer is reused."""
        self.forget_blocked()
        held = [hold.reading for key in self._blocked for hold in self._holds(key)]
        readings = [replace(reading, waiters=None, waiters_inferred=False) for reading in held]
        infer_waiters(readings, connections)
        self._ledger.revise(readings)

    def _wanted(self, keys: Iterable[bytes]) -> list[bytes]:
        """Which keys that are not known locks to look at now. The others wait, or are skipped."""
        now_ms = monotonic_ms()
        wanted = []
        for key in keys:
            tries, rests_until_ms = self._nothing.get(key, (0, 0.0))
            if tries and now_ms < rests_until_ms:
                self._put_off.set(key, rests_until_ms)
            elif self._may():
                wanted.append(key)
        return wanted

    def _may(self) -> bool:
        """Whether one more may be looked at in this second."""
        second, count = self._second
        now_ms = monotonic_ms()
        if now_ms - second >= 1000:
            second, count = now_ms, 0
        self._second = (second, count + 1)
        if count >= MOST_UNKNOWN_A_SECOND:
            self.throttled = True
            return False
        return True

    def _note(self, keys: Sequence[bytes], seen: Sequence[Observed], readings: Sequence[Reading]) -> None:
        """Remembers which keys were not locks, to look at them less often, and which must be polled."""
        locks = {reading.key for reading in readings}
        for reading in readings:
            if reading.wake is not None and reading.wake.how == "push" and reading.waiters is None:
                self._blocked[reading.key] = None
        for one in seen:
            if one.key in locks and needs_of(one).channels:
                self._listened[one.key] = None
        now_ms = monotonic_ms()
        for key in keys:
            if key in locks:
                self._nothing.pop(key, None)
                continue
            if len(self._nothing) >= _MOST_NOTHING:
                for old in list(self._nothing)[: _MOST_NOTHING // 2]:
                    del self._nothing[old]
            tries = self._nothing.pop(key, (0, 0.0))[0] + 1
            rest_ms = min(_LONGEST_REST_MS, _FIRST_REST_MS * 4 ** min(tries - 1, 8)) if tries > 1 else 0.0
            self._nothing[key] = (tries, now_ms + rest_ms)

    def _see(
        self,
        keys: Sequence[bytes],
        readings: Sequence[Reading],
        at_ms: float,
        noise_ms: float,
        words: Mapping[bytes, Sequence[str]],
        *,
        told: bool = True,
        flushed: bool = False,
    ) -> None:
        if self._looked_at is not None:
            self._looked_at.update(dict.fromkeys(keys, at_ms))
        look = Look(at_ms, noise_ms, self.way, words, told=told, first=self.first, flushed=flushed)
        self._ledger.look(keys, [self._waited_for(reading) for reading in readings], look)

    def _waited_for(self, reading: Reading) -> Reading:
        """With the last inferred waiters: a look at only some keys cannot infer them."""
        if reading.key in self._blocked and reading.waiters is None:
            for hold in self._holds(reading.key):
                if hold.reading.waiters_inferred and slot_of(hold.reading) == slot_of(reading):
                    return replace(reading, waiters=hold.reading.waiters, waiters_inferred=True)
        return reading

    def _holds(self, key: bytes) -> Iterable[Hold]:
        lane = self._ledger.lane(key)
        return list(lane.holds.values()) if lane else ()

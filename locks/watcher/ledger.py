"""What is known about the locks of one source, and what is still unpublished.

The eye writes it, the teller reads it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from locks.core.alerts import Alerts, Turn
from locks.core.due import Due
from locks.core.grouping import pattern_of
from locks.core.holds import Ended, Hold, Lane, Look
from locks.core.observed import Connection
from locks.core.presence import Presence
from locks.core.reading import Reading
from locks.core.rows import Alert, End, Past, Row, Text, bytes_of
from locks.core.telling import Labels, past_of, past_of_row, row_of
from locks.core.tracking import Changes, Tracker
from locks.core.usual import Usual
from locks.watcher.clock import OurClock, monotonic_ms

PROBED_AFTER_MS = 2
"""How long after a deadline it is checked: the server's clock and ours agree no better."""
MOST_AT_ONCE = 1_000
"""Rows that are made in one go, while the eye waits."""
_USUAL_ENDS: frozenset[End] = frozenset({"released", "expired"})


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that was raised or cleared, with its row. `why` says what cleared it."""

    turn: Turn
    row: Row
    why: str


@dataclass(slots=True)
class News:
    """Unpublished news, or a part of it if there is `more`. A hold in `ended` that looks released may have been broken:
    only a mark tells the two apart.
    """

    changed: dict[str, Row] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    ended: list[Past] = field(default_factory=list)
    more: bool = False


class RaisedAlert(Alert):
    """A published alert: its row, and what is locked there."""

    id: str
    name: Text


class Ledger:
    """The locks of one source. Thread-safe; each call is short, or proportional to its input."""

    def __init__(
        self,
        clock: OurClock,
        labels: Labels,
        left: Mapping[str, Row],
        past: Iterable[Past] = (),
        raised: Sequence[RaisedAlert] = (),
    ) -> None:
        """Takes over from another watcher: rows, ended holds, which show what is usual, and published alerts."""
        self._clock = clock
        self._labels = labels
        self._offset_ms = clock.offset_ms
        self._lock = threading.RLock()
        self._tracker = Tracker(left, clock.offset_ms)
        self._usual = Usual()
        self._alerts = Alerts(self._usual, clock.offset_ms)
        self._presence = Presence()
        self._due = Due[bytes]()
        self._new: list[Hold] = []
        self._changed: dict[str, Hold] = {}
        self._gone: dict[str, None] = {}
        self._ended: list[Past] = []
        self._told: list[Told] = []
        self._alarmed: dict[str, Row] = {}
        self.rows = dict(left)
        self._inherited = {alert["id"]: alert["name"] for alert in raised}
        self._alerts.inherit({(alert["id"], alert["kind"]): _bare(alert) for alert in raised})
        for hold in past:
            if hold["from_seen"] and hold["end"] in _USUAL_ENDS:
                self._usual.add(hold["lane"], pattern_of(bytes_of(hold["name"])), hold["to"] - hold["from"])

    # --- what the eye saw

    def look(self, keys: Iterable[bytes], readings: Sequence[Reading], look: Look) -> None:
        """Takes a look at these keys; `readings` are all the locks in them."""
        with self._lock:
            self._apply(self._tracker.look(keys, readings, look))

    def revise(self, readings: Iterable[Reading]) -> None:
        """The same holds as before, with new information."""
        with self._lock:
            for reading in readings:
                self._apply(self._tracker.revise(reading))

    def step(self) -> None:
        """Applies what time alone changes: unexplained ends, alerts."""
        now_ms = monotonic_ms()
        with self._lock:
            self._end(self._tracker.settle(now_ms))
            for turn in self._alerts.step(now_ms):
                self._turn(turn, "well")

    def everything_seen(self) -> None:
        """The first search is over: holds from another watcher that were not found have ended, and nobody saw how."""
        with self._lock:
            abandoned = self._tracker.abandoned()
            self._ended += [past_of_row(row, self._clock.now_ms(), "unknown") for row in abandoned]
            self._gone.update((row["id"], None) for row in abandoned)

    def disown(self) -> None:
        """Clears alerts of another watcher that are no longer true."""
        with self._lock:
            for turn in self._alerts.disown():
                name = self._inherited.get(turn.hold_id)
                row = self.rows.get(turn.hold_id) or cast(Row, {"id": turn.hold_id, "name": name})
                self._told.append(Told(turn, row, "unknown"))
            self._inherited.clear()

    def see_connections(self, connections: Sequence[Connection]) -> None:
        """Sets the current connections."""
        with self._lock:
            new, self._new = self._new, []
            self._alerts.absent(self._presence.see(new, connections, monotonic_ms()))

    def forget_new(self) -> None:
        """Drops the new holders, because the connections cannot be listed."""
        with self._lock:
            self._new.clear()

    def wants_connections(self) -> tuple[bool, bool]:
        """Whether holders are known by their connections, and whether there are new ones to look for."""
        with self._lock:
            return len(self._presence) > 0, bool(self._new)

    def mark_stale_write(self, key: bytes) -> None:
        """A resource refused a write by an earlier holder of this lock."""
        with self._lock:
            lane = self._tracker.lanes.get(key)
            for hold in lane.holds.values() if lane else ():
                hold.stale_write_ms = monotonic_ms()
                self._consider(hold)

    # --- what the eye asks

    def next_ms(self) -> float | None:
        """When something is due: a deadline to probe, an end to settle, an alert."""
        with self._lock:
            moments = (self._due.next_ms(), self._tracker.settles_at(), self._alerts.next_ms())
            return min((moment for moment in moments if moment is not None), default=None)

    def due(self, most: int) -> tuple[list[bytes], list[bytes]]:
        """At most `most` keys whose time is up: those whose TTL is enough to know, and those that must be read."""
        with self._lock:
            keys = self._due.pop(monotonic_ms(), most)
            plain = [key for key in keys if self._is_plain(key)]
            return plain, [key for key in keys if not self._is_plain(key) and self._tracker.has(key)]

    def again(self, key: bytes, in_ms: float) -> None:
        """Schedules another probe, because its time is not up yet."""
        with self._lock:
            self._due.set(key, monotonic_ms() + in_ms)

    def has(self, key: bytes) -> bool:
        """Whether the key is held, or was a moment ago."""
        with self._lock:
            return self._tracker.has(key)

    def held_keys(self) -> list[bytes]:
        """The keys that are held."""
        with self._lock:
            return self._tracker.held_keys()

    def lane(self, key: bytes) -> Lane | None:
        """The holds of a key. Only the eye may call it, because nothing else changes them."""
        return self._tracker.lanes.get(key)

    @property
    def capped(self) -> bool:
        """Whether locks are left out because there are too many."""
        return self._tracker.capped

    # --- what the teller takes

    def take(self) -> News:
        """The unpublished changes, at most 1,000 rows. `rows` includes them from here on."""
        with self._lock:
            self._follow_clock()
            news = News()
            for hold_id, hold in list(islice(self._changed.items(), MOST_AT_ONCE)):
                del self._changed[hold_id]
                news.changed[hold_id] = self.rows[hold_id] = self._row(hold)
            news.gone = [hold_id for hold_id in self._gone if self.rows.pop(hold_id, None) is not None]
            self._gone.clear()
            news.ended, self._ended = self._ended, []
            news.more = bool(self._changed)
            return news

    def has_news(self) -> bool:
        """Whether `take` would return something."""
        return bool(self._changed or self._gone or self._ended)

    def take_told(self) -> list[Told]:
        """The alerts that were raised and cleared since."""
        with self._lock:
            told, self._told = self._told, []
            return told

    def _apply(self, changes: Changes) -> None:
        ends = {ended.hold.id: ended.end for ended in changes.ended}
        for hold_id in changes.gone:
            for turn in self._alerts.forget(hold_id):
                self._turn(turn, ends.get(hold_id, "gone"))
            self._presence.forget(hold_id)
            self._changed.pop(hold_id, None)
            self._gone[hold_id] = None
        for hold_id, hold in changes.changed.items():
            if hold_id not in self.rows and hold_id not in self._changed:
                self._new.append(hold)
            self._gone.pop(hold_id, None)
            self._changed[hold_id] = hold
            self._consider(hold)
        self._end(changes.ended)
        for key in changes.touched:
            lane = self._tracker.lanes.get(key)
            earliest_ms = lane.earliest_ms() if lane else None
            self._due.set(key, None if earliest_ms is None else earliest_ms + PROBED_AFTER_MS)

    def _end(self, ended: Sequence[Ended]) -> None:
        for one in ended:
            hold = one.hold
            if hold.since_seen and one.end in _USUAL_ENDS:
                self._usual.add(hold.lane, hold.pattern, one.at_ms - hold.since_ms)
            self._ended.append(past_of(one, self._offset_ms, self._labels))
            if one.end == "overwritten" and (lane := self._tracker.lanes.get(hold.reading.key)):
                for successor in lane.holds.values():
                    self._consider(successor)

    def _consider(self, hold: Hold) -> None:
        if (lane := self._tracker.lanes.get(hold.reading.key)) is not None:
            self._alerts.consider(hold, lane)

    def _turn(self, turn: Turn, why: str) -> None:
        """An alert changed: its row changes too, and the keeper of events is told."""
        hold = self._alerts.hold(turn.hold_id)
        if hold is not None:
            self._changed[hold.id] = hold
            self._alarmed[hold.id] = self._row(hold)
        row = self._alarmed.get(turn.hold_id)
        if row is not None:
            self._told.append(Told(turn, row, why))
        if turn.over:
            self._alarmed.pop(turn.hold_id, None)

    def _row(self, hold: Hold) -> Row:
        lane = self._tracker.lanes.get(hold.reading.key) or Lane()
        return row_of(hold, lane, self._alerts.of(hold.id), self._offset_ms, self._labels)

    def _is_plain(self, key: bytes) -> bool:
        """Whether the key's own TTL is its holder's."""
        lane = self._tracker.lanes.get(key)
        return lane is not None and all(hold.reading.proof.type == "string" for hold in lane.holds.values())

    def _follow_clock(self) -> None:
        """Our Redis' clock was set, so every time changes there."""
        if self._offset_ms == self._clock.offset_ms:
            return
        self._offset_ms = self._alerts.offset_ms = self._clock.offset_ms
        self._changed = {hold.id: hold for hold in self._tracker.holds()}


def _bare(alert: RaisedAlert) -> Alert:
    return {"kind": alert["kind"], "since": alert["since"], "value": alert["value"]}

"""What is wrong with a hold: alerts are raised after one second of trouble, and cleared after two without it.

A hold is examined again when it changes, or when time alone may make a difference; never all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from locks.core.due import Due
from locks.core.holds import Hold, Lane
from locks.core.rows import Alert, AlertKind
from locks.core.usual import Usual

RAISED_AFTER_MS = 1_000
CLEARED_AFTER_MS = 2_000
LONGER_THAN_USUAL = 3
"""Holding a lock for this many times what 19 of 20 holds take is too long."""
LEASES_OF_WAITING = 3
"""A waiter that waits for more leases than this is starving."""
_RHYTHM_OF = 3
_LATE = 1.5
_LATE_BY_MS = 250


class Turn(NamedTuple):
    """An alert was raised or cleared. `over` is true if it was cleared because its hold ended."""

    hold_id: str
    alert: Alert
    raised: bool
    over: bool = False


class So(NamedTuple):
    """Something has been true since this moment (monotonic, ms); `value` is as in `Alert`."""

    since_ms: float
    value: float | None = None


@dataclass(slots=True)
class _Standing:
    so: So
    raised: bool = False
    not_so_since_ms: float | None = None


@dataclass(slots=True)
class _Considered:
    hold: Hold
    lane: Lane
    standing: dict[AlertKind, _Standing] = field(default_factory=dict)


class Alerts:
    """The alerts of one source. `offset_ms` converts from the monotonic clock to the clock of rows."""

    def __init__(self, usual: Usual, offset_ms: float = 0.0) -> None:
        self.offset_ms = offset_ms
        self._usual = usual
        self._considered: dict[str, _Considered] = {}
        self._due = Due[str]()
        self._left: dict[tuple[str, AlertKind], Alert] = {}
        self._absent: Mapping[str, float] = {}

    def inherit(self, raised: Mapping[tuple[str, AlertKind], Alert]) -> None:
        """Takes over alerts that another watcher raised. They stay while they are true; `disown` clears the rest."""
        self._left = dict(raised)

    def disown(self) -> list[Turn]:
        """Clears inherited alerts that are no longer true. Call it two seconds after every hold was examined."""
        turns = [Turn(hold_id, alert, raised=False) for (hold_id, _kind), alert in self._left.items()]
        self._left.clear()
        return turns

    def absent(self, since_ms: Mapping[str, float]) -> None:
        """The holds, by id, whose holder was seen among the connections and has been missing since the given moment."""
        changed = {key for key in since_ms.keys() | self._absent.keys() if since_ms.get(key) != self._absent.get(key)}
        self._absent = dict(since_ms)
        for hold_id in changed:
            if hold_id in self._considered:
                self._due.set(hold_id, 0.0)

    def consider(self, hold: Hold, lane: Lane) -> None:
        """Adds a new or changed hold. The next `step` finds what is wrong with it."""
        considered = self._considered.get(hold.id)
        if considered is None or considered.hold is not hold:
            standing = considered.standing if considered is not None else {}
            considered = self._considered[hold.id] = _Considered(hold, lane, standing=standing)
        considered.lane = lane
        self._due.set(hold.id, 0.0)

    def forget(self, hold_id: str) -> list[Turn]:
        """The hold ended: its alerts are cleared at once."""
        self._due.set(hold_id, None)
        considered = self._considered.pop(hold_id, None)
        if considered is None:
            return []
        raised = {kind: standing for kind, standing in considered.standing.items() if standing.raised}
        return [Turn(hold_id, self._alert(kind, so.so), raised=False, over=True) for kind, so in raised.items()]

    def hold(self, hold_id: str) -> Hold | None:
        """A hold under examination."""
        considered = self._considered.get(hold_id)
        return None if considered is None else considered.hold

    def of(self, hold_id: str) -> list[Alert]:
        """The alerts of a row."""
        considered = self._considered.get(hold_id)
        if considered is None:
            return []
        return [self._alert(kind, standing.so) for kind, standing in considered.standing.items() if standing.raised]

    def next_ms(self) -> float | None:
        """When `step` has work to do; a moment in the past means now."""
        return self._due.next_ms()

    def step(self, now_ms: float) -> list[Turn]:
        """The alerts that were raised and cleared by now. O(holds that are due)."""
        turns: list[Turn] = []
        for hold_id in self._due.pop(now_ms):
            considered = self._considered[hold_id]
            so, next_ms = self._now_so(considered, now_ms)
            turns += self._turns(considered, so, now_ms)
            for standing in considered.standing.values():
                if not standing.raised:
                    next_ms = min(next_ms, standing.so.since_ms + RAISED_AFTER_MS)
                elif standing.not_so_since_ms is not None:
                    next_ms = min(next_ms, standing.not_so_since_ms + CLEARED_AFTER_MS)
            if next_ms < float("inf"):
                self._due.set(hold_id, max(next_ms, now_ms + 1))
        return turns

    def _turns(self, considered: _Considered, so: Mapping[AlertKind, So], now_ms: float) -> Iterator[Turn]:
        hold_id, standing = considered.hold.id, considered.standing
        for kind, here in so.items():
            stand = standing.setdefault(kind, _Standing(here))
            stand.not_so_since_ms = None
            if not stand.raised and (now_ms - stand.so.since_ms >= RAISED_AFTER_MS or kind in _FACTS):
                stand.raised = True
                if self._left.pop((hold_id, kind), None) is None:
                    yield Turn(hold_id, self._alert(kind, stand.so), raised=True)
        for kind in [kind for kind in standing if kind not in so]:
            stand = standing[kind]
            if stand.not_so_since_ms is None:
                stand.not_so_since_ms = now_ms
            if not stand.raised:
                del standing[kind]
            elif now_ms - stand.not_so_since_ms >= CLEARED_AFTER_MS:
                del standing[kind]
                yield Turn(hold_id, self._alert(kind, stand.so), raised=False)

    def _alert(self, kind: AlertKind, so: So) -> Alert:
        value = None if so.value is None else round(so.value)
        return {"kind": kind, "since": round(so.since_ms + self.offset_ms), "value": value}

    def _now_so(self, considered: _Considered, now_ms: float) -> tuple[dict[AlertKind, So], float]:
        """What is wrong now, and when that may change even if nothing new is seen."""
        hold, lane = considered.hold, considered.lane
        so: dict[AlertKind, So] = {}
        next_ms = float("inf")
        later: dict[AlertKind, So | None] = {
            "long_held": self._too_long(hold),
            "missed_renewal": _missed(hold),
            "starving": _starving(hold, lane),
        }
        if hold.overwrote_ms is not None:
            so["overwritten"] = So(hold.overwrote_ms)
        if hold.deadline_ms is None:
            so["no_ttl"] = So(now_ms)
        if hold.stale_write_ms is not None:
            so["stale_write"] = So(hold.stale_write_ms)
        absent_ms = self._absent.get(hold.id)
        if absent_ms is not None and hold.renewed_ms and hold.renewed_ms[-1] > absent_ms:
            so["no_connection"] = So(hold.renewed_ms[-1])
        for kind, due in later.items():
            if due is None:
                continue
            if due.since_ms <= now_ms:
                so[kind] = due
            else:
                next_ms = min(next_ms, due.since_ms)
        return so, next_ms

    def _too_long(self, hold: Hold) -> So | None:
        """When the hold becomes longer than usual. A hold from before watching began is even older."""
        p95_ms = self._usual.p95_ms(hold.lane, hold.pattern) if self._usual else None
        return None if p95_ms is None else So(hold.since_ms + LONGER_THAN_USUAL * p95_ms, p95_ms)


_FACTS: frozenset[AlertKind] = frozenset({"overwritten", "stale_write"})
"""These do not flap, because they happened once."""


def rhythm_ms(hold: Hold) -> float | None:
    """The time between its renewals, if three of them (or two and its beginning) are almost evenly spaced."""
    if not hold.renewed_ms:
        return None
    moments = [*([hold.since_ms] if hold.since_seen else []), *hold.renewed_ms]
    gaps = [later - earlier for earlier, later in pairwise(moments)][-_RHYTHM_OF:]
    if len(gaps) < _RHYTHM_OF - 1:
        return None
    usual = median(gaps)
    return usual if max(gaps) <= _LATE * usual + _LATE_BY_MS else None


def _missed(hold: Hold) -> So | None:
    """When a renewal counts as missed, and the rhythm."""
    usual = rhythm_ms(hold)
    if usual is None or hold.deadline_ms is None:
        return None
    return So(hold.renewed_ms[-1] + _LATE * usual + _LATE_BY_MS, usual)


def _starving(hold: Hold, lane: Lane) -> So | None:
    """When a waiter will have waited too long, or was overtaken by this holder or an earlier one."""
    if not lane.waiting:
        return None
    if any(waiter.overtaken for waiter in lane.waiting.values()):
        return So(hold.since_ms)
    oldest_ms = min(waiter.since_ms for waiter in lane.waiting.values())
    return So(oldest_ms + LEASES_OF_WAITING * hold.lease_ms) if hold.lease_ms else None

"""From looks at keys to what happened: taken, renewed, entered again, released, expired, overwritten, gone.

Between two looks a lock may be released and then taken by another, which is not an overwrite. Only notifications tell
the two apart. If a change is seen before its notification, the tracker waits a moment for it; if none can come, the end
is `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from locks.core.holds import Ended, Hold, Lane, Look
from locks.core.reading import Reading
from locks.core.rows import End, Row, slot_of

MOST_ROWS = 100_000
SETTLES_AFTER_MS = 250
"""How long after a look its notification may still arrive."""
REMEMBERED_FOR_MS = 5_000
"""How long the waiters of an empty lane are remembered, because the next holder is one of them."""

_ENDS: Mapping[str, End] = {
    **dict.fromkeys(("del", "hdel", "zrem", "srem"), "released"),
    **dict.fromkeys(("expired", "hexpired"), "expired"),
    **dict.fromkeys(("evicted", "rename_from", "move_from", "zremrangebyscore", "zremrangebyrank"), "gone"),
}
_TAKES = {"set", "hset", "hincrby", "zadd", "sadd"}
_WHOLE_KEY = {"del", "expired", "evicted", "rename_from", "move_from"}


@dataclass(slots=True)
class Changes:
    """What a look changed. First the rows `gone` go, then the `changed` holds are added or replaced; a holder that took
    a lock again is in both. `ended` are the holds that ended, some of them a moment later (`settle`). `touched` are the
    keys whose deadlines or waiters may differ.
    """

    changed: dict[str, Hold] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class _Unsettled:
    """The end of a hold that is not explained yet. `successor` took its place."""

    ended: Ended
    successor: Hold | None
    until_ms: float


class _Here(NamedTuple):
    """One key under observation, and its notifications.

    `late`: part of them was about how the current holder took the lock.
    """

    lane: Lane
    look: Look
    words: Sequence[str]
    late: bool
    changes: Changes


class Tracker:
    """All holds of one source. Not thread-safe. A look is O(its keys and readings)."""

    def __init__(self, adopted: Mapping[str, Row] | None = None, offset_ms: float = 0.0) -> None:
        """`adopted` are the rows that another watcher left, by id; holds that match them continue."""
        self.lanes: dict[bytes, Lane] = {}
        self.rows = 0
        self._adopted = dict(adopted or {})
        self._offset_ms = offset_ms
        self._unsettled: dict[bytes, list[_Unsettled]] = {}
        self._empty: dict[bytes, float] = {}

    def look(self, keys: Iterable[bytes], readings: Sequence[Reading], look: Look) -> Changes:
        """`readings` are all the locks in `keys` at that moment: a hold that is not among them has ended."""
        found: dict[bytes, list[Reading]] = {key: [] for key in keys}
        for reading in readings:
            found.setdefault(reading.key, []).append(reading)
        changes = Changes()
        for key, ours in found.items():
            self._look_at(key, ours, look, changes)
        return changes

    def revise(self, reading: Reading) -> Changes:
        """Updates what is known about a hold that continues. Does nothing if it ended meanwhile."""
        changes = Changes()
        lane = self.lanes.get(reading.key)
        hold = lane.holds.get(slot_of(reading)) if lane else None
        if hold is not None:
            if _differs(hold.reading, reading):
                changes.changed[hold.id] = hold
            hold.reading = reading
        return changes

    def settle(self, now_ms: float) -> list[Ended]:
        """Returns the ends that were not explained in time. Also forgets lanes that nobody took again."""
        settled = []
        for key in [key for key, waiting in self._unsettled.items() if waiting[0].until_ms <= now_ms]:
            settled += [_settled(late.ended, late.successor) for late in self._unsettled.pop(key)]
        for key, since_ms in list(self._empty.items()):
            if now_ms - since_ms < REMEMBERED_FOR_MS:
                break  # they are in order of time
            del self._empty[key]
            self.lanes.pop(key, None)
        return settled

    def settles_at(self) -> float | None:
        """When `settle` has work to do next."""
        unsettled = min((waiting[0].until_ms for waiting in self._unsettled.values()), default=None)
        empty = next((since_ms + REMEMBERED_FOR_MS for since_ms in self._empty.values()), None)
        return min((moment for moment in (unsettled, empty) if moment is not None), default=None)

    @property
    def capped(self) -> bool:
        """Whether the limit is reached and new holds are left out."""
        return self.rows >= MOST_ROWS

    def abandoned(self) -> list[Row]:
        """The rows that another watcher left and that were not found again. Call it once everything was looked at."""
        rows = list(self._adopted.values())
        self._adopted.clear()
        return rows

    def holds(self) -> Iterator[Hold]:
        """Every hold."""
        for lane in self.lanes.values():
            yield from lane.holds.values()

    def held_keys(self) -> list[bytes]:
        """The keys that are held."""
        return [key for key, lane in self.lanes.items() if lane.holds]

    def has(self, key: bytes) -> bool:
        """Whether the key is held, or was a moment ago. O(1)."""
        return key in self.lanes or key in self._unsettled

    def _look_at(self, key: bytes, readings: list[Reading], look: Look, changes: Changes) -> None:
        if not readings and not self.has(key):
            return
        changes.touched.add(key)
        lane = self.lanes.setdefault(key, Lane())
        words = self._explain(key, look.words.get(key, ()), changes)
        unsaid = _without_taking(lane, words, look.at_ms)
        here = _Here(lane, look, unsaid, len(unsaid) < len(words), changes)
        now = {slot_of(reading): reading for reading in readings}
        missing = {slot: hold for slot, hold in lane.holds.items() if slot not in now}
        for slot in missing:
            del lane.holds[slot]
        self.rows -= len(missing)
        newcomers = [hold for slot, reading in now.items() if (hold := self._see(here, slot, reading))]
        for hold in missing.values():
            self._end(here, hold, newcomers)
        ids = max((reading.waiter_ids for reading in readings), key=len, default=None)
        if ids is not None and lane.queue(ids, look.at_ms, [] if look.first else newcomers):
            changes.changed.update((hold.id, hold) for hold in lane.holds.values())
        self._note_empty(key, lane, look.at_ms)

    def _explain(self, key: bytes, words: Sequence[str], changes: Changes) -> Sequence[str]:
        """Notifications may explain an end that an earlier look saw. Returns the notifications after those."""
        if not words or key not in self._unsettled or (end := _first_end(words)) is None:
            return words
        changes.ended += [Ended(late.ended.hold, late.ended.at_ms, end) for late in self._unsettled.pop(key)]
        return words[next(place for place, word in enumerate(words) if word in _ENDS) + 1 :]

    def _see(self, here: _Here, slot: tuple[bytes, bytes], reading: Reading) -> Hold | None:
        """A holder that is present: the same hold as before, or a new one, which is returned."""
        lane, look, changes = here.lane, here.look, here.changes
        hold = lane.holds.get(slot)
        if hold is not None and (end := _taken_again(hold, look, here.words)):
            changes.ended.append(Ended(hold, _when(hold, look.at_ms, end), end))
            changes.gone.append(hold.id)
            self.rows -= 1
            del lane.holds[slot]
            hold = None
        if hold is not None:
            before = hold.reading
            if hold.take(reading, look.at_ms, look.noise_ms) or _differs(before, reading):
                changes.changed[hold.id] = hold
            return None
        return None if self.capped else self._begin(here, slot, reading)

    def _begin(self, here: _Here, slot: tuple[bytes, bytes], reading: Reading) -> Hold:
        look = here.look
        deadline_ms = None if reading.ttl_ms is None else look.at_ms + reading.ttl_ms
        hold = Hold(reading, look.at_ms, look.told and not look.first, deadline_ms, look.noise_ms)
        hold.unsaid = not look.words.get(reading.key)
        if (row := self._adopted.pop(hold.id, None)) is not None:
            hold.adopt(row, self._offset_ms, look.at_ms)
        here.lane.holds[slot] = hold
        self.rows += 1
        here.changes.changed[hold.id] = hold
        return hold

    def _end(self, here: _Here, hold: Hold, newcomers: Sequence[Hold]) -> None:
        look = here.look
        here.changes.gone.append(hold.id)
        # A string has room for only one holder, so a new holder replaces the old one.
        successor = newcomers[0] if newcomers and hold.reading.proof.type == "string" else None
        end, certain = _end_of(hold, successor is not None, look, here.words)
        if end == "overwritten" and here.late:
            end, certain = "unknown", True
        ended = Ended(hold, _when(hold, look.at_ms, end), end)
        if certain:
            here.changes.ended.append(_settled(ended, successor))
        else:
            unsettled = _Unsettled(ended, successor, look.at_ms + SETTLES_AFTER_MS)
            self._unsettled.setdefault(hold.reading.key, []).append(unsettled)

    def _note_empty(self, key: bytes, lane: Lane, at_ms: float) -> None:
        if lane.holds:
            self._empty.pop(key, None)
        elif lane.waiting:
            self._empty.setdefault(key, at_ms)
        else:
            self._empty.pop(key, None)
            self.lanes.pop(key, None)


def _without_taking(lane: Lane, words: Sequence[str], at_ms: float) -> Sequence[str]:
    """The notifications, without those about how the present holder took the lock, if it was seen earlier: an `expired`
    before that belongs to somebody else.
    """
    young = [hold for hold in lane.holds.values() if hold.unsaid and at_ms - hold.since_ms <= SETTLES_AFTER_MS]
    if not words or not young:
        return words
    for hold in young:
        hold.unsaid = False
    taking = next((place for place, word in enumerate(words) if word in _TAKES), -1)
    return words[taking + 1 :]


def _first_end(words: Sequence[str]) -> End | None:
    """What the first notification that can end a hold says about it."""
    return next((end for word in words if (end := _ENDS.get(word))), None)


def _taken_again(hold: Hold, look: Look, words: Sequence[str]) -> End | None:
    """How a hold ended although its holder is still there: it took the lock again, or somebody similar did."""
    for word in words:
        if word in _WHOLE_KEY:
            return _ENDS[word]
    unseen = look.way == "scanning" or not look.told
    return "unknown" if unseen and hold.reading.holder_id is None and hold.is_over(look.at_ms) else None


def _end_of(hold: Hold, replaced: bool, look: Look, words: Sequence[str]) -> tuple[End, bool]:
    """How a hold ended whose holder is gone, and whether that is certain or a notification may still come."""
    if look.flushed:
        return "gone", True
    if (said := _first_end(words)) is not None:
        return said, True
    if hold.is_over(look.at_ms):
        return ("unknown" if look.way == "scanning" else "expired"), True
    if look.way == "notifications":
        return ("overwritten" if replaced else "gone"), not _TAKES.isdisjoint(words)
    if replaced:
        return "unknown", True
    return ("released" if look.way == "tracking" and look.told else "gone"), True


def _settled(ended: Ended, successor: Hold | None) -> Ended:
    """The end is certain now. Marks the holder that overwrote it."""
    if ended.end == "overwritten" and successor is not None:
        successor.overwrote_ms = ended.at_ms
    return ended


def _when(hold: Hold, at_ms: float, end: End) -> float:
    """An expired hold ended at its deadline, however late that was noticed."""
    return min(at_ms, hold.deadline_ms) if end == "expired" and hold.deadline_ms is not None else at_ms


def _differs(before: Reading, after: Reading) -> bool:
    """Whether a row changed in anything but its deadline."""
    return (
        before.count != after.count
        or before.waiters != after.waiters
        or before.waiters_inferred != after.waiters_inferred
        or before.fencing_token != after.fencing_token
        or before.proof != after.proof
        or before.client != after.client
        or before.confidence != after.confidence
        or before.about != after.about
    )

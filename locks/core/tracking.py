"""From looks at keys to what happened: taken, renewed, entered again, released, expired, overwritten, gone.

Between two looks a lock may be released and taken by another; that is no overwriting. Only notifications tell the two
apart. Where a change was seen before anything was said of it, the tracker waits a moment for what will be said; where
nothing can be said, the end is `unknown`.
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
"""So long a notification may come after a look that saw what it tells of."""
REMEMBERED_FOR_MS = 5_000
"""So long the waiters of a lane are remembered that nobody holds: the next holder comes from among them."""

_ENDS: Mapping[str, End] = {
    **dict.fromkeys(("del", "hdel", "zrem", "srem"), "released"),
    **dict.fromkeys(("expired", "hexpired"), "expired"),
    **dict.fromkeys(("evicted", "rename_from", "move_from", "zremrangebyscore", "zremrangebyrank"), "gone"),
}
_TAKES = {"set", "hset", "hincrby", "zadd", "sadd"}
_WHOLE_KEY = {"del", "expired", "evicted", "rename_from", "move_from"}


@dataclass(slots=True)
class Changes:
    """What a look changed. First the rows `gone` go, then those of `changed` holds come or are replaced; a holder who
    took a lock again is in both. `ended` are the holds that went, some of them a moment later (`settle`). `touched` are
    the keys whose deadlines or waiters may differ.
    """

    changed: dict[str, Hold] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class _Unsettled:
    """The end of a hold that nobody explained yet. `successor` came in its place."""

    ended: Ended
    successor: Hold | None
    until_ms: float


class _Here(NamedTuple):
    """What is looked at: one key, and what was said of it. `late`: a part of that told how what is held was taken."""

    lane: Lane
    look: Look
    words: Sequence[str]
    late: bool
    changes: Changes


class Tracker:
    """All holds of one source. Not for several threads at once. A look is O(keys and readings in it)."""

    def __init__(self, adopted: Mapping[str, Row] | None = None, offset_ms: float = 0.0) -> None:
        """`adopted` are the rows that another watcher left, by their id; its holds go on where they are the same."""
        self.lanes: dict[bytes, Lane] = {}
        self.rows = 0
        self._adopted = dict(adopted or {})
        self._offset_ms = offset_ms
        self._unsettled: dict[bytes, list[_Unsettled]] = {}
        self._empty: dict[bytes, float] = {}

    def look(self, keys: Iterable[bytes], readings: Sequence[Reading], look: Look) -> Changes:
        """`readings` are all there are of `keys` at that moment: what is not among them is held no more."""
        found: dict[bytes, list[Reading]] = {key: [] for key in keys}
        for reading in readings:
            found.setdefault(reading.key, []).append(reading)
        changes = Changes()
        for key, ours in found.items():
            self._look_at(key, ours, look, changes)
        return changes

    def revise(self, reading: Reading) -> Changes:
        """Something else is known of a hold, which goes on as it is. Nothing where it ended meanwhile."""
        changes = Changes()
        lane = self.lanes.get(reading.key)
        hold = lane.holds.get(slot_of(reading)) if lane else None
        if hold is not None:
            if _differs(hold.reading, reading):
                changes.changed[hold.id] = hold
            hold.reading = reading
        return changes

    def settle(self, now_ms: float) -> list[Ended]:
        """The ends that nobody explained in time; and forgets lanes that nobody took again."""
        settled = []
        for key in [key for key, waiting in self._unsettled.items() if waiting[0].until_ms <= now_ms]:
            settled += [_settled(late.ended, late.successor) for late in self._unsettled.pop(key)]
        for key, since_ms in list(self._empty.items()):
            if now_ms - since_ms < REMEMBERED_FOR_MS:
                break  # they are in the order of time
            del self._empty[key]
            self.lanes.pop(key, None)
        return settled

    def settles_at(self) -> float | None:
        """When `settle` has something to do next."""
        unsettled = min((waiting[0].until_ms for waiting in self._unsettled.values()), default=None)
        empty = next((since_ms + REMEMBERED_FOR_MS for since_ms in self._empty.values()), None)
        return min((moment for moment in (unsettled, empty) if moment is not None), default=None)

    @property
    def capped(self) -> bool:
        """Whether there are so many that new ones are left out."""
        return self.rows >= MOST_ROWS

    def abandoned(self) -> list[Row]:
        """The rows that another watcher left and that were not found again; once everything was looked at."""
        rows = list(self._adopted.values())
        self._adopted.clear()
        return rows

    def holds(self) -> Iterator[Hold]:
        """Every hold."""
        for lane in self.lanes.values():
            yield from lane.holds.values()

    def held_keys(self) -> list[bytes]:
        """The keys that somebody holds."""
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
        """What was said may explain an end that an earlier look saw. What was said after that is returned."""
        if not words or key not in self._unsettled or (end := _first_end(words)) is None:
            return words
        changes.ended += [Ended(late.ended.hold, late.ended.at_ms, end) for late in self._unsettled.pop(key)]
        return words[next(place for place, word in enumerate(words) if word in _ENDS) + 1 :]

    def _see(self, here: _Here, slot: tuple[bytes, bytes], reading: Reading) -> Hold | None:
        """A holder who is there: the same hold as before, or a new one, which is returned."""
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
        # Only a string has room for one holder: who comes takes the place of who was there.
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
    """What was said, without what it says of how the present holder took the lock, if that was seen before it was said:
    an `expired` before that is of somebody else.
    """
    young = [hold for hold in lane.holds.values() if hold.unsaid and at_ms - hold.since_ms <= SETTLES_AFTER_MS]
    if not words or not young:
        return words
    for hold in young:
        hold.unsaid = False
    taking = next((place for place, word in enumerate(words) if word in _TAKES), -1)
    return words[taking + 1 :]


def _first_end(words: Sequence[str]) -> End | None:
    """What the first word that can end a hold says of it."""
    return next((end for word in words if (end := _ENDS.get(word))), None)


def _taken_again(hold: Hold, look: Look, words: Sequence[str]) -> End | None:
    """How a hold ended whose holder is there all the same: it took the lock again, or somebody did who looks alike."""
    for word in words:
        if word in _WHOLE_KEY:
            return _ENDS[word]
    unseen = look.way == "scanning" or not look.told
    return "unknown" if unseen and hold.reading.holder_id is None and hold.is_over(look.at_ms) else None


def _end_of(hold: Hold, replaced: bool, look: Look, words: Sequence[str]) -> tuple[End, bool]:
    """How a hold ended whose holder is not there; and whether that is certain, or something may be said of it yet."""
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
    """The end is certain now, and whoever wrote over it is marked."""
    if ended.end == "overwritten" and successor is not None:
        successor.overwrote_ms = ended.at_ms
    return ended


def _when(hold: Hold, at_ms: float, end: End) -> float:
    """An expired hold ended at its deadline, however late that was seen."""
    return min(at_ms, hold.deadline_ms) if end == "expired" and hold.deadline_ms is not None else at_ms


def _differs(before: Reading, after: Reading) -> bool:
    """Whether a row says something else, its deadline apart."""
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

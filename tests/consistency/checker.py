"""Judges a history. Pure.

Each key has one writer, which writes one value after another: their order is known. A read is right if it returned

- the newest write that was certainly done when the read began: acknowledged, or seen by another read, before that;
- or a later write that began before the read ended, and did not fail;
- or any write of unknown outcome that had begun: it may be done late.

Counters have many writers. No two acknowledged increments return the same number, an increment that began after
another's end returns more, and the last value lies between the number of acknowledged increments and that number plus
the unknown ones.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tests.consistency.history import DELETE, FAILED, INCR, OK, READ, SET, UNKNOWN, Record

Kind = Literal["lost", "resurrected", "stale", "invented", "counter", "size"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong. A write is lost if its key is gone, stale if the key has an older value."""

    kind: Kind
    key: str
    text: str


def check(history: Iterable[Record], counters: Mapping[str, int], size: int | None) -> list[Fault]:
    """All faults of a history. `counters` are the counters' values at the end; `size` is the number of keys that the
    servers count at the end (None: not asked). The reads of the end are part of the history.
    """
    by_key: dict[str, list[Record]] = defaultdict(list)
    increments: dict[str, list[Record]] = defaultdict(list)
    for record in history:
        (increments if record.op == INCR else by_key)[record.key].append(record)
    faults = [fault for key, records in by_key.items() for fault in _check_key(key, records)]
    for key in increments.keys() | counters.keys():
        faults += _check_counter(key, increments[key], counters.get(key, 0))
    if size is not None:
        faults += _check_size(by_key, sum(value > 0 for value in counters.values()), size)
    return faults


def _check_key(key: str, records: list[Record]) -> list[Fault]:
    writes = sorted((one for one in records if one.op in (SET, DELETE)), key=lambda one: one.start)
    for before, after in pairwise(writes):
        if before.writer != after.writer or before.end > after.start:
            raise ValueError(f"{key} has two writers at once")
    reads = [one for one in records if one.op == READ and one.outcome == OK]
    places: dict[int, int] = {write.value: at for at, write in enumerate(writes) if write.value is not None}
    floor = _Floor(writes, reads, places)
    faults = []
    for read in sorted(reads, key=lambda one: one.start):
        certain = floor.at(read.start)
        if fault := _judge(read, writes, certain, places):
            faults.append(Fault(fault, key, _tell(read, writes, certain)))
    return faults


class _Floor:
    """The newest write that was certainly done at a time, by its place; -1 for none. Asked for rising times."""

    def __init__(self, writes: list[Record], reads: list[Record], places: Mapping[int, int]) -> None:
        known = [(write.end, at) for at, write in enumerate(writes) if write.outcome == OK]
        seen = [(read.end, read.value) for read in reads if read.value is not None]
        known += [(end, places[value]) for end, value in seen if value in places]
        self._known = sorted(known)
        self._next = 0
        self._place = -1

    def at(self, time: int) -> int:
        while self._next < len(self._known) and self._known[self._next][0] < time:
            self._place = max(self._place, self._known[self._next][1])
            self._next += 1
        return self._place


def _judge(read: Record, writes: list[Record], certain: int, places: Mapping[int, int]) -> Kind | None:
    if read.value is None:
        return _judge_absence(read, writes, certain)
    at = places.get(read.value)
    if at is None or writes[at].outcome == FAILED or writes[at].start > read.end:
        return "invented"
    if at >= certain or writes[at].outcome == UNKNOWN:
        return None
    return "resurrected" if writes[certain].op == DELETE else "stale"


def _judge_absence(read: Record, writes: list[Record], certain: int) -> Kind | None:
    if certain < 0 or writes[certain].op == DELETE:
        return None
    later = writes[certain + 1 : bisect_left(writes, read.end, key=lambda one: one.start)]
    earlier = (one for one in writes[:certain] if one.outcome == UNKNOWN)
    if any(one.op == DELETE and one.outcome != FAILED for one in later) or any(one.op == DELETE for one in earlier):
        return None
    return "lost"


def _tell(read: Record, writes: list[Record], certain: int) -> str:
    newest = f"{writes[certain].op} {writes[certain].value}" if certain >= 0 else "nothing"
    return f"read {read.value} from {read.start} to {read.end}, when {newest} was certain"


def _check_counter(key: str, increments: list[Record], final: int) -> list[Fault]:
    acked = [one for one in increments if one.outcome == OK]
    unknown = sum(one.outcome == UNKNOWN for one in increments)
    faults = []
    if not len(acked) <= final <= len(acked) + unknown:
        text = f"{final} at the end, after {len(acked)} acknowledged and {unknown} unknown increments"
        faults.append(Fault("counter", key, text))
    for answer, times in Counter(one.value for one in acked).items():
        if times > 1:
            faults.append(Fault("counter", key, f"{times} increments answered {answer}"))
    ended = sorted(acked, key=lambda one: one.end)
    highest, at = 0, 0
    for one in sorted(acked, key=lambda one: one.start):
        while ended[at].end < one.start:
            highest = max(highest, ended[at].value or 0)
            at += 1
        if (one.value or 0) < highest:
            faults.append(Fault("counter", key, f"{one.value} after {highest} had been answered"))
    return faults


def _check_size(by_key: Mapping[str, list[Record]], counters: int, size: int) -> list[Fault]:
    """Checks that the keys found by the last reads, and the counters, are all there is: no copy stayed behind."""
    last = [
        max((one for one in records if one.op == READ), key=lambda one: one.start, default=None)
        for records in by_key.values()
    ]
    expected = sum(read is not None and read.value is not None for read in last) + counters
    return [] if size == expected else [Fault("size", "", f"{size} keys are stored, {expected} are read")]

"""A small picture of a run: its first pause and what followed, as lanes. Pure, and bounded in size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from locks.stage.oracle import Entry, Record, entries_of, overlapping, writes_of

MOST_SPANS = 40
"""The most items of each kind in a lane."""
_LEAD = 0.12
"""The share of the picture before the pause."""


class Lane(TypedDict):
    """One worker. Times are milliseconds from the left edge. Spans of `inside` say whether another was inside too;
    `writes` are "taken", "stale" or "refused".
    """

    worker: int
    inside: list[tuple[float, float, bool]]
    paused: list[tuple[float, float]]
    writes: list[tuple[float, str]]


class Excerpt(TypedDict):
    """`two`: the times when two or more were inside."""

    ms: float
    lanes: list[Lane]
    two: list[tuple[float, float]]


def excerpt(log: Sequence[Record], until_ns: int, workers: int, ms: float) -> Excerpt:
    """`ms` of the run, around the first pause that overlapped another entry; its beginning if there is none."""
    entries = entries_of(log, until_ns)
    met = overlapping(entries)
    pauses = _pauses_of(log, until_ns)
    met_entries = [entry for entry, meets in zip(entries, met, strict=True) if meets]
    shown = next((pause for pause in pauses if any(_touch(pause, entry) for entry in met_entries)), None)
    first_ns = entries[0].from_ns if entries else until_ns
    left_ns = first_ns if shown is None else shown.from_ns - int(ms * _LEAD * 1e6)
    ms = ms if shown is None else max(ms, (shown.to_ns - left_ns) / 1e6 * 1.2)

    def cut(from_ns: int, to_ns: int) -> tuple[float, float] | None:
        from_ms, to_ms = max((from_ns - left_ns) / 1e6, 0.0), min((to_ns - left_ns) / 1e6, ms)
        return (round(from_ms, 1), round(to_ms, 1)) if from_ms < to_ms else None

    lanes: list[Lane] = [
        {"worker": number, "inside": [], "paused": [], "writes": []} for number in range(1, workers + 1)
    ]
    for entry, meets in zip(entries, met, strict=True):
        if span := cut(entry.from_ns, entry.to_ns):
            lanes[entry.worker - 1]["inside"].append((*span, meets))
    for pause in pauses:
        if span := cut(pause.from_ns, pause.to_ns):
            lanes[pause.worker - 1]["paused"].append(span)
    for at_ns, worker, outcome in writes_of(log).at:
        if span := cut(at_ns, at_ns + 1_000_000):
            lanes[worker - 1]["writes"].append((span[0], outcome))
    for lane in lanes:
        lane["inside"], lane["paused"] = lane["inside"][:MOST_SPANS], lane["paused"][:MOST_SPANS]
        lane["writes"] = lane["writes"][:MOST_SPANS]
    together = [span for pair in _together(entries) if (span := cut(*pair))]
    return {"ms": round(ms, 1), "lanes": lanes, "two": together[:MOST_SPANS]}


def _pauses_of(log: Sequence[Record], until_ns: int) -> list[Entry]:
    begun: dict[int, int] = {}
    found = []
    for at_ns, worker, what in log:
        if what == "pause":
            begun[worker] = at_ns
        elif what in ("resume", "end") and worker in begun:
            found.append(Entry(worker, begun.pop(worker), at_ns))
    return found + [Entry(worker, from_ns, until_ns) for worker, from_ns in begun.items()]


def _touch(one: Entry, other: Entry) -> bool:
    return one.from_ns < other.to_ns and other.from_ns < one.to_ns


def _together(entries: Sequence[Entry]) -> list[tuple[int, int]]:
    """The times when two or more were inside."""
    steps = sorted([(entry.from_ns, 1) for entry in entries] + [(entry.to_ns, -1) for entry in entries])
    found: list[tuple[int, int]] = []
    inside, began_ns = 0, 0
    for at_ns, step in steps:
        inside += step
        if step == 1 and inside == 2:
            began_ns = at_ns
        elif step == -1 and inside == 1:
            if found and found[-1][1] == began_ns:
                found[-1] = (found[-1][0], at_ns)
            else:
                found.append((began_ns, at_ns))
    return found

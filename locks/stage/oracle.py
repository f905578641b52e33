"""The oracle: what a run's log proves about a lock, whatever the lock itself believed. Pure; Redis is not asked.

Workers report when they enter and leave, by a clock that all of them share; the resource reports each write, in order.
An *entry* overlaps if another worker was inside during any part of it. A *write* is stale if the resource changed after
its worker had read it: if it is accepted, it overwrites what others wrote meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

What = Literal["enter", "read", "write", "refuse", "leave", "pause", "resume", "end"]
"""read: the resource was read. write, refuse: a write was accepted, or refused. end: the worker's process ended."""


class Record(NamedTuple):
    """A line of the log. `at_ns` is CLOCK_MONOTONIC. `worker` is a number."""

    at_ns: int
    worker: int
    what: What


class Entry(NamedTuple):
    """A worker was inside from `from_ns` to `to_ns`."""

    worker: int
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class Writes:
    """A run's writes: `at` says for each whether it was "taken", "stale" (accepted, and overwrote another) or
    "refused".

    `kept` is what is left if each write adds one to what its worker had read.
    """

    at: tuple[tuple[int, int, str], ...]
    kept: int

    def count(self, *outcomes: str) -> int:
        """How many had this result."""
        return sum(outcome in outcomes for _at_ns, _worker, outcome in self.at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`most_inside` were inside at once; `kept` of `taken` writes are still in the resource at the end."""

    entries: int = 0
    overlapping: int = 0
    most_inside: int = 0
    pauses: int = 0
    taken: int = 0
    stale: int = 0
    refused: int = 0
    kept: int = 0

    @property
    def overlap(self) -> bool:
        """Whether two workers were ever inside at once."""
        return self.overlapping > 0


def entries_of(log: Iterable[Record], until_ns: int) -> list[Entry]:
    """The entries, by their beginning. A worker that never left was inside until its process ended, or `until_ns`."""
    inside: dict[int, int] = {}
    found = []
    for at_ns, worker, what in sorted(log, key=lambda record: record.at_ns):
        if what == "enter":
            inside[worker] = at_ns
        elif what in ("leave", "end") and worker in inside:
            found.append(Entry(worker, inside.pop(worker), at_ns))
    found += [Entry(worker, from_ns, max(until_ns, from_ns)) for worker, from_ns in inside.items()]
    return sorted(found, key=lambda entry: (entry.from_ns, entry.to_ns))


def overlapping(entries: Sequence[Entry]) -> list[bool]:
    """For each entry, in order of beginning, whether another was inside during it. O(n).

    A worker that leaves at the moment when another enters does not overlap it.
    """
    met = [False] * len(entries)
    last = -1  # the earlier entry that ends last
    for index, entry in enumerate(entries):
        if last >= 0 and entry.from_ns < entries[last].to_ns:
            met[last] = met[index] = True
        if last < 0 or entry.to_ns > entries[last].to_ns:
            last = index
    return met


def most_inside(entries: Sequence[Entry]) -> int:
    """The most workers that were inside at once."""
    steps = sorted([(entry.from_ns, 1) for entry in entries] + [(entry.to_ns, -1) for entry in entries])
    most = now = 0
    for _at_ns, step in steps:
        now += step
        most = max(most, now)
    return most


def writes_of(log: Iterable[Record]) -> Writes:
    """The result of each write, in the order of the log, which is the resource's."""
    seen: dict[int, tuple[int, int]] = {}
    version = value = 0
    at = []
    for at_ns, worker, what in log:
        if what == "read":
            seen[worker] = (version, value)
        elif what == "write":
            read_version, read_value = seen.get(worker, (version, value))
            at.append((at_ns, worker, "taken" if read_version == version else "stale"))
            version, value = version + 1, read_value + 1
        elif what == "refuse":
            at.append((at_ns, worker, "refused"))
    return Writes(tuple(at), value)


def judge(log: Sequence[Record], until_ns: int) -> Verdict:
    """What the log proves. O(n log n)."""
    entries = entries_of(log, until_ns)
    writes = writes_of(log)
    return replace(
        Verdict(),
        entries=len(entries),
        overlapping=sum(overlapping(entries)),
        most_inside=most_inside(entries),
        pauses=sum(record.what == "pause" for record in log),
        taken=writes.count("taken", "stale"),
        stale=writes.count("stale"),
        refused=writes.count("refused"),
        kept=writes.kept,
    )

"""A hold: who has a lock, since when and until when, as far as we saw. Times are monotonic, in ms."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from locks.core.grouping import pattern_of
from locks.core.reading import Reading
from locks.core.rows import MOST_RENEWALS, MOST_WAITING, End, Row, id_of, lane_of

Way = Literal["notifications", "tracking", "scanning"]
"""How changes of a source are noticed. notifications say what happened to a key; tracking says that something did;
scanning finds changes later, and misses what happened between two looks.
"""


class Look(NamedTuple):
    """When and how keys were read. `noise_ms` is how far off a deadline may be. `words` are the notifications about
    each key since the previous look, oldest first.

    `told`: the keys were read because of a notification or a deadline, not in a reconcile. `first`: what is found was
    there before watching began. `flushed`: the server lost all of its keys.
    """

    at_ms: float
    noise_ms: float
    way: Way
    words: Mapping[bytes, Sequence[str]] = {}
    told: bool = True
    first: bool = False
    flushed: bool = False


@dataclass(slots=True)
class Waiter:
    """A waiter whose id can be seen. `overtaken` is how many later arrivals were faster."""

    since_ms: float
    overtaken: int = 0


@dataclass
class Hold:
    """One holder of one lock, for as long as it holds it. `reading` is the newest.

    `lease_ms` is the length of the lease when it was taken or renewed. `overwrote_ms`: when it overwrote somebody
    else's hold without that holder knowing. `stale_write_ms`: when a resource refused a late write by an earlier
    holder. `unsaid`: it was seen before any notification about it.
    """

    reading: Reading
    since_ms: float
    since_seen: bool
    deadline_ms: float | None
    noise_ms: float
    overwrote_ms: float | None = None
    stale_write_ms: float | None = None
    unsaid: bool = False
    renewed_ms: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RENEWALS))

    def __post_init__(self) -> None:
        self.id = id_of(self.reading)
        self.lease_ms = self.reading.ttl_ms

    @cached_property
    def lane(self) -> str:
        """The lane of its row."""
        return lane_of(self.reading.key)

    @cached_property
    def pattern(self) -> str:
        """The pattern of its name."""
        return pattern_of(self.reading.name)

    def is_over(self, at_ms: float) -> bool:
        """Whether its time is certainly up, or may be."""
        return self.deadline_ms is not None and at_ms >= self.deadline_ms - self.noise_ms

    def take(self, reading: Reading, at_ms: float, noise_ms: float) -> bool:
        """Takes another look at the same hold. Returns whether its deadline moved by more than the error of both looks.

        A later deadline is a renewal.
        """
        deadline_ms = None if reading.ttl_ms is None else at_ms + reading.ttl_ms
        moved_ms = 0.0
        if deadline_ms is not None and self.deadline_ms is not None:
            moved_ms = deadline_ms - self.deadline_ms
        renewed = moved_ms > self.noise_ms + noise_ms
        moved = renewed or -moved_ms > self.noise_ms + noise_ms or (deadline_ms is None) != (self.deadline_ms is None)
        if renewed:
            self.renewed_ms.append(at_ms)
        if moved:
            self.lease_ms = _lease(self.lease_ms, reading.ttl_ms)
        self.reading, self.deadline_ms, self.noise_ms = reading, deadline_ms, noise_ms
        return moved

    def adopt(self, row: Row, offset_ms: float, at_ms: float) -> None:
        """Takes over what another watcher saw of it; `offset_ms` converts from this clock to the row's."""
        if row["holder"] is None or self.reading.holder_id is None or row["since"] - offset_ms > at_ms:
            return
        self.since_ms = row["since"] - offset_ms
        # Its time ran out meanwhile, so it was renewed, or released and taken again: nobody saw which.
        seen = row["ends_at"] is None or row["ends_at"] - offset_ms >= at_ms
        self.since_seen = row["since_seen"] and seen
        self.renewed_ms.extend(moment - offset_ms for moment in row["renewed"])


@dataclass(slots=True)
class Lane:
    """The holds of one key by slot, and its waiters. `empty_since_ms` is when it became free."""

    holds: dict[tuple[bytes, bytes], Hold] = field(default_factory=dict)
    waiting: dict[bytes, Waiter] = field(default_factory=dict)
    empty_since_ms: float | None = None

    def earliest_ms(self) -> float | None:
        """The next deadline among its holds."""
        return min((hold.deadline_ms for hold in self.holds.values() if hold.deadline_ms is not None), default=None)

    def queue(self, ids: Sequence[bytes], at_ms: float, newcomers: Sequence[Hold]) -> bool:
        """Sets the waiters, and returns whether they changed. A waiter is overtaken if it keeps waiting while a
        newcomer that was not in line before it gets the lock. Only the first MOST_WAITING are kept.
        """
        before = list(self.waiting)
        places = {waiter_id: place for place, waiter_id in enumerate(before)}
        self.waiting = {waiter_id: self.waiting.get(waiter_id) or Waiter(at_ms) for waiter_id in ids[:MOST_WAITING]}
        for hold in newcomers:
            place = places.get(hold.reading.holder_id or b"", len(before))
            for waiter_id in before[:place]:
                if (waiter := self.waiting.get(waiter_id)) is not None:
                    waiter.overtaken += 1
        return before != list(self.waiting)


@dataclass(frozen=True, slots=True)
class Ended:
    """A hold that ended, when and how."""

    hold: Hold
    at_ms: float
    end: End


def label_of(reading: Reading) -> str | None:
    """A readable name for its holder, if the value has one."""
    about = reading.about
    if label := about.get("label"):
        return label
    place = about.get("host") or about.get("node")
    if place is None:
        return None
    number = about.get("pid") or about.get("thread")
    return f"{place}:{number}" if number else place


def _lease(before_ms: int | None, ttl_ms: int | None) -> int | None:
    """A lease is usually renewed for the same length. A reading a moment later shows slightly less."""
    if before_ms is None or ttl_ms is None:
        return ttl_ms
    return before_ms if 0 <= before_ms - ttl_ms <= max(50, before_ms // 50) else ttl_ms

"""The frame `locks`: what a page needs to follow the table, in one of two forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from locks.core.grouping import Grouped, grouped, is_few
from locks.core.rows import Past, Row, Status
from locks.core.tally import Tally

TOPIC = "locks"
START_OVER = -1
"""A `prev` that no page has, so that every page asks for everything again."""
GROUPS_EVERY_MS = 500
"""How often groups of many rows are rebuilt while something changes. The totals are always current."""
GROUPS_AT_REST_MS = 1_000
"""How often they are rebuilt if nothing changes, because the time left keeps falling."""
MOST_PAST = 500
"""The most ended holds in one frame."""


class Frames:
    """The frames of one source, one after the other.

    The slow part, the groups of many rows, is made by `regroup`, separately from the frames, so no change waits for it.
    """

    def __init__(self) -> None:
        self._prev = START_OVER
        self._few = True
        self._tally = Tally()
        self._groups: Grouped | None = None
        self._grouped_ms = float("-inf")
        self._stale = False

    def start_over(self) -> None:
        """Starts over: pages cannot know what was there before the next frame."""
        self._prev = START_OVER

    def follow(self, changed: Mapping[str, Row], gone: Sequence[str]) -> None:
        """Counts what changed, each change once: before the frame that reports it, or when there will be no frame."""
        self._tally.follow(changed.values(), gone)
        self._stale = self._stale or bool(changed or gone)

    def regroup_at_ms(self) -> float:
        """When the groups are due to be rebuilt, by the clock passed to `regroup`; never for few lanes."""
        if self._few:
            return float("inf")
        return self._grouped_ms + (GROUPS_EVERY_MS if self._stale else GROUPS_AT_REST_MS)

    def regroup(self, rows: Mapping[str, Row], now_ms: int, moment_ms: float) -> None:
        """Builds the groups of the next frame. `now_ms` is the pages' clock, `moment_ms` the caller's. O(rows)."""
        self._groups, self._grouped_ms, self._stale = grouped(rows.values(), now_ms), moment_ms, False

    def next(
        self,
        rows: Mapping[str, Row],
        changed: Mapping[str, Row],
        gone: Sequence[str],
        ended: Sequence[Past],
        *,
        now_ms: int,
        status: Status,
    ) -> dict[str, Any]:
        """For few lanes, what changed; for many, the locks that need attention, and groups. The seq is the status'.

        O(changed); O(rows) when few lanes become many.
        """
        few = is_few(rows)
        if few is not self._few:
            self._few, self._prev, self._groups = few, START_OVER, None
        if len(ended) > MOST_PAST:
            self._prev = START_OVER
        prev, self._prev = self._prev, status["seq"]
        cost = {name: value for name, value in status["cost"].items() if name != "by_command"}
        head = {"seq": status["seq"], "prev": prev, "now": now_ms, "status": {**status, "cost": cost}}
        head["counts"] = self._tally.counts()
        if not few:
            self._groups = self._groups or grouped(rows.values(), now_ms)
            return {**head, **self._groups}
        past = list(ended[-MOST_PAST:])
        return {**head, "rows": list(changed.values()), "gone": list(gone), "past": past}

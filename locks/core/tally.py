"""The counts of a table, updated with its changes: each update costs only what changed, however big the table is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from locks.core.grouping import Counts, most_waiters
from locks.core.rows import Row


class Tally:
    """The same counts as `grouping.counts_of`, for rows that are put and dropped."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, int]] = {}
        self._lanes: dict[str, dict[str, int | None]] = {}
        self._waits = self._hidden = self._alerts = 0

    def follow(self, changed: Iterable[Row], gone: Iterable[str]) -> None:
        """Drops rows that are gone, then puts rows that changed. O(both, and the holders of their lanes)."""
        for row_id in gone:
            self._drop(row_id)
        for row in changed:
            self._put(row)

    def counts(self) -> Counts:
        """The totals in the headline. O(1)."""
        return {
            "held": len(self._rows),
            "lanes": len(self._lanes),
            "waits": self._waits,
            "waits_hidden": self._hidden,
            "alerts": self._alerts,
        }

    def _put(self, row: Row) -> None:
        row_id, lane, alerts = row["id"], row["lane"], len(row["alerts"])
        self._drop(row_id)
        self._rows[row_id] = lane, alerts
        self._alerts += alerts
        self._count_lane(lane, -1)
        self._lanes.setdefault(lane, {})[row_id] = row["waiters"]
        self._count_lane(lane, 1)

    def _drop(self, row_id: str) -> None:
        known = self._rows.pop(row_id, None)
        if known is None:
            return
        lane, alerts = known
        self._alerts -= alerts
        self._count_lane(lane, -1)
        rows = self._lanes[lane]
        del rows[row_id]
        if rows:
            self._count_lane(lane, 1)
        else:
            del self._lanes[lane]

    def _count_lane(self, lane: str, sign: int) -> None:
        rows = self._lanes.get(lane)
        if rows is None:
            return
        waits = reduce(most_waiters, rows.values())
        self._waits += sign * (waits or 0)
        self._hidden += sign * (waits is None)

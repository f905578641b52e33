"""The locks of a source now, as its page first shows them."""

from __future__ import annotations

import threading
from typing import Any

from live.places import registered
from locks.core.frames import GROUPS_EVERY_MS
from locks.core.grouping import counts_of, grouped, is_few
from locks.events import locks
from locks.models import LockSource
from locks.selectors.clock import nothing_known, now_ms
from locks.selectors.sources import PREFIX
from locks.stores.line import StoreGone
from locks.stores.past import past
from locks.stores.table import Table, status, table

PAST_MS = 60_000
MOST_PAST = 1_000

_pictures: dict[str, tuple[Table, int, dict[str, Any]]] = {}
"""For each source with many locks: the last picture, the table it was made from, and when."""
_making = threading.Lock()


def now_of(source: LockSource) -> dict[str, Any]:
    """`{"seq", "now", "status", "counts", "state", "v", "epoch"}`, with "rows" and "past" for few locks, and
    "attention", "groups" and "small" for many. `status` is None if no watcher runs. Raises SourceFailed.
    """
    try:
        return locks_of(source.slug) | state_of(source)
    except StoreGone as error:
        raise nothing_known() from error


def locks_of(slug: str) -> dict[str, Any]:
    """The same without the events. Raises StoreGone."""
    now, told, found = now_ms(), status(slug), table(slug)
    rows = found.rows if told is not None else {}  # rows that nobody updates any more are not shown
    said: dict[str, Any] = {"seq": found.seq, "now": now, "status": told}
    if is_few(rows):
        few = {"rows": list(rows.values()), "past": past(slug, now - PAST_MS, MOST_PAST)}
        return said | {"counts": counts_of(rows.values())} | few
    return said | _picture(slug, found, now)


def _picture(slug: str, found: Table, now: int) -> dict[str, Any]:
    """Many locks, at most half a second old: a crowd that opens the page at once costs one computation.

    A table is the same object while nothing changes. The seq alone cannot show that: each watcher counts from zero.
    """
    with _making:
        of, made_ms, picture = _pictures.get(slug, (None, 0, {}))
        if of is not found or abs(now - made_ms) >= GROUPS_EVERY_MS:
            picture = {"counts": counts_of(found.rows.values()), **grouped(found.rows.values(), now)}
            _pictures[slug] = found, now, picture
        return picture


def nothing_of(source: LockSource) -> dict[str, Any]:
    """The same fields while nothing is known, because our own Redis does not answer."""
    said: dict[str, Any] = {"seq": 0, "now": 0, "status": None, "counts": counts_of(()), "rows": [], "past": []}
    return said | state_of(source)


def state_of(source: LockSource) -> dict[str, Any]:
    """`{"state", "v", "epoch", "parts"}`: the state of the source after its events. Raises Stream.DoesNotExist."""
    places = registered(PREFIX)
    if places is None:
        raise LookupError(PREFIX)
    snapshot = places.snapshot(source.stream_id)
    return {"state": snapshot["parts"].get(locks.name), **snapshot}

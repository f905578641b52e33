"""One lock: who holds it, what happened to it, how long it is usually held, and what breaking it would do."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from locks.core.rows import Past, Row, Text
from locks.models import LockSource
from locks.refusals import Invalid, NotFound, too_long
from locks.selectors.clock import nothing_known, now_ms
from locks.selectors.consequences import consequences_of
from locks.selectors.sources import configured
from locks.selectors.story import MOST_PAST, story_of, usual_of
from locks.stores.line import StoreGone
from locks.stores.past import past, past_of
from locks.stores.table import status, table
from locks.wording import evidence_text

_ID = re.compile(r"[0-9a-f]{16}")
_RECENT_MS = 600_000
_MOST_RECENT = 5_000


def detail_of(source: LockSource, row_id: str, *, may_operate: bool) -> dict[str, Any]:
    """`{"now", "name", "row", "rows", "story", "past", "usual", "may_break", "why_not", "consequences", "evidence"}`.

    `row_id` is the id of a row, or of a lane, which then stands for its first holder. "row" is null if the lock is no
    longer held, "rows" are all of the lane, "evidence" are sentences. Raises Invalid, NotFound, SourceFailed.
    """
    check_id(row_id)
    try:
        now, rows = now_ms(), _rows(source.slug)
        row = rows.get(row_id) or next((one for one in rows.values() if one["lane"] == row_id), None)
        lane = row["lane"] if row else _lane_of_past(source.slug, row_id, now)
        ended = past_of(source.slug, lane, MOST_PAST)
    except StoreGone as error:
        raise nothing_known() from error
    held = [one for one in rows.values() if one["lane"] == lane]
    if not held and not ended:
        raise NotFound(_("Nobody holds this lock, and no earlier hold is on record."))
    why_not = why_not_broken(source, row, may_operate=may_operate)
    others = [one for one in held if one is not row]
    return {
        "now": now,
        "row": row,
        "rows": held,
        "name": _name(held, ended),
        "story": story_of(source, held, ended, with_who=may_operate),
        "past": ended,
        "usual": usual_of(ended),
        "may_break": not why_not,
        "why_not": why_not,
        "consequences": [one._asdict() for one in consequences_of(row, others, source.name, now)] if row else [],
        "evidence": [evidence_text(code) for code in row["evidence"]] if row else [],
    }


def check_id(row_id: str) -> None:
    """Raises Invalid if this is not the id of a row or lane."""
    if not _ID.fullmatch(row_id):
        raise Invalid("id", row_id[:40], _("Give the id of a lock: 16 digits of 0 to 9 and a to f."))


def why_not_broken(source: LockSource, row: Row | None, *, may_operate: bool) -> str:
    """Why a lock cannot be broken from here, as a sentence; "" if it can."""
    named = configured().get(source.slug)
    if row is None:
        return _("Nobody holds it.")
    if named is None:
        return _("This source is no longer watched.")
    if not named.breakable:
        return _("This source is read-only: its entry in LOCK_SOURCES names no break=VARIABLE.")
    if not row["proof"]:
        return too_long()
    return "" if may_operate else _("You can watch locks, not break them. Sign in as an operator to act.")


def _rows(slug: str) -> dict[str, Row]:
    return dict(table(slug).rows) if status(slug) is not None else {}


def ended_hold(slug: str, row_id: str, now: int) -> Past | None:
    """The newest hold with this id that ended recently. Raises StoreGone."""
    recent = past(slug, now - _RECENT_MS, _MOST_RECENT)
    return next((hold for hold in reversed(recent) if hold["id"] == row_id), None)


def _lane_of_past(slug: str, row_id: str, now: int) -> str:
    """The lane of a hold that ended recently; otherwise the id itself, which may be a lane's."""
    hold = ended_hold(slug, row_id, now)
    return hold["lane"] if hold else row_id


def _name(held: list[Row], ended: list[Past]) -> Text | None:
    return next((one["name"] for one in [*held, *reversed(ended)]), None)

"""Finds locks among up to 100,000: filters, search in names and holders, and sorting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from live.asked import Fields, maybe_whole
from locks.bounds import MAX_CLIENT, MAX_LIMIT, MAX_OFFSET, MAX_PATTERN, MAX_QUERY
from locks.core.rows import WORST_FIRST, Row, Text
from locks.refusals import Invalid
from locks.selectors.clock import nothing_known, now_ms
from locks.stores.line import StoreGone
from locks.stores.table import Table, status, table
from locks.wording import CONFIDENCE, shown_text

ANY_ALERT = "any"
_KEPT_S = 1.0
_MOST_KEPT = 16  # answers
_NEVER = 1 << 62


class Wanted(NamedTuple):
    """Which locks, in which order. An empty text filters nothing; `alert` is a kind, or "any"."""

    q: str = ""
    client: str = ""
    confidence: str = ""
    alert: str = ""
    pattern: str = ""
    sort: str = "left"


@dataclass(frozen=True, slots=True)
class Found:
    """All matching locks in the requested order, and the clock when they were looked up."""

    rows: Sequence[Row]
    now: int


def wanted_of(fields: Fields) -> Wanted:
    """The filters in an address. Raises Invalid, which names the field."""
    wanted = Wanted(
        q=_bounded(fields, "q", MAX_QUERY),
        client=_bounded(fields, "client", MAX_CLIENT),
        confidence=_one_of(fields, "confidence", CONFIDENCE),
        alert=_one_of(fields, "alert", (ANY_ALERT, *WORST_FIRST)),
        pattern=_bounded(fields, "pattern", MAX_PATTERN),
        sort=_one_of(fields, "sort", _ORDERS) or "left",
    )
    return wanted._replace(q=wanted.q.casefold().strip())


def page_of(slug: str, fields: Fields) -> dict[str, Any]:
    """`{"total", "rows", "now"}`: `limit` rows from `offset` on. Raises Invalid, SourceFailed."""
    limit, offset = maybe_whole(fields, "limit"), maybe_whole(fields, "offset") or 0
    limit = MAX_LIMIT if limit is None else limit
    for name, value, most in (("limit", limit, MAX_LIMIT), ("offset", offset, MAX_OFFSET)):
        if value > most:
            raise Invalid(name, value, _("Give at most %(most)d.") % {"most": most})
    found = find(slug, wanted_of(fields))
    return {"total": len(found.rows), "rows": list(found.rows[offset : offset + limit]), "now": found.now}


def find(slug: str, wanted: Wanted) -> Found:
    """Every matching lock; none if no watcher runs. The same search within a second has the same answer.

    O(locks x log locks). Raises SourceFailed.
    """
    kept = _kept.setdefault(slug, _Kept())
    with kept.finding:  # several requests at once wait for one answer
        now = time.monotonic()
        kept.answers = {one: answer for one, answer in kept.answers.items() if now - answer[0] < _KEPT_S}
        if wanted not in kept.answers:
            kept.answers = dict(list(kept.answers.items())[1 - _MOST_KEPT :])
            found = _found(slug, wanted, kept)
            kept.answers[wanted] = time.monotonic(), found
        return kept.answers[wanted][1]


@dataclass
class _Kept:
    """What this process keeps of one source: answers, and the text to search, by row."""

    answers: dict[Wanted, tuple[float, Found]] = field(default_factory=dict)
    texts: dict[str, tuple[Row, str]] = field(default_factory=dict)
    finding: threading.Lock = field(default_factory=threading.Lock)


_kept: dict[str, _Kept] = {}


def _found(slug: str, wanted: Wanted, kept: _Kept) -> Found:
    try:
        now, held = now_ms(), table(slug) if status(slug) is not None else None
    except StoreGone as error:
        raise nothing_known() from error
    return Found(sorted(_matching(held, wanted, kept), key=_ORDERS[wanted.sort]) if held else (), now)


def _matching(held: Table, wanted: Wanted, kept: _Kept) -> list[Row]:
    rows: Iterable[Row] = held.rows.values()
    if wanted.client:
        rows = [row for row in rows if row["client"] == wanted.client]
    if wanted.confidence:
        rows = [row for row in rows if row["confidence"] == wanted.confidence]
    if wanted.pattern:
        rows = [row for row in rows if row["pattern"] == wanted.pattern]
    if wanted.alert:
        rows = [row for row in rows if _has(row, wanted.alert)]
    if wanted.q:
        kept.texts = texts_of(held, kept.texts)
        return [row for row in rows if wanted.q in kept.texts[row["id"]][1]]
    return list(rows)


def _has(row: Row, alert: str) -> bool:
    return any(alert in (ANY_ALERT, one["kind"]) for one in row["alerts"])


def texts_of(held: Table, before: Mapping[str, tuple[Row, str]]) -> dict[str, tuple[Row, str]]:
    """The text to search, by row, rebuilt only for rows that changed."""
    now = {}
    for row_id, row in held.rows.items():
        kept = before.get(row_id)
        now[row_id] = kept if kept is not None and kept[0] is row else (row, _text(row))
    return now


def _text(row: Row) -> str:
    parts: list[Text | None] = [row["name"], row["key"], row["holder"], row["label"]]
    return "\n".join(shown_text(part) for part in parts if part).casefold()


def _left(row: Row) -> tuple[int, str]:
    return (_NEVER if row["ends_at"] is None else row["ends_at"]), row["id"]


def _most_left(row: Row) -> tuple[int, str]:
    return -_left(row)[0], row["id"]


def _name(row: Row) -> tuple[str, str]:
    return shown_text(row["name"]).casefold(), row["id"]


def _held(row: Row) -> tuple[int, str]:
    return row["since"], row["id"]


def _client(row: Row) -> tuple[str, str, str]:
    return row["client"], *_name(row)


def _waiters(row: Row) -> tuple[int, str]:
    return (1 if row["waiters"] is None else -row["waiters"]), row["id"]


_ORDERS: dict[str, Callable[[Row], Any]] = {
    "left": _left,
    "-left": _most_left,
    "name": _name,
    "held": _held,
    "client": _client,
    "waiters": _waiters,
}
"""Orders: least time left, most time left (no TTL is most), name, longest held, client, most waiters."""


def _bounded(fields: Fields, name: str, most: int) -> str:
    text = fields.get(name, "")
    if len(text) > most:
        raise Invalid(name, text[:40], _("Give at most %(most)d characters.") % {"most": most})
    return text


def _one_of(fields: Fields, name: str, known: Collection[str]) -> str:
    text = fields.get(name, "")
    if text and text not in known:
        raise Invalid(name, text[:40], _("Choose one of: %(names)s.") % {"names": ", ".join(known)})
    return text

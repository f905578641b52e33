"""Locks as spreadsheet lines. Names and values of other people are inert, and their bytes are in a second column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from live.inert import harmless
from live.log import timestamp
from locks.core.rows import Row, Text, bytes_of
from locks.selectors.find import Found
from locks.wording import alert_text, shown_text


def lines_of(found: Found) -> Iterator[Sequence[object]]:
    """A header line, then one line per lock. Unknown values are empty."""
    yield [
        _("lock"), _("key"), _("key bytes"), _("client"), _("confidence"), _("kind"), _("mode"), _("holder"),
        _("holder_id"), _("count"), _("fencing token"), _("held since"), _("seen being taken"), _("lease (ms)"),
        _("left (ms)"), _("waiters"), _("waiters inferred"), _("alerts"),
    ]  # fmt: skip
    yes_no = _("no"), _("yes")
    for row in found.rows:
        yield _line(row, found.now, yes_no)


def _line(row: Row, now: int, yes_no: tuple[str, str]) -> Sequence[object]:
    return [
        _cell(row["name"]),
        _cell(row["key"]),
        bytes_of(row["key"]).hex(),
        harmless(row["client"]),
        row["confidence"],
        row["kind"],
        row["mode"],
        _cell(row["label"]),
        _cell(row["holder"]),
        row["count"],
        row["fencing"],
        timestamp(datetime.fromtimestamp(row["since"] / 1_000, UTC)),
        yes_no[row["since_seen"]],
        row["ttl"],
        None if row["ends_at"] is None else max(0, row["ends_at"] - now),
        row["waiters"],
        yes_no[row["waiters_inferred"]],
        ", ".join(alert_text(alert["kind"]) for alert in row["alerts"]),
    ]


def _cell(text: Text | None) -> str:
    return harmless(shown_text(text)) if text else ""

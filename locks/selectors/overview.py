"""Lock sources on the overview: a card for each, and the totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.lists import Entry, newest
from live.models import Event
from live.places import Card, Overview, Place
from live.reading import heads
from live.wording import number
from locks.core.grouping import Counts, counts_of, urgency
from locks.core.rows import Row, Status
from locks.models import LockSource
from locks.selectors.sources import place_of
from locks.stores.line import StoreGone
from locks.stores.table import status, table
from locks.wording import alert_text, brief, span, trouble_text, waits_text

TEMPLATE = "locks/_card.html"
_WORST_SHOWN = 3
_NAMES_FROM = 1_000  # how many of the newest events


@dataclass(frozen=True, slots=True)
class Worst:
    """A lock that needs attention."""

    name: str
    why: str
    row_id: str


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One source of the overview, ready to render. `counts` is None if nothing is known."""

    state: str
    state_text: str
    well: bool
    counts: Counts | None
    held_word: str
    waits: str
    attention: str
    worst: Sequence[Worst]
    how: str
    last: Entry | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What our own Redis reports about a source. `known` is False if it does not answer."""

    place: Place
    known: bool
    status: Status | None
    rows: Sequence[Row]


def overview_of(sources: Sequence[LockSource]) -> Overview:
    """The cards of all sources, and the totals above them."""
    at = heads(source.stream_id for source in sources)
    known: list[_Known] = []
    for source in sources:
        if source.stream_id in at:
            # If our own Redis is silent, ask it only once.
            known.append(_known(place_of(source), ask=not known or known[-1].known))
    held = sum(len(one.rows) for one in known)
    return Overview(
        cards=[
            Card(one.place, at[one.place.stream_id], TEMPLATE, SimpleLazyObject(partial(card_of, one))) for one in known
        ],
        counts=[ngettext("%(n)s lock held", "%(n)s locks held", held) % {"n": number(held)}],
        problems=_problems(known),
        well=_("No lock needs attention."),
    )


def names_in(stream_id: int, most: int) -> list[str]:
    """The names of locks in the newest events of a stream, newest first."""
    events = Event.objects.filter(stream_id=stream_id, payload__has_key="key").order_by("-version")
    names = events.values_list("payload__name", flat=True)[:_NAMES_FROM]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))[:most]


def card_of(one: _Known) -> SourceCard:
    """A source's card. Makes one small query for its log."""
    counts = counts_of(one.rows) if one.status else None
    state = one.status["state"] if one.status else "unwatched" if one.known else "unknown"
    return SourceCard(
        state=state,
        state_text=_state_text(one),
        well=state in ("watching", "discovering"),
        counts=counts,
        held_word=ngettext("lock held", "locks held", counts["held"]) if counts else "",
        waits=waits_text(counts["waits"], counts["waits_hidden"]) if counts and counts["held"] else "",
        attention=_attention(sum(bool(row["alerts"]) for row in one.rows)) if counts else "",
        worst=[_worst(row) for row in sorted(filter(_alarmed, one.rows), key=urgency)[:_WORST_SHOWN]],
        how=_how(one.status) if one.status else "",
        last=next(iter(newest([one.place], 1)), None),
    )


def _known(place: Place, *, ask: bool) -> _Known:
    if not ask:
        return _Known(place, False, None, [])
    try:
        told = status(place.slug)
        rows = list(table(place.slug).rows.values()) if told else []
    except StoreGone:
        return _Known(place, False, None, [])
    return _Known(place, True, told, rows)


def _problems(known: Sequence[_Known]) -> list[str]:
    if known and not any(one.known for one in known):
        return [_("Which locks are held is unknown: our own Redis does not answer.")]
    if known and not any(one.status for one in known):
        return [_("No watcher is running, so no locks are seen. Start one: manage.py watch")]
    problems = []
    for one in known:
        trouble = one.status["trouble"] if one.status else None
        if trouble:
            why = trouble_text(trouble["kind"])
            problems.append(_("%(source)s: %(why)s") % {"source": brief(one.place.name), "why": why})
    alarmed = sum(bool(row["alerts"]) for one in known for row in one.rows)
    return [*problems, _attention(alarmed)] if alarmed else problems


def _attention(count: int) -> str:
    if not count:
        return _("No lock needs attention.")
    text = ngettext("%(n)s lock needs attention.", "%(n)s locks need attention.", count)
    return text % {"n": number(count)}


def _alarmed(row: Row) -> bool:
    return bool(row["alerts"])


def _worst(row: Row) -> Worst:
    why = ", ".join(alert_text(alert["kind"]) for alert in row["alerts"])
    return Worst(brief(row["name"], 60), why, row["id"])


def _state_text(one: _Known) -> str:
    if one.status is None:
        return _("No watcher is running.") if one.known else _("Unknown: our own Redis does not answer.")
    told = one.status
    if told["trouble"] and told["state"] == "down":
        return trouble_text(told["trouble"]["kind"])
    if told["state"] == "discovering":
        done = told["progress"]
        share = _(", %(n)s%% done") % {"n": number(100 * done)} if done is not None else ""
        return _("Looking for locks%(share)s.") % {"share": share}
    return {
        "watching": _("Watched."),
        "paused": _("Paused: it gets no commands."),
        "waiting": _("Waiting to be watched."),
        "down": _("Out of contact."),
    }.get(told["state"], told["state"])


def _how(told: Status) -> str:
    way = {
        "notifications": _("by keyspace notifications"),
        "tracking": _("by tracking what changes"),
        "scanning": _("by scanning"),
    }.get(told["way"], told["way"])
    parts = [told["server"], way] if told["server"] else [way]
    if told["took_ms"] is not None:
        parts.append(_("last full scan took %(span)s") % {"span": span(told["took_ms"])})
    return ", ".join(parts)

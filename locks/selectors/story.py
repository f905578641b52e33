"""The story of one lock: holds that ended, the current one, and what the events add, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import TypedDict

from django.db.models import Q
from django.utils.translation import gettext as _

from live.lists import entry
from live.models import Event
from live.places import registered
from live.subjects import event_words, payload_class
from locks.core.rows import Past, Row, kept_text
from locks.events import AlertCleared, AlertRaised, LockBroken
from locks.models import LockSource
from locks.selectors.sources import PREFIX, place_of
from locks.wording import INFERRED_ENDS, alert_text, brief, holder_text, span

MOST_PAST = 100
MOST_STORY = 200
LEAST_FOR_USUAL = 5
_EVENTS = 200
_SAME_MS = 5_000  # between an end that the watcher saw and the break that caused it


class Item(TypedDict):
    """A line of the story. `what` is a code: taken, held, renewed, alert, well, broken, or how a hold ended."""

    at: int
    what: str
    text: str
    inferred: bool


class Usual(TypedDict):
    """How long a lock is usually held: half of `count` holds took at most this long."""

    median_ms: int
    count: int


def usual_of(past: Iterable[Past]) -> Usual | None:
    """Only holds seen from their beginning to a release or expiry count. None for fewer than five."""
    took = [hold["to"] - hold["from"] for hold in past if hold["from_seen"] and hold["end"] in ("released", "expired")]
    return {"median_ms": int(median(took)), "count": len(took)} if len(took) >= LEAST_FOR_USUAL else None


def story_of(source: LockSource, rows: Sequence[Row], past: Sequence[Past], *, with_who: bool) -> list[Item]:
    """The story of one lane, oldest first, at most MOST_STORY lines. `with_who` adds who broke it."""
    told = list(_told(source, rows, past, with_who=with_who))
    broken = [item["at"] for item in told if item["what"] == "broken"]
    items = [*told]
    for hold in past:
        items += _hold(hold, broken)
    for row in rows:
        items += _row(row)
    once = {
        (item["at"], item["what"], item["text"]): item for item in items
    }  # an alert is both an event and part of its row
    return sorted(once.values(), key=lambda item: item["at"])[-MOST_STORY:]


def _hold(hold: Past, broken: Sequence[int]) -> Iterator[Item]:
    yield _taken(holder_text(hold["holder"], hold["label"]), hold["from"], hold["fencing"], seen=hold["from_seen"])
    end, who = hold["end"], holder_text(hold["holder"], hold["label"])
    if end == "broken" and any(abs(at - hold["to"]) < _SAME_MS for at in broken):
        return
    text = {
        "released": _("%(holder)s released it after %(span)s"),
        "expired": _("The lease of %(holder)s expired after %(span)s"),
        "broken": _("An operator broke it after %(span)s. %(holder)s held it"),
        "overwritten": _("Another holder overwrote it: %(holder)s did not release"),
        "gone": _("It was found missing. Nobody saw when %(holder)s lost it"),
    }.get(end, _("%(holder)s no longer holds it. Nobody saw how it ended"))
    said = text % {"holder": who, "span": span(hold["to"] - hold["from"])}
    yield Item(at=hold["to"], what=end, text=said, inferred=end in INFERRED_ENDS)


def _row(row: Row) -> Iterator[Item]:
    who = holder_text(row["holder"], row["label"])
    yield _taken(who, row["since"], row["fencing"], seen=row["since_seen"])
    if row["renewed"]:
        yield Item(
            at=row["renewed"][-1], what="renewed", text=_("%(holder)s renewed it") % {"holder": who}, inferred=False
        )
    for alert in row["alerts"]:
        yield Item(at=alert["since"], what="alert", text=alert_text(alert["kind"]), inferred=False)


def _taken(who: str, at: int, fencing: int | None, *, seen: bool) -> Item:
    if not seen:
        return Item(
            at=at, what="held", text=_("%(holder)s held it when watching began") % {"holder": who}, inferred=True
        )
    text = _("%(holder)s took it") % {"holder": who}
    if fencing is not None:
        text = _("%(holder)s took it, fencing token %(n)s") % {"holder": who, "n": fencing}
    return Item(at=at, what="taken", text=text, inferred=False)


def _told(source: LockSource, rows: Sequence[Row], past: Sequence[Past], *, with_who: bool) -> Iterator[Item]:
    """What the events say about the lock. A clearing names only the row, the others name the key."""
    key = next((one["key"] for one in [*rows, *past]), None)
    if key is None:
        return
    about = Q(payload__key=kept_text(key)) | Q(payload__id__in=list({one["id"] for one in [*rows, *past]}))
    for event in Event.objects.filter(about, stream_id=source.stream_id).order_by("-version")[:_EVENTS]:
        tell = _TELLERS.get(payload_class(event.kind))
        if tell is not None:
            yield tell(source, event, with_who)


def _broken(source: LockSource, event: Event, with_who: bool) -> Item:
    text, places = event_words(event.kind, event.payload).text, registered(PREFIX)
    if with_who and places:
        who = brief(entry(event, places, place_of(source), with_who=True).who)
        text = _("%(what)s (%(who)s)") % {"what": text, "who": who}
    return Item(at=_at(event), what="broken", text=text, inferred=not event.payload["sure"])


def _alert(_source: LockSource, event: Event, _with_who: bool) -> Item:
    return Item(at=event.payload["since"], what="alert", text=alert_text(event.payload["kind"]), inferred=False)


def _well(_source: LockSource, event: Event, _with_who: bool) -> Item:
    text = _("Over: %(alert)s") % {"alert": alert_text(event.payload["kind"])}
    return Item(at=_at(event), what="well", text=text, inferred=False)


_TELLERS: dict[type | None, Callable[[LockSource, Event, bool], Item]] = {
    LockBroken: _broken,
    AlertRaised: _alert,
    AlertCleared: _well,
}


def _at(event: Event) -> int:
    return int(event.at.timestamp() * 1_000)

"""Prepares events for the overview and the timeline: text, movement, a link to the moment, and the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from live.models import Event
from live.places import Place, Places, registered
from live.subjects import Effect, known
from live.wording import percent


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a place. `effect` is None if nothing can move. `who` is empty unless requested."""

    place: Place
    v: int
    at: datetime
    text: str
    href: str
    effect: Effect | None
    who: str

    @property
    def share_text(self) -> str:
        """The share that moved, in per cent. Empty if unknown."""
        return percent(self.effect.share) if self.effect else ""

    @property
    def peer_text(self) -> str:
        """The share that the method it is compared with would have moved."""
        return percent(self.effect.peer) if self.effect else ""

    @property
    def share_width(self) -> float:
        """The width of a bar that is 100 wide when everything moves."""
        return _width(self.effect.share if self.effect else None)

    @property
    def peer_width(self) -> float:
        """The same for the compared method."""
        return _width(self.effect.peer if self.effect else None)


def entry(event: Event, places: Places, place: Place, *, with_who: bool = False) -> Entry:
    """Prepares an event of a place."""
    kind = known(event.kind)  # None if a newer process wrote it
    return Entry(
        place=place,
        v=event.version,
        at=event.at,
        text=kind.listed(event.payload) if kind else event.kind,
        href=places.moment(place, event.version, kind.subject if kind else None),
        effect=kind.effect(event.payload) if kind else None,
        who=_who(event) if with_who else "",
    )


def newest(places: Iterable[Place], count: int) -> list[Entry]:
    """The newest events of all these places, at most `count`, newest first. One small query per place."""
    by_stream = {place.stream_id: place for place in places}
    found: list[tuple[datetime, int, int]] = []
    for stream_id in by_stream:
        rows = Event.objects.filter(stream_id=stream_id).order_by("-version")
        found += [(at, stream_id, pk) for at, pk in rows.values_list("at", "pk")[:count]]
    wanted = [pk for _at, _stream, pk in sorted(found, reverse=True)[:count]]
    events = Event.objects.in_bulk(wanted)
    listed = [(events[pk], by_stream[events[pk].stream_id]) for pk in wanted if pk in events]
    return [entry(event, kind, place) for event, place in listed if (kind := registered(place.prefix))]


def oldest_at(stream_id: int, lowest: int) -> datetime | None:
    """When the oldest stored event happened. `lowest` is the floor of the stream."""
    held = Event.objects.filter(stream_id=stream_id, version__gt=lowest).order_by("version")
    return held.values_list("at", flat=True).first()


def _width(share: float | None) -> float:
    return round(100 * (share or 0), 2)


def _who(event: Event) -> str:
    origins = {
        "page": _("page"),
        "admin": _("admin"),
        "command line": _("command line"),
        "seed": _("seed"),
        "system": _("system"),
    }
    origin = origins.get(event.origin, event.origin)
    same = event.actor == event.origin
    return origin if same else _("%(actor)s, %(origin)s") % {"actor": event.actor, "origin": origin}

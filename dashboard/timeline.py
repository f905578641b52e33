"""The timeline of one place: a page of its log, filtered, and a summary of what the log holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.works import Row, rows_of
from live.asked import whole_number
from live.lists import entry, oldest_at
from live.models import Event
from live.places import Place, Places, TimelineWords
from live.reading import floor, head
from live.subjects import Kind
from live.wording import number

PAGE_ROWS = 50
MAX_NAMES = 200  # suggested while typing; any name can be typed
MAX_NAME = 100  # letters of a name to filter by


@dataclass(frozen=True, slots=True)
class Asked:
    """The query in an address. `before` and `after` are versions; at most one of them is given."""

    kind: str = ""
    name: str = ""
    before: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, query: QueryDict, kinds: Iterable[Kind]) -> Asked:
        """From an address; parts that are not valid are ignored."""
        before, after = whole_number(query.get("before", "")), whole_number(query.get("after", ""))
        kind = query.get("kind", "")
        known = any(kind == one.name for one in kinds)
        asked = query.get("name") or query.get("node", "")  # older links use "node"
        name = "".join(letter for letter in asked if letter.isprintable()).strip()
        return cls(kind if known else "", name[:MAX_NAME], before, None if before else after)

    @property
    def is_filtered(self) -> bool:
        """Whether a filter leaves out some events."""
        return bool(self.kind or self.name)


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the timeline, ready to render. URLs are empty if there is nothing to link to."""

    asked: Asked
    rows: Sequence[Row]
    head: int
    epoch: str
    path: str
    here: str
    kinds: Sequence[Kind]
    names: Sequence[str]
    words: TimelineWords
    held: int
    held_text: str
    oldest_at: datetime | None
    retention: int
    retention_text: str
    none_title: str
    none_text: str
    end_sentence: str
    newest_href: str
    newer_href: str
    older_href: str


def log_of(places: Places, place: Place, asked: Asked, *, with_who: bool) -> Log:
    """The requested page. Raises Stream.DoesNotExist if the place was deleted meanwhile."""
    now, lowest = head(place.stream_id), floor(place.stream_id)
    matching = _matching(places, place, asked)
    events, has_newer, has_older = _page(matching, asked)
    path = reverse("timeline", args=[place.prefix, place.slug])
    title, text = _nothing(places, asked, lowest) if not events else ("", "")
    return Log(
        asked=asked,
        rows=rows_of(events, matching, lambda event: entry(event, places, place, with_who=with_who)),
        head=now.version,
        epoch=now.epoch,
        path=path,
        here=_address(path, asked, before=asked.before, after=asked.after),
        kinds=places.kinds(),
        names=places.names(place, MAX_NAMES),
        words=places.timeline,
        held=now.version - lowest,
        held_text=number(now.version - lowest),
        oldest_at=oldest_at(place.stream_id, lowest),
        retention=settings.EVENT_RETENTION,
        retention_text=number(settings.EVENT_RETENTION),
        none_title=title,
        none_text=text,
        end_sentence=_end(places, events, asked, lowest, has_older=has_older),
        newest_href=_address(path, asked) if has_newer or (asked.before is not None and not events) else "",
        newer_href=_address(path, asked, after=events[0].version) if has_newer and events else "",
        older_href=_address(path, asked, before=events[-1].version) if has_older and events else "",
    )


def _matching(places: Places, place: Place, asked: Asked) -> QuerySet[Event]:
    events = Event.objects.filter(stream_id=place.stream_id)
    if asked.kind:
        events = events.filter(kind=asked.kind)
    if asked.name:
        where = [Q(**{f"payload__{path}": asked.name}) for subject in places.subjects for path in subject.named]
        events = events.filter(reduce(or_, where, Q(pk__in=[])))
    return events


def _page(matching: QuerySet[Event], asked: Asked) -> tuple[list[Event], bool, bool]:
    """The events of the page, newest first; whether there are newer ones, and older ones."""
    if asked.after is not None:
        found = list(matching.filter(version__gt=asked.after).order_by("version")[: PAGE_ROWS + 1])
        page = found[:PAGE_ROWS][::-1]
        return page, len(found) > PAGE_ROWS, matching.filter(version__lte=asked.after).exists()
    older = matching if asked.before is None else matching.filter(version__lt=asked.before)
    found = list(older.order_by("-version")[: PAGE_ROWS + 1])
    has_newer = asked.before is not None and matching.filter(version__gte=asked.before).exists()
    return found[:PAGE_ROWS], has_newer, len(found) > PAGE_ROWS


def _address(path: str, asked: Asked, *, before: int | None = None, after: int | None = None) -> str:
    given = {"kind": asked.kind, "name": asked.name, "before": before, "after": after}
    query = urlencode({name: value for name, value in given.items() if value not in ("", None)})
    return f"{path}?{query}" if query else path


def _nothing(places: Places, asked: Asked, lowest: int) -> tuple[str, str]:
    """Title and text for when there are no rows."""
    if asked.before is not None and asked.before <= lowest + 1 and lowest:
        text = _("The log starts after version %(v)s. Earlier events are included in the state of that version.")
        return _("This part of the log is no longer kept"), text % {"v": number(lowest)}
    if asked.is_filtered:
        return _("No events match"), str(places.timeline.no_match)
    return _("No events here"), _("Go to the newest page to see all events.")


def _end(places: Places, events: Sequence[Event], asked: Asked, lowest: int, *, has_older: bool) -> str:
    """The text under the last row."""
    if not events:
        return ""
    if has_older:
        values = {"first": events[0].version, "last": events[-1].version}
        return _("Versions %(first)s to %(last)s.") % values
    if asked.is_filtered:
        return _("No older matching events.")
    if lowest:
        older = ngettext(
            "%(n)s older event is no longer kept. The state at the start of the log includes it.",
            "%(n)s older events are no longer kept. The state at the start of the log includes them.",
            lowest,
        )
        return older % {"n": number(lowest)}
    return str(places.timeline.began)

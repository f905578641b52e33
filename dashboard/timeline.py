"""The timeline of one cluster: a page of its log, filtered, and what it says of what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.logbook import Entry, entry, oldest_at
from dashboard.wording import number
from live.models import Event
from live.reading import floor, head
from ringviz.bounds import MAX_NAME
from ringviz.models import Cluster, Node

PAGE_ROWS = 50
MAX_NAMES = 200  # of nodes offered while typing; any name can be typed


class Kind(NamedTuple):
    """A choice of the filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. `before` and `after` are versions, and at most one of them is given."""

    kind: str = ""
    node: str = ""
    before: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """From an address; what is not understood is as if it were not there."""
        before, after = _version(query.get("before", "")), _version(query.get("after", ""))
        kind = query.get("kind", "")
        known = any(kind == one.value for one in kinds())
        node = "".join(letter for letter in query.get("node", "") if letter.isprintable()).strip()
        return cls(kind if known else "", node[:MAX_NAME], before, None if before else after)

    @property
    def is_filtered(self) -> bool:
        """Whether some events are left out on purpose."""
        return bool(self.kind or self.node)


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the timeline, ready to be written. Addresses are empty where there is nothing to go to."""

    asked: Asked
    rows: Sequence[Entry]
    head: int
    epoch: str
    path: str
    here: str
    kinds: Sequence[Kind]
    node_names: Sequence[str]
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


def log_of(cluster: Cluster, asked: Asked, *, with_who: bool) -> Log:
    """The page that was asked for. Raises Stream.DoesNotExist when the cluster was deleted meanwhile."""
    now, lowest = head(cluster.stream_id), floor(cluster.stream_id)
    events, has_newer, has_older = _page(_matching(cluster.stream_id, asked), asked)
    path = reverse("timeline", args=[cluster.slug])
    title, text = _nothing(asked, lowest) if not events else ("", "")
    return Log(
        asked=asked,
        rows=[entry(event, slug=cluster.slug, name=cluster.name, with_who=with_who) for event in events],
        head=now.version,
        epoch=now.epoch,
        path=path,
        here=_address(path, asked, before=asked.before, after=asked.after),
        kinds=kinds(),
        node_names=list(
            Node.objects.filter(cluster=cluster).order_by("number").values_list("name", flat=True)[:MAX_NAMES]
        ),
        held=now.version - lowest,
        held_text=number(now.version - lowest),
        oldest_at=oldest_at(cluster.stream_id, lowest),
        retention=settings.EVENT_RETENTION,
        retention_text=number(settings.EVENT_RETENTION),
        none_title=title,
        none_text=text,
        end_sentence=_end(events, asked, lowest, has_older=has_older),
        newest_href=_address(path, asked) if has_newer or (asked.before is not None and not events) else "",
        newer_href=_address(path, asked, after=events[0].version) if has_newer and events else "",
        older_href=_address(path, asked, before=events[-1].version) if has_older and events else "",
    )


def kinds() -> list[Kind]:
    """The kinds of event that the filter offers."""
    return [
        Kind("node_added", _("Added")),
        Kind("node_killed", _("Killed")),
        Kind("node_revived", _("Revived")),
        Kind("node_drained", _("Drained")),
        Kind("node_removed", _("Removed")),
        Kind("node_reweighted", _("Weight changed")),
        Kind("node_edited", _("Address or zone changed")),
        Kind("node_suspected", _("Suspected")),
        Kind("node_cleared", _("Answers again")),
        Kind("node_frozen", _("Frozen")),
        Kind("node_thawed", _("Thawed")),
        Kind("node_restarted", _("Restarted")),
        Kind("node_failed_over", _("Failed over")),
        Kind("work_asked", _("Asked")),
        Kind("work_cancelling", _("Being cancelled")),
        Kind("work_ended", _("Failed or cancelled")),
        Kind("keys_refilled", _("Keys stored")),
        Kind("keys_lost", _("Keys lost")),
        Kind("workload_set", _("Workload")),
        Kind("cluster_reconfigured", _("Settings changed")),
        Kind("keys_imported", _("Other keys")),
        Kind("cluster_created", _("Cluster created")),
        Kind("cluster_formed", _("Cluster formed")),
        Kind("external_seen", _("Changed elsewhere")),
    ]


def _matching(stream_id: int, asked: Asked) -> QuerySet[Event]:
    events = Event.objects.filter(stream_id=stream_id)
    if asked.kind:
        events = events.filter(kind=asked.kind)
    if asked.node:  # every event about one node carries it whole; a removal carries its name, an intent what it is for
        named = Q(payload__node__name=asked.node) | Q(payload__name=asked.node) | Q(payload__asked__name=asked.node)
        events = events.filter(named)
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
    given = {"kind": asked.kind, "node": asked.node, "before": before, "after": after}
    query = urlencode({name: value for name, value in given.items() if value not in ("", None)})
    return f"{path}?{query}" if query else path


def _nothing(asked: Asked, lowest: int) -> tuple[str, str]:
    """Title and text where no row is shown."""
    if asked.before is not None and asked.before <= lowest + 1 and lowest:
        text = _("The log starts after version %(v)s. What came before is in the state of that version.")
        return _("That part of the log is no longer held"), text % {"v": number(lowest)}
    if asked.is_filtered:
        return _("No event matches"), _("Choose another kind or node, or every one of them.")
    return _("No event here"), _("The newest page has what there is.")


def _end(events: Sequence[Event], asked: Asked, lowest: int, *, has_older: bool) -> str:
    """What stands under the last row."""
    if not events:
        return ""
    if has_older:
        values = {"first": events[0].version, "last": events[-1].version}
        return _("Versions %(first)s to %(last)s.") % values
    if asked.is_filtered:
        return _("No older event that matches is held.")
    if lowest:
        older = ngettext(
            "%(n)s older event is not held any more; what it made is the state that the log starts from.",
            "%(n)s older events are not held any more; what they made is the state that the log starts from.",
            lowest,
        )
        return older % {"n": number(lowest)}
    return _("This is where the cluster began.")

"""Rows of the timeline: a request and its outcome share one row, which can be unfolded.

The declaration of a kind says whether it is part of a work, and which part (`live.subjects.WorkPart`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from live.lists import Entry
from live.models import Event
from live.subjects import Kind, Part, WorkPart, all_kinds, known
from live.wording import lasting

Key = tuple[str, Any]
"""A work: the name of its subject, and its ID there."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event with the earlier events of its work, oldest first; `note` says how far the work has come."""

    entry: Entry
    before: Sequence[Entry]
    note: str


def rows_of(page: Sequence[Event], matching: QuerySet[Event], said: Callable[[Event], Entry]) -> list[Row]:
    """The rows of a page of events, in the same order; `matching` are the events that the filter shows.

    An event gets no row if the end of its work has one, here or on another page. Takes two queries, or none if every
    work is complete on this page.
    """
    works = {key for event in page if (key := key_of(event))}
    all_of = _whole(page, works)
    ends = {key: events[-1] for key, events in all_of.items() if _part(events[-1]) is Part.DONE}
    shown = {event.pk for event in page}
    if elsewhere := {end.pk for end in ends.values()} - shown:
        shown |= set(matching.filter(pk__in=elsewhere).values_list("pk", flat=True))
    rows = []
    for event in page:
        key = key_of(event)
        end = ends.get(key) if key else None
        if end is not None and end.pk != event.pk and end.pk in shown:
            continue
        whole = all_of.get(key, [event]) if key else [event]
        before = [one for one in whole if one.version < event.version] if end is not None and end.pk == event.pk else []
        rows.append(Row(said(event), [said(one) for one in before], _note(event, before, end)))
    return rows or [Row(said(event), (), "") for event in page]  # all these works end on another page


def key_of(event: Event) -> Key | None:
    """The work that an event belongs to; None for most events."""
    kind = known(event.kind)
    found = kind.work.work_of(event.payload) if kind and kind.work else None
    return (kind.subject.name, found) if kind and found is not None else None


def _part(event: Event) -> Part | None:
    kind = known(event.kind)
    return kind.work.part if kind and kind.work else None


def _whole(page: Sequence[Event], works: set[Key]) -> dict[Key, list[Event]]:
    """The events of each work, oldest first."""
    parts: dict[Key, set[Part | None]] = {}
    for event in page:
        if key := key_of(event):
            parts.setdefault(key, set()).add(_part(event))
    partial = {key for key in works if not {Part.ASKED, Part.DONE} <= parts[key]}
    found = {event.pk: event for event in page if key_of(event) in works}
    if partial:
        ids = [one for _subject, one in partial]
        where = [Q(kind=kind.name, **{f"payload__{work.path}__in": ids}) for kind, work in _working(partial)]
        for event in Event.objects.filter(reduce(or_, where), stream_id=page[0].stream_id):
            if key_of(event) in partial:
                found[event.pk] = event
    whole: dict[Key, list[Event]] = {}
    for event in sorted(found.values(), key=lambda one: one.version):
        if key := key_of(event):
            whole.setdefault(key, []).append(event)
    return whole


def _working(works: Iterable[Key]) -> list[tuple[Kind, WorkPart]]:
    """The kinds of event of these subjects that are parts of works."""
    names = {name for name, _id in works}
    return [(kind, kind.work) for kind in all_kinds() if kind.work and kind.subject.name in names]


def _note(event: Event, before: Sequence[Event], end: Event | None) -> str:
    if before:
        took = lasting((event.at - before[0].at).total_seconds())
        return _("requested, took %(time)s") % {"time": took}
    if _part(event) is not Part.ASKED:
        return ""
    if end is None:
        return _("not finished yet")
    return _("finished after %(time)s") % {"time": lasting((end.at - event.at).total_seconds())}

"""Whether a watcher runs, as the overview shows it."""

from __future__ import annotations

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.places import Process
from live.wording import number
from locks.selectors.sources import listed
from locks.stores.line import StoreGone
from locks.stores.table import status


def watcher() -> tuple[Process, ...]:
    """The process that keeps the tables of the sources up to date; empty if there are no sources.

    It leads as long as the status of a source is fresh: it writes each status once a second, and a status lasts five.
    """
    name = _("Watcher")
    try:
        slugs = [source.slug for source in listed(1_000)]
    except DatabaseError:
        return ()
    if not slugs:
        return ()
    sources = ngettext("%(n)s lock source", "%(n)s lock sources", len(slugs)) % {"n": number(len(slugs))}
    try:
        seen = [status(slug) for slug in slugs]
    except StoreGone:
        return (
            Process(name, False, _("unknown"), _("%(sources)s; our own Redis does not answer") % {"sources": sources}),
        )
    if not any(seen):
        return (Process(name, False, _("not running"), _("%(sources)s; locks cannot be seen") % {"sources": sources}),)
    states = [one["state"] if one else "down" for one in seen]
    down = sum(state == "down" for state in states)
    paused = sum(state == "paused" for state in states)
    parts = [sources]
    if down:
        parts.append(_("%(n)s not seen") % {"n": number(down)})
    if paused:
        parts.append(_("%(n)s paused") % {"n": number(paused)})
    return (Process(name, True, _("leads"), ", ".join(parts)),)

"""Lock sources as places: where the sockets, the timeline, the overview and the navigation find them.

Imported at every start of Django, so slow imports wait until they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from live.places import Overview, Page, Place, Places, Process, TimelineWords
from live.subjects import Subject
from locks.events import locks
from locks.events.stage import stage
from locks.models import LockSource
from locks.selectors.sources import PREFIX, listed, place_of


class LockSources(Places):
    """Every configured source. One that is no longer configured keeps its page and its timeline."""

    prefix = PREFIX
    urls = "locks.urls"
    noun = _("Lock source")
    timeline = TimelineWords(
        hint=_("Alerts, breaks, and when the source was lost or paused, newest first."),
        began=_("Ringviz began to watch this source here."),
        no_match=_("Choose another kind or lock, or all of them."),
        name=_("Lock"),
        any_name=_("Every lock"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.carry(locks)
        self.carry(stage)
        self.show(Page(_("Locks"), "locks:page"))

    def find(self, slug: str) -> Place | None:
        """One query."""
        source = LockSource.objects.filter(slug=slug).first()
        return place_of(source) if source else None

    def listed(self, most: int) -> list[Place]:
        """One query."""
        return [place_of(source) for source in listed(most)]

    def moment(self, place: Place, version: int, _subject: Subject | None = None) -> str:
        """Address of the timeline from this version on: the log does not say what was held then."""
        return f"{reverse('timeline', args=[place.prefix, place.slug])}?before={version + 1}"

    def overview(self) -> Overview:
        """Two queries, and four short calls to our own Redis per source."""
        from locks.selectors.overview import overview_of

        return overview_of(listed(1_000))

    def names(self, place: Place, most: int) -> list[str]:
        """The locks of the newest events."""
        from locks.selectors.overview import names_in

        return names_in(place.stream_id, most)

    def processes(self) -> Sequence[Process]:
        """The watcher, if there are sources."""
        from locks.selectors.watcher import watcher

        return watcher()

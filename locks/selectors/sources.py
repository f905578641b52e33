"""Lock sources: those in the environment, and those that the database remembers."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from live.places import Place
from locks.core.sourcelist import EMBEDDED, SourceConfig
from locks.models import LockSource
from locks.refusals import no_source
from locks.selectors.configs import configs

PREFIX = "locks"  # begins every address of a source
EMBEDDED_NAME = "Embedded"


class Configured(NamedTuple):
    """A source as named in the environment, without its addresses, so no page can show them."""

    slug: str
    name: str
    breakable: bool


def configured() -> dict[str, Configured]:
    """What is watched, or would be if a watcher ran: our own server first, then LOCK_SOURCES in order."""
    return {slug: Configured(slug, _name(config), config.breakable) for slug, config in configs().items()}


def _name(config: SourceConfig) -> str:
    return EMBEDDED_NAME if config.slug == EMBEDDED else config.name


def source_of(slug: str) -> LockSource:
    """The source with this slug, configured or not. Raises NotFound. One query."""
    try:
        return LockSource.objects.get(slug=slug)
    except LockSource.DoesNotExist:
        raise no_source(slug) from None


def place_of(source: LockSource) -> Place:
    """The source as the navigation and event lists show it."""
    named = configured().get(source.slug)
    if named is None:
        note = _("no longer watched")
    elif source.slug == EMBEDDED:
        note = _("our own server")
    else:
        note = _("locks can be broken") if named.breakable else _("read-only")
    return Place(PREFIX, source.slug, source.name, source.stream_id, note)


def listed(most: int) -> list[LockSource]:
    """The configured sources that have been watched, in configuration order. One query."""
    order = {slug: place for place, slug in enumerate(configured())}
    found = LockSource.objects.filter(slug__in=order)
    return sorted(found, key=lambda source: order[source.slug])[:most]

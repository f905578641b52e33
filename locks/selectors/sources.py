"""Lock sources: what the environment names, and what the database remembers of them."""

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
    """A source as the environment names it, without its addresses: no page can show them."""

    slug: str
    name: str
    breakable: bool


def configured() -> dict[str, Configured]:
    """What is watched, or would be if a watcher ran: our own server first, then LOCK_SOURCES in its order."""
    return {slug: Configured(slug, _name(config), config.breakable) for slug, config in configs().items()}


def _name(config: SourceConfig) -> str:
    return EMBEDDED_NAME if config.slug == EMBEDDED else config.name


def source_of(slug: str) -> LockSource:
    """The source of this address, configured or not. Raises NotFound. One query."""
    try:
        return LockSource.objects.get(slug=slug)
    except LockSource.DoesNotExist:
        raise no_source(slug) from None


def place_of(source: LockSource) -> Place:
    """The source as the navigation and lists of events name it."""
    named = configured().get(source.slug)
    if named is None:
        note = _("no longer watched")
    elif source.slug == EMBEDDED:
        note = _("our own server")
    else:
        note = _("locks can be broken") if named.breakable else _("read-only")
    return Place(PREFIX, source.slug, source.name, source.stream_id, note)


def listed(most: int) -> list[LockSource]:
    """The configured sources that have been watched, in the order of the configuration. One query."""
    order = {slug: place for place, slug in enumerate(configured())}
    found = LockSource.objects.filter(slug__in=order)
    return sorted(found, key=lambda source: order[source.slug])[:most]

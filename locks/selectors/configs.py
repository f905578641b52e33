"""The watched servers with their addresses, for code that connects. Pages may show only `selectors.sources`."""

from __future__ import annotations

from django.conf import settings

from live.channel import redis_url
from locks.core.sourcelist import EMBEDDED, SourceConfig, embedded


def configs() -> dict[str, SourceConfig]:
    """By slug: our own server first, if there is one, then LOCK_SOURCES in its order."""
    ours = {EMBEDDED: embedded(url)} if (url := redis_url()) else {}
    return {**ours, **{config.slug: config for config in settings.LOCK_SOURCES}}

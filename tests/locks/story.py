"""What can happen to a source, made by the services: every kind of event, in an order that makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from live.actor import Actor
from live.models import Event
from live.past import parts_at
from locks.core.rows import Alert, Row
from locks.core.sourcelist import SourceConfig
from locks.events import LockBroken, State, locks
from locks.models import LockSource
from locks.services.alerts import clear_alert, raise_alert
from locks.services.sources import ensure_sources, set_paused, source_back, source_lost, tell
from tests.locks.rows import NOW_MS, a_row

SLUG = "jobs"
BINARY = {"b64": "/w=="}
TELLER = Actor("teller", "system", may_operate=True)


class Step(NamedTuple):
    """An event with the states before and after it; `before` is None at the beginning."""

    name: str
    event: Event
    before: State | None
    after: State


def configs(*, breakable: bool) -> tuple[SourceConfig, ...]:
    """LOCK_SOURCES of the story."""
    return (SourceConfig(SLUG, SLUG, "redis://watch@h", "redis://break@h" if breakable else None),)


def story(settings: Any) -> Iterator[Step]:
    """The steps. `settings` is the test's fixture."""
    settings.LOCK_SOURCES = configs(breakable=False)
    source = _source()
    yield _step("source_added", 1, source)
    settings.LOCK_SOURCES = configs(breakable=True)
    _source()
    yield _step("source_breakable", 2, source)
    first, second = (
        a_row("jobs:1", id="a" * 16),
        a_row("jobs:2", id="b" * 16, key={"b64": "/w=="}, name={"b64": "/w=="}),
    )
    yield _told("alert_raised", raise_alert(source, first, _alert("no_ttl")), source)
    yield _told("alert_of_binary", raise_alert(source, second, _alert("long_held", 40_000.0)), source)
    yield _told("alert_of_another_kind", raise_alert(source, second, _alert("starving")), source)
    yield _told("alert_again", raise_alert(source, second, _alert("starving")), source)
    yield _told("alert_cleared", clear_alert(source, second, "starving", "well"), source)
    yield _told("lock_broken", tell(source, _broken(second, sure=True), TELLER), source)
    yield _told("lock_perhaps_broken", tell(source, _broken(first, sure=False), TELLER), source)
    yield _told("watch_paused", set_paused(SLUG, TELLER, on=True), source)
    yield _told("watch_resumed", set_paused(SLUG, TELLER, on=False), source)
    yield _told("source_lost", source_lost(source, "auth", "WRONGPASS invalid username-password pair"), source)
    yield _told("source_back", source_back(source), source)


def _source() -> LockSource:
    return next(one for one in ensure_sources() if one.slug == SLUG)


def _alert(kind: str, value: float | None = None) -> Alert:
    return cast(Alert, {"kind": kind, "since": NOW_MS, "value": value})


def _broken(row: Row, *, sure: bool) -> LockBroken:
    return LockBroken(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        client=row["client"],
        holder=row["holder"],
        reason="stuck, checked by hand",
        woken=1 if sure else None,
        how="push" if sure else "",
        sure=sure,
    )


def _told(name: str, event: Event | None, source: LockSource) -> Step:
    assert event is not None
    return _step(name, event.version, source)


def _step(name: str, version: int, source: LockSource) -> Step:
    event = Event.objects.get(stream_id=source.stream_id, version=version)
    before = parts_at(source.stream_id, version - 1)[locks.name] if version > 1 else None
    return Step(name, event, before, parts_at(source.stream_id, version)[locks.name])

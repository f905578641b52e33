"""Sources in the services: made once, lost and back, paused by operators, protected from late leaders."""

from __future__ import annotations

from typing import Any

import pytest

from live.actor import Actor
from live.models import Event, Stream
from live.reading import events_after
from locks.core.sourcelist import SourceConfig
from locks.models import LockSource
from locks.refusals import NotAllowed, NotFound
from locks.services.alerts import raise_alert
from locks.services.sources import check_allowed, ensure_sources, set_paused, source_back, source_lost, state_now
from locks.services.stage import ask
from tests.locks.rows import a_row

pytestmark = pytest.mark.django_db
ADA = Actor("ada", "page", may_operate=True)


class Overtaken(Exception):
    """Somebody else leads."""


@pytest.fixture
def source(settings: Any) -> LockSource:
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", "redis://user:secret@h"),)
    (made,) = ensure_sources()
    return made


def kinds(source: LockSource) -> list[str]:
    return [event.kind for event in events_after(source.stream_id, 0)]


def test_a_source_is_made_once_and_what_changes_is_told(source, settings):
    assert ensure_sources() == [source]
    assert kinds(source) == ["source_added"]
    settings.LOCK_SOURCES = (SourceConfig("jobs", "Jobs of the night", "redis://h", "redis://b@h"),)
    (again,) = ensure_sources()
    assert (again.pk, again.name) == (source.pk, "Jobs of the night")
    assert state_now(source)["source"] == {"name": "Jobs of the night", "slug": "jobs", "breakable": True}
    assert kinds(source) == ["source_added", "source_added"]
    settings.LOCK_SOURCES = ()
    assert ensure_sources() == []
    assert LockSource.objects.get().name == "Jobs of the night", "it keeps its history"


def test_no_address_and_no_password_is_in_the_database(source):
    source_lost(source, "auth", "h:6379: WRONGPASS")
    stored = (
        str(list(LockSource.objects.values())) + str(list(Event.objects.values())) + str(list(Stream.objects.values()))
    )
    assert "secret" not in stored


def test_lost_and_back_are_told_once_and_another_reason_again(source):
    assert source_back(source) is None
    assert source_lost(source, "timeout", "h did not answer within 2 s") is not None
    assert source_lost(source, "timeout", "h did not answer within 2 s") is None
    assert source_lost(source, "auth", "\0" + "x" * 900) is not None
    trouble = state_now(source)["trouble"]
    assert trouble is not None
    assert (trouble["kind"], trouble["text"]) == ("auth", " " + "x" * 499)  # PostgreSQL accepts no NUL
    assert source_back(source) is not None
    assert source_back(source) is None
    assert kinds(source)[1:] == ["source_lost", "source_lost", "source_back"]


def test_a_pause_is_for_operators(source):
    with pytest.raises(NotAllowed):
        set_paused("jobs", Actor("eve", "page", may_operate=False), on=True)
    with pytest.raises(NotFound):
        set_paused("none", ADA, on=True)
    event = set_paused("jobs", ADA, on=True)
    assert event is not None
    assert (event.actor, event.origin) == ("ada", "page")
    assert set_paused("jobs", ADA, on=True) is None
    assert LockSource.objects.get(slug="jobs").paused is True
    assert state_now(source)["paused"] is True


def test_who_leads_no_more_writes_nothing(source):
    def overtaken() -> None:
        raise Overtaken

    for write in (
        lambda: raise_alert(source, a_row("a"), {"kind": "no_ttl", "since": 1, "value": None}, overtaken),
        lambda: source_lost(source, "timeout", "", overtaken),
    ):
        with pytest.raises(Overtaken):
            write()
    assert kinds(source) == ["source_added"]
    assert Stream.objects.get(pk=source.stream_id).version == 1


def test_a_name_is_no_permission():
    """A signed-in user has a name, but may still only watch."""
    colleague = Actor("colleague", "page", may_operate=False)
    for asked in (lambda: check_allowed(colleague), lambda: ask("any", colleague, {"what": "ladder", "key": "k"})):
        with pytest.raises(NotAllowed):
            asked()

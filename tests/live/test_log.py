"""Writing the event log, on both engines."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction

from live import log, turns
from live.actor import Actor
from live.models import Event, Stream
from live.payloads import UndeclaredField
from live.reading import events_after, head
from live.subjects import UndeclaredKind
from tests.live.app import WRITER, Counted, add, state_of
from tests.live.databases import only_sqlite

COUNTED = Counted({"name": "a", "total": 1}, None)


@pytest.mark.no_cover  # the same few lines, hundreds of times
def test_eight_writers_give_every_version_once(stream):
    def write_many(name: str) -> None:
        for _ in range(25):
            add(stream.pk, name)
        connections.close_all()

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write_many, "abcdefgh"))
    assert [event.version for event in events_after(stream.pk, 0)] == list(range(1, 201))
    assert head(stream.pk).version == 200
    assert state_of(stream.pk) == dict.fromkeys("abcdefgh", 25)  # no other write came between anybody's read and write


def test_a_conflict_writes_nothing(stream):
    add(stream.pk)
    with pytest.raises(log.Conflict) as refused, log.write(stream.pk, expected=0) as draft:
        draft.record(COUNTED, WRITER)
    assert (refused.value.stream, refused.value.expected, refused.value.actual) == (stream.pk, 0, 1)
    assert head(stream.pk).version == 1
    assert Event.objects.count() == 1


def test_of_two_writers_on_one_version_one_wins(stream):
    def try_once(name: str) -> bool:
        try:
            add(stream.pk, name, expected=0)
        except log.Conflict:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as writers:
        assert sorted(writers.map(try_once, "abcd")) == [False, False, False, True]
    assert head(stream.pk).version == 1


def fail_after(change: Callable[[], object]) -> None:
    change()
    raise ZeroDivisionError


def test_a_failing_change_writes_nothing(stream):
    with pytest.raises(ZeroDivisionError), log.write(stream.pk) as draft:
        fail_after(lambda: draft.record(COUNTED, WRITER))
    assert head(stream.pk).version == 0
    assert not Event.objects.exists()


def test_a_write_records_exactly_one_event(stream):
    with pytest.raises(log.OneEventAWrite), log.write(stream.pk):
        pass
    with log.write(stream.pk) as draft:
        draft.record(COUNTED, WRITER)
        with pytest.raises(log.OneEventAWrite):
            draft.record(COUNTED, WRITER)
    assert head(stream.pk).version == Event.objects.count() == 1


def test_what_nobody_declared_is_refused(stream):
    with pytest.raises(UndeclaredField), log.write(stream.pk) as draft:
        draft.record(Counted({"name": "a", "total": 1, "colour": "red"}, None), WRITER)  # type: ignore[typeddict-unknown-key]
    with pytest.raises(UndeclaredKind), log.write(stream.pk) as draft:
        draft.record(object(), WRITER)
    assert head(stream.pk).version == 0


def test_a_stream_that_is_not_there_is_said_so(database):
    with pytest.raises(Stream.DoesNotExist), log.write(4711):
        pass


def test_a_name_is_taken_once(stream):
    with pytest.raises(IntegrityError), transaction.atomic():
        log.create_stream(stream.name)


def test_deleting_a_stream_deletes_its_events(stream):
    add(stream.pk)
    log.delete_stream(stream.pk)
    assert not Stream.objects.exists()
    assert not Event.objects.exists()


def test_the_wire_never_says_who_acted(stream):
    with log.write(stream.pk) as draft:
        event = draft.record(COUNTED, Actor("Grace Hopper", "command line", True))
    assert (event.actor, event.origin) == ("Grace Hopper", "command line")
    frame = log.event_frame(event)
    assert frame.keys() == {"type", "v", "kind", "at", "payload"}
    assert "Grace" not in json.dumps(frame)
    assert "command line" not in json.dumps(frame)
    assert frame["at"].endswith("Z")
    assert len(frame["at"]) == len("2026-05-03T12:41:07.123Z")


def test_a_hint_follows_the_commit_and_only_the_commit(stream, monkeypatch):
    hints = []
    monkeypatch.setattr(log, "publish_hint", lambda stream_id, version: hints.append((stream_id, version)))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fail_after(lambda: add(stream.pk))
    assert hints == []
    with transaction.atomic():
        add(stream.pk)
        assert hints == []
    assert hints == [(stream.pk, 1)]


@only_sqlite
def test_a_write_inside_a_transaction_does_not_wait_for_the_file(stream, monkeypatch):
    """It already holds the database. Waiting for a writer that waits for the database would last until the timeout."""
    taken = []
    monkeypatch.setattr(turns, "_lock_path", lambda: taken.append(1))
    with transaction.atomic():
        add(stream.pk)
    assert taken == []
    add(stream.pk)
    assert taken == [1]

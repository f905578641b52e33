"""Reading the event log and keeping it short, on both engines."""

import pytest

from live import reading, retention
from live.log import create_stream, write
from live.models import Checkpoint, Stream
from tests.live.app import WRITER, Counted, add, state_of


def written(stream_id: int, count: int) -> None:
    for _ in range(count):
        add(stream_id)


def versions(events) -> list[int]:
    return [event.version for event in events]


def test_events_are_read_by_version_in_pages(stream):
    written(stream.pk, 7)
    assert versions(reading.events_after(stream.pk, 2, 3)) == [3, 4, 5]
    assert versions(reading.events_after(stream.pk, 5)) == [6, 7]
    assert versions(reading.events_up_to(stream.pk, 5, 2)) == [5, 4]


def test_streams_do_not_mix(stream):
    other = create_stream("other")
    written(stream.pk, 2)
    written(other.pk, 1)
    assert versions(reading.events_after(other.pk, 0)) == [1]
    assert stream.epoch != other.epoch
    heads = reading.heads([stream.pk, other.pk, 4711])
    assert heads == {stream.pk: (2, stream.epoch), other.pk: (1, other.epoch)}


def test_a_stream_that_is_not_there_is_said_so(database):
    with pytest.raises(Stream.DoesNotExist):
        reading.head(4711)
    with pytest.raises(Stream.DoesNotExist):
        reading.floor(4711)


def test_without_a_checkpoint_nothing_is_trimmed(stream):
    written(stream.pk, 5)
    assert retention.trim(stream.pk, keep=1) == 0
    assert reading.floor(stream.pk) == 0


def test_every_version_from_the_floor_on_can_be_rebuilt(stream):
    states: dict[int, dict[str, int]] = {0: {}}
    for version in range(1, 11):
        add(stream.pk, "ab"[version % 2])
        states[version] = state_of(stream.pk)
    for version in (3, 6, 9):
        retention.keep_checkpoint(stream.pk, version, states[version])
    assert retention.trim(stream.pk, keep=3) == 6  # the head is 10, so at most up to 7; the checkpoint is at 6
    assert reading.floor(stream.pk) == 6
    assert list(Checkpoint.objects.values_list("version", flat=True)) == [6, 9]
    for version in range(6, 11):
        checkpoint = reading.checkpoint_at_or_before(stream.pk, version)
        assert checkpoint is not None
        state = checkpoint.state
        for event in reading.events_after(stream.pk, checkpoint.version):
            if event.version <= version:
                state = {**state, event.payload["count"]["name"]: event.payload["count"]["total"]}
        assert state == states[version]


def test_a_log_without_events_has_its_floor_at_the_head(stream):
    written(stream.pk, 2)
    retention.keep_checkpoint(stream.pk, 2, {})
    retention.trim(stream.pk, keep=0)
    assert reading.floor(stream.pk) == 2
    assert reading.checkpoint_at_or_before(stream.pk, 1) is None


def test_the_first_checkpoint_of_a_version_stays(stream):
    retention.keep_checkpoint(stream.pk, 0, {"first": 1})
    assert retention.keep_checkpoint(stream.pk, 0, {"second": 1}).state == {"first": 1}


def test_a_stable_read_is_of_the_version_it_says(stream):
    """A writer interferes twice, and both times the result is discarded."""
    interruptions = [1, 1]
    reads = []

    def read() -> dict[str, int]:
        state = state_of(stream.pk)
        reads.append(state)
        if interruptions:
            interruptions.pop()
            add(stream.pk)
        return state

    head, state = reading.read_stable(stream.pk, read)
    assert (head.version, state) == (2, {"a": 2})
    assert len(reads) == 3


def test_under_writers_without_end_a_stable_read_holds_them_back(stream):
    """The last try runs inside the writers' lock. A write from here would be a savepoint in it, so there is none."""
    reads = []

    def read() -> dict[str, int]:
        reads.append(1)
        state = state_of(stream.pk)
        if len(reads) <= reading.STABLE_TRIES:
            with write(stream.pk) as draft:
                draft.record(Counted({"name": "a", "total": len(reads)}, None), WRITER)
        return state

    head, state = reading.read_stable(stream.pk, read)
    assert (head.version, state) == (reading.STABLE_TRIES, {"a": reading.STABLE_TRIES})

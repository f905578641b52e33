"""One page's connection: what it receives first, what it may send, and how it is closed."""

import asyncio
import json

import pytest
from django.db import OperationalError

from live import consumer, hub, news, retention
from live.log import delete_stream
from live.models import Stream, new_epoch
from live.reading import floor
from tests.live.app import add, fill
from tests.live.databases import only_sqlite
from tests.live.pages import Page, in_thread, page


async def written(stream: Stream, count: int) -> None:
    def write() -> None:
        for _ in range(count):
            add(stream.pk)

    await in_thread(write)


async def test_a_page_without_a_version_gets_a_snapshot_then_events(stream):
    await written(stream, 3)
    async with page() as first:
        await first.message("snapshot")
        hello, snapshot = first.received[:2]
        assert hello == {"type": "hello", "head": 3, "epoch": stream.epoch, "now": hello["now"]}
        assert hello["now"] > 1_700_000_000_000
        assert snapshot == {"type": "snapshot", "v": 3, "epoch": stream.epoch, "parts": {"counters": {"a": 3}}}
        await written(stream, 2)
        await first.version(5)
        assert first.versions == [4, 5]
        assert first.state == {"a": 5}


async def test_a_page_that_comes_back_gets_exactly_what_it_missed(stream):
    await written(stream, 10)
    async with page(f"since=4&epoch={stream.epoch}") as back:
        await back.version(10)
        assert back.versions == [5, 6, 7, 8, 9, 10]
        assert back.snapshots == []
        assert set(back.received[1]) == {"type", "v", "kind", "at", "payload"}


async def test_a_page_that_missed_nothing_is_told_nothing(stream):
    await written(stream, 2)
    async with page(f"since=2&epoch={stream.epoch}") as back:
        await written(stream, 1)
        await back.version(3)
        assert back.versions == [3]
        assert back.snapshots == []


@pytest.mark.parametrize(
    "query",
    ["since=2&epoch=0000000000000000", "since=2", "since=-1&epoch=E", "since=x&epoch=E", "since=²&epoch=E", "since="],
)
async def test_a_version_that_cannot_be_continued_is_answered_with_a_snapshot(stream, query):
    await written(stream, 3)
    async with page(query.replace("=E", f"={stream.epoch}")) as other:
        assert (await other.message("snapshot"))["v"] == 3
        assert other.versions == []


async def test_a_version_ahead_of_the_log_is_answered_with_a_snapshot(stream):
    await written(stream, 1)
    async with page(f"since=9&epoch={stream.epoch}") as ahead:
        assert (await ahead.message("snapshot"))["v"] == 1


async def test_a_page_ahead_of_this_process_is_not_mistaken_for_one_ahead_of_the_log(stream):
    """Without hints, the hub learns of an event within a second; a page that was just rendered already knows it."""
    async with page() as early:
        await early.message("snapshot")
        await written(stream, 1)
        async with page(f"since=1&epoch={stream.epoch}") as late:
            await written(stream, 1)
            await late.version(2)
            assert late.snapshots == []
            assert late.versions == [2]


async def test_more_than_500_behind_is_a_snapshot(stream):
    await in_thread(fill, stream.pk, 501)
    async with page(f"since=0&epoch={stream.epoch}") as far, page(f"since=1&epoch={stream.epoch}") as near:
        assert (await far.message("snapshot"))["v"] == 501
        await near.version(501)
        assert near.versions == list(range(2, 502))


async def test_more_than_500_behind_is_a_snapshot_even_where_all_is_at_hand(stream):
    async with page() as watching:
        for version in (300, 600):
            await in_thread(fill, stream.pk, 300)
            await watching.version(version)
        async with page(f"since=99&epoch={stream.epoch}") as far, page(f"since=100&epoch={stream.epoch}") as near:
            assert (await far.message("snapshot"))["v"] == 600
            assert far.versions == []
            await near.version(600)
            assert near.snapshots == []


async def test_below_the_floor_is_a_snapshot(stream):
    await written(stream, 6)
    await in_thread(retention.keep_checkpoint, stream.pk, 4, {"a": 4})
    await in_thread(retention.trim, stream.pk, 1)
    assert await in_thread(floor, stream.pk) == 4
    async with page(f"since=3&epoch={stream.epoch}") as below, page(f"since=4&epoch={stream.epoch}") as at:
        assert (await below.message("snapshot"))["v"] == 6
        assert below.versions == []
        await at.version(6)
        assert at.versions == [5, 6]


async def test_a_stream_in_another_life_is_a_snapshot_for_everybody(stream):
    async with page() as watching:
        await watching.message("snapshot")
        await written(stream, 2)
        await watching.version(2)
        epoch = new_epoch()
        await in_thread(lambda: Stream.objects.filter(pk=stream.pk).update(epoch=epoch, version=1))
        await watching.until(lambda: watching.snapshots[-1]["epoch"] == epoch, "the snapshot of the new life")
        assert watching.snapshots[-1]["v"] == 1


async def test_a_snapshot_of_another_life_is_not_sent_while_the_log_cannot_tell_of_it(stream, monkeypatch):
    """The page would continue from its version with events of the stream's earlier life, so it reconnects."""

    def refuse(_known) -> None:
        raise OperationalError("gone fishing")

    async with page() as watching:
        await watching.message("snapshot")
        await written(stream, 1)
        await watching.version(1)
        monkeypatch.setattr(news, "read_news", refuse)
        await in_thread(lambda: Stream.objects.filter(pk=stream.pk).update(epoch=new_epoch()))
        watching.say(json.dumps({"type": "resync"}))
        assert await watching.code() == consumer.FAILED
        assert [snapshot["epoch"] for snapshot in watching.snapshots] == [stream.epoch]


async def test_a_version_that_fell_is_a_snapshot_for_everybody(stream):
    """A database was restored from a copy, with the same epoch."""
    await written(stream, 3)
    async with page() as watching:
        await watching.message("snapshot")
        await in_thread(lambda: stream.events.filter(version__gt=1).delete())
        await in_thread(lambda: Stream.objects.filter(pk=stream.pk).update(version=1))
        await watching.until(lambda: watching.snapshots[-1]["v"] == 1, "the snapshot of the restored version")
        await written(stream, 1)
        await watching.until(lambda: watching.versions == [2], "the next event")


async def test_a_resync_without_a_version_is_answered_with_a_snapshot(stream):
    await in_thread(fill, stream.pk, 3)
    async with page(f"since=3&epoch={stream.epoch}") as asking:
        await asking.message("hello")
        asking.say(json.dumps({"type": "resync"}))
        assert (await asking.message("snapshot"))["v"] == 3
        await in_thread(add, stream.pk)
        await asking.version(4)
        assert asking.versions == [4]


async def test_a_resync_is_answered_from_there(stream):
    await written(stream, 5)
    async with page(f"since=5&epoch={stream.epoch}") as asking:
        await asking.message("hello")
        asking.say(json.dumps({"type": "resync", "since": 3}))
        await asking.version(5)
        assert asking.versions == [4, 5]
        asking.say(json.dumps({"type": "resync", "since": 77}))
        assert (await asking.message("snapshot"))["v"] == 5


@only_sqlite
@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        '{"type":"resync","until":1}',
        '{"type":"resync","since":-1}',
        '{"type":"resync","since":true}',
        '{"type":"resync","since":1.5}',
        '{"type":"kill","node":1}',
        '{"type":"resync","since":1,"pad":"' + "x" * 1024 + '"}',
        "[" * 1000,
        b"\x00\x01",
    ],
)
async def test_what_is_not_understood_closes(stream, said):
    async with page() as strange:
        await strange.message("snapshot")
        strange.say(said)
        assert await strange.code() == 4400


@only_sqlite
async def test_an_unknown_stream_is_gone(stream):
    async with page(name="nothing") as lost:
        assert await lost.code() == 4404
        assert [message["type"] for message in lost.received] == ["gone"]


async def test_a_deleted_stream_is_gone_for_all_who_watch(stream):
    async with page() as one, page() as two:
        await one.message("snapshot")
        await two.message("snapshot")
        await in_thread(delete_stream, stream.pk)
        for watching in (one, two):
            assert await watching.code() == 4404
            assert watching.received[-1] == {"type": "gone"}


@only_sqlite
async def test_a_process_holds_so_many_sockets_and_no_more(stream, settings):
    settings.LIVE_MAX_SOCKETS = 2
    async with page() as one:
        async with page() as two, page() as three:
            assert await three.code() == 4429
            await one.message("snapshot")
            await two.message("snapshot")
        async with page() as four:
            await four.message("snapshot")


@only_sqlite
async def test_a_heartbeat_says_what_the_page_should_have(stream):
    await written(stream, 2)
    async with page() as still:
        beat = await still.message("heartbeat")
        assert beat["v"] == 2
        assert still.received.index(beat) > still.received.index(still.snapshots[0])


@only_sqlite
async def test_a_page_that_nothing_happens_on_hears_every_second(stream):
    async with page() as still:
        beats = await still.until(
            lambda: [m for m in still.received if m["type"] == "heartbeat"][3:], "four heartbeats"
        )
        first = await still.message("heartbeat")
        assert 3 <= (beats[0]["now"] - first["now"]) / 1000 <= 5


@only_sqlite
async def test_a_failing_snapshot_closes_the_socket_and_nothing_else(stream, monkeypatch, caplog):
    async with page() as well:
        await well.message("snapshot")
        await written(stream, 1)
        await well.version(1)
        with monkeypatch.context() as broken:
            broken.setattr("tests.live.app.snapshot", lambda _: 1 / 0)
            async with page() as ill:
                assert await ill.code() == consumer.FAILED
        assert "ZeroDivisionError" in caplog.text
        await written(stream, 1)
        await well.version(2)


@only_sqlite
async def test_a_sender_that_cannot_send_closes_its_socket(stream, caplog):
    """Otherwise it would stay open and silent."""
    async with page() as broken:
        await broken.message("snapshot")
        broken.failure = ValueError("no such frame")
        await written(stream, 1)
        assert await broken.code() == consumer.FAILED
    assert "no such frame" in caplog.text


@only_sqlite
async def test_a_page_that_the_server_gave_up_is_no_error(stream, caplog):
    """If a network fails, a thousand pages do this at once, and a thousand tracebacks help nobody."""
    async with page() as silent, page() as well:
        await silent.message("snapshot")
        await well.message("snapshot")
        silent.failure = RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'.")
        await written(stream, 1)
        await well.version(1)
    assert caplog.text == ""


@only_sqlite
async def test_the_hub_ends_with_its_last_socket(stream):
    loop = asyncio.get_running_loop()
    async with page() as one:
        await one.message("snapshot")
        running = hub._hubs[loop]
        async with page() as two:
            await two.message("snapshot")
            assert hub._hubs[loop] is running
        assert hub._hubs[loop] is running
    assert loop not in hub._hubs
    await asyncio.wait_for(asyncio.wait([running._task]), 10)
    assert running.feeds == {}
    async with page() as three:
        await three.message("snapshot")
        assert hub._hubs[loop] is not running


@only_sqlite
async def test_a_page_that_leaves_while_it_is_let_in_is_forgotten(stream):
    hurried = Page("", "counters")
    await hurried.leave()
    assert asyncio.get_running_loop() not in hub._hubs

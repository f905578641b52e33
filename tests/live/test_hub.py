"""The hub: order, hints, slow pages, and a hint server or database that dies."""

import asyncio
import random
import threading
from contextlib import AsyncExitStack

import pytest
from django.db import connection, transaction

from live import feed, hints, hub, news, pump
from live.channel import channel_name
from live.reading import heads
from tests.live.app import add, fill, state_of
from tests.live.databases import only_sqlite
from tests.live.pages import Page, in_thread, page


async def write_many(stream_id: int, count: int, writers: int = 4, note: str | None = None) -> None:
    def write(name: str) -> None:
        for _ in range(count // writers):
            add(stream_id, name, note=note)

    await asyncio.gather(*(in_thread(write, f"w{number}") for number in range(writers)))


def unbroken(page: Page) -> bool:
    """Whether the events since the last snapshot have no gap."""
    start = page.snapshots[-1]["v"] if page.snapshots else page.versions[0] - 1
    later = page.versions[-(page.have - start) :] if page.have > start else []
    return later == list(range(start + 1, page.have + 1))


async def test_everybody_gets_every_event_in_order(stream, hint_server):
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(page()) for _ in range(20)]
        for each in pages:
            await each.message("snapshot")
        await write_many(stream.pk, 120)
        final = await in_thread(state_of, stream.pk)
        for each in pages:
            await each.version(120)
            assert unbroken(each)
            assert each.state == final


async def test_pages_that_come_and_go_miss_nothing(stream, hint_server):
    chance = random.Random(7)

    async def come_and_go() -> dict[str, int]:
        have, epoch = -1, ""
        state: dict[str, int] = {}
        while have < 120:
            async with page(f"since={have}&epoch={epoch}" if epoch else "") as each:
                wanted = min(120, max(have, 0) + chance.randint(1, 40))
                await each.version(wanted)
                assert unbroken(each)
                assert bool(each.snapshots) == (have < 0)
                epoch = each.received[0]["epoch"]
                state = {**state, **each.state}
                have = each.have
        return state

    *states, _ = await asyncio.gather(*(come_and_go() for _ in range(8)), write_many(stream.pk, 120))
    final = await in_thread(state_of, stream.pk)
    assert states == [final] * 8


async def test_a_hint_is_followed_at_once(stream, hint_server, monkeypatch):
    monkeypatch.setattr(pump, "POLL_S", 3600.0)
    async with page() as watching:
        await watching.until(lambda: watching.frames("watchers"), "the count, which comes with the subscription")
        await in_thread(add, stream.pk)
        await watching.version(1)


async def test_without_a_hint_server_an_event_takes_a_second(stream):
    async with page() as watching:
        await watching.message("snapshot")
        begun = asyncio.get_running_loop().time()
        await in_thread(add, stream.pk)
        await watching.version(1)
        assert asyncio.get_running_loop().time() - begun < 3


async def test_a_hint_server_that_dies_and_comes_back_loses_nothing(stream, hint_server, monkeypatch):
    async with page() as watching:
        await watching.until(lambda: watching.frames("watchers")[-1:] == [{"count": 1}], "the count")
        hint_server.kill()
        try:
            await watching.until(lambda: watching.frames("watchers")[-1] == {"count": None}, "the count to be unknown")
            await write_many(stream.pk, 40)
            await watching.version(40)
        finally:
            hint_server.start()
        await watching.until(lambda: watching.frames("watchers")[-1] == {"count": 1}, "the count to be known again")
        monkeypatch.setattr(pump, "POLL_S", 3600.0)
        await write_many(stream.pk, 4)
        await watching.version(44)
        await in_thread(add, stream.pk)  # only hints can report it now: the last poll is over
        await watching.version(45)
        assert watching.versions == list(range(1, 46))


@only_sqlite
async def test_installations_on_one_server_do_not_hear_each_other(stream, hint_server, settings):
    async with page() as watching:
        await watching.until(lambda: watching.frames("watchers"), "the count")
        settings.LIVE_CHANNEL = "another"
        await in_thread(hints.publish_frame, stream.pk, "load", {"n": 1})
        del settings.LIVE_CHANNEL
        await in_thread(hints.publish_frame, stream.pk, "load", {"n": 2})
        await watching.until(lambda: watching.frames("load"), "the frame")
        assert watching.frames("load") == [{"n": 2}]


@only_sqlite
async def test_a_hub_ends_in_a_rain_of_messages(stream, hint_server):
    """A cancellation must never be swallowed, whatever the hub is sending or receiving."""
    raining = threading.Event()

    def rain() -> None:
        while raining.is_set():
            hints.publish_frame(stream.pk, "load", {"n": 1})

    raining.set()
    falling = asyncio.create_task(in_thread(rain))
    try:
        for _ in range(40):
            async with page() as short:
                await short.until(lambda: short.frames("load"), "a value")
                ending = hub._hubs[asyncio.get_running_loop()]._task
            await asyncio.wait([ending], timeout=10)
            assert ending.done()
    finally:
        raining.clear()
        await falling


@only_sqlite
async def test_what_a_stranger_says_on_the_channel_is_ignored(stream, hint_server):
    def babble() -> None:
        line = hints._current_line()
        assert line is not None
        for said in (
            b"\xff",
            b"{}",
            b"[]",
            b'["hint"]',
            b'["hint","1",2]',
            b'["frame",1,"",{}]',
            b'["here","x",{"a":1}]',
        ):
            line.publish(channel_name(), said)

    async with page() as watching:
        await watching.until(lambda: watching.frames("watchers"), "the count")
        await in_thread(babble)
        await in_thread(add, stream.pk)
        await watching.version(1)


@only_sqlite
async def test_a_page_that_just_came_sees_the_newest_value_of_a_topic(stream, hint_server):
    async with page() as first:
        await first.until(lambda: first.frames("watchers"), "the count")
        for n in range(3):
            await in_thread(hints.publish_frame, stream.pk, "load", {"n": n})
        await first.until(lambda: {"n": 2} in first.frames("load"), "the last value")
        numbers = [message["n"] for message in first.received if message["type"] == "frame"]
        assert numbers == sorted(set(numbers))
        async with page() as second:
            await second.until(lambda: second.frames("load"), "the value")
            assert second.frames("load") == [{"n": 2}]


@pytest.mark.no_cover  # the same few lines, hundreds of times
@only_sqlite
async def test_a_slow_page_skips_values_and_costs_no_memory(stream, hint_server, monkeypatch):
    monkeypatch.setattr(feed, "WINDOW_EVENTS", 100)
    async with page() as slow, page() as quick:
        await slow.message("snapshot")
        await quick.until(lambda: quick.frames("watchers"), "the count")
        slow.taking.clear()
        for n in range(200):
            await in_thread(hints.publish_frame, stream.pk, "load", {"n": n})
        await write_many(stream.pk, 400)
        await quick.version(400)
        await quick.until(lambda: quick.frames("load")[-1:] == [{"n": 199}], "the last value")
        shared = hub._hubs[asyncio.get_running_loop()].feeds[stream.pk]
        assert len(shared.window) <= 100
        assert len(shared.frames) == 2
        assert slow.have == 0
        slow.taking.set()
        await slow.version(400)  # beyond the window: read from the database, page by page
        assert slow.versions == list(range(1, 401))
        assert len(slow.snapshots) == 1
        await slow.until(lambda: slow.frames("load")[-1:] == [{"n": 199}], "the last value")
        assert len(slow.frames("load")) <= 2  # one may have been in transit when the page stalled


@only_sqlite
async def test_a_page_that_is_too_far_behind_gets_a_snapshot(stream, hint_server, monkeypatch):
    monkeypatch.setattr(feed, "WINDOW_EVENTS", 50)
    monkeypatch.setattr("live.socket.MOST_BEHIND", 100)
    async with page() as slow:
        await slow.message("snapshot")
        slow.taking.clear()
        await write_many(stream.pk, 200)
        watched = hub._hubs[asyncio.get_running_loop()].feeds[stream.pk]
        await slow_until(lambda: watched.head.version == 200)
        slow.taking.set()
        await slow.until(lambda: slow.snapshots[-1]["v"] == 200, "the snapshot")
        assert unbroken(slow)
        assert slow.state == await in_thread(state_of, stream.pk)


@only_sqlite
async def test_the_window_is_bounded_in_bytes(stream, hint_server, monkeypatch):
    monkeypatch.setattr(feed, "WINDOW_BYTES", 50_000)
    async with page() as watching:
        await watching.message("snapshot")
        await write_many(stream.pk, 20, note="x" * 10_000)
        await watching.version(20)
        shared = hub._hubs[asyncio.get_running_loop()].feeds[stream.pk]
        assert sum(len(event.text) for event in shared.window) <= 50_000
        assert shared._window_bytes == sum(len(event.text) for event in shared.window)


@only_sqlite
async def test_a_page_that_takes_nothing_for_a_minute_is_cut(stream, hint_server, monkeypatch):
    monkeypatch.setattr(hub, "STALLED_S", 0.1)
    stuck = Page("", "counters")
    await stuck.message("snapshot")
    stuck.taking.clear()
    await in_thread(add, stream.pk)
    await asyncio.wait_for(stuck.task, 10)
    assert asyncio.get_running_loop() not in hub._hubs


@only_sqlite
async def test_a_database_that_cannot_be_read_holds_pages_up_and_loses_nothing(
    stream, hint_server, monkeypatch, caplog
):
    from django.db import OperationalError

    def refuse(_known) -> None:
        raise OperationalError("gone fishing")

    async with page() as watching:
        await watching.message("snapshot")
        with monkeypatch.context() as broken:
            broken.setattr(news, "read_news", refuse)
            await in_thread(add, stream.pk)
            await slow_until(lambda: "gone fishing" in caplog.text)
        await watching.version(1)
        assert caplog.text.count("gone fishing") == 1


async def test_a_page_is_told_while_the_log_cannot_be_read(stream, hint_server):
    """The database refuses because its table is gone. Frames still arrive, and later so do the missed events."""
    async with page() as watching:
        await watching.message("snapshot")
        await in_thread(rename, "live_stream", "away")
        try:
            assert (await watching.message("log"))["readable"] is False
            await in_thread(hints.publish_frame, stream.pk, "load", {"n": 1})
            await watching.until(lambda: watching.frames("load"), "a frame")
        finally:
            await in_thread(rename, "away", "live_stream")
        await watching.until(lambda: told_of_the_log(watching) == [False, True], "that it can be read again")
        await in_thread(add, stream.pk)
        await watching.version(1)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_page_is_told_while_the_log_does_not_answer(stream, monkeypatch):
    """The table is locked, so reads neither fail nor end."""
    monkeypatch.setattr(pump, "READ_WITHIN_S", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE live_stream IN ACCESS EXCLUSIVE MODE")
            held.set()
            done.wait(30)

    async with page() as watching:
        await watching.message("snapshot")
        holding = asyncio.create_task(in_thread(hold))
        try:
            await asyncio.to_thread(held.wait, 10)
            await watching.until(lambda: told_of_the_log(watching) == [False], "that nothing is read")
        finally:
            done.set()
            await holding
        await watching.until(lambda: told_of_the_log(watching) == [False, True], "that it is read again")


def told_of_the_log(page: Page) -> list[bool]:
    return [message["readable"] for message in page.received if message["type"] == "log"]


def rename(table: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {to}")


@only_sqlite
async def test_a_hub_that_fails_ends_its_connections(stream, monkeypatch, caplog):
    """The pages reconnect and get another hub. Silent connections would look live."""
    lonely = Page("", "counters")
    await lonely.message("snapshot")
    monkeypatch.setattr(news, "read_news", lambda _known: 1 / 0)
    await asyncio.wait_for(lonely.task, 10)
    assert "The hub failed" in caplog.text
    monkeypatch.undo()
    async with page() as again:
        await again.message("snapshot")


@pytest.mark.parametrize("behind", [0, 499, 500, 1200])
async def test_what_is_read_at_once_is_bounded(stream, hint_server, behind):
    """After a pause, the hub reads at most the newest 500 events; pages further behind get a snapshot."""
    await in_thread(fill, stream.pk, behind)
    known = {stream.pk: (await in_thread(heads, [stream.pk]))[stream.pk]._replace(version=0)}
    found = await in_thread(news.read_news, known)
    if behind == 0:
        assert found == {}
    else:
        versions = [event.version for event in found[stream.pk].events]
        assert versions == list(range(max(0, behind - 500) + 1, behind + 1))


async def slow_until(condition) -> None:
    """Waits for a condition that no message announces."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  nothing announces it
            await asyncio.sleep(0)

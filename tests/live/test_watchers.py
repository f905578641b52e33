"""How many pages have a stream open, over all web processes."""

import asyncio
from signal import SIGCONT, SIGSTOP

from live import hints, presence, subscription
from live.channel import channel_name, pack
from live.watchers import HEARD_WITHIN_S, MOST_HUBS, Watchers
from tests.live.databases import only_sqlite
from tests.live.pages import in_thread, page


def test_the_count_is_the_sum_of_those_heard_lately():
    watchers = Watchers()
    watchers.hear("a", {1: 2, 2: 7}, 0.0)
    watchers.hear("b", {1: 3}, 10.0)
    assert watchers.elsewhere(1, 10.0) == 5
    assert watchers.elsewhere(2, 10.0) == 7
    assert watchers.elsewhere(1, HEARD_WITHIN_S + 1) == 3
    watchers.hear("b", {}, 16.0)
    assert watchers.elsewhere(1, 16.0) == 0


def test_a_hub_is_new_until_it_was_heard_and_after_it_was_forgotten():
    watchers = Watchers()
    assert watchers.hear("a", {}, 0.0)
    assert not watchers.hear("a", {1: 1}, 5.0)
    assert watchers.hear("a", {1: 1}, 5.0 + HEARD_WITHIN_S + 1)


def test_strangers_without_end_take_no_memory_without_end():
    watchers = Watchers()
    for number in range(2 * MOST_HUBS):
        watchers.hear(f"hub-{number}", {1: 1}, 0.0)
    assert watchers.elsewhere(1, 0.0) == MOST_HUBS


@only_sqlite
async def test_every_page_is_told_who_else_watches(stream, hint_server):
    def another_process(counts: dict[int, int]) -> None:
        line = hints._current_line()
        assert line is not None
        line.publish(channel_name(), pack("here", "another", counts))

    async with page() as one:
        await one.until(lambda: one.frames("watchers")[-1:] == [{"count": 1}], "the count of one")
        async with page() as two:
            await two.until(lambda: two.frames("watchers")[-1:] == [{"count": 2}], "the count of two")
            await one.until(lambda: one.frames("watchers")[-1] == {"count": 2}, "the count of two")
            await in_thread(another_process, {stream.pk: 40, 4711: 9})
            await one.until(lambda: one.frames("watchers")[-1] == {"count": 42}, "the count with the other process")
            await in_thread(another_process, {})
            await one.until(lambda: one.frames("watchers")[-1] == {"count": 2}, "the count without it")
        await one.until(lambda: one.frames("watchers")[-1] == {"count": 1}, "the count of one again")


@only_sqlite
async def test_without_a_hint_server_the_count_is_unknown(stream):
    async with page() as alone:
        await alone.until(lambda: alone.frames("watchers"), "the count")
        assert alone.frames("watchers") == [{"count": None}]


@only_sqlite
async def test_a_hint_server_that_hangs_is_noticed(stream, hint_server, monkeypatch):
    """Its socket stays open, so only its silence shows it."""
    monkeypatch.setattr(subscription, "SILENCE_S", 0.5)
    monkeypatch.setattr(subscription, "COMMAND_S", 0.2)
    monkeypatch.setattr(presence, "SAY_EVERY_S", 0.1)
    async with page() as watching:
        await watching.until(lambda: watching.frames("watchers")[-1:] == [{"count": 1}], "the count")
        hint_server.child.signal(SIGSTOP)
        try:
            await watching.until(lambda: watching.frames("watchers")[-1] == {"count": None}, "the count to be unknown")
        finally:
            hint_server.child.signal(SIGCONT)
        await watching.until(lambda: watching.frames("watchers")[-1] == {"count": 1}, "the count to be known again")
        await asyncio.wait_for(in_thread(hints.publish_hint, stream.pk, 1), 5)

"""A page that polls gets what a socket would have sent, keeps its seat, and costs the database no more."""

import asyncio
import json
from typing import Any

import pytest
from channels.routing import URLRouter
from django.db import OperationalError
from django.urls import path

from live import hub, polling
from live.log import delete_stream
from live.models import Stream
from live.polling import Poll
from tests.live.app import add, apply, fill, snapshot
from tests.live.pages import in_thread, page

PAGE = "0123456789abcdef"
looked_up: list[dict[str, str]] = []


def find(at):
    looked_up.append(at)
    pk = Stream.objects.filter(name=at["name"]).values_list("pk", flat=True).first()
    return None if pk is None else (pk, lambda: snapshot(pk))


poll: Any = Poll(find)
application = URLRouter([path("ws/<str:name>/", poll)])


async def ask(query="", *, page_id=PAGE, name="counters", method="GET"):
    """Sends one request. Returns its status and messages."""
    sent = []

    async def send(message):
        sent.append(message)

    query = f"page={page_id}&{query}".encode()
    scope = {"type": "http", "method": method, "path": f"/ws/{name}/", "query_string": query, "headers": []}
    async with asyncio.timeout(10):
        await application(scope, None, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.fixture(autouse=True)
async def seats_given_up():
    yield
    for seat in [*polling._seats.get(asyncio.get_running_loop(), {}).values()]:
        seat.leave()
    polling._seats.clear()


def kinds(messages):
    return [message["type"] for message in messages]


async def test_it_gets_a_snapshot_then_each_event_once_and_heartbeats(stream):
    await in_thread(fill, stream.pk, 3)
    status, told = await ask()
    assert (status, kinds(told)[:2], kinds(told)[-1]) == (200, ["hello", "snapshot"], "cursor")
    state, version = told[1]["parts"]["counters"], told[1]["v"]
    await in_thread(add, stream.pk)
    while version < 4:
        _status, told = await ask(f"since={version}&epoch={stream.epoch}")
        for message in told:
            if message["type"] == "event":
                assert message["v"] == version + 1
                state, version = apply(state, message["payload"]), message["v"]
    assert state == {"a": 4}
    _status, told = await ask(f"since=4&epoch={stream.epoch}")
    assert "heartbeat" in kinds(told)
    assert "event" not in kinds(told)


@pytest.mark.parametrize("query", ["since=9", "since=1&epoch=other", "since=x"])
async def test_a_version_that_cannot_be_continued_is_answered_with_a_snapshot(stream, query):
    await in_thread(fill, stream.pk, 1)
    assert "snapshot" in kinds((await ask(query))[1])


async def test_a_frame_is_told_once_and_again_if_the_answer_was_lost(stream):
    at = f"since=0&epoch={stream.epoch}"
    _status, told = await ask(at)
    feed = hub._hubs[asyncio.get_running_loop()].feeds[stream.pk]
    feed.put_frame("topic", {"x": 1})
    cursor = told[-1]
    position = f"{at}&feed={cursor['feed']}&frames={cursor['frames']}"
    for _again in range(2):
        _status, told = await ask(position)
        assert [message["data"] for message in told if message.get("topic") == "topic"] == [{"x": 1}]
    _status, told = await ask(f"{at}&feed={cursor['feed']}&frames={told[-1]['frames']}")
    assert "topic" not in [message.get("topic") for message in told]
    _status, told = await ask(f"{at}&feed=another&frames=99")
    assert "topic" in [message.get("topic") for message in told], "the number is of another process"


async def test_it_counts_as_one_watcher_and_is_looked_up_once(stream, hint_server):
    looked_up.clear()
    async with page() as other:
        cursor = (await ask())[1][-1]
        for _turn in range(3):
            at = f"since=0&epoch={stream.epoch}&feed={cursor['feed']}&frames={cursor['frames']}"
            cursor = (await ask(at))[1][-1]
        feed = hub._hubs[asyncio.get_running_loop()].feeds[stream.pk]
        assert len(feed.sockets) == 2
        counts = [one["data"]["count"] for one in other.received if one.get("topic") == "watchers"]
        assert max(count for count in counts if count is not None) <= 2
    assert len(looked_up) == 1


async def test_a_page_that_stops_asking_leaves_its_seat(stream, monkeypatch):
    monkeypatch.setattr(polling, "SEAT_S", 0.0)
    await ask()
    for _turn in range(3):
        await asyncio.sleep(0)
    assert asyncio.get_running_loop() not in hub._hubs


async def test_a_stream_that_is_not_there_or_was_deleted_is_said_to_be_gone(stream):
    assert kinds((await ask(name="nothing"))[1]) == ["gone"]
    told = (await ask())[1]
    await in_thread(delete_stream, stream.pk)
    async with asyncio.timeout(10):
        while "gone" not in kinds(told):
            cursor = told[-1]
            at = f"since=0&epoch={stream.epoch}&feed={cursor['feed']}&frames={cursor['frames']}"
            told = (await ask(at))[1]


async def test_a_full_process_and_a_silent_database_are_told_apart(stream, settings, monkeypatch):
    settings.LIVE_MAX_SOCKETS = 0
    assert await ask() == (429, [])
    settings.LIVE_MAX_SOCKETS = 5

    def fails(_at):
        raise OperationalError("away")

    monkeypatch.setattr(poll, "_find", fails)
    assert await ask() == (503, [])
    assert asyncio.get_running_loop() not in hub._hubs, "the seat was left"


@pytest.mark.parametrize("page_id", ["", "0", "x" * 16, "0" * 17])
async def test_a_question_without_a_page_is_told_that_this_is_a_socket(page_id):
    assert await ask(page_id=page_id) == (426, [])

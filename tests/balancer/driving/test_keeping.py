"""A real driver with real servers: what it sends is what is kept, and what can be read is what it kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from balancer.driving import keeping
from balancer.driving.keeping import Keeping, thin
from balancer.stores import frames, samples
from balancer.stores.names import names_of
from balancer.traffic.tally import Count
from live.store import StoreGone, line
from tests.balancer.traffic.driving import PATIENT_S, Watched, driving

STREAM = 4712
ORDERS: Any = SimpleNamespace(numbers={"a": 1, "b": 2, "c": 3}, conditions=dict.fromkeys("abc", "active"))


@pytest.fixture
def store(hint_server, transactional_db) -> None:
    line().delete(*names_of(STREAM))


def frame(at: int) -> dict[str, Any]:
    counts = {"in_flight": 3, "sent": 10, "share": 0.2}
    return {"at": at, "on": True, "run": {"asked": 9}, "policies": [], "nodes": {"1": counts}, "total": counts}


def echoes(servers) -> dict[str, int]:
    """How many requests each server reports."""
    told = {}
    for name, server in zip("abc", servers, strict=True):
        with server.client as client:
            told[name] = client.info("commandstats").get("cmdstat_echo", {"calls": 0})["calls"]
    return told


async def read_all(at_work: Watched) -> list[Any]:
    """All requests, each of which was sampled, from the store."""
    kept = Keeping(STREAM)
    await at_work.more(100)
    await at_work.driver.stop(PATIENT_S)
    kept.end(at_work.driver, ORDERS)
    await asyncio.to_thread(kept.close)
    return (await asyncio.to_thread(samples.kept, STREAM))["newest"]


@pytest.mark.parametrize("policy", ["p2c", "round_robin", "least_connections", "ring"])
async def test_the_choices_that_are_read_are_those_that_the_servers_got(own_servers, store, policy):
    async with driving(own_servers, policy, rate=300, sample=1) as at_work:
        found = await read_all(at_work)
        told = echoes(own_servers)
    assert {one["number"] for one in found} == set(range(at_work.total(Count.SENT))), "every one is kept"
    assert Counter(one["node"] for one in found) == {name: count for name, count in told.items() if count}
    for one in found:
        assert one["policy"] == policy
        assert one["end"] == "answered"
        assert one["sent_ms"] <= one["first_ms"] <= one["latency_ms"]
        assert one["id"].startswith(one["id"][:8] + "-")


async def test_the_driver_never_waits_for_the_store(own_servers, store, monkeypatch):
    """The hint server blocks the thread: what was sampled meanwhile is written later, and nothing twice."""
    asked, goes_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    real = samples.keep

    def held_up(*given: Any) -> None:
        loop.call_soon_threadsafe(asked.set)
        asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result()
        real(*given)

    monkeypatch.setattr(samples, "keep", held_up)
    kept = Keeping(STREAM)
    async with driving(own_servers, rate=300, sample=1) as at_work:
        await at_work.more(20)
        kept.note(at_work.driver, ORDERS, frame(1))
        await asked.wait()
        for at in range(2, 6):
            await at_work.more(10)
            kept.note(at_work.driver, ORDERS, frame(at))
        goes_on.set()
        await at_work.driver.stop(PATIENT_S)
        kept.end(at_work.driver, ORDERS)
        await asyncio.to_thread(kept.close)
    found = (await asyncio.to_thread(samples.kept, STREAM))["newest"]
    assert Counter(one["number"] for one in found) == Counter(range(at_work.total(Count.SENT)))
    assert [one["at"] for one in await asyncio.to_thread(frames.recent, STREAM, 5)] == [1, 2, 3, 4, 5]


async def test_what_the_store_refuses_is_written_when_it_is_back(own_servers, store, monkeypatch):
    real = samples.keep
    monkeypatch.setattr(samples, "keep", Mock(side_effect=StoreGone("gone")))
    kept = Keeping(STREAM)
    async with driving(own_servers, rate=300, sample=1) as at_work:
        await at_work.more(20)
        kept.note(at_work.driver, ORDERS, frame(1))
        assert kept._writing is not None
        await asyncio.wrap_future(kept._writing)
        monkeypatch.setattr(samples, "keep", real)
        await at_work.driver.stop(PATIENT_S)
        kept.end(at_work.driver, ORDERS)
        await asyncio.to_thread(kept.close)
    found = await asyncio.to_thread(samples.kept, STREAM)
    assert len(found["newest"]) == at_work.total(Count.SENT)
    took = [one["latency_ms"] for one in found["slowest"]]
    assert len(took) == samples.MOST_SLOWEST
    assert took == sorted(took, reverse=True)
    assert len(await asyncio.to_thread(frames.recent, STREAM, 1)) == 1


def test_a_frame_that_is_kept_has_what_is_drawn_of_the_past():
    assert thin(frame(5)) == {
        "at": 5,
        "on": True,
        "nodes": {"1": {"in_flight": 3}},
        "total": {"in_flight": 3, "sent": 10, "share": 0.2},
    }
    assert keeping.MOST_WAITING <= samples.MOST_NEWEST

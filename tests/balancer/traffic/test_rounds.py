"""A/B runs over real servers: both policies get the same requests, and what differs is found."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from balancer.core.trial import A, B, is_blurred, lower, summary
from balancer.traffic.clock import clock
from balancer.traffic.rounds import Entrant, Rounds
from balancer.traffic.sampled import Sample
from tests.balancer.traffic.driving import DEADLINE_S, Watched, driving

BOTH = {A: Entrant("round_robin", {}), B: Entrant("p2c_distinct", {})}


async def ran(at_work: Watched, count: int, entrants: dict[str, Entrant] = BOTH, seconds: int = 1) -> Rounds:
    rounds = Rounds(at_work.driver, at_work.driver.settings, entrants, seconds)
    async with asyncio.timeout(DEADLINE_S):
        await rounds.run(count)
    return rounds


@asynccontextmanager
async def pulsing(server: Any, for_s: float, every_s: int):
    """The server stands still for a part of each period, from whole seconds of the clock on."""
    stopped = asyncio.Event()

    async def pulse() -> None:
        while not stopped.is_set():
            await asyncio.sleep(every_s - clock() % every_s)
            server.child.freeze()
            await asyncio.sleep(for_s)
            server.child.thaw()

    task = asyncio.ensure_future(pulse())
    try:
        yield
    finally:
        stopped.set()
        await task


async def test_both_policies_get_the_same_requests_at_the_same_times(servers, monkeypatch):
    async with driving(servers, rate=400, skew=1.0, sample=1) as at_work:
        kept: dict[tuple[str, int], list[tuple[int, float, int]]] = {}
        keep: Callable[[Sample], Sample] = at_work.driver.samples.keep

        def recorded(sample: Sample) -> Sample:
            stretch = kept.setdefault((sample.policy, at_work.driver.settings.seed), [])
            stretch.append((sample.request.number, round(sample.request.due_s, 9), sample.request.key))
            return keep(sample)

        await at_work.more(50)
        monkeypatch.setattr(at_work.driver.samples, "keep", recorded)
        rounds = await ran(at_work, 2)
        monkeypatch.undo()
    seeds = [one["seed"] for one in rounds.done]
    assert len(kept) == 4
    for one in rounds.done:
        a, b = kept["round_robin", one["seed"]], kept["p2c_distinct", one["seed"]]
        assert len(a) > 300
        assert a == b
        assert (one["a"]["sent"], one["b"]["sent"]) == (len(a), len(b))
        assert max(at for _, at, _ in a) < 1
    assert kept["round_robin", seeds[0]] != kept["round_robin", seeds[1]]
    assert [one["first"] for one in rounds.done] == [A, B]


async def test_a_frozen_node_shows_which_policy_waits_for_it(servers):
    async with driving(servers, rate=500) as at_work, pulsing(servers[1], 0.8, 2):
        await at_work.more(100)
        rounds = await ran(at_work, 4, seconds=2)
    found = summary(rounds.done)
    assert found["a"]["in_flight"] == found["b"]["in_flight"] == 0
    for side in ("a", "b"):
        counts = found[side]
        assert counts["sent"] == counts["answered"] + counts["refused"] + counts["errors"]
    assert lower(found["ratio"]) == B
    assert found["ratio"] is not None
    assert found["ratio"]["low"] > 1.2
    assert not is_blurred(found)
    waiting, avoiding = found["a"]["p99_ms"], found["b"]["p99_ms"]
    assert waiting is not None
    assert avoiding is not None
    assert waiting["mean"] - (waiting["margin"] or 0) > avoiding["mean"] + (avoiding["margin"] or 0)
    assert waiting["mean"] > 600


async def test_a_stretch_waits_for_the_answers_of_the_one_before_it(servers):
    async with driving(servers, rate=500) as at_work:
        await at_work.more(100)
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight > 20)  # one alone may be answered before the signal
        rounds = Rounds(at_work.driver, at_work.driver.settings, BOTH, 1)
        running = asyncio.ensure_future(rounds.run(2))
        await at_work.until(lambda _: at_work.driver.stream is None)
        assert (rounds.side, at_work.in_flight("b") > 0) == (None, True)
        servers[1].child.thaw()
        await at_work.until(lambda _: rounds.side == A)
        servers[1].child.freeze()
        await at_work.until(lambda seen: at_work.driver.stream is not None and at_work.driver.stream.due == math.inf)
        assert at_work.in_flight("b") > 20
        assert rounds.side == A
        servers[1].child.thaw()
        await at_work.until(lambda _: rounds.side == B)
        assert at_work.in_flight("b") == 0
        async with asyncio.timeout(DEADLINE_S):
            await running
    assert rounds.done[0]["a"]["answered"] == rounds.done[0]["a"]["sent"]


async def test_a_run_that_is_cancelled_leaves_the_driver_to_what_is_asked_next(servers):
    async with driving(servers, rate=500) as at_work:
        rounds = Rounds(at_work.driver, at_work.driver.settings, BOTH, 1)
        running = asyncio.ensure_future(rounds.run(5))
        await at_work.until(lambda _: rounds.side == A and at_work.in_flight("a") + at_work.driver.asked > 50)
        running.cancel()
        played = at_work.driver.play(at_work.driver.settings, "jsq", {})
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (rounds.side, rounds.done, at_work.driver.on_part) == (None, [], None)
        await at_work.more(1000)  # more than a stretch has
        assert not played.done()


async def test_what_the_driver_gives_up_is_counted_and_a_stretch_without_nodes_has_no_times():
    async with driving([], rate=200) as at_work:
        rounds = await ran(at_work, 1)
    figures = rounds.done[0]["a"]
    assert (figures["sent"], figures["p99_ms"], figures["mean_ms"]) == (0, None, None)
    assert figures["homeless"] == rounds.done[0]["b"]["homeless"] > 100

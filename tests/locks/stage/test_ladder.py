"""Every rung for real: two pauses longer than the lock's time, at a known point, and the oracle's verdict."""

import json
from typing import Any

import pytest
from redis import Redis

from fleet.hands import Hands
from locks.core.ladder import RUNGS
from locks.stage.excerpt import MOST_SPANS
from locks.stage.ladder import Failed, Pace, Plan, RungRun
from locks.stage.workers import Workers
from tests.on_hands import run_beside

TTL_MS = 100
PACE = Pace(ttl_ms=TTL_MS, pause_after=(1, 3), paused_ttls=(1.2, 1.5), most_pauses=2)


def played(url, rungs, plan, *, size=3, stopping=lambda: False):
    """The result of each rung, and the frames sent meanwhile."""
    hands = Hands()
    frames: list[dict[str, Any]] = []

    def work():
        workers = Workers(hands, size)
        try:
            workers.start()
            return {rung: RungRun(workers, url, rung, plan).run(frames.append, stopping) for rung in rungs}
        finally:
            workers.close()

    try:
        return run_beside(hands, work), frames
    finally:
        hands.end()


@pytest.fixture(scope="module")
def climbed(shared_valkey):
    return played(shared_valkey.url, RUNGS, Plan(seed=11, seconds=60, pace=PACE))


@pytest.mark.parametrize("rung", RUNGS)
def test_two_are_inside_at_once_on_every_rung(climbed, rung):
    judged = climbed[0][rung]
    assert judged.verdict.pauses == 2
    assert judged.verdict.overlap
    assert judged.verdict.most_inside > 1
    assert judged.as_expected


@pytest.mark.parametrize("rung", [rung for rung, expected in RUNGS.items() if expected.stale])
def test_a_rung_without_fencing_takes_stale_writes(climbed, rung):
    verdict = climbed[0][rung].verdict
    assert verdict.stale > 0
    assert verdict.refused == 0
    assert verdict.kept < verdict.taken


def test_with_fencing_every_stale_write_is_refused_although_entries_overlap(climbed):
    verdict = climbed[0]["fencing"].verdict
    assert verdict.overlapping > 0
    assert verdict.stale == 0
    assert verdict.refused >= 2
    assert verdict.kept == verdict.taken


def test_the_picture_shows_a_pause_and_who_was_inside_meanwhile(climbed):
    for judged in climbed[0].values():
        picture = judged.excerpt
        assert any(lane["paused"] for lane in picture["lanes"])
        assert picture["two"]
        assert all(len(spans) <= MOST_SPANS for lane in picture["lanes"] for spans in (lane["inside"], lane["writes"]))
        assert len(json.dumps(picture)) < 20_000


def test_frames_tell_of_every_worker(climbed):
    states = {worker["state"] for frame in climbed[1] for worker in frame["workers"]}
    assert {"paused", "inside"} <= states
    assert {frame["rung"] for frame in climbed[1]} == set(RUNGS)


def test_nothing_is_left_in_redis(climbed, shared_valkey):
    assert climbed
    with Redis.from_url(shared_valkey.url) as client:
        assert client.keys("ringviz:stage:ladder:*") == []


def test_without_pauses_a_lock_that_compares_lets_one_in_at_a_time(shared_valkey):
    calm = Pace(ttl_ms=20_000, pause_after=(10**6, 10**6))
    judged = played(shared_valkey.url, ["nx_compare"], Plan(seed=1, seconds=1, pace=calm))[0]["nx_compare"]
    assert judged.verdict.entries > 1
    assert not judged.verdict.overlap
    assert not judged.as_expected  # without a pause, nothing was measured


def test_it_says_that_the_server_does_not_answer(tmp_path):
    with pytest.raises(Failed, match="ConnectionError"):
        played(f"unix://{tmp_path}/nobody.sock", ["set"], Plan(seed=1, seconds=60, pace=PACE), size=2)


def test_a_run_that_is_stopped_is_not_judged(shared_valkey):
    found, _frames = played(shared_valkey.url, ["set"], Plan(seed=1, seconds=60), stopping=lambda: True, size=2)
    assert found == {"set": None}

"""From the page's request to processes, and to the events that tell what happened."""

from __future__ import annotations

import json

import pytest
from redis import Redis

from live.channel import redis_url
from live.subjects import declared, event_words
from locks.core.ladder import CLIENTS
from locks.services import stage as services
from tests.locks.stage.conftest import OPERATOR, is_stopped, workers_of_ours
from tests.processes import until


def test_a_ladder_that_is_asked_for_is_run_judged_and_cleaned_up(stage):
    def work():
        stage.ask("ladder", rung="fencing", workers=2, seconds=1, seed=5)
        return stage.ended()

    state = stage.play(work)
    assert [kind for kind, _payload in stage.told()] == ["stage_asked", "stage_began", "stage_judged", "stage_ended"]
    assert (state["last"]["how"], state["last"]["seed"]) == ("done", 5)
    result = state["ladder"]["fencing"]
    assert result["expected"] == {"overlap": True, "stale": False}
    assert result["verdict"]["entries"] > 0
    assert result["verdict"]["stale"] == 0
    assert until(lambda: not workers_of_ours())
    with Redis.from_url(redis_url()) as client:
        assert client.keys("ringviz:stage:ladder:*") == []


def test_workers_are_paused_resumed_killed_and_started_from_the_page(stage):
    def work():
        stage.ask("workers", workers=2, seconds=120, client="redis-py", seed=5)
        until(lambda: len(workers_of_ours()) == 2)
        stage.ask("pause", worker=1)
        until(lambda: stage.state["run"]["paused"] == ["worker-1"])
        until(lambda: any(is_stopped(pid) for pid in workers_of_ours()))
        stage.ask("resume", worker=1)
        until(lambda: stage.state["run"]["paused"] == [])
        until(lambda: not any(is_stopped(pid) for pid in workers_of_ours()))
        stage.ask("kill", worker=2)
        until(lambda: stage.state["run"]["ended"] == ["worker-2"])
        assert len(workers_of_ours()) == 1
        stage.ask("start", worker=2)
        until(lambda: stage.state["run"]["ended"] == [])
        assert len(workers_of_ours()) == 2
        stage.ask("stop")
        return stage.ended()

    assert stage.play(work)["last"]["how"] == "stopped"
    changes = [payload["change"] for kind, payload in stage.told() if kind == "stage_worker"]
    assert changes == ["paused", "resumed", "killed", "started"]
    assert until(lambda: not workers_of_ours())


@pytest.mark.parametrize("client", CLIENTS)
def test_workers_hold_real_locks_and_are_known_by_their_holder_id(stage, client):
    def labelled():
        with Redis.from_url(redis_url(), decode_responses=True, encoding_errors="replace") as redis:
            held = {key: redis.get(key) for key in redis.scan_iter(_type="string")}
        return {key: stage.director.label_of(value) for key, value in held.items() if value}

    def work():
        stage.ask("workers", workers=2, seconds=120, client=client, seed=5)
        found = until(lambda: {key: label for key, label in labelled().items() if label})
        stage.ask("stop")
        stage.ended()
        return found

    assert all(label.startswith("worker-") for label in stage.play(work).values())


def test_a_watcher_that_ends_cuts_its_run_off(stage):
    def work():
        stage.ask("workers", workers=2, seconds=120, seed=5)
        until(lambda: len(workers_of_ours()) == 2)

    stage.play(work)
    assert stage.state["last"]["how"] == "cut_off"
    assert until(lambda: not workers_of_ours())


def test_the_next_watcher_tells_of_a_run_that_was_cut_off(stage):
    stage.ask("ladder", seed=5)  # no director is running
    stage.play(stage.ended)
    assert stage.state["last"]["how"] == "cut_off"
    assert workers_of_ours() == []


def test_a_server_that_is_gone_ends_the_run_with_words(stage, settings, tmp_path):
    def work():
        settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
        fields = {"what": "ladder", "rung": "set", "workers": "2", "seconds": "1", "seed": "5", "key": "gone"}
        services.ask(stage.source.slug, OPERATOR, fields)
        return stage.ended()

    last = stage.play(work)["last"]
    assert (last["how"], last["why"]) == ("failed", "ConnectionError")


def test_every_event_says_what_happened_and_folds_twice_to_the_same(stage):
    run = stage.ask("workers", seed=5).payload["run"]
    services.began(stage.source, run)
    for change in ("paused", "resumed", "killed", "started", "ended"):
        services.worker_changed(stage.source, run, "worker-2", change)
    result = {
        "rung": "set",
        "as_expected": True,
        "verdict": dict.fromkeys(("overlapping", "entries", "stale", "refused"), 7),
    }
    services.judged(stage.source, run, result)
    services.ended(stage.source, run, "failed", "x" * 9_000)
    assert services.ended(stage.source, run, "done") is None
    state = None
    for kind, payload in stage.told():
        fold = declared(kind).fold
        state = fold(state, payload)
        assert fold(state, payload) == state
        assert event_words(kind, payload).text
    assert state == stage.state
    assert state["run"] is None
    assert len(json.dumps(state)) < 3_000

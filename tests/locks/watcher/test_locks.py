"""Locks of real clients on a real server, as the watcher sees them."""

from __future__ import annotations

import base64
import secrets
import threading
import uuid
from itertools import pairwise
from typing import Any

import pytest
from redis.lock import Lock as RedisPyLock

from locks.core.frames import START_OVER
from locks.core.grouping import FEW_LANES
from locks.core.rows import text_of
from locks.lock import Lock, client_of
from locks.stores.line import line, prefix
from locks.stores.marks import mark_broken
from locks.stores.past import past
from locks.stores.table import table
from tests.locks.watcher.conftest import client_at
from tests.processes import until


@pytest.fixture
def name() -> str:
    return f"orders-{secrets.token_hex(3)}x:settle"


def seen_at(row: Any, ms: float) -> bool:
    """Whether a lease of `ms` ends about when it should, with a margin for a busy machine."""
    return row["ttl"] is not None and ms - 1_000 < row["ttl"] <= ms


def test_a_lock_is_taken_renewed_and_released(watching, client, name):
    lock = RedisPyLock(client, name, timeout=20)
    assert lock.acquire()
    row = watching.row(name)
    assert (row["client"], row["since_seen"], row["renewed"]) == ("redis-py", True, [])
    assert row["holder"] == lock.local.token.decode()
    assert seen_at(row, 20_000)
    lock.extend(25, replace_ttl=True)
    row = watching.row(name, lambda row: row["renewed"])
    assert seen_at(row, 25_000)
    lock.release()
    watching.no_row(name)
    (hold,) = watching.past(name)
    assert (hold["end"], hold["from_seen"], hold["id"], hold["renewed"]) == (
        "released",
        True,
        row["id"],
        row["renewed"],
    )


def test_a_lock_expires_at_its_deadline(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=150)
    (hold,) = watching.past(name)
    assert hold["end"] == "expired"
    assert 100 < hold["to"] - hold["from"] <= 155
    assert watching.rows(name) == []


def test_a_lock_that_was_written_over_has_an_alert(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=30_000)
    first = watching.row(name)
    client.set(name, uuid.uuid1().hex, px=30_000)
    row = watching.row(name, lambda row: row["id"] != first["id"] and row["alerts"])
    assert [alert["kind"] for alert in row["alerts"]] == ["overwritten"]
    assert watching.past(name)[0]["end"] == "overwritten"
    until(lambda: ("overwritten", name, True, "well") in watching.recorded.alerts, what="the event")
    client.delete(name)
    until(lambda: ("overwritten", name, False, "released") in watching.recorded.alerts, what="its end")


def test_released_and_taken_at_once_is_no_overwriting(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=30_000)
    first = watching.row(name)
    with client.pipeline() as both:
        both.delete(name).set(name, uuid.uuid1().hex, px=30_000)
        both.execute()
    row = watching.row(name, lambda row: row["id"] != first["id"])
    assert watching.past(name)[0]["end"] == "released"
    assert row["alerts"] == []
    client.delete(name)


def test_a_lock_without_a_ttl_has_an_alert_after_a_second(watching, client, name):
    client.set(name, uuid.uuid1().hex)
    assert watching.row(name)["alerts"] == []
    row = watching.row(name, lambda row: row["alerts"])
    assert (row["ends_at"], row["ttl"]) == (None, None)
    assert [alert["kind"] for alert in row["alerts"]] == ["no_ttl"]
    client.delete(name)


def test_a_hold_that_an_operator_broke_is_not_called_released(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=30_000)
    row = watching.row(name)
    mark_broken(watching.slug, row["id"])
    client.delete(name)
    assert watching.past(name)[0]["end"] == "broken"


def test_our_own_lock_shows_its_line(watching, server, name):
    seen = threading.Event()

    def waits() -> None:
        with client_of(server.url) as theirs:
            held = Lock(theirs, name, 20_000, holder="worker-2").acquire(timeout_s=60)
            seen.wait(60)
            held.release()

    with client_of(server.url) as ours:
        held = Lock(ours, name, 20_000, holder="worker-1").acquire(timeout_s=60)
        row = watching.row(name)
        assert (row["client"], row["label"], row["fencing"]) == ("ringviz", "worker-1", held.fencing_token)
        waiter = threading.Thread(target=waits, daemon=True)
        waiter.start()
        row = watching.row(name, lambda row: row["waiters"])
        assert [(waiting["label"], row["since"] <= waiting["since"]) for waiting in row["waiting"]] == [
            ("worker-2", True)
        ]
        held.release()
        row = watching.row(name, lambda row: row["label"] == "worker-2")
        assert (row["waiters"], row["waiting"], row["alerts"]) == (0, [], [])
        seen.set()
        waiter.join(timeout=30)
        assert [hold["label"] for hold in watching.past(name, 2)] == ["worker-1", "worker-2"]


def test_waiters_that_subscribe_are_counted_though_nothing_tells_of_them(watching, client, name):
    client.hset(name, f"{uuid.uuid4()}:1", 1)
    client.pexpire(name, 60_000)
    assert watching.row(name)["waiters"] == 0
    with client.pubsub() as waiting:
        waiting.subscribe(f"redisson_lock__channel:{{{name}}}")
        waiting.get_message(timeout=10)
        watching.row(name, lambda row: row["waiters"] == 1)
    watching.row(name, lambda row: row["waiters"] == 0)
    client.delete(name)


def test_waiters_that_block_are_inferred_from_who_is_connected(watching, client, server, name):
    client.set(f"lock:{name}", "YWJjZGVmZ2hpamtsbW5vcHFy", px=60_000)
    assert watching.row(name)["client"] == "python-redis-lock"

    def waits() -> None:
        with client_at(server) as theirs:
            theirs.blpop([f"lock-signal:{name}"], timeout=60)

    waiter = threading.Thread(target=waits, daemon=True)
    waiter.start()
    row = watching.row(name, lambda row: row["waiters"])
    assert (row["waiters"], row["waiters_inferred"]) == (1, True)
    client.delete(f"lock:{name}")
    client.rpush(f"lock-signal:{name}", 1)
    waiter.join(timeout=30)


def test_pages_are_told_at_once_and_have_no_gap(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=60_000)
    told = watching.frame(lambda frame: any(row["name"] == name for row in frame.get("rows", ())))
    assert told["counts"]["held"] >= 1
    assert "by_command" not in told["status"]["cost"]
    client.delete(name)
    watching.frame(lambda frame: any(hold["name"] == name for hold in frame.get("past", ())))
    frames = list(watching.frames.all)
    for before, after in pairwise(frames):
        assert after["prev"] in (before["seq"], START_OVER)
        assert after["seq"] > before["seq"]


def test_many_locks_are_told_in_groups_and_few_again(watching, client, name):
    keys = [f"{name}:{number}" for number in range(FEW_LANES + 10)]
    with client.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.set(key, uuid.uuid1().hex, px=60_000)
        pipe.execute()
    many = watching.frame(lambda frame: any(group["held"] == len(keys) for group in frame.get("groups", ())))
    assert many["counts"]["held"] >= len(keys)
    count = len(watching.frames.all)
    client.delete(*keys)
    until(
        lambda: any(frame["prev"] == START_OVER and "rows" in frame for frame in watching.frames.all[count:]),
        what="a frame of few locks",
    )
    assert len(watching.past(keys[-1])) == 1


def test_a_table_that_our_own_redis_lost_is_written_again(watching, client, name):
    client.set(name, uuid.uuid1().hex, px=60_000)
    watching.row(name)
    line().delete(*line().scan_iter(f"{prefix()}{watching.slug}:*"))
    watching.row(name)
    client.delete(name)
    watching.no_row(name)


def test_what_watching_costs_is_told(watching):
    def told():
        cost = watching.status()["cost"]
        return cost if cost["server_us_s"] is not None and "DBSIZE" in cost["by_command"] else None

    cost = until(told, what="an estimate that includes the count of keys")
    assert cost["by_command"]["DBSIZE"] > 0
    assert cost["calls_s"] >= cost["by_command"]["DBSIZE"]
    assert cost["budget_us_s"] == 50_000


def test_the_table_is_one_with_the_frames(watching):
    """A reader that opens the table after a frame finds what the frame says."""
    frame = watching.frames.all[-1]
    assert table(watching.slug).seq >= frame["seq"]


def test_a_hostile_name_and_value_are_bytes_and_nothing_more(watching, client):
    key = b"\xff\x1b[31m<script>,=1+1:lock"
    client.set(key, uuid.uuid1().hex, px=60_000)
    row = until(
        lambda: next((row for row in table(watching.slug).rows.values() if row["name"] == text_of(key)), None),
        what="its row",
    )
    assert row is not None
    assert row["key"] == {"b64": base64.b64encode(key).decode()}
    client.delete(key)
    until(lambda: any(hold["name"] == text_of(key) for hold in past(watching.slug, 0)), what="its end")

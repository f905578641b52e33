"""What happens to a source (no notifications, no rights, flushed, killed, stopped, paused) and to its watcher."""

from __future__ import annotations

import signal
import uuid

import pytest
from redis.lock import Lock as RedisPyLock

from locks.stores.table import table
from tests import started
from tests.locks.watcher.conftest import NOTIFY, Watching, client_at
from tests.processes import until

pytestmark = pytest.mark.usefixtures("our_redis")
SILENT = ("--notify-keyspace-events", "")


def a_lock() -> str:
    return uuid.uuid1().hex


def test_without_notifications_tracking_sees_all_the_same():
    with started.valkey(*SILENT) as server, client_at(server) as client, Watching(server) as watching:
        status = watching.is_watched()
        assert status["way"] == "tracking"
        assert status["advice"] is not None
        assert set("Kg$xhlz") <= set(status["advice"]["line"].split()[-1])
        lock = RedisPyLock(client, "orders", timeout=20)
        lock.acquire()
        assert watching.row("orders")["since_seen"]
        lock.release()
        assert watching.past("orders")[0]["end"] == "released"
        client.set("orders", a_lock(), px=100)
        assert watching.past("orders", 2)[1]["end"] == "expired"
        client.set("orders", a_lock(), px=30_000)
        watching.row("orders")
        client.flushall()
        assert watching.past("orders", 3)[2]["end"] == "gone"


def test_with_the_right_to_read_only_one_scans():
    acl = (
        "--user",
        "watch on >secret ~* &* +@read +@connection +eval_ro +evalsha_ro +ping +time +dbsize +info",
    )
    rights = ("-client|tracking", "-psubscribe", "-subscribe")
    with started.valkey(*SILENT) as server, client_at(server) as client:
        client.execute_command("ACL", "SETUSER", *acl[1].split(), *rights)
        with Watching(server, user="watch:secret@") as watching:
            assert watching.is_watched()["way"] == "scanning"
            client.set("orders", a_lock(), px=60_000)
            assert not watching.row("orders")["since_seen"]
            client.delete("orders")
            assert watching.past("orders")[0]["end"] == "gone"


def test_where_nobody_may_ask_who_is_connected_nobody_is_remembered_for_it():
    with started.valkey(*NOTIFY) as server, client_at(server) as client:
        client.execute_command("ACL", "SETUSER", "watch", "on", ">secret", "~*", "&*", "+@all", "-client|list")
        with Watching(server, user="watch:secret@") as watching:
            watching.is_watched()
            client.set("orders", a_lock(), px=60_000)
            watching.row("orders")
            until(lambda: not watching.watch.ledger.wants_connections()[1], what="that it is looked for no more")


def test_what_was_there_before_watching_began_has_no_seen_beginning():
    with started.valkey(*NOTIFY) as server, client_at(server) as client:
        client.set("old", a_lock(), px=60_000)
        with Watching(server) as watching:
            assert not watching.row("old")["since_seen"]


def test_a_flush_is_noticed_though_nothing_tells_of_it(watching, client, server):
    client.set("flushed:lock", a_lock(), px=60_000)
    watching.row("flushed:lock")
    client.flushall()
    assert watching.past("flushed:lock")[0]["end"] == "gone"


def test_a_server_that_is_killed_is_lost_and_comes_back():
    with started.valkey(*NOTIFY) as server, Watching(server) as watching:
        with client_at(server) as client:
            watching.is_watched()
            client.set("before", a_lock(), px=60_000)
            watching.row("before")
        server.kill()
        until(lambda: watching.status()["state"] == "down", what="the trouble")
        trouble = watching.status()["trouble"]
        assert trouble is not None
        assert trouble["kind"] in ("refused", "lost")
        until(lambda: watching.recorded.others[-1].startswith("lost"), what="the event")
        assert watching.rows("before"), "what was known stays until something else is known"
        server.start()
        until(lambda: watching.status()["state"] == "watching", what="its return")
        assert watching.recorded.others[-1] == "back"
        assert watching.status()["trouble"] is None
        assert watching.past("before")[0]["end"] == "gone"
        with client_at(server) as client:
            client.set("after", a_lock(), px=60_000)
            watching.row("after", lambda row: row["since_seen"])


def test_a_stopped_server_delays_no_other(watching, client):
    with started.valkey(*NOTIFY) as server, Watching(server) as stopped:
        stopped.is_watched()
        assert server.child is not None
        server.child.signal(signal.SIGSTOP)
        try:
            until(lambda: stopped.status()["state"] == "down", what="the trouble")
            trouble = stopped.status()["trouble"]
            assert trouble is not None
            assert trouble["kind"] == "timeout"
            client.set("other:lock", a_lock(), px=60_000)
            watching.row("other:lock")
            assert watching.status()["state"] == "watching"
        finally:
            server.child.signal(signal.SIGCONT)
        until(lambda: stopped.status()["state"] == "watching", what="its return")
        client.delete("other:lock")


def test_a_wrong_password_is_told():
    with started.valkey(*NOTIFY) as server, client_at(server) as client:
        client.execute_command("ACL", "SETUSER", "watch", "on", ">right", "+@all", "~*", "&*")
        with Watching(server, user="watch:wrong@") as watching:
            until(lambda: watching.status()["state"] == "down", what="the trouble")
            trouble = watching.status()["trouble"]
            assert trouble is not None
            assert trouble["kind"] == "auth"
            assert "wrong" not in trouble["text"]


def test_while_paused_no_command_is_sent():
    with started.valkey(*NOTIFY) as server, client_at(server) as client, Watching(server) as watching:
        watching.is_watched()
        watching.watch.pause(on=True)
        until(lambda: watching.status()["state"] == "paused", what="the pause")
        until(lambda: len(client.client_list()) == 1, what="the end of its connections")
        client.set("meanwhile", a_lock(), px=60_000)
        seq = watching.frames.all[-1]["seq"]
        watching.frame(lambda frame: frame["seq"] > seq + 1)
        assert watching.rows("meanwhile") == []
        watching.watch.pause(on=False)
        watching.row("meanwhile")


def test_notifications_that_are_switched_on_are_used(monkeypatch):
    monkeypatch.setattr("locks.watcher.watching.RECONCILE_EVERY_MS", 100.0)
    with started.valkey(*SILENT) as server, client_at(server) as client, Watching(server) as watching:
        assert watching.is_watched()["way"] == "tracking"
        client.config_set("notify-keyspace-events", "KA")
        until(lambda: watching.status()["way"] == "notifications", what="notifications")
        assert watching.status()["advice"] is None
        client.config_set("notify-keyspace-events", "")
        until(lambda: watching.status()["way"] == "tracking", what="tracking")


def test_a_lost_change_is_found_by_the_next_search(monkeypatch):
    monkeypatch.setattr("locks.watcher.watching.RECONCILE_EVERY_MS", 100.0)
    with started.valkey(*NOTIFY) as server, client_at(server) as client, Watching(server) as watching:
        watching.is_watched()
        client.config_set("notify-keyspace-events", "")
        client.set("unheard", a_lock(), px=60_000)
        watching.row("unheard")
        client.delete("unheard")
        watching.past("unheard")


def test_what_the_watcher_keeps_is_no_lock_of_the_server_that_it_is_kept_in(our_redis):
    with client_at(our_redis) as client, Watching(our_redis) as watching:
        client.config_set("notify-keyspace-events", "Kg$xhlz")
        watching.is_watched()
        client.set("ours:lock", a_lock(), px=60_000)
        watching.row("ours:lock")
        names = [row["name"] for row in table(watching.slug).rows.values()]
        assert all(":locks:" not in str(name) for name in names)
        client.delete("ours:lock")
        client.config_set("notify-keyspace-events", "")

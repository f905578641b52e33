"""Breaks: exactly what was shown, by those who may, with a reason, and recorded whatever happens in between."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from redis import Redis

from live.actor import Actor
from locks.core.own import keys_of
from locks.core.reading import Proof, Reading, Wake
from locks.core.rows import proof_digest
from locks.core.sourcelist import SourceConfig
from locks.lock import Lock
from locks.models import LockBreak
from locks.refusals import Changed, Invalid, NotAllowed, SourceFailed, Unfinished
from locks.services import breaking
from locks.services.breaking import Wish, break_shown, settle
from locks.services.deleting import delete
from locks.services.sources import ensure_sources
from locks.sources import Source, SourceTrouble, connect
from locks.stores.marks import broken_among
from tests.locks.breaks import ADA, config_of, events_of, held, reading_of, server
from tests.locks.conftest import Watched
from tests.processes import until

__all__ = ["held", "server"]


@contextmanager
def waiting(server: Redis, key: str) -> Iterator[Queue[Any]]:
    """A waiter that blocks on a list, as the client's waiters do. Gives a queue with what woke it."""
    woken: Queue[Any] = Queue()
    with Redis(connection_pool=server.connection_pool) as client:
        thread = Thread(target=lambda: woken.put(client.execute_command("BLPOP", key, 8)))
        thread.start()
        until(lambda: any(one["cmd"] == "blpop" for one in server.client_list()), what="the waiter")
        yield woken
        thread.join()


def test_a_break_deletes_what_was_shown_wakes_and_is_recorded(watched: Watched, held, server: Redis):
    shown, name = held
    with waiting(server, f"lock-signal:{name}") as woken:
        event = break_shown("embedded", shown, Wish(ADA, " stuck,\n checked  by hand ", "k1"))
        assert woken.get(timeout=30) == (f"lock-signal:{name}".encode(), b"1")
    assert server.exists(f"lock:{name}") == 0
    assert event.payload == {
        "id": shown.row_id, "key": f"lock:{name}", "name": name, "client": "python-redis-lock",
        "holder": "q83vASNFZ4mrze8BI0VniQEB", "reason": "stuck, checked by hand", "woken": event.payload["woken"],
        "how": "push", "sure": True,
    }  # fmt: skip
    assert (event.actor, event.origin) == ("ada", "page")
    assert broken_among("embedded", [shown.row_id]) == {shown.row_id}
    assert [(one.state, one.version) for one in LockBreak.objects.all()] == [("told", event.version)]
    again = break_shown("embedded", shown, Wish(ADA, "again", "k1"))
    assert again == event
    assert events_of(watched) == [event]


def test_control_characters_of_a_reason_are_spaces_and_a_key_has_none(watched: Watched, held):
    shown, _name = held
    with pytest.raises(Invalid, match="printable"):
        break_shown("embedded", shown, Wish(ADA, "stuck", "k\0"))
    event = break_shown("embedded", shown, Wish(ADA, "a\0b\x1b[31m c\udcff", "k2"))
    assert event.payload["reason"] == "a b [31m c"


def test_a_lock_that_changed_is_left_as_it_is_and_who_holds_it_is_told(watched: Watched, held, server: Redis):
    shown, name = held
    server.set(f"lock:{name}", "AAAAASNFZ4mrze8BI0VniQEB", px=60_000)
    with pytest.raises(Changed) as refused:
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert [row["holder"] for row in refused.value.details["rows"]] == ["AAAAASNFZ4mrze8BI0VniQEB"]
    assert server.exists(f"lock:{name}") == 1
    server.delete(f"lock:{name}")
    with pytest.raises(Changed, match="already free"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert (events_of(watched), LockBreak.objects.count()) == ([], 0)


def test_who_took_it_is_told_also_when_the_watcher_has_seen_the_end_of_what_was_shown(
    watched: Watched, held, server: Redis
):
    shown, name = held
    server.set(f"lock:{name}", "AAAAASNFZ4mrze8BI0VniQEB", px=60_000)
    watched.write(past=(watched.hold(f"lock:{name}", ago_ms=1_000, id=shown.row_id),))
    with pytest.raises(Changed) as refused:
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert [row["holder"] for row in refused.value.details["rows"]] == ["AAAAASNFZ4mrze8BI0VniQEB"]
    assert server.exists(f"lock:{name}") == 1


def test_what_changes_between_the_look_and_the_script_stays(watched: Watched, held, server: Redis, monkeypatch):
    shown, name = held

    def late(source: Source, reading: Reading) -> Any:
        server.set(f"lock:{name}", "AAAAASNFZ4mrze8BI0VniQEB", px=60_000)
        return delete(source, reading)

    monkeypatch.setattr(breaking, "delete", late)
    with pytest.raises(Changed):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert server.exists(f"lock:{name}") == 1
    assert (events_of(watched), LockBreak.objects.count()) == ([], 0)
    assert broken_among("embedded", [shown.row_id]) == set()


def test_a_process_that_dies_after_the_deletion_leaves_a_trace_that_becomes_an_event(
    watched: Watched, held, server: Redis, monkeypatch
):
    shown, name = held

    def dying(source: Source, reading: Reading) -> Any:
        delete(source, reading)
        raise KeyboardInterrupt

    monkeypatch.setattr(breaking, "delete", dying)
    with pytest.raises(KeyboardInterrupt):
        break_shown("embedded", shown, Wish(ADA, "stuck", "k1"))
    assert server.exists(f"lock:{name}") == 0
    assert settle() == [], "it may still go on"
    with pytest.raises(Unfinished):
        break_shown("embedded", shown, Wish(ADA, "stuck", "k1"))
    LockBreak.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    (event,) = settle()
    assert (event.payload["sure"], event.payload["reason"], event.actor) == (False, "stuck", "ada")
    assert settle() == []
    assert break_shown("embedded", shown, Wish(ADA, "stuck", "k1")) == event


@pytest.mark.parametrize("done", [True, False])
def test_a_server_that_does_not_answer_is_looked_at_again(watched: Watched, held, server: Redis, monkeypatch, done):
    shown, name = held

    def silent(source: Source, reading: Reading) -> Any:
        if done:
            delete(source, reading)
        raise SourceTrouble("timeout", "it did not answer within 2 s")

    monkeypatch.setattr(breaking, "delete", silent)
    if done:
        event = break_shown("embedded", shown, Wish(ADA, "stuck"))
        assert event.payload["sure"] is False
    else:
        with pytest.raises(SourceFailed, match="Nothing was deleted"):
            break_shown("embedded", shown, Wish(ADA, "stuck"))
        assert (events_of(watched), LockBreak.objects.count()) == ([], 0)
    assert bool(server.exists(f"lock:{name}")) is not done


def test_a_user_that_may_not_break_is_said_so_in_words(watched: Watched, server: Redis, hint_server, settings):
    name = f"jobs-{secrets.token_hex(4)}"
    server.set(f"lock:{name}", "q83vASNFZ4mrze8BI0VniQEB", px=60_000)
    user = f"reader-{secrets.token_hex(4)}"
    server.acl_setuser(user, enabled=True, nopass=True, keys=["*"], commands=["+@all", "-del"])
    only_reads = f"unix://{user}:x@{hint_server.path}"
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", hint_server.url, only_reads),)
    (_embedded, jobs) = ensure_sources()
    reading = reading_of(hint_server, f"lock:{name}".encode())
    with pytest.raises(SourceFailed, match=r"lacks a right that is needed.*Nothing was deleted"):
        breaking.break_reading(jobs, settings.LOCK_SOURCES[0], reading, Wish(ADA, "stuck"))
    server.acl_deluser(user)
    assert server.exists(f"lock:{name}") == 1
    assert LockBreak.objects.count() == 0


def test_only_an_operator_of_a_source_that_allows_it_with_a_reason(watched: Watched, held, settings):
    shown, _name = held
    with pytest.raises(NotAllowed, match="You can watch locks"):
        break_shown("embedded", shown, Wish(Actor("eve", "page", may_operate=False), "stuck"))
    for reason in ("", "  \n", "x" * 201):
        with pytest.raises(Invalid):
            break_shown("embedded", shown, Wish(ADA, reason))
    for key in ("x" * 101, "#own"):
        with pytest.raises(Invalid):
            break_shown("embedded", shown, Wish(ADA, "stuck", key))
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", "redis://127.0.0.1:1"),)
    ensure_sources()
    with pytest.raises(NotAllowed, match="read-only"):
        break_shown("jobs", shown, Wish(ADA, "stuck"))
    assert LockBreak.objects.count() == 0


def test_the_page_breaks_and_a_watcher_is_refused(client, operator_client, watched: Watched, held, server: Redis):
    shown, name = held
    form = {"id": shown.row_id, "proof": shown.proof, "reason": "stuck", "key": "page-1"}
    answer = operator_client.post(f"{watched.url}break", form)
    assert answer.json()["event"]["payload"]["sure"] is True
    assert operator_client.post(f"{watched.url}break", form).json() == answer.json()
    stale = operator_client.post(f"{watched.url}break", form | {"key": "page-2"})
    assert (stale.status_code, stale.json()["rows"]) == (409, [])
    assert operator_client.post(f"{watched.url}break", form | {"id": "x"}).status_code == 400
    assert operator_client.get(f"{watched.url}break").status_code == 405
    timeline = operator_client.get("/locks/embedded/timeline/").content.decode()
    assert "broken, held by q83vASNFZ4mrze8BI0VniQEB: stuck" in timeline
    story = operator_client.get(f"{watched.url}lock.json", {"id": shown.row_id}).json()["story"]
    assert any(item["what"] == "broken" and "operator, page" in item["text"] for item in story)
    operator_client.logout()
    refused = operator_client.post(f"{watched.url}break", form)
    assert (refused.status_code, refused.json()["error"][:20]) == (403, "You can watch locks,")


def test_our_own_lock_hands_over_to_the_first_in_line(server: Redis, hint_server, db):
    name = f"own-{secrets.token_hex(4)}"
    lock = Lock(server, name, ttl_ms=60_000)
    first = lock.acquire(0)
    entered: Queue[int] = Queue()
    thread = Thread(target=lambda: entered.put(Lock(server, name, ttl_ms=60_000).acquire(30).fencing_token))
    thread.start()
    until(lambda: server.zcard(keys_of(name).queue) == 1, what="the waiter")
    reading = reading_of(hint_server, keys_of(name).held)
    with connect(config_of(hint_server)) as source:
        assert delete(source, reading) == (True, 1, "queue")
        assert entered.get(timeout=30) == first.fencing_token + 1
        assert delete(source, reading) == (False, 0, "queue")
    thread.join()


@pytest.mark.parametrize(
    ("proof", "fill", "left"),
    [
        (Proof("string", b"a"), {"string": b"a"}, None),
        (Proof("string", b"b"), {"string": b"a"}, b"a"),
        (Proof("string", b"a"), {"hash": {b"a": b"a"}}, {b"a": b"a"}),
        (Proof("hash", b"1", b"t1"), {"hash": {b"t1": b"1", b"t2": b"1"}}, {b"t2": b"1"}),
        (Proof("hash", b"2", b"t1"), {"hash": {b"t1": b"1"}}, {b"t1": b"1"}),
        (Proof("hash", b"1", b"t1", frame=(b"mode",)), {"hash": {b"t1": b"1", b"mode": b"read"}}, None),
        (
            Proof("hash", b"1", b"t1", also=(b"t1:d",), frame=(b"mode",)),
            {"hash": {b"t1": b"1", b"t1:d": b"x", b"t2": b"1", b"mode": b"read"}},
            {b"t2": b"1", b"mode": b"read"},
        ),
        (Proof("zset", member=b"m"), {"zset": {b"m": 1.0}}, None),
        (Proof("zset", member=b"m"), {"zset": {b"n": 1.0}}, [b"n"]),
        (Proof("zset", member=b"m", frame=(b"__write__",)), {"zset": {b"m": 1.0, b"__write__": 1.0}}, None),
        (Proof("set", member=b"m"), {"set": [b"m", b"n"]}, {b"n"}),
        (Proof("set", member=b"x"), {"set": [b"m"]}, {b"m"}),
    ],
)
def test_each_type_of_proof_deletes_exactly_itself(server: Redis, hint_server, db, proof, fill, left):
    key = f"break-{secrets.token_hex(6)}".encode()
    ((kind, value),) = fill.items()
    write: Any = {
        "string": lambda: server.set(key, value),
        "hash": lambda: server.hset(key, mapping=value),
        "zset": lambda: server.zadd(key, value),
        "set": lambda: server.sadd(key, *value),
    }
    read: Any = {
        "string": lambda: server.get(key),
        "hash": lambda: server.hgetall(key) or None,
        "zset": lambda: server.zrange(key, 0, -1) or None,
        "set": lambda: server.smembers(key) or None,
    }
    write[kind]()
    counter = key + b":permits"
    reading = Reading(key, b"n", "any", "likely", replace(proof, returns=counter))
    with connect(config_of(hint_server)) as source:
        done = delete(source, reading)
    after = read[kind]()
    assert after == left
    assert done.done == (after != (value if kind != "zset" else list(value)) if kind != "set" else after != set(value))
    assert server.get(counter) == (b"1" if done.done else None)


def test_waiters_are_woken_as_their_client_expects_even_where_they_listen(server: Redis, hint_server, db):
    key = f"break-{secrets.token_hex(6)}".encode()
    with server.pubsub() as ears, connect(config_of(hint_server)) as source:
        ears.subscribe(key + b":channel")
        assert ears.get_message(timeout=10) is not None
        server.set(key, b"a")
        wake = Wake("publish", key + b":channel", b"0")
        publish = Reading(key, b"n", "any", "likely", Proof("string", b"a"), wake=wake)
        assert delete(source, publish) == (True, 1, "publish")
        heard = ears.get_message(timeout=10)
        assert heard is not None
        assert heard["data"] == b"0"
        server.set(key, b"a")
        server.rpush(key + b":list", b"old")
        push = Reading(
            key, b"n", "any", "likely", Proof("string", b"a"), waiters=2, wake=Wake("push", key + b":list", b"1", 900)
        )
        assert delete(source, push) == (True, 1, "push")
        assert server.lrange(key + b":list", 0, -1) == [b"1"]


def test_a_server_that_is_gone_is_told_in_words(watched: Watched, held, settings, hint_server, server: Redis):
    shown, name = held
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", hint_server.url, "redis://127.0.0.1:1/0"),)
    (_embedded, jobs) = ensure_sources()
    reading = reading_of(hint_server, f"lock:{name}".encode())
    with pytest.raises(SourceFailed, match=r"refuses the connection.*Nothing was deleted"):
        breaking.break_reading(jobs, settings.LOCK_SOURCES[0], reading, Wish(ADA, "stuck"))
    assert (server.exists(f"lock:{name}"), LockBreak.objects.count(), shown.proof) == (
        1,
        0,
        proof_digest(reading.proof),
    )


@pytest.mark.parametrize(
    ("rights", "key", "value"),
    [
        (("+eval", "+type", "+get", "+del"), "jobs", "ee08789ee6e011f1a6b202fc00000001"),
        (("+eval", "+type", "+get", "+del", "+rpush", "+pexpire"), "lock:jobs", "q83vASNFZ4mrze8BI0VniQEB"),
    ],
)
def test_the_second_user_needs_what_the_docs_say_and_no_more(server: Redis, hint_server, db, rights, key, value):
    key, user = f"{key}-{secrets.token_hex(4)}", f"breaker-{secrets.token_hex(4)}"
    server.set(key, value, px=60_000)
    reading = reading_of(hint_server, key.encode())
    server.execute_command("ACL", "SETUSER", user, "on", "nopass", "~*", "resetchannels", *rights)
    config = SourceConfig("jobs", "jobs", hint_server.url, f"unix://{user}:x@{hint_server.path}")
    with connect(config.for_breaking()) as source:
        assert delete(source, reading).done
    server.acl_deluser(user)
    assert server.exists(key) == 0


def test_what_fails_after_the_deletion_is_no_refusal(watched: Watched, server: Redis, hint_server, settings):
    """A user may delete the field but not check whether the rest is empty."""
    key, user = f"shelf-{secrets.token_hex(4)}", f"half-{secrets.token_hex(4)}"
    server.hset(key, mapping={"3f2504e0-4f89-41d3-9a0c-0305e82c3301:7": "1", "mode": "read"})
    server.pexpire(key, 60_000)
    rights = ("+eval", "+type", "+hget", "+hdel")
    server.execute_command("ACL", "SETUSER", user, "on", "nopass", "~*", "resetchannels", *rights)
    half = f"unix://{user}:x@{hint_server.path}"
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", hint_server.url, half),)
    (_embedded, jobs) = ensure_sources()
    event = breaking.break_reading(
        jobs, settings.LOCK_SOURCES[0], reading_of(hint_server, key.encode()), Wish(ADA, "x")
    )
    server.acl_deluser(user)
    assert (event.payload["sure"], event.payload["woken"], server.hkeys(key)) == (True, None, [b"mode"])

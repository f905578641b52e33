"""Breaks of locks that are hard to compare: long values, and values that do not say who holds the lock."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from locks.core.reading import Reading
from locks.core.retaken import Glimpse
from locks.core.rows import id_of, proof_digest
from locks.core.sourcelist import SourceConfig
from locks.models import LockBreak
from locks.refusals import Changed, TooLong, Unknown
from locks.services.breaking import Shown, Wish, break_shown
from locks.services.deleting import delete
from locks.sources import connect
from tests.locks.breaks import ADA, config_of, held, reading_of, server, shown_on
from tests.locks.conftest import Watched

__all__ = ["held", "server"]


LONG = ["x" * 1_024, "x" * 1_025, "0123456789" * 1_638]


@pytest.mark.parametrize("value", LONG, ids=len)
def test_a_long_value_is_compared_whole(watched: Watched, server: Redis, hint_server, value: str):
    key = f"SINGLETONLOCK_{secrets.token_hex(4)}"
    server.set(key, value, px=9_000)
    shown = shown_on(watched, reading_of(hint_server, key.encode()))
    server.set(key, value[:-1] + "y", px=9_000)
    with pytest.raises(Changed, match="changed since you looked"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    server.set(key, value, px=9_000)
    assert break_shown("embedded", shown, Wish(ADA, "stuck")).payload["sure"]
    assert server.exists(key) == 0


def test_what_changes_at_the_end_of_a_long_value_between_the_look_and_the_script_stays(
    server: Redis, hint_server, watched: Watched
):
    key = f"SINGLETONLOCK_{secrets.token_hex(4)}"
    server.set(key, "x" * 2_000, px=60_000)
    reading = reading_of(hint_server, key.encode())
    server.set(key, "x" * 1_999 + "y", px=60_000)
    with connect(config_of(hint_server)) as source:
        assert not delete(source, reading).done
    assert server.exists(key) == 1


def test_what_is_too_long_to_compare_is_refused_with_what_to_do(
    watched: Watched, server: Redis, hint_server, operator_client
):
    key, app = f"SINGLETONLOCK_{secrets.token_hex(4)}", f"huey.results.{secrets.token_hex(4)}"
    server.set(key, "x" * 16_385, px=60_000)
    server.hset(app, f"app.lock.{'n' * 1_100}", "1")
    for name in (key, app):
        shown = shown_on(watched, reading_of(hint_server, name.encode()))
        assert shown.proof == ""
        with pytest.raises(TooLong, match="redis-cli"):
            break_shown("embedded", shown, Wish(ADA, "stuck"))
        said = operator_client.get(f"{watched.url}lock.json?id={shown.row_id}").json()
        assert (said["may_break"], "too long to compare" in said["why_not"]) == (False, True)
    assert server.exists(key, app) == 2
    assert LockBreak.objects.count() == 0


@pytest.fixture
def constant(watched: Watched, server: Redis, hint_server) -> tuple[Shown, str]:
    """A lock of arq that has been held for a while. Its value is always 1."""
    key = f"arq:in-progress:{secrets.token_hex(4)}"
    server.set(key, "1", px=30_000)
    reading = reading_of(hint_server, key.encode())
    watched.write(watched.row(key, **told_of(reading, watched, since=watched.now - 20_000)))
    glimpse = Glimpse(watched.now - 20_000, watched.now + 30_000, renews=False)
    return Shown(id_of(reading), proof_digest(reading.proof), key.encode(), glimpse), key


def told_of(reading: Reading, watched: Watched, **fields: Any) -> dict[str, Any]:
    about = {"id": id_of(reading), "proof": proof_digest(reading.proof), "evidence": list(reading.evidence)}
    return {**about, "holder": None, "ends_at": watched.now + 30_000, **fields}


def test_a_constant_that_nothing_happened_to_is_broken(constant, server: Redis):
    shown, key = constant
    assert break_shown("embedded", shown, Wish(ADA, "stuck")).payload["sure"]
    assert server.exists(key) == 0


def test_a_constant_whose_time_left_has_grown_is_another_acquisition(constant, server: Redis):
    shown, key = constant
    server.set(key, "1", px=60_000)
    with pytest.raises(Changed, match="time left has grown") as refused:
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert len(refused.value.details["rows"]) == 1
    server.persist(key)
    with pytest.raises(Changed, match="time left has grown"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert server.exists(key) == 1
    assert LockBreak.objects.count() == 0


def test_a_constant_that_is_renewed_may_have_more_time_left(constant, server: Redis):
    shown, key = constant
    assert shown.glimpse is not None
    server.set(key, "1", px=60_000)
    break_shown("embedded", replace(shown, glimpse=replace(shown.glimpse, renews=True)), Wish(ADA, "stuck"))
    assert server.exists(key) == 0


def test_a_constant_that_the_watcher_saw_end_is_another_acquisition(watched: Watched, constant, server: Redis):
    shown, key = constant
    watched.write(past=(watched.hold(key, ago_ms=500, id=shown.row_id),))
    with pytest.raises(Changed, match="has ended and was taken again"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    row = watched.row(key, id=shown.row_id, proof=shown.proof, since=watched.now - 500, ends_at=watched.now + 20_000)
    watched.write(row)
    with pytest.raises(Changed, match="has ended and was taken again"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert server.exists(key) == 1


def test_a_constant_that_is_taken_again_between_the_look_and_the_script_stays(server: Redis, hint_server):
    key = f"arq:in-progress:{secrets.token_hex(4)}"
    server.set(key, "1", px=30_000)
    reading = reading_of(hint_server, key.encode())
    server.set(key, "1", px=60_000)
    with connect(config_of(hint_server)) as source:
        assert not delete(source, reading).done
        server.persist(key)
        assert not delete(source, reading).done
        server.pexpire(key, 20_000)
        assert delete(source, reading).done


def test_a_user_without_pttl_breaks_a_constant_all_the_same(server: Redis, hint_server):
    key, user = f"arq:in-progress:{secrets.token_hex(4)}", f"breaker-{secrets.token_hex(4)}"
    server.set(key, "1", px=30_000)
    server.acl_setuser(user, enabled=True, nopass=True, keys=["*"], commands=["+@all", "-pttl"])
    reading = reading_of(hint_server, key.encode())
    with connect(SourceConfig("jobs", "jobs", f"unix://{user}:x@{hint_server.path}")) as source:
        assert delete(source, reading).done
    server.acl_deluser(user)


def test_the_dialog_says_what_a_constant_does_not_tell(watched: Watched, constant, operator_client):
    shown, key = constant
    about = lambda: [  # noqa: E731
        one["text"]
        for one in operator_client.get(f"{watched.url}lock.json?id={shown.row_id}").json()["consequences"]
        if one["about"] == "deleted"
    ]
    assert [text.split(",")[0] for text in about()[1:]] == [
        "Every holder of this lock writes the same value",
        "The break is refused if the watcher saw this lock end",
    ]
    assert "time left has grown" in about()[2]
    watched.write(watched.row(key, id=shown.row_id, proof=shown.proof, evidence=["value:any"], ends_at=None))
    assert about()[1] == "It is unknown whether the next holder would write another value."
    assert "time left cannot tell" in about()[2]
    watched.write(watched.row(key, id=shown.row_id, proof=shown.proof, evidence=["value:uuid"]))
    assert len(about()) == 1


def test_where_the_table_was_lost_the_server_says_whether_the_lock_is_free(
    watched: Watched, held, constant, server: Redis
):
    (lost, name), (other, key) = held, constant
    watched.write()
    with pytest.raises(Unknown, match="no longer knows this lock"):
        break_shown("embedded", lost, Wish(ADA, "stuck"))
    with pytest.raises(Changed, match="is unknown"):
        break_shown("embedded", other, Wish(ADA, "stuck"))
    shown = replace(lost, key=f"lock:{name}".encode())
    assert break_shown("embedded", shown, Wish(ADA, "stuck")).payload["sure"]
    with pytest.raises(Changed, match="already free"):
        break_shown("embedded", shown, Wish(ADA, "stuck"))
    assert server.exists(key) == 1


def test_the_page_posts_what_it_showed(watched: Watched, constant, server: Redis, operator_client):
    shown, key = constant
    watched.write()
    post = {"id": shown.row_id, "proof": shown.proof, "reason": "stuck", "lock": f'"{key}"'}
    for given in ("x", "[]", "7", '{"b64": 1}', '"\\ud800"', "[" * 40_000):
        answer = operator_client.post(f"{watched.url}break", {**post, "lock": given})
        assert (answer.status_code, answer.json()["field"]) == (400, "lock")
    watched.write(watched.row(key, id=shown.row_id, proof=shown.proof, since=watched.now - 20_000))
    server.pexpire(key, 40_000)
    times = {"since": str(watched.now - 20_000), "ends_at": str(watched.now + 30_000)}
    answer = operator_client.post(f"{watched.url}break", {**post, **times})
    assert (answer.status_code, "grown" in answer.json()["error"]) == (409, True)
    assert operator_client.post(f"{watched.url}break", {**post, **times, "renews": "1"}).status_code == 200

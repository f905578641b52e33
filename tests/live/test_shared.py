"""A result that many callers request is computed once, whatever happens meanwhile, and cached within bounds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from live.shared import Shared

MANY = 8


def test_all_who_ask_meanwhile_get_what_one_makes():
    shared, made, arrived, go = Shared[str](4), [], Barrier(MANY + 1), Event()

    def make() -> str:
        made.append(1)
        go.wait(20)
        return "it"

    def ask(_: int) -> str:
        arrived.wait(20)
        return shared.get("key", make)

    with ThreadPoolExecutor(MANY) as threads:
        answers = [threads.submit(ask, number) for number in range(MANY)]
        arrived.wait(20)
        go.set()
        assert [answer.result(20) for answer in answers] == ["it"] * MANY
    assert len(made) == 1


def test_a_failure_is_told_to_who_waits_and_not_kept():
    shared, making, go = Shared[str](4), Event(), Event()

    def fail() -> str:
        making.set()
        go.wait(20)
        raise LookupError("not there")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shared.get, "key", fail)
        making.wait(20)
        second = threads.submit(shared.get, "key", lambda: pytest.fail("the first makes it"))
        while not first.running() or second.done():  # the second waits for the first's result
            pass
        go.set()
        for asked in (first, second):
            with pytest.raises(LookupError):
                asked.result(20)
    assert shared.get("key", lambda: "it") == "it"


def test_a_key_is_kept_only_where_it_may_be():
    shared, count = Shared[int](4), iter(range(9))
    assert [shared.get("a", lambda: next(count)) for _ in range(3)] == [0, 0, 0]
    assert [shared.get("b", lambda: next(count), keep=False) for _ in range(3)] == [1, 2, 3]
    assert shared.get("b", lambda: next(count)) == 4
    assert [shared.get("c", lambda: next(count), keep=lambda made: made == 6) for _ in range(3)] == [5, 6, 6]


def test_the_least_recently_used_goes_first():
    shared = Shared[str](2)
    for key in ("a", "b", "a", "c"):
        shared.get(key, key.lower)
    assert shared.get("a", lambda: "anew") == "a"
    assert shared.get("b", lambda: "anew") == "anew"


def test_no_more_is_kept_than_there_is_room_for():
    shared = Shared[bytes](100, size=len, most_size=10)
    for key in ("a", "b", "c"):
        shared.get(key, lambda: b"12345")
    assert shared.get("a", lambda: b"anew") == b"anew"
    assert shared.get("large", lambda: b"12345678901") == b"12345678901"
    assert shared.get("large", lambda: b"anew", keep=False) == b"anew"
    assert shared.get("c", lambda: b"else") == b"12345"

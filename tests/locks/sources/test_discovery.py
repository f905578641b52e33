"""The search finds every lock, in small steps, within its budget, and can be stopped."""

from __future__ import annotations

import threading
import time
from uuid import uuid1

from redis import Redis

from locks.sources import Progress, Source
from locks.sources import source as sources


def filled(client: Redis, ordinary: int, locks: int) -> set[bytes]:
    """Ordinary keys, and locks of redis-py among them."""
    if ordinary:
        client.mset({f"user:{number}:name": f"somebody number {number}" for number in range(ordinary)})
    names = {b"orders:%d" % number for number in range(locks)}
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.set(name, uuid1().hex, px=600_000)
    pipeline.execute()
    return names


def test_locks_among_ordinary_keys_are_found_and_the_rest_stays_there(theirs: Redis, source: Source) -> None:
    names = filled(theirs, 20_000, 300)
    seen: list[Progress] = []
    found = [one.key for some in source.discover(seen.append) for one in some]
    assert (set(found), len(found)) == (names, 300)
    assert seen[-1] == Progress(20_300, 20_300, 300)
    shares = [one.share for one in seen]
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    bill = source.cost.bill()
    assert bill.by_command["EVALSHA_RO"] > 50
    assert bill.received_bytes < 60_000  # the names of the ordinary keys alone are 300,000


def test_a_search_can_be_stopped(theirs: Redis, source: Source) -> None:
    filled(theirs, 20_000, 0)
    stop = threading.Event()
    assert list(source.discover(lambda _progress: stop.set(), stop)) == []
    assert source.cost.bill().calls < 10


def test_a_search_keeps_its_share_of_the_time(theirs: Redis, source: Source) -> None:
    filled(theirs, 3_000, 0)
    source.facts([b"x"])  # the set-up of a first call is not part of the search
    before_us = source.cost.bill().waited_us
    source.budget = 0.25
    begun = time.monotonic()
    assert list(source.discover()) == []
    assert (time.monotonic() - begun) * 1e6 > 2 * (source.cost.bill().waited_us - before_us)


def test_more_candidates_than_are_kept(theirs: Redis, source: Source, monkeypatch) -> None:
    filled(theirs, 0, 2_000)
    monkeypatch.setattr(sources, "MOST_CANDIDATES", 500)
    found = [one for some in source.discover() for one in some]
    assert 500 <= len(found) < 2_000
    assert source.capped
    theirs.flushall()
    assert list(source.discover()) == []
    assert not source.capped


def test_what_only_looks_like_a_lock_takes_no_place(theirs: Redis, source: Source, monkeypatch) -> None:
    """Sessions have values like those of locks. The locks are found, however many sessions there are."""
    monkeypatch.setattr(sources, "MOST_LOCKS", 100)
    monkeypatch.setattr(sources, "_READ_AT_ONCE", 50)
    theirs.mset({f"session:{number}": f"{number:032x}" for number in range(2_000)})
    names = filled(theirs, 0, 30)
    assert {one.key for one in source.all()} == names
    assert not source.capped
    filled(theirs, 0, 500)
    assert 100 <= len(source.all()) < 300
    assert source.capped


def test_keys_that_go_while_they_are_searched(theirs: Redis, source: Source) -> None:
    names = filled(theirs, 5_000, 200)
    found: set[bytes] = set()
    for some in source.discover():
        found.update(one.key for one in some)
        theirs.delete(*list(names)[:100])
    assert found <= names
    assert {one.key for one in source.look(list(names))} <= set(list(names)[100:])


def test_a_search_that_is_left_leaves_no_answer_behind(theirs: Redis, source: Source) -> None:
    """The search requests its next step before it reads the last."""
    filled(theirs, 5_000, 300)
    left = source.discover()
    next(left)
    del left
    assert source.pttl([b"none", b"orders:1"])[0] == -2


def test_a_server_that_forgets_its_scripts_is_sent_them_again(theirs: Redis, source: Source) -> None:
    names = filled(theirs, 5_000, 2_000)
    found: set[bytes] = set()
    for some in source.discover():
        found.update(one.key for one in some)
        theirs.script_flush()
    assert found == names
    assert {one.key for one in source.facts(names)} == names

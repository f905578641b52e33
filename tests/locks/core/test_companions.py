"""Keys that accompany a lock are read with it, lead back to it, and are not locks themselves."""

import pytest

from locks.core import own
from locks.core.observed import Member, Observed, Seen
from locks.core.reading import Reading, Wake
from locks.core.recognise import base_of, is_companion, needs_of, recognise

THREAD = b"8743c9c0-0795-4907-87fd-6c719a6b4586:1"
NOW = 1_795_804_000_000


def string(key: bytes, value: bytes, ttl_ms: int | None = 30_000) -> Observed:
    return Observed(key, "string", ttl_ms, value, (), len(value))


def hashed(key: bytes, *fields: tuple[bytes, bytes]) -> Observed:
    return Observed(key, "hash", 30_000, b"", tuple(Member(*field) for field in fields), len(fields))


def only(one: Observed, *beside: Observed) -> Reading:
    (reading,) = recognise([one], Seen(NOW, {each.key: each for each in beside}, {}))
    return reading


@pytest.mark.parametrize(
    ("companion", "key"),
    [
        (b"ringviz:lock:{orders:42}:queue", b"ringviz:lock:{orders:42}"),
        (b"ringviz:lock:{orders:42}:fencing", b"ringviz:lock:{orders:42}"),
        (b"ringviz:lock:{a}:leases}:leases", b"ringviz:lock:{a}:leases}"),
        (b"ringviz:lock:{orders:42}:wake:worker-7:aa", b"ringviz:lock:{orders:42}"),
        (b"lock-signal:orders:42", b"lock:orders:42"),
        (b"lock.event:orders:42", b"lock:orders:42"),
        (b"redisson_lock_queue:{orders:42}", b"orders:42"),
        (b"redisson_lock_timeout:a{tag}b", b"a{tag}b"),
        (b"redisson_lock_token:{orders:42}", b"orders:42"),
        (b"redisson_unlock_latch:{orders:42}:req0", b"orders:42"),
        (b"{rw:1}:" + THREAD + b":rwlock_timeout:2", b"rw:1"),
        (b"{rw:1}:" + THREAD + b":write:rwlock_timeout:1", b"rw:1"),
        (b"uniquejobs:abc:QUEUED", b"uniquejobs:abc:LOCKED"),
    ],
)
def test_a_companion_leads_back_to_its_lock(companion: bytes, key: bytes) -> None:
    assert base_of(companion) == key


@pytest.mark.parametrize(
    "key", [b"orders:42", b"lock:orders", b"ringviz:lock:{a}", b"", b"redisson_lock_queue", b"{rw}:x"]
)
def test_any_other_key_is_read_itself(key: bytes) -> None:
    assert base_of(key) == key


@pytest.mark.parametrize("key", [b"redisson_lock_token:{a}", b"lock-signal:a", b"{a}:" + THREAD + b":rwlock_timeout:1"])
def test_a_companion_is_no_lock(key: bytes) -> None:
    assert is_companion(key)
    assert recognise([string(key, b"1")], Seen(NOW, {}, {})) == []


def test_all_that_a_lock_needs_leads_back_to_it() -> None:
    for one in (
        string(b"ringviz:lock:{a}", b"ab" * 16),
        hashed(b"orders", (THREAD, b"1")),
        hashed(b"a{t}b", (THREAD, b"1")),
    ):
        needs = needs_of(one)
        assert needs.keys
        assert {base_of(key) for key in needs.keys} == {one.key}


def test_waiters_are_woken_as_their_client_expects() -> None:
    assert only(string(b"lock:a", b"TqzMhbpSl3l9hGkc2OElzID1")).wake == Wake("push", b"lock-signal:a", b"1", 1000)
    assert only(string(b"lock:a", bytes(range(32)))).wake == Wake("push", b"lock.event:a", b"1")
    assert only(hashed(b"a", (THREAD, b"1"))).wake == Wake("publish", b"redisson_lock__channel:{a}", b"0")
    assert only(string(b"ringviz:lock:{a}", b"x" * 32)).wake == Wake("queue", own.keys_of("a").queue)


def test_a_fair_lock_wakes_the_first_in_its_queue() -> None:
    first = b"1b1c8b8a-9c5e-4f0e-a2c4-0d6d8f5e7a11:10"
    queue = Observed(b"redisson_lock_queue:{a}", "list", None, b"", (Member(first),), 1)
    assert only(hashed(b"a", (THREAD, b"1")), queue).wake == Wake(
        "publish", b"redisson_lock__channel:{a}:" + first, b"0"
    )


def test_who_is_past_its_time_does_not_wait_any_more() -> None:
    queue = Observed(b"redisson_lock_queue:{a}", "list", None, b"", (Member(b"x:1"), Member(b"y:1")), 2)
    ends = (Member(b"x:1", b"%d" % (NOW - 1)), Member(b"y:1", b"%d" % (NOW + 1)))
    timeouts = Observed(b"redisson_lock_timeout:{a}", "zset", None, b"", ends, 2)
    assert only(hashed(b"a", (THREAD, b"1")), queue, timeouts).waiter_ids == (b"y:1",)


def test_a_key_that_was_seen_twice_is_read_once() -> None:
    one = string(b"lock:a", b"TqzMhbpSl3l9hGkc2OElzID1")
    assert len(recognise([one, one], Seen(NOW, {}, {}))) == 1


def test_breaking_half_a_lock_takes_the_rest_of_it_along() -> None:
    (reader,) = recognise([hashed(b"rw", (b"mode", b"read"), (THREAD, b"1"))], Seen(NOW, {}, {}))
    assert (reader.proof.member, reader.proof.frame) == (THREAD, (b"mode",))
    permit = Observed(b"{sem}:timeout", "zset", None, b"", (Member(b"ab" * 16, b"%d" % (NOW + 9)),), 1)
    assert only(permit, string(b"sem", b"1", None)).proof.returns == b"sem"
    holder = b"oBPaafw9f5+QZYrh2362mXLvO/AnwW3rW3Xtkq33SGc="
    ends = b"%d" % (NOW + 9)
    write = Observed(b"a", "zset", 9, b"", (Member(b"__write__", ends), Member(holder, ends)), 2)
    assert (only(write).proof.member, only(write).proof.also) == (holder, (b"__write__",))


def test_a_permit_whose_time_is_over_is_told_apart_from_those_that_are_held() -> None:
    over, held = Member(b"ab" * 16, b"%d" % (NOW - 1)), Member(b"cd" * 16, b"%d" % (NOW + 50))
    reading = only(Observed(b"{sem}:timeout", "zset", None, b"", (over, held), 2))
    assert (reading.holder_id, reading.ttl_ms) == (b"cd" * 16, 50)
    left = only(Observed(b"{sem}:timeout", "zset", None, b"", (over,), 1))
    assert (left.ttl_ms, left.confidence) == (0, "possible")
    assert "time:over" in left.evidence


def test_a_permit_that_never_ends_has_no_time_left() -> None:
    forever = Member(bytes(range(16)), b"922337203685477")
    reading = only(Observed(b"{sem}:timeout", "zset", None, b"", (forever,), 1))
    assert (reading.ttl_ms, reading.holder_id) == (None, bytes(range(16)).hex().encode())


def test_a_long_queue_is_counted_whole_though_its_first_are_read_only() -> None:
    queue = Observed(b"redisson_lock_queue:{a}", "list", None, b"", (Member(b"x:1"), Member(b"y:1")), 900)
    assert only(hashed(b"a", (THREAD, b"1")), queue).waiters == 900


def test_a_lock_of_redis_py_may_be_named_after_an_id() -> None:
    key = b"invoice:8743c9c0-0795-4907-87fd-6c719a6b4586"
    assert only(string(key, b"ee08789ee6e011f1a6b202fc00000001")).client == "redis-py"

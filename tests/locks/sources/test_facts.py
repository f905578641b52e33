"""Facts about keys: every type, any size, any bytes, and a limit on how much is read."""

from __future__ import annotations

import pytest
from redis import Redis

from locks.core.observed import MOST_MEMBERS, MOST_VALUE_BYTES, Member
from locks.sources import Source
from locks.sources.records import BadRecords, observed, ttls
from locks.sources.scripts import MOST_FIELDS

BINARY = bytes(range(256))


def test_every_type_is_read_as_it_is(theirs: Redis, source: Source) -> None:
    theirs.set(BINARY, BINARY, px=60_000)
    theirs.set(b"empty", b"")
    theirs.set(b"number", 12)
    theirs.hset("hash", mapping={BINARY: b"1", b"mode": b"read"})
    theirs.zadd("zset", {b"b": 2.5, b"a": 1_795_399_359_985})
    theirs.rpush("list", b"x", BINARY)
    theirs.sadd("set", b"m")
    theirs.xadd("stream", {b"f": b"v"})
    theirs.pfadd("sketch", b"x")
    names = [BINARY, b"empty", b"number", b"hash", b"zset", b"list", b"set", b"stream", b"sketch", b"gone"]
    found = {one.key: one for one in source.facts(names)}
    assert set(found) == set(names) - {b"gone"}
    assert (found[BINARY].value, found[BINARY].size) == (BINARY, 256)
    assert 0 < (found[BINARY].ttl_ms or 0) <= 60_000
    assert (found[b"empty"].value, found[b"empty"].size, found[b"empty"].ttl_ms) == (b"", 0, None)
    assert found[b"number"].value == b"12"
    assert found[b"hash"].members == (Member(BINARY, b"1"), Member(b"mode", b"read"))
    assert found[b"zset"].members == (Member(b"b", b"2.5"), Member(b"a", b"1795399359985"))
    assert found[b"list"].members == (Member(b"x"), Member(BINARY))
    assert found[b"set"].members == (Member(b"m"),)
    assert (found[b"stream"].type, found[b"stream"].size) == ("stream", 1)
    assert found[b"sketch"].type == "string"


def test_what_is_huge_is_cut(theirs: Redis, source: Source) -> None:
    theirs.set("string", b"s" * 5_000_000)
    theirs.hset("fields", mapping={f"f{number}": "v" for number in range(MOST_FIELDS)})
    theirs.hset("too many", mapping={f"f{number}": "v" for number in range(MOST_FIELDS + 1)})
    theirs.hset("long value", mapping={"long": "v" * 5_000_000, "short": "1"})
    theirs.zadd("zset", {f"m{number}": number for number in range(10_000)})
    theirs.rpush("list", *range(10_000))
    theirs.sadd("set", *range(10_000))
    names = (b"string", b"fields", b"too many", b"long value", b"zset", b"list", b"set")
    found = {one.key: one for one in source.facts(names)}
    assert (len(found[b"string"].value), found[b"string"].size) == (MOST_VALUE_BYTES, 5_000_000)
    assert (len(found[b"fields"].members), found[b"fields"].size) == (MOST_MEMBERS, MOST_FIELDS)
    assert (len(found[b"too many"].members), found[b"too many"].size) == (0, MOST_FIELDS + 1)
    assert {name: value for name, value, _ttl in found[b"long value"].members} == {b"long": b"", b"short": b"1"}
    assert (len(found[b"zset"].members), found[b"zset"].size) == (MOST_MEMBERS, 10_000)
    assert [name for name, *_ in found[b"list"].members] == [b"%d" % number for number in range(MOST_MEMBERS)]
    assert (found[b"set"].members, found[b"set"].size) == ((), 10_000)
    assert source.cost.bill().received_bytes < 200_000


def test_a_lock_among_many_fields_of_a_hash_is_found(theirs: Redis, source: Source) -> None:
    theirs.hset("huey.results.myapp", mapping={f"result-{number}": "pickled" for number in range(5_000)})
    theirs.hset(
        "huey.results.myapp", "myapp.lock.reports", b"\x80\x05\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x011\x94."
    )
    (one,) = source.all()
    assert (one.client, one.name) == ("huey", b"reports")


def test_fields_with_a_time_to_live_of_their_own(theirs: Redis, source: Source) -> None:
    theirs.hset("hash", mapping={"a": "1", "b": "2"})
    theirs.execute_command("HPEXPIRE", "hash", 60_000, "FIELDS", 1, "b")
    (seen,) = source.facts([b"hash"])
    left = {name: ttl_ms for name, _value, ttl_ms in seen.members}
    assert left[b"a"] is None
    assert 0 < (left[b"b"] or 0) <= 60_000


def test_thousands_of_keys_take_a_call_for_each_batch(theirs: Redis, source: Source) -> None:
    theirs.mset({f"key:{number}": number for number in range(1_000)})
    names = [b"key:%d" % number for number in range(1_000)]
    assert [one.key for one in source.facts(names)] == names
    calls = source.cost.bill().by_command
    assert calls["EVALSHA_RO"] == 3  # and one that sent the script's text
    assert {"TYPE", "PTTL", "GET"}.isdisjoint(calls)


def test_the_time_left_of_many_keys(theirs: Redis, source: Source) -> None:
    theirs.set("a", 1, px=60_000)
    theirs.set("b", 1)
    left, endless, gone = source.pttl([b"a", b"b", b"none"])
    assert 0 < left <= 60_000
    assert (endless, gone) == (-1, -2)
    assert source.pttl([]) == []


def test_nobody_is_an_error(source: Source) -> None:
    assert source.facts([]) == []
    assert source.look([b"none"]) == []
    assert source.all() == []


def test_a_look_leaves_no_trace_in_what_was_used_last(theirs: Redis, source: Source) -> None:
    """A full server evicts the keys that were not used for long, so a watcher must not count as a user."""
    theirs.set("old", "x")
    source.facts([b"old"])
    watching = [one["flags"] for one in theirs.client_list() if one["name"] == "ringviz-watch"]
    assert watching  # connections of the last test may still be closing
    assert all("T" in flags for flags in watching)  # no-touch


@pytest.mark.parametrize("blob", [b"\x01", b"\x01" * 23, b"\x09" + bytes(22), b"\x02" + bytes(12) + b"\x01" + bytes(9)])
def test_an_answer_that_is_none_is_refused(blob: bytes) -> None:
    with pytest.raises(BadRecords):
        observed(blob)


def test_times_that_are_cut_off_are_refused() -> None:
    with pytest.raises(BadRecords):
        ttls(bytes(12), 2)

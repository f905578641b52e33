"""The recognisers raise nothing and answer quickly, whatever bytes a server stores."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from locks.core.observed import Member, Observed, Seen
from locks.core.recognise import LOOK_FOR, base_of, needs_of, recognise
from tests.locks.core.captures import stages

REAL = [one for stage in stages() for one in stage.seen]
PARTS = sorted(
    {each for wanted in LOOK_FOR for each in (*wanted.prefixes, *wanted.suffixes, *wanted.infixes, *wanted.words)}
    | {one.key for one in REAL}
    | {one.value for one in REAL}
    | {member.name for one in REAL for member in one.members}
    | {
        b"mode",
        b"read",
        b"write",
        b"{",
        b"}",
        b":",
        b"_WRITERWAITING",
        b":rwlock_timeout:",
        b":expire_time",
        b"\x80\x05",
    }
)
pieces = st.one_of(
    st.sampled_from(PARTS), st.binary(max_size=40), st.sampled_from([b"1", b"nan", b"inf", b"-1", b"1e308"])
)
texts = st.lists(pieces, max_size=3).map(b"".join)
numbers = st.one_of(st.integers().map(lambda n: str(n).encode()), st.floats().map(lambda n: repr(n).encode()), texts)
ttls = st.one_of(st.none(), st.integers(0, 2**63))
members = st.lists(st.builds(Member, texts, numbers, ttls), max_size=3).map(tuple)
keys = st.builds(
    lambda key, kind, ttl_ms, value, members, size: Observed(
        key, kind, ttl_ms, value if kind == "string" else b"", () if kind == "string" else members, size
    ),
    texts, st.sampled_from(["string", "hash", "zset", "set", "list", "stream", "ReJSON-RL"]), ttls, texts, members,
    st.one_of(st.integers(0, 64), st.integers(0, 2**40)),
)  # fmt: skip
worlds = st.lists(keys, max_size=3)


@settings(max_examples=40, deadline=None)
@given(worlds, worlds, st.integers(0, 2**62))
def test_any_bytes_are_borne(seen: list[Observed], beside: list[Observed], now_ms: int) -> None:
    asked = [needs_of(one) for one in seen]
    wanted = [key for needs in asked for key in needs.keys]
    world = Seen(
        now_ms,
        dict(zip(wanted, [*beside, *seen], strict=False)),
        {channel: 1 for needs in asked for channel in needs.channels},
        (),
        True,
    )
    for reading in recognise(seen, world):
        assert reading.key in {one.key for one in seen}
        assert reading.ttl_ms is None or reading.ttl_ms >= 0
        assert reading.count >= 1
    assert all(isinstance(base_of(one.key), bytes) for one in seen)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(REAL), st.binary(max_size=8), st.integers(0, 60))
def test_a_real_key_that_is_damaged_is_borne(one: Observed, junk: bytes, at: int) -> None:
    def cut(text: bytes) -> bytes:
        return text[:at] + junk + text[at + 1 :]

    damaged = Observed(
        cut(one.key),
        one.type,
        one.ttl_ms,
        cut(one.value),
        tuple(Member(cut(each.name), cut(each.value)) for each in one.members),
        len(cut(one.value)) or len(one.members),
    )
    needs_of(damaged)
    recognise([damaged], Seen(0, {}, {}))


def test_a_hash_of_which_no_field_was_read_is_borne() -> None:
    for kind in ("hash", "zset", "set", "list"):
        for key in (b"huey.results.app", b"{a}:timeout", b"a.readers", b"uniquejobs:a:LOCKED", b"semaphore:a"):
            needs_of(Observed(key, kind, 1000, b"", (), 1))
            assert recognise([Observed(key, kind, 1000, b"", (), 1)], Seen(0, {}, {})) == []


def test_long_names_and_values_take_time_in_proportion() -> None:
    """A pattern that backtracks would take minutes on these."""
    began = time.process_time()
    for text in (b"a" * 1024, b"a:" * 512, b"_1" * 512, b"a-" * 512, b"{" * 1024, b"ADDED:1" * 146, b"9" * 1024):
        for key in (text * 64, b"lock:" + text, text + b":lock", text + b":timeout", text + b":LOCKED"):
            for kind in ("string", "hash", "zset", "set"):
                every = tuple(Member(text, text) for _ in range(256)) if kind != "string" else ()
                one = Observed(key, kind, 1000, text if kind == "string" else b"", every, len(every) or len(text))
                needs_of(one)
                base_of(key)
                recognise([one], Seen(0, {}, {}))
    assert time.process_time() - began < 20

"""Name patterns, groups and counts for many rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locks.core.grouping import (
    FEW_LANES,
    FEW_ROWS,
    MOST_ATTENTION,
    MOST_GROUPS,
    MOST_PATTERN,
    counts_of,
    grouped,
    is_few,
    pattern_of,
)
from tests.locks.rows import NOW_MS, a_row


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (b"invoice:7741", "invoice:*"),
        (b"bull:mail:12:lock", "bull:mail:*:lock"),
        (b"bull:mail:repeat:abc123def456abc:lock", "bull:mail:repeat:*:lock"),
        (b"user:3F2504E0-4f89-11d3-9a0c-0305e82c3301:x", "user:*:x"),
        (b"uniquejobs:0123456789abcdef0123456789abcdef", "uniquejobs:*"),
        (b"lock:report.2026-11-27", "lock:report.*"),
        (b"x:aB3-_k9ZqQ71mmLp-0xYz", "x:*"),
        (b"order_1234_x", "order_*_x"),
        (b"worker-5", "worker-*"),
        (b"_tooz_group12_lock", "_tooz_group*_lock"),
        (b"a:1:2:3", "a:*"),
        (b"cache:warm:eu", "cache:warm:eu"),
        (b"redbeat::lock", "redbeat::lock"),
        (b"celery_tasks_singleton_module_name_long", "celery_tasks_singleton_module_name_long"),
        (b"defaced:decade", "defaced:decade"),
        (b"lock:v2", "lock:v2"),
        (b"\xff\xfe:1", "\ufffd\ufffd:*"),
        (b"", ""),
    ],
)
def test_what_varies_is_a_star(name, pattern):
    assert pattern_of(name) == pattern


@given(st.binary(max_size=600))
def test_every_name_has_a_short_pattern(name):
    assert len(pattern_of(name)) <= MOST_PATTERN


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_names_that_differ_in_numbers_have_one_pattern(one, other):
    assert pattern_of(b"order:%d:pay" % one) == pattern_of(b"order:%d:pay" % other)


def test_counts_count_a_lane_once():
    rows = [
        a_row("a", holder="w-1", waiters=3),
        a_row("a", holder="w-2", waiters=3),
        a_row("b", alerts=("no_ttl", "starving")),
        a_row("c", waiters=0),
    ]
    assert counts_of(rows) == {"held": 4, "lanes": 3, "waits": 3, "waits_hidden": 1, "alerts": 2}


def test_a_group_says_what_is_in_it():
    rows = [
        a_row("job:1", waiters=2, ends_at=NOW_MS + 100),
        a_row("job:2", ends_at=NOW_MS + 59_999, alerts=("long_held",)),
        a_row("job:3", client="ringviz", ends_at=NOW_MS + 600_000),
        a_row("job:4", ends_at=None, alerts=("no_ttl",)),
        a_row("job:5", ends_at=NOW_MS - 5),
        a_row("free", waiters=None),
    ]
    job, free = grouped(rows, NOW_MS)["groups"]
    assert job == {
        "pattern": "job:*", "clients": ["redis-py", "ringviz"], "held": 5, "waits": 2, "no_ttl": 1, "shortest": 0,
        "bins": [2, 0, 0, 0, 0, 0, 0, 2], "attention": {"long_held": 1, "no_ttl": 1},
    }  # fmt: skip
    assert (free["waits"], free["held"]) == (None, 1)


def test_the_worst_come_first_and_groups_with_alerts_before_large_ones():
    rows = [a_row(f"big:{n}") for n in range(9)]
    rows += [a_row("low", alerts=("no_ttl",)), a_row("high", alerts=("no_ttl", "overwritten"))]
    picture = grouped(rows, NOW_MS)
    assert [row["key"] for row in picture["attention"]] == ["high", "low"]
    assert [group["pattern"] for group in picture["groups"]] == ["high", "low", "big:*"]
    assert picture["small"] is None


def test_small_groups_are_folded_and_lists_are_bounded():
    rows = [a_row(f"alone-{'x' * n}", alerts=("no_ttl",)) for n in range(100)]
    rows += [a_row(f"{'y' * (n + 1)}:{m}") for n in range(70) for m in range(5)]
    picture = grouped(rows, NOW_MS)
    assert len(picture["attention"]) == MOST_ATTENTION
    assert len(picture["groups"]) == MOST_GROUPS
    small = picture["small"]
    assert small is not None
    assert (small["groups"], small["held"], small["attention"]) == (110, 150, {"no_ttl": 100})
    assert sum(group["held"] for group in picture["groups"]) + small["held"] == len(rows)


def test_few_are_few_lanes():
    lanes = [a_row(f"key:{n}") for n in range(FEW_LANES)]
    shared = [a_row("key:0", holder=f"w-{n}") for n in range(FEW_LANES)]
    rows = {row["id"]: row for row in lanes + shared}
    assert is_few(rows)
    crowd = [a_row("semaphore", holder=f"w-{n}") for n in range(FEW_ROWS + 1)]
    assert not is_few({row["id"]: row for row in crowd})
    rows["more"] = a_row("more")
    assert not is_few(rows)

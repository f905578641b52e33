"""What untrusted servers report about their cluster: valid reports are read, others are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.reading.checked import checked_members
from servers.topology import NotTopology

A, B, C = ("a" * 40, "b" * 40, "c" * 40)


def line(
    id_: str = A, where: str = "10.0.0.1:6379@16379", flags: str = "master", primary: str = "-", *slots: str
) -> str:
    return " ".join([id_, where, flags, primary, "0", "0", "1", "connected", *slots])


def test_members_and_what_they_have():
    text = "\n".join(
        [
            line(A, "10.0.0.1:6379@16379,host,shard-id=1", "myself,master", "-", "0-9", "10", "12", "[7->-" + B + "]"),
            line(B, "fd00::1:7000@17000", "master,fail?", "-", "20-30"),
            line(C, "10.0.0.3:6379@16379", "slave,fail", A),
            line("d" * 40, ":0@0", "master,fail,noaddr", "-", "31"),
            line("e" * 40, "10.0.0.9:6379@16379", "handshake", "-"),
        ]
    )
    found = checked_members(text + "\n")
    assert [(str(one.address), one.failed, one.primary_id, one.ranges) for one in found] == [
        ("10.0.0.1:6379", False, "", ((0, 10), (12, 12))),
        ("[fd00::1]:7000", True, "", ((20, 30),)),
        ("10.0.0.3:6379", True, A, ()),
        (":0", True, "", ((31, 31),)),
    ]
    assert [one.myself for one in found] == [True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n", "hello", "a b c d e f g h"),
        line("A" * 40),
        line("a" * 39),
        line(A, "nowhere"),
        line(A, "10.0.0.1:99999@1"),
        line(A, "x" * 101 + ":1@1"),
        line(A, "\x1b[31m:1@1"),
        line(A, "10.0.0.1:1@1,\x1b[31m"),
        line(A, "10.0.0.1:1@1," + "x" * 254),
        line(A, primary="somebody"),
        line(A, "10.0.0.1:1@1", "master", "-", "16384"),
        line(A, "10.0.0.1:1@1", "master", "-", "9-8"),
        line(A, "10.0.0.1:1@1", "master", "-", "-1"),
        line(A, "10.0.0.1:1@1", "master", "-", "x"),
        line(A) + "\n" + line(A),
        line(A, "10.0.0.1:1@1", "master", "-", "0-9") + "\n" + line(B, "10.0.0.2:1@1", "master", "-", "9"),
        "\n" * 50_000,
    ],
)
def test_what_cannot_be_is_refused(text):
    with pytest.raises(NotTopology):
        checked_members(text)


def test_what_a_replica_still_lists_is_not_a_second_owner():
    """It was a primary, and has not heard everything yet."""
    text = line(A, "10.0.0.1:1@1", "myself,master", "-", "0-9") + "\n" + line(B, "10.0.0.2:1@1", "slave", A, "5-9")
    assert [one.ranges for one in checked_members(text)] == [((0, 9),), ((5, 9),)]


@given(st.text(max_size=300))
def test_nothing_else_is_ever_raised(text):
    try:
        checked_members(text)
    except NotTopology:
        return

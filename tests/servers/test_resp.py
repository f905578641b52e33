"""The protocol: what is sent, what is taken from a stream in pieces, and what is rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.resp import MOST_LINE_BYTES, ErrorReply, NotAReply, Replies, command

STREAM = b"+OK\r\n$5\r\nab\r\nc\r\n$-1\r\n:42\r\n-MOVED 7 127.0.0.1:7001\r\n$0\r\n\r\n+PONG\r\n:-1\r\n"
REPLIES = [b"OK", b"ab\r\nc", None, 42, ErrorReply(b"MOVED 7 127.0.0.1:7001"), b"", b"PONG", -1]


def test_a_command_is_counted_in_bytes():
    assert command(b"SET", "ü".encode(), b"\r\n") == b"*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xbc\r\n$2\r\n\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_replies_come_in_pieces_of_any_size(size):
    replies, found = Replies(), []
    for start in range(0, len(STREAM), size):
        found += replies.feed(STREAM[start : start + size])
    assert found == REPLIES
    assert [isinstance(reply, ErrorReply) for reply in found] == [isinstance(reply, ErrorReply) for reply in REPLIES]
    assert replies.is_between


@pytest.mark.parametrize(
    "data",
    [
        *(b"*1\r\n", b"*-1\r\n", b"HTTP/1.1 400\r\n", b"H", b"\r\n", b"%1\r\n", b"_\r\n"),
        *(b"$x\r\n", b"$\r\n", b"$-2\r\n", b"$ 1\r\n", b"$1_0\r\n", b"$+1\r\n", b"$--1\r\n"),
        *(b":\r\n", b":1_0\r\n", b":" + b"1" * 21 + b"\r\n", b"$3\r\nabcde", b"+OK\r\n?"),
    ],
)
def test_what_is_no_reply_is_rejected_at_once(data):
    with pytest.raises(NotAReply):
        Replies().feed(data)


def test_a_reply_longer_than_allowed_is_rejected_before_it_came():
    assert Replies(10).feed(b"$10\r\n0123456789\r\n") == [b"0123456789"]
    for head in (b"$11\r\n", b"$99999999999999999999\r\n"):
        with pytest.raises(NotAReply, match="at most 10"):
            Replies(10).feed(head)


@pytest.mark.parametrize("kind", [b"+", b"-", b":", b"$"])
@pytest.mark.parametrize("size", [1000, MOST_LINE_BYTES])
def test_a_line_without_an_end_is_rejected(kind, size):
    replies = Replies()
    replies.feed(kind)
    for _ in range((MOST_LINE_BYTES - 2) // size):
        replies.feed(b"1" * size)
    with pytest.raises(NotAReply, match="line"):
        replies.feed(b"1" * size)


def test_a_long_line_that_ends_is_rejected_too():
    with pytest.raises(NotAReply, match="line"):
        Replies().feed(b"+" + b"x" * MOST_LINE_BYTES + b"\r\n")


def test_what_came_in_part_is_no_reply_yet():
    replies = Replies()
    assert replies.feed(b":7\r\n$5\r\nab") == [7]
    assert not replies.is_between
    assert replies.feed(b"cd") == []
    assert replies.feed(b"e\r\n:8\r") == [b"abcde"]
    assert replies.feed(b"\n") == [8]
    assert replies.is_between


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_nothing_but_a_reply_or_the_one_error_comes_of_any_bytes(parts):
    replies = Replies(100)
    try:
        for part in parts:
            for reply in replies.feed(part):
                assert reply is None or isinstance(reply, bytes | int)
    except NotAReply:
        return

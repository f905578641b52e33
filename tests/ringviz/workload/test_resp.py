import pytest

from ringviz.workload.resp import Broken, Refused, Replies, command

STREAM = b"+OK\r\n$5\r\nab\r\nc\r\n$-1\r\n:42\r\n-MOVED 7 127.0.0.1:7001\r\n$0\r\n\r\n+PONG\r\n"
REPLIES = [b"OK", b"ab\r\nc", None, 42, Refused(b"MOVED 7 127.0.0.1:7001"), b"", b"PONG"]


def test_a_command_is_counted_in_bytes():
    assert command(b"SET", "ü".encode(), b"\r\n") == b"*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xbc\r\n$2\r\n\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_replies_come_in_pieces_of_any_size(size):
    replies, found = Replies(), []
    for start in range(0, len(STREAM), size):
        found += replies.feed(STREAM[start : start + size])
    assert found == REPLIES
    assert [isinstance(reply, Refused) for reply in found] == [isinstance(reply, Refused) for reply in REPLIES]


@pytest.mark.parametrize("data", [b"*1\r\n", b"HTTP/1.1 400\r\n", b"$x\r\n", b":\r\n"])
def test_what_is_no_reply_is_refused(data):
    with pytest.raises(Broken):
        Replies().feed(data)

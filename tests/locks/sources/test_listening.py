"""Changes as they happen, by notifications or by tracking, and how the source learns which one is available."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from locks.sources import Source, SourceTrouble
from locks.sources.capabilities import hears, line_to_set
from locks.sources.listening import Change, Listening
from locks.sources.pushes import MOST_BYTES, BadPush, Pushes
from tests.processes import until

BINARY = b"a__:b\r\n\xff\x00"


def heard(listening: Listening, count: int) -> list[Change]:
    found: list[Change] = []

    def enough() -> bool:
        found.extend(listening.changes(0.5))
        return len(found) >= count

    until(enough, what=f"{count} changes")
    return found


def test_notifications_tell_what_happened(theirs: Redis, source: Source) -> None:
    theirs.config_set("notify-keyspace-events", "Kg$xhlz")
    with source.listen("notifications") as listening:
        theirs.set(BINARY, 1, px=30)
        theirs.hset("h", "f", "1")
        theirs.delete("h")
        found = heard(listening, 5)
    assert [change for change in found if change.key == b"h"] == [Change(b"h", "hset"), Change(b"h", "del")]
    assert [change.what for change in found if change.key == BINARY] == ["set", "expire", "expired"]


def test_tracking_tells_that_something_happened(theirs: Redis, source: Source) -> None:
    with source.listen("tracking") as listening:
        theirs.set(BINARY, 1)
        theirs.delete(BINARY)
        theirs.set("other", 1)
        assert {change.key for change in heard(listening, 3)} == {BINARY, b"other"}
        theirs.flushall()
        assert heard(listening, 1) == [Change(None, "flush")]


def test_only_the_database_that_is_watched_is_heard(
    theirs: Redis, watched_server, open_source: Callable[..., Source]
) -> None:
    theirs.config_set("notify-keyspace-events", "AKE")
    with open_source(f"{watched_server.url}?db=2").listen("notifications") as listening:
        theirs.set("here", 1)
        with Redis(unix_socket_path=str(watched_server.path), db=2) as there:
            there.set("there", 1)
        assert heard(listening, 1) == [Change(b"there", "set")]


def test_many_changes_at_once(theirs: Redis, source: Source) -> None:
    with source.listen("tracking") as listening:
        theirs.mset({f"key:{number}": number for number in range(5_000)})
        assert {change.key for change in heard(listening, 5_000)} == {b"key:%d" % number for number in range(5_000)}
    assert source.cost.bill().received_bytes > 40_000


def test_a_lost_connection_is_told(theirs: Redis, source: Source) -> None:
    for way in ("notifications", "tracking"):
        with source.listen(way) as listening:
            (ours,) = [one for one in theirs.client_list() if one["flags"].strip("TU")]
            theirs.client_kill_filter(_id=ours["id"])
            with pytest.raises(SourceTrouble) as trouble:
                heard(listening, 1)
            assert trouble.value.kind == "lost"


def test_nothing_comes(theirs: Redis, source: Source) -> None:
    with source.listen("notifications") as listening:
        assert listening.changes(0) == []
        assert listening.changes(0.01) == []


def test_capabilities_say_how_changes_are_heard(theirs: Redis, source: Source) -> None:
    told = source.capabilities()
    assert (told.notifications, told.tracking, told.way) == ("off", True, "tracking")
    assert told.missing == "CONFIG SET notify-keyspace-events Kg$lhzx"
    theirs.config_set("notify-keyspace-events", "KEA")
    told = source.capabilities()
    assert (told.notifications, told.missing, told.way) == ("on", "", "notifications")
    assert told.server.startswith("Valkey 9")
    assert source.cost.bill().by_command["CONFIG GET"] == 2
    assert "CONFIG SET" not in source.cost.bill().by_command


@pytest.mark.parametrize(
    ("events", "enough", "line"),
    [
        ("", False, "Kg$lhzx"),
        ("Kg$xhlz", True, "Kg$lhzx"),
        ("KA", True, "KA"),
        ("EA", False, "KEA"),
        ("Ex", False, "KEg$lhzx"),
        ("Kg$xhl", False, "Kg$lhzx"),
        ("KEAm", True, "KEAm"),
    ],
)
def test_the_line_to_set_keeps_what_is_on(events: str, enough: bool, line: str) -> None:
    assert hears(events) is enough
    assert line_to_set(events) == f"CONFIG SET notify-keyspace-events {line}"
    assert hears(line)


PUSHES = (
    b"*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$2\r\n\r\n\r\n$3\r\nset\r\n"
    b">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$0\r\n\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n"
    b"*3\r\n$-1\r\n:7\r\n*0\r\n+OK\r\n*-1\r\n"
)
MESSAGES = [
    [b"pmessage", b"*", b"\r\n", b"set"],
    [b"invalidate", [b"a", b""]],
    [b"invalidate", None],
    [None, 7, []],
    b"OK",
    None,
]


@given(st.lists(st.integers(0, len(PUSHES)), max_size=12))
def test_messages_are_whole_however_they_come(cuts: list[int]) -> None:
    pushes, at, found = Pushes(), 0, []
    for cut in [*sorted(cuts), len(PUSHES)]:
        found += pushes.add(PUSHES[at:cut])
        at = cut
    assert found == MESSAGES


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"$x\r\n",
        b"$%d\r\n" % (MOST_BYTES + 1),
        b"*99999999999\r\n",
        b"*1\r\n" * 5,
        b"$" + b"1" * 2_000,
    ],
)
def test_what_no_server_sends_is_refused(data: bytes) -> None:
    with pytest.raises(BadPush):
        Pushes().add(data)

"""From looks to what happened: each story is a few looks at one server, in milliseconds of its own clock."""

from __future__ import annotations

from typing import Any

import pytest

from locks.core import tracking
from locks.core.holds import Hold, Look, Way
from locks.core.reading import Proof, Reading
from locks.core.rows import End, id_of
from locks.core.telling import past_of, past_of_row, row_of
from locks.core.tracking import REMEMBERED_FOR_MS, SETTLES_AFTER_MS, Changes, Tracker

KEY = b"orders:1"
TAKEN = ("set", "expire")


def held(holder: str | None = "a", ttl_ms: int | None = 10_000, key: bytes = KEY, **fields: Any) -> Reading:
    holder_id = None if holder is None else holder.encode()
    proof = Proof("string", holder_id or b"1")
    return Reading(key, key, "x", "certain", proof, holder_id=holder_id, ttl_ms=ttl_ms, **fields)


def member(holder: str, ttl_ms: int | None = 10_000, **fields: Any) -> Reading:
    proof = Proof("hash", b"1", holder.encode())
    return Reading(KEY, KEY, "x", "certain", proof, holder_id=holder.encode(), ttl_ms=ttl_ms, **fields)


class Story:
    """Looks at KEY."""

    def __init__(self, way: Way = "notifications", **adopted: Any) -> None:
        self.tracker = Tracker(**adopted)
        self.way = way

    def look(self, at_ms: float, *readings: Reading, words: tuple[str, ...] = (), **look: Any) -> Changes:
        said = {KEY: words} if words else {}
        return self.tracker.look([KEY], readings, Look(at_ms, 2.0, self.way, said, **look))

    def hold(self) -> Hold:
        (hold,) = self.tracker.holds()
        return hold


def ends(changes: Changes) -> list[tuple[str, End, float]]:
    return [((ended.hold.reading.holder_id or b"").decode(), ended.end, ended.at_ms) for ended in changes.ended]


def taken(holder: str | None = "a", *, way: Way = "notifications", ttl_ms: int | None = 10_000) -> Story:
    story = Story(way)
    words = TAKEN if way == "notifications" else ()
    story.look(0, held(holder, ttl_ms), words=words, told=way != "scanning")
    return story


def test_a_lock_is_taken():
    story = Story()
    changes = story.look(1_000, held("a", 9_998), words=TAKEN)
    hold = story.hold()
    assert list(changes.changed.values()) == [hold]
    assert (changes.gone, changes.ended, changes.touched) == ([], [], {KEY})
    assert (hold.since_ms, hold.since_seen, hold.deadline_ms, hold.lease_ms) == (1_000, True, 10_998, 9_998)
    assert story.tracker.held_keys() == [KEY]
    assert story.tracker.lanes[KEY].earliest_ms() == 10_998


@pytest.mark.parametrize("look", [{"first": True}, {"told": False}])
def test_what_a_scan_finds_was_there_before(look):
    story = Story()
    story.look(0, held(), **look)
    assert not story.hold().since_seen


@pytest.mark.parametrize(
    ("words", "end", "at_ms"),
    [
        (("del",), "released", 4_000),
        (("expired",), "expired", 4_000),
        (("evicted",), "gone", 4_000),
        (("rename_from",), "gone", 4_000),
    ],
)
def test_notifications_say_how_a_hold_ended(words, end, at_ms):
    changes = taken().look(4_000, words=words)
    assert ends(changes) == [("a", end, at_ms)]
    assert changes.gone == [id_of(held("a"))]


def test_an_expired_hold_ended_at_its_deadline_though_it_was_seen_later():
    assert ends(taken().look(10_040, words=("expired",))) == [("a", "expired", 10_000)]


@pytest.mark.parametrize(
    ("way", "at_ms", "told", "end"),
    [
        ("notifications", 10_002, True, "expired"),
        ("tracking", 10_002, True, "expired"),
        ("tracking", 4_000, True, "released"),
        ("tracking", 4_000, False, "gone"),
        ("scanning", 4_000, False, "gone"),
        ("scanning", 10_002, True, "unknown"),
        ("scanning", 12_000, False, "unknown"),
    ],
)
def test_without_a_word_the_deadline_tells_what_can_be_known(way, at_ms, told, end):
    assert [found[1] for found in ends(taken(way=way).look(at_ms, told=told))] == [end]


def test_a_hold_found_missing_waits_a_moment_for_the_word_that_explains_it():
    story = taken()
    changes = story.look(4_000, told=False)
    assert (changes.gone, changes.ended) == ([id_of(held("a"))], [])
    assert story.tracker.settles_at() == 4_000 + SETTLES_AFTER_MS
    assert ends(story.look(4_010, words=("del",))) == [("a", "released", 4_000)]
    assert not story.tracker.has(KEY)


def test_a_holder_in_the_place_of_another_waits_for_the_word_as_well():
    story = taken()
    story.look(4_000, held("b"), told=False)
    assert ends(story.look(4_010, held("b"), words=("del", *TAKEN))) == [("a", "released", 4_000)]
    assert story.tracker.settle(9_000) == []
    assert story.hold().overwrote_ms is None


def test_what_is_said_of_a_holder_after_it_was_seen_says_nothing_against_it():
    """A probe finds the next holder before the notifications about how it took the lock arrive."""
    story = taken()
    assert ends(story.look(10_002, held("b"))) == [("a", "expired", 10_000)]
    changes = story.look(10_004, held("b", 9_998), words=("expired", *TAKEN))
    assert (changes.ended, changes.gone) == ([], [])
    assert story.hold().since_ms == 10_002
    assert ends(story.look(10_010, words=("del",))) == [("b", "released", 10_010)]


def test_who_took_it_from_a_holder_of_whom_nothing_was_said_may_have_done_so_rightly():
    story = Story()
    story.look(0, held("a"), told=False)
    assert ends(story.look(5, held("b"), words=TAKEN)) == [("a", "unknown", 5)]
    assert story.hold().overwrote_ms is None


def test_nobody_explains_it_in_time():
    story = taken()
    story.look(4_000, told=False)
    assert story.tracker.settle(4_100) == []
    (ended,) = story.tracker.settle(4_000 + SETTLES_AFTER_MS)
    assert (ended.end, ended.at_ms) == ("gone", 4_000)
    assert story.tracker.settles_at() is None


def test_released_and_taken_between_two_looks_is_no_overwriting():
    story = taken()
    changes = story.look(4_000, held("b"), words=("del", *TAKEN))
    assert ends(changes) == [("a", "released", 4_000)]
    assert story.hold().overwrote_ms is None
    assert list(changes.changed) == [id_of(held("b"))]


def test_expired_and_taken_between_two_looks():
    story = taken()
    assert ends(story.look(10_020, held("b"), words=("expired", *TAKEN))) == [("a", "expired", 10_000)]
    assert story.hold().overwrote_ms is None


def test_written_over_while_its_time_was_not_up():
    story = taken()
    changes = story.look(4_000, held("b"), words=TAKEN)
    assert ends(changes) == [("a", "overwritten", 4_000)]
    assert story.hold().overwrote_ms == 4_000


def test_written_over_though_nothing_was_said_of_it():
    story = taken()
    story.look(4_000, held("b"), told=False)
    (ended,) = story.tracker.settle(4_000 + SETTLES_AFTER_MS)
    assert ended.end == "overwritten"
    assert story.hold().overwrote_ms == 4_000


@pytest.mark.parametrize("way", ["tracking", "scanning"])
def test_without_notifications_another_holder_is_no_proof_of_overwriting(way):
    story = taken(way=way)
    assert [end for _holder, end, _at in ends(story.look(4_000, held("b")))] == ["unknown"]
    assert story.hold().overwrote_ms is None


def test_a_flush_ends_everything():
    assert ends(taken().look(4_000, flushed=True)) == [("a", "gone", 4_000)]


def test_a_later_deadline_is_a_renewal():
    story = taken()
    changes = story.look(3_000, held(ttl_ms=9_998), words=("expire",))
    hold = story.hold()
    assert list(hold.renewed_ms) == [3_000]
    assert (hold.deadline_ms, hold.lease_ms, hold.since_ms) == (12_998, 10_000, 0)
    assert list(changes.changed.values()) == [hold]
    assert changes.gone == []


@pytest.mark.parametrize("off_ms", [-4, 0, 4])
def test_noise_is_no_renewal(off_ms):
    story = taken()
    assert not story.look(3_000, held(ttl_ms=7_000 + off_ms)).changed
    assert not story.hold().renewed_ms


def test_a_lease_made_shorter_is_a_change_and_no_renewal():
    story = taken()
    assert story.look(3_000, held(ttl_ms=1_000)).changed
    hold = story.hold()
    assert (list(hold.renewed_ms), hold.deadline_ms, hold.lease_ms) == ([], 4_000, 1_000)


def test_a_ttl_that_is_taken_away_and_given_back():
    story = taken()
    assert story.look(1_000, held(ttl_ms=None), words=("persist",)).changed
    assert (story.hold().deadline_ms, story.hold().lease_ms) == (None, None)
    assert story.look(2_000, held(ttl_ms=5_000), words=("expire",)).changed
    assert (story.hold().deadline_ms, story.hold().lease_ms) == (7_000, 5_000)


def test_only_the_newest_renewals_are_kept():
    story = taken()
    for at_ms in range(1_000, 30_000, 1_000):
        story.look(at_ms, held())
    assert list(story.hold().renewed_ms) == list(range(14_000, 30_000, 1_000))


@pytest.mark.parametrize(
    "fields", [{"count": 2}, {"waiters": 1}, {"fencing_token": 7}, {"about": {"host": "h"}}, {"confidence": "likely"}]
)
def test_what_a_row_says_of_a_hold_is_a_change(fields):
    story = taken()
    reading = Reading(**{**{name: getattr(held(), name) for name in Reading.__slots__}, **fields})
    assert story.look(0, reading).changed
    assert not story.look(0, reading).changed


def test_several_holders_of_one_key_come_and_go_by_themselves():
    story = Story()
    story.look(0, member("a"), member("b"), words=("hset", "expire"))
    changes = story.look(10, member("b", 9_990), member("c"), words=("hdel", "hset"))
    assert ends(changes) == [("a", "released", 10)]
    assert {hold.reading.holder_id for hold in story.tracker.holds()} == {b"b", b"c"}
    assert list(changes.changed) == [id_of(member("c"))]
    assert story.tracker.rows == 2


def test_a_member_that_another_replaced_was_not_written_over():
    story = Story()
    story.look(0, member("a"), words=("hset",))
    story.look(10, member("b"), words=("hset",))
    assert all(hold.overwrote_ms is None for hold in story.tracker.holds())


def test_a_holder_who_takes_a_lock_again_holds_it_anew():
    story = Story()
    story.look(0, member("a"), words=("hset", "expire"))
    changes = story.look(5_000, member("a"), words=("del", "hset", "expire"))
    assert ends(changes) == [("a", "released", 5_000)]
    assert changes.gone == list(changes.changed) == [id_of(member("a"))]
    assert (story.hold().since_ms, story.tracker.rows) == (5_000, 1)


def test_holders_who_look_alike_cannot_be_told_apart_by_scanning():
    story = taken(None, way="scanning")
    assert not story.look(5_000, held(None, 5_000), told=False).ended
    assert [end for _holder, end, _at in ends(story.look(12_000, held(None, 9_000), told=False))] == ["unknown"]
    assert story.hold().since_ms == 12_000


def test_waiters_come_and_go():
    story = taken()
    assert story.look(100, held(waiters=1, waiter_ids=(b"w1",))).changed
    assert story.look(200, held(waiters=2, waiter_ids=(b"w1", b"w2"))).changed
    lane = story.tracker.lanes[KEY]
    assert {name: waiter.since_ms for name, waiter in lane.waiting.items()} == {b"w1": 100, b"w2": 200}
    story.look(300, held(waiters=1, waiter_ids=(b"w2",)))
    assert list(lane.waiting) == [b"w2"]


def test_the_first_in_line_overtakes_nobody_and_a_stranger_all():
    story = taken()
    story.look(100, held(waiters=2, waiter_ids=(b"w1", b"w2")))
    story.look(200, held("w1", waiters=1, waiter_ids=(b"w2",)), words=("del", *TAKEN))
    lane = story.tracker.lanes[KEY]
    assert [waiter.overtaken for waiter in lane.waiting.values()] == [0]
    story.look(300, held("z", waiters=1, waiter_ids=(b"w2",)), words=("del", *TAKEN))
    assert [waiter.overtaken for waiter in lane.waiting.values()] == [1]


def test_waiters_are_remembered_while_a_lock_is_handed_over():
    story = taken()
    story.look(100, held(waiters=1, waiter_ids=(b"w1",)))
    story.look(200, words=("del",))
    assert story.tracker.held_keys() == []
    story.look(210, held("z", waiters=1, waiter_ids=(b"w1",)), words=TAKEN)
    (waiter,) = story.tracker.lanes[KEY].waiting.values()
    assert (waiter.since_ms, waiter.overtaken) == (100, 1)
    story.look(300, words=("del",))
    assert story.tracker.settles_at() == 300 + REMEMBERED_FOR_MS
    story.tracker.settle(300 + REMEMBERED_FOR_MS)
    assert story.tracker.lanes == {}


def test_so_many_locks_and_no_more(monkeypatch):
    monkeypatch.setattr(tracking, "MOST_ROWS", 2)
    tracker = Tracker()
    keys = [b"a", b"b", b"c"]
    look = Look(0, 2.0, "notifications")
    changes = tracker.look(keys, [held(key=key) for key in keys], look)
    assert (len(changes.changed), tracker.rows, tracker.capped) == (2, 2, True)
    tracker.look([b"a"], [], look._replace(flushed=True))
    assert not tracker.capped
    tracker.look([b"c"], [held(key=b"c")], look)
    assert (tracker.rows, tracker.capped) == (2, True)


def test_another_watcher_goes_on_where_the_first_ended():
    first = taken()
    first.look(3_000, held())
    lane = first.tracker.lanes[KEY]
    row = row_of(first.hold(), lane, [], 1_000_000.4, lambda _: None)
    left = {**row, "id": "left"}
    second = Story(adopted={row["id"]: row, "left": left}, offset_ms=1_001_000.4)
    second.look(2_500, held(ttl_ms=9_500), first=True)
    hold = second.hold()
    assert (round(hold.since_ms), hold.since_seen) == (-1_000, True)
    assert [round(moment) for moment in hold.renewed_ms] == [2_000]
    assert second.tracker.abandoned() == [left]
    assert second.tracker.abandoned() == []


def test_what_was_renewed_unseen_may_have_been_let_go_meanwhile():
    first = taken()
    row = row_of(first.hold(), first.tracker.lanes[KEY], [], 0, lambda _: None)
    second = Story(adopted={row["id"]: row})
    second.look(60_000, held(), first=True)
    assert (second.hold().since_ms, second.hold().since_seen) == (0, False)


def test_rows_and_past_holds_say_what_was_seen():
    story = taken(ttl_ms=None)
    reading = Reading(
        KEY, b"\xff", "x", "certain", Proof("string", b"v"), holder_id=b"a", waiter_ids=(b"w",), waiters=1
    )
    story.look(5, reading)
    hold = story.hold()
    row = row_of(hold, story.tracker.lanes[KEY], [], 1_000, {b"a": "worker-1", b"w": "worker-2"}.get)
    assert (row["name"], row["ends_at"], row["ttl"], row["label"]) == ({"b64": "/w=="}, None, None, "worker-1")
    assert row["waiting"] == [{"id": "w", "label": "worker-2", "since": 1_005}]
    (ended,) = story.look(4_000, words=("del",)).ended
    hold_row = past_of(ended, 1_000, lambda _: None)
    assert (hold_row["from"], hold_row["to"], hold_row["end"], hold_row["holder"]) == (1_000, 5_000, "released", "a")
    assert past_of_row(row, 7, "unknown")["to"] == row["since"]


@pytest.mark.parametrize(
    ("about", "label"),
    [
        ({}, None),
        ({"label": "worker-5", "host": "h"}, "worker-5"),
        ({"host": "h"}, "h"),
        ({"host": "h", "pid": "7"}, "h:7"),
        ({"node": "n", "thread": "3"}, "n:3"),
        ({"pid": "7"}, None),
    ],
)
def test_labels_come_from_the_value(about, label):
    story = Story()
    story.look(0, held(about=about))
    assert row_of(story.hold(), story.tracker.lanes[KEY], [], 0, lambda _: None)["label"] == label

"""Alerts are raised after one second of trouble and cleared after two without it; each kind has its reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locks.core.alerts import CLEARED_AFTER_MS, RAISED_AFTER_MS, Alerts, rhythm_ms
from locks.core.due import Due
from locks.core.holds import Hold, Lane, Waiter
from locks.core.reading import Proof, Reading
from locks.core.usual import ENOUGH, Usual


def a_hold(*, ttl_ms: int | None = 10_000, since_ms: float = 0, renewed: tuple[float, ...] = (), **fields: Any) -> Hold:
    reading = Reading(b"k:1", b"k:1", "x", "certain", Proof("string", b"v"), holder_id=b"v", ttl_ms=ttl_ms)
    newest = renewed[-1] if renewed else since_ms
    hold = Hold(reading, since_ms, True, None if ttl_ms is None else newest + ttl_ms, 2.0, **fields)
    hold.renewed_ms.extend(renewed)
    return hold


def turns(alerts: Alerts, now_ms: float) -> list[tuple[str, bool]]:
    return [(turn.alert["kind"], turn.raised) for turn in alerts.step(now_ms)]


def considered(hold: Hold, lane: Lane | None = None, usual: Usual | None = None) -> Alerts:
    alerts = Alerts(usual or Usual())
    alerts.consider(hold, lane or Lane({(b"", b"v"): hold}))
    return alerts


def test_nothing_is_wrong_with_a_lock_that_is_held_and_renewed():
    alerts = considered(a_hold(renewed=(3_000, 6_000)))
    assert turns(alerts, 6_001) == []
    assert alerts.of(a_hold().id) == []


def test_no_ttl_is_raised_after_a_second_and_cleared_after_two():
    hold = a_hold(ttl_ms=None)
    alerts = considered(hold)
    assert turns(alerts, 0) == []
    assert alerts.next_ms() == RAISED_AFTER_MS
    assert turns(alerts, RAISED_AFTER_MS - 1) == []
    assert turns(alerts, RAISED_AFTER_MS) == [("no_ttl", True)]
    assert turns(alerts, 9_000) == []
    assert alerts.of(hold.id) == [{"kind": "no_ttl", "since": 0, "value": None}]
    hold.deadline_ms = 60_000
    alerts.consider(hold, Lane())
    assert turns(alerts, 9_500) == []
    assert alerts.next_ms() == 9_500 + CLEARED_AFTER_MS
    assert turns(alerts, 9_500 + CLEARED_AFTER_MS) == [("no_ttl", False)]
    assert alerts.of(hold.id) == []
    assert alerts.next_ms() is None


def test_what_is_so_for_a_moment_only_is_never_told():
    hold = a_hold(ttl_ms=None)
    alerts = considered(hold)
    turns(alerts, 0)
    hold.deadline_ms = 60_000
    alerts.consider(hold, Lane())
    assert turns(alerts, 900) == []
    assert alerts.next_ms() is None


def test_an_alert_that_pauses_for_a_second_stays():
    hold = a_hold(ttl_ms=None)
    alerts = considered(hold)
    turns(alerts, 0)
    turns(alerts, RAISED_AFTER_MS)
    for now_ms, deadline_ms in ((5_000, 60_000.0), (6_000, None), (8_500, None)):
        hold.deadline_ms = deadline_ms
        alerts.consider(hold, Lane())
        assert turns(alerts, now_ms) == []
    assert [alert["kind"] for alert in alerts.of(hold.id)] == ["no_ttl"]


def test_the_end_of_a_hold_clears_what_was_raised_of_it():
    hold = a_hold(ttl_ms=None)
    alerts = considered(hold)
    turns(alerts, 0)
    turns(alerts, RAISED_AFTER_MS)
    (turn,) = alerts.forget(hold.id)
    assert (turn.alert["kind"], turn.raised, turn.over) == ("no_ttl", False, True)
    assert alerts.forget(hold.id) == []
    assert turns(alerts, 60_000) == []


@pytest.mark.parametrize(("fact", "kind"), [("overwrote_ms", "overwritten"), ("stale_write_ms", "stale_write")])
def test_what_happened_is_told_at_once(fact, kind):
    hold = a_hold(since_ms=500)
    setattr(hold, fact, 500.0)
    alerts = considered(hold)
    assert turns(alerts, 500) == [(kind, True)]


def test_held_longer_than_three_times_what_is_usual():
    usual = Usual()
    for _ in range(ENOUGH):
        usual.add("lane", "k:*", 2_000)
    alerts = considered(a_hold(ttl_ms=60_000), usual=usual)
    assert turns(alerts, 0) == []
    assert alerts.next_ms() == 6_000
    assert turns(alerts, 6_000) == []
    (turn,) = alerts.step(6_000 + RAISED_AFTER_MS)
    assert turn.alert == {"kind": "long_held", "since": 6_000, "value": 2_000}


def test_what_is_usual_needs_ten_holds_and_knows_the_lane_better_than_the_pattern():
    usual = Usual()
    for held_ms in range(ENOUGH - 1):
        usual.add("lane", "k:*", held_ms)
    assert usual.p95_ms("lane", "k:*") is None
    for _ in range(20):
        usual.add("other", "k:*", 1_000)
    assert usual.p95_ms("lane", "k:*") == 1_000
    usual.add("lane", "k:*", 9)
    assert usual.p95_ms("lane", "k:*") == 9
    assert usual.p95_ms("nobody", "none") is None


def test_what_is_usual_is_bounded(monkeypatch):
    monkeypatch.setattr("locks.core.usual._MOST_NAMES", 4)
    usual = Usual()
    for lane in range(20):
        for _ in range(ENOUGH):
            usual.add(str(lane), str(lane), lane)
    assert usual.p95_ms("0", "0") is None
    assert usual.p95_ms("19", "19") == 19


def test_a_missed_renewal_needs_a_rhythm():
    alerts = considered(a_hold(renewed=(3_000, 6_000)))
    assert turns(alerts, 6_000) == []
    due_ms = alerts.next_ms()
    assert due_ms is not None
    assert 9_000 < due_ms < 11_000
    turns(alerts, due_ms)
    (turn,) = alerts.step(due_ms + RAISED_AFTER_MS)
    assert (turn.alert["kind"], turn.alert["value"]) == ("missed_renewal", 3_000)
    irregular = considered(a_hold(renewed=(100, 6_000, 6_100)))
    assert turns(irregular, 0) == []
    assert irregular.next_ms() is None
    assert rhythm_ms(a_hold(renewed=(3_000,))) is None


def test_a_waiter_that_waits_for_three_leases_starves():
    hold = a_hold(ttl_ms=2_000, since_ms=1_000)
    alerts = considered(hold, Lane({(b"", b"v"): hold}, {b"w": Waiter(500)}))
    assert turns(alerts, 1_000) == []
    assert alerts.next_ms() == 6_500
    turns(alerts, 6_500)
    assert turns(alerts, 7_500) == [("starving", True)]


def test_a_waiter_that_was_overtaken_starves():
    hold = a_hold()
    alerts = considered(hold, Lane({(b"", b"v"): hold}, {b"w": Waiter(0, overtaken=1)}))
    turns(alerts, 0)
    assert turns(alerts, RAISED_AFTER_MS) == [("starving", True)]


def test_renewed_by_somebody_who_is_not_connected():
    hold = a_hold(renewed=(3_000, 6_000))
    alerts = considered(hold)
    assert turns(alerts, 6_000) == []
    alerts.absent({hold.id: 6_100.0})
    assert turns(alerts, 6_200) == [], "it was not renewed since: its holder may be dead"
    alerts.absent({hold.id: 5_000.0})
    assert turns(alerts, 7_100) == [("no_connection", True)]
    alerts.absent({})
    turns(alerts, 7_200)
    assert turns(alerts, 7_200 + CLEARED_AFTER_MS) == [("no_connection", False)]


def test_what_another_watcher_raised_stands_or_is_cleared_without_being_told_twice():
    hold = a_hold(ttl_ms=None)
    alerts = considered(hold)
    here = {"kind": "no_ttl", "since": 0, "value": None}
    elsewhere = {"kind": "starving", "since": 0, "value": None}
    alerts.inherit({(hold.id, "no_ttl"): here, ("gone", "starving"): elsewhere})  # type: ignore[dict-item]
    turns(alerts, 0)
    assert turns(alerts, RAISED_AFTER_MS) == []
    assert [(turn.hold_id, turn.raised) for turn in alerts.disown()] == [("gone", False)]
    assert [alert["kind"] for alert in alerts.of(hold.id)] == ["no_ttl"]


def test_a_moment_for_each_name():
    due = Due[str]()
    due.set("a", 5)
    due.set("b", 3)
    due.set("a", 1)
    assert due.pop(2) == ["a"]
    due.set("b", None)
    assert (due.next_ms(), due.pop(99)) == (None, [])
    due.set("c", 4)
    due.set("d", 4)
    assert due.pop(4, most=1) == ["c"]
    assert len(due) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9))), max_size=60))
def test_names_come_in_the_order_of_their_last_moment(settings):
    due, expected = Due[str](), {}
    for name, at_ms in settings:
        due.set(name, at_ms)
        expected[name] = at_ms
    alive = {name: at_ms for name, at_ms in expected.items() if at_ms is not None}
    assert due.next_ms() == min(alive.values(), default=None)
    names = due.pop(100)
    assert sorted(names) == sorted(alive)
    assert [alive[name] for name in names] == sorted(alive.values())


def test_what_is_moved_again_and_again_takes_no_more_room():
    due = Due[str]()
    for at_ms in range(10_000):
        due.set("a", 1_000_000 + at_ms)
    assert len(due._heap) < 100

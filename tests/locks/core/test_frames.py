"""Frames follow each other by seq and prev; a page that cannot follow is told to start over."""

from locks.core.frames import GROUPS_AT_REST_MS, GROUPS_EVERY_MS, MOST_PAST, START_OVER, Frames
from locks.core.grouping import FEW_LANES
from tests.locks.rows import NOW_MS, a_past, a_row, a_status


def rows_of(count: int) -> dict:  # type: ignore[type-arg]
    return {row["id"]: row for row in (a_row(f"key:{number}") for number in range(count))}


def test_few_lanes_are_told_by_what_changed():
    frames = Frames()
    rows = rows_of(2)
    frames.follow(rows, [])
    told = a_status(5, cost={"calls_s": 1.0, "by_command": {"GET": 1.0}, "server_us_s": None})
    first = frames.next(rows, rows, [], [], now_ms=NOW_MS, status=told)
    assert (first["seq"], first["prev"], first["now"]) == (5, START_OVER, NOW_MS)
    assert "by_command" not in first["status"]["cost"]
    assert first["counts"]["held"] == 2
    second = frames.next(rows, {}, ["x"], [a_past("x")], now_ms=NOW_MS, status=a_status(6))
    assert (second["prev"], second["rows"], second["gone"], second["past"]) == (5, [], ["x"], [a_past("x")])


def test_many_lanes_are_told_in_groups_and_each_change_of_form_starts_over():
    frames = Frames()
    few, many = rows_of(2), rows_of(FEW_LANES + 1)
    frames.next(few, {}, [], [], now_ms=NOW_MS, status=a_status(1))
    assert frames.regroup_at_ms() == float("inf")
    frames.follow(many, [])
    told = frames.next(many, {}, [], [], now_ms=NOW_MS, status=a_status(2))
    assert (told["prev"], [group["held"] for group in told["groups"]]) == (START_OVER, [FEW_LANES + 1])
    assert "rows" not in told
    assert frames.next(many, {}, [], [], now_ms=NOW_MS, status=a_status(3))["prev"] == 2
    frames.regroup(many, NOW_MS, 1_000)
    assert frames.regroup_at_ms() == 1_000 + GROUPS_AT_REST_MS
    more = rows_of(FEW_LANES + 9)
    frames.follow(more, [])
    assert frames.regroup_at_ms() == 1_000 + GROUPS_EVERY_MS
    told = frames.next(more, {}, [], [], now_ms=NOW_MS + 100, status=a_status(4))
    assert (told["counts"]["held"], told["groups"][0]["held"]) == (FEW_LANES + 9, FEW_LANES + 1)
    frames.regroup(more, NOW_MS, 1_500)
    told = frames.next(more, {}, [], [], now_ms=NOW_MS, status=a_status(5))
    assert told["groups"][0]["held"] == FEW_LANES + 9
    assert frames.next(few, {}, [], [], now_ms=NOW_MS, status=a_status(6))["prev"] == START_OVER


def test_a_frame_is_bounded():
    frames = Frames()
    frames.next({}, {}, [], [], now_ms=NOW_MS, status=a_status(1))
    ended = [a_past("x", to=NOW_MS + number) for number in range(MOST_PAST + 1)]
    told = frames.next({}, {}, [], ended, now_ms=NOW_MS, status=a_status(2))
    assert (told["prev"], told["past"]) == (START_OVER, ended[1:])
    frames.start_over()
    assert frames.next({}, {}, [], [], now_ms=NOW_MS, status=a_status(3))["prev"] == START_OVER

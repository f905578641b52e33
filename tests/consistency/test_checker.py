"""Histories made by hand: those that must pass, and for each fault one that must not."""

import pytest

from tests.consistency.checker import check
from tests.consistency.history import DELETE, FAILED, INCR, OK, READ, SET, UNKNOWN, Record


def put(value, start, end, outcome=OK, key="k"):
    return Record(0, SET, key, value, start, end, outcome)


def delete(start, end, outcome=OK, key="k"):
    return Record(0, DELETE, key, None, start, end, outcome)


def read(value, start, end, outcome=OK, key="k"):
    return Record(1, READ, key, value, start, end, outcome)


def incr(value, start, end, outcome=OK):
    return Record(0, INCR, "c", value, start, end, outcome)


RIGHT = {
    "nothing was ever written": [read(None, 1, 2)],
    "what was written": [put(1, 1, 2), read(1, 3, 4)],
    "the newest of several": [put(1, 1, 2), put(2, 3, 4), read(2, 5, 6)],
    "either, while a write is under way: old": [put(1, 1, 2), put(2, 3, 9), read(1, 4, 5)],
    "either, while a write is under way: new": [put(1, 1, 2), put(2, 3, 9), read(2, 4, 5)],
    "a write that began during the read": [put(1, 1, 2), read(2, 3, 9), put(2, 4, 5)],
    "a write that ended during the read": [put(1, 1, 2), put(2, 3, 6), read(1, 5, 9)],
    "a delete": [put(1, 1, 2), delete(3, 4), read(None, 5, 6)],
    "a delete under way": [put(1, 1, 2), delete(3, 9), read(None, 4, 5), read(None, 10, 11)],
    "an unknown write was done": [put(1, 1, 2), put(2, 3, 4, UNKNOWN), read(2, 5, 6)],
    "an unknown write was not done": [put(1, 1, 2), put(2, 3, 4, UNKNOWN), read(1, 5, 6)],
    "an unknown write was done late": [put(2, 3, 4, UNKNOWN), put(3, 5, 6), read(3, 7, 8), read(2, 9, 10)],
    "an unknown delete was done": [put(1, 1, 2), delete(3, 4, UNKNOWN), read(None, 5, 6)],
    "an unknown delete was done late": [delete(1, 2, UNKNOWN), put(1, 3, 4), read(None, 5, 6)],
    "a failed write was not done": [put(1, 1, 2), put(2, 3, 4, FAILED), read(1, 5, 6)],
    "a failed read says nothing": [put(1, 1, 2), read(None, 3, 4, FAILED)],
    "a write after a delete": [put(1, 1, 2), delete(3, 4), put(2, 5, 6), read(2, 7, 8)],
    "keys have nothing to do with each other": [put(1, 1, 2), put(2, 3, 4, key="l"), read(1, 5, 6)],
}

WRONG = {
    "a write is gone": ([put(1, 1, 2), read(None, 3, 4)], "lost"),
    "a write is gone although another failed": ([put(1, 1, 2), delete(3, 4, FAILED), read(None, 5, 6)], "lost"),
    "a write is gone before a delete began": ([put(1, 1, 2), read(None, 3, 4), delete(5, 6)], "lost"),
    "the write before is there": ([put(1, 1, 2), put(2, 3, 4), read(1, 5, 6)], "stale"),
    "a read goes back behind another": (
        [put(1, 1, 2), put(2, 3, 20), read(2, 5, 6), read(1, 7, 8)],
        "stale",
    ),
    "a read goes back behind one that saw an unknown write": (
        [put(1, 1, 2), put(2, 3, 4, UNKNOWN), read(2, 5, 6), read(1, 7, 8)],
        "stale",
    ),
    "gone after it was seen, though not acknowledged": (
        [put(1, 1, 4, UNKNOWN), read(1, 5, 6), read(None, 7, 8)],
        "lost",
    ),
    "a deleted key is back": ([put(1, 1, 2), delete(3, 4), read(1, 5, 6)], "resurrected"),
    "a deleted key is back with its key's first value": (
        [put(1, 1, 2), put(2, 3, 4), delete(5, 6), read(1, 7, 8)],
        "resurrected",
    ),
    "a failed write was done": ([put(1, 1, 2), put(2, 3, 4, FAILED), read(2, 5, 6)], "invented"),
    "a value that nobody wrote": ([put(1, 1, 2), read(9, 3, 4)], "invented"),
    "a value before it was written": ([read(1, 1, 2), put(1, 3, 4)], "invented"),
    "a value of another key": ([put(1, 1, 2), put(2, 3, 4, key="l"), read(2, 5, 6)], "invented"),
}


@pytest.mark.parametrize("history", RIGHT.values(), ids=RIGHT)
def test_a_right_history_passes(history):
    assert check(history, {}, None) == []


@pytest.mark.parametrize(("history", "kind"), WRONG.values(), ids=WRONG)
def test_a_wrong_history_is_refused(history, kind):
    assert [fault.kind for fault in check(history, {}, None)] == [kind]


@pytest.mark.parametrize("history", WRONG.values(), ids=WRONG)
def test_the_order_of_the_log_does_not_matter(history):
    assert check(reversed(history[0]), {}, None) == check(history[0], {}, None)


@pytest.mark.parametrize("final", [2, 3])
def test_a_counter_lies_between_what_is_certain_and_what_may_be(final):
    history = [incr(1, 1, 2), incr(None, 3, 4, UNKNOWN), incr(None, 5, 6, FAILED), incr(final, 7, 8)]
    assert check(history, {"c": final}, None) == []


@pytest.mark.parametrize(
    ("history", "final"),
    [
        ([incr(1, 1, 2), incr(2, 3, 4)], 1),  # one is lost
        ([incr(1, 1, 2), incr(2, 3, 4)], 3),  # one too many
        ([incr(1, 1, 2), incr(None, 3, 4, FAILED)], 2),  # a failed one was done
        ([incr(1, 1, 4), incr(1, 2, 3), incr(None, 5, 6, UNKNOWN)], 2),  # two that answer the same
        ([incr(2, 1, 2), incr(1, 3, 4)], 2),  # back behind what was answered
        ([incr(1, 1, 2)], 0),  # the counter is gone
    ],
)
def test_a_wrong_counter_is_refused(history, final):
    assert {fault.kind for fault in check(history, {"c": final}, None)} == {"counter"}


def test_a_counter_that_is_not_there_any_more_is_refused():
    assert [fault.kind for fault in check([incr(1, 1, 2)], {}, None)] == ["counter"]


@pytest.mark.parametrize(("size", "faults"), [(1, []), (0, ["size"]), (2, ["size"])])
def test_the_servers_count_what_is_read(size, faults):
    history = [put(1, 1, 2), read(1, 3, 4), put(2, 3, 4, key="l"), delete(5, 6, key="l"), read(None, 7, 8, key="l")]
    assert [fault.kind for fault in check(history, {"c": 0}, size)] == faults


def test_two_writers_of_a_key_are_a_fault_of_the_test():
    with pytest.raises(ValueError, match="two writers"):
        check([put(1, 1, 4), Record(1, SET, "k", 2, 3, 5, OK)], {}, None)

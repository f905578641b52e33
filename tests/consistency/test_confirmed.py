"""The judge of confirmed writes."""

import pytest

from tests.consistency.confirmed import judge
from tests.consistency.history import FAILED, OK, SET, UNKNOWN, Record

STRUCK = 50


def put(value, start, outcome=OK):
    return Record(0, SET, "k", value, start, start + 5, outcome)


@pytest.mark.parametrize(
    ("history", "before", "after", "told", "wrong"),
    [
        ([put(7, 10)], None, 7, False, []),
        ([put(7, 10)], None, None, False, ["lost in silence"]),
        ([put(7, 10)], None, None, True, []),
        ([], 3, None, False, ["lost in silence"]),
        ([], 3, None, True, []),
        ([], 3, 3, False, []),
        ([], None, None, False, []),
        ([], None, None, True, []),
        ([put(7, 10, UNKNOWN)], None, None, False, []),
        ([put(7, 10), put(8, 20, UNKNOWN)], None, 7, False, []),
        ([put(7, 10), put(8, 20, UNKNOWN)], None, 8, False, []),
        ([put(7, 10), put(8, 20)], None, 7, False, ["aged"]),
        ([put(7, 10)], 3, 3, False, ["aged"]),
        ([put(7, 10, UNKNOWN), put(8, 20)], None, 7, False, []),
        ([put(7, 10), put(8, 20, FAILED)], None, 8, False, ["invented"]),
        ([], None, 9, False, ["invented"]),
        ([put(7, 10)], None, 7, True, ["told and not lost"]),
        ([], 3, 3, True, ["told and not lost"]),
        ([put(7, 10), put(8, 60)], None, 8, True, []),
    ],
)
def test_a_key(history, before, after, told, wrong):
    verdict = judge(history, {"k": before}, {"k": after}, {"k"} if told else set(), STRUCK)
    assert [one.kind for one in verdict.wrong] == wrong


def test_what_is_counted():
    verdict = judge([put(7, 10)], {"k": None, "l": 3, "m": None}, {"k": None, "l": None, "m": None}, {"k"}, STRUCK)
    assert (verdict.confirmed, verdict.lost) == (2, 2)
    assert [one.name for one in verdict.wrong] == ["l"]

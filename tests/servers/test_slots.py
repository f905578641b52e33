"""Slots of keys, and ranges of slots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from servers.slots import joined, slot_of, slots_in


@given(st.binary(max_size=40))
def test_the_slot_of_a_key_is_the_client_library_s(key):
    assert slot_of(key) == key_slot(key)


@pytest.mark.parametrize(
    ("key", "same"),
    [
        *(("user{7}:a", "7"), ("{7}", "7"), ("a{}b", None), ("{}{7}", None), ("{{7}}", "{7"), ("{7}{8}", "7")),
        *(("{7", None), ("7}", None), ("}{7}", "7"), ("{é}x", "é")),
    ],
)
def test_braces_choose_what_is_hashed(key, same):
    name = key.encode()
    assert slot_of(name) == key_slot(name)
    assert same is None or slot_of(name) == slot_of(same.encode())
    assert slot_of(b"123456789") == 0x31C3, "the published check value of this CRC"


def test_the_same_slots_are_the_same_ranges():
    assert joined([(5, 5), (0, 1), (2, 4), (7, 9)]) == joined([(0, 5), (7, 9)]) == ((0, 5), (7, 9))
    assert joined([]) == ()
    assert slots_in([(0, 2), (7, 7)]) == [0, 1, 2, 7]

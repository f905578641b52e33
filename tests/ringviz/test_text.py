"""Keys as text: no byte of a key has any effect, and no two keys look alike."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.inert import shown
from ringviz.core.text import is_pattern, pattern_keys


def read_back(text: str) -> bytes:
    """The bytes that a displayed key stands for."""
    return b"".join(
        bytes([int(part[2:], 16)]) if part.startswith("\\x") else b"\\" if part == "\\\\" else part.encode()
        for part in re.split(r"(\\x[0-9a-f]{2}|\\\\)", text)
    )


@given(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace"))))
def test_what_is_shown_can_be_read_back_so_that_no_two_keys_look_alike(key):
    assert read_back(shown(key)) == key


@given(st.binary(max_size=60))
def test_what_is_shown_is_printable_text(key):
    text = shown(key)
    assert text.isprintable()
    assert text.encode().decode() == text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (b"user:7", "user:7"),
        ("schlüssel 漢字".encode(), "schlüssel 漢字"),
        (b"", ""),
        (b"a\\b", r"a\\b"),
        (rb"\x00", r"\\x00"),
        (b"\x00", r"\x00"),
        (b"\x1b[31m", r"\x1b[31m"),
        (b"\xff\xfe", r"\xff\xfe"),
        ("a\u202eb".encode(), r"a\xe2\x80\xaeb"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
        (b"<b>&\"'", "<b>&\"'"),
    ],
)
def test_a_key_is_shown_like_this(key, text):
    assert shown(key) == text


@pytest.mark.parametrize("pattern", ["{n}", "user:{n}", "{n}:x", "ü{n} %d %s"])
def test_a_pattern_makes_distinct_keys_by_their_numbers(pattern):
    assert is_pattern(pattern)
    keys = list(pattern_keys(pattern, 0, 200))
    assert keys == [pattern.replace("{n}", str(n)).encode() for n in range(200)]
    assert len(set(keys)) == 200
    assert list(pattern_keys(pattern, 17, 20)) == keys[17:20]
    assert list(pattern_keys(pattern, 5, 5)) == []


@pytest.mark.parametrize("pattern", ["", "n", "{n}{n}", "{{n}}", "{n", "n}", "{n}}", "{n} {m}", "{N}", "{n}\x00"])
def test_what_has_not_the_number_exactly_once_is_no_pattern(pattern):
    assert not is_pattern(pattern)

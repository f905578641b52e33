"""How many keys two key sets share, against Python's own sets."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringviz.core.placement import Murmur
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.stores import keycompare
from ringviz.stores.keycompare import shared_keys

pytestmark = pytest.mark.django_db

# Behind a letter, so that no file begins like a gzip file.
KEYS = st.sets(st.binary(max_size=2).filter(lambda key: b"\n" not in key).map(b"k".__add__), min_size=1, max_size=60)


def from_file(keys: set[bytes]):
    return file_key_set(source=BytesIO(b"\n".join(sorted(keys))), label="keys", binary=True)


@given(one=KEYS, other=KEYS, chunk=st.integers(1, 7))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_the_size_of_the_intersection(one, other, chunk, monkeypatch):
    monkeypatch.setattr(keycompare, "_CHUNK", chunk)
    assert shared_keys(from_file(one), from_file(other), 0) == len(one & other)


def test_keys_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(Murmur, "hash_many", lambda _self, keys: __import__("numpy").zeros(len(keys), "uint32"))
    one, other = {b"a", b"b", b"c", b"d"}, {b"c", b"d", b"e"}
    monkeypatch.setattr(keycompare, "_CHUNK", 2)
    assert shared_keys(from_file(one), from_file(other), 0) == 2


def test_patterns_share_what_they_both_make():
    few, many = (pattern_key_set(pattern="user:{n}", count=count) for count in (100, 1_000))
    assert shared_keys(few, many, 7) == shared_keys(many, few, 7) == 100
    assert shared_keys(few, few, 7) == 100
    longer = pattern_key_set(pattern="user:1{n}", count=50)  # user:10 to user:149
    expected = {f"user:1{n}" for n in range(50)} & {f"user:{n}" for n in range(1_000)}
    assert shared_keys(longer, many, 7) == len(expected) == 50
    assert shared_keys(pattern_key_set(pattern="none:{n}", count=0), many, 7) == 0
    assert shared_keys(many, pattern_key_set(pattern="none:{n}", count=0), 7) == 0

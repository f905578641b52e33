"""Buckets and the names of stored keys, checked against the slot that a real client computes."""

from __future__ import annotations

from functools import cache
from itertools import product
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS, bucket_of, key_stored_as, stored_name, tag_of


@cache
def tags() -> list[bytes]:
    return [tag_of(bucket) for bucket in range(BUCKETS)]


def plain(name: bytes) -> bytes:
    """The key in a stored name: what follows the first closing brace, because no tag contains one."""
    return name.partition(b"}")[2]


def test_a_bucket_is_the_top_14_bits_of_a_hash() -> None:
    assert (BUCKETS, BUCKET_SHIFT) == (16_384, 18)
    assert [bucket_of(hash_) for hash_ in (0, 2**18 - 1, 2**18, 2**32 - 1)] == [0, 0, 1, 16_383]
    assert all(bucket_of(bucket << BUCKET_SHIFT) == bucket for bucket in (0, 1, 9_999, 16_383))


def test_every_bucket_has_a_tag_whose_slot_it_is() -> None:
    assert [key_slot(tag) for tag in tags()] == list(range(BUCKETS))
    assert all(1 <= len(tag) <= 3 and tag.isalnum() and tag.isascii() for tag in tags())


def test_a_tag_is_the_first_of_the_shortest() -> None:
    first: dict[int, bytes] = {}
    order = digits + ascii_letters[26:] + ascii_letters[:26]
    for length in (1, 2, 3):
        for letters in product(order, repeat=length):
            first.setdefault(key_slot(tag := "".join(letters).encode()), tag)
    assert [first[bucket] for bucket in range(BUCKETS)] == tags()


@given(st.binary(max_size=40) | st.text(alphabet="{}ab", max_size=12).map(str.encode), st.integers(0, BUCKETS - 1))
def test_a_stored_name_lies_in_the_slot_of_its_bucket_and_gives_the_key_back(key: bytes, bucket: int) -> None:
    name = stored_name(key, bucket)
    assert key_slot(name) == bucket
    assert plain(name) == key


@pytest.mark.parametrize("key", [b"", b"}", b"{", b"{}", b"{x}y", b"}{user}:1", b"a{b}{c}"])
def test_braces_of_a_key_say_nothing(key: bytes) -> None:
    assert key_slot(stored_name(key, 7_777)) == 7_777
    assert plain(stored_name(key, 7_777)) == key


@pytest.mark.parametrize("bucket", [-1, BUCKETS])
def test_there_is_no_other_bucket(bucket: int) -> None:
    with pytest.raises(IndexError):
        tag_of(bucket)


@pytest.mark.parametrize("key", [b"", b"user:7", b"a}b{c", b"\x00\xff"])
@pytest.mark.parametrize("bucket", [0, 7, BUCKETS - 1])
def test_a_stored_name_leads_back_to_its_key_and_bucket(key: bytes, bucket: int):
    assert key_stored_as(stored_name(key, bucket)) == (key, bucket)


@pytest.mark.parametrize("name", [b"", b"user:7", b"{}user:7", b"{zzzz}user:7", b"{user:7", b"x{0}user:7"])
def test_a_name_without_a_tag_of_ours_is_no_stored_name(name: bytes):
    assert key_stored_as(name) is None

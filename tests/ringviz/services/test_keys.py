"""Key sets: the same keys twice make one key set, and a refused file leaves no row."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from ringviz.errors import Invalid
from ringviz.models import KeySet
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.stores.keysets import index_of, keys_at


@pytest.fixture(autouse=True)
def data_dir(db, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path


def file_of(data: bytes, label: str = "words.txt") -> KeySet:
    return file_key_set(source=BytesIO(data), label=label)


def test_the_same_pattern_twice_is_one_key_set_and_another_count_is_another():
    first = pattern_key_set(pattern="k{n}", count=5)
    assert pattern_key_set(pattern="k{n}", count=5) == first
    assert pattern_key_set(pattern="k{n}", count=6) != first
    assert pattern_key_set(pattern="l{n}", count=5) != first
    assert KeySet.objects.count() == 3
    assert KeySet.objects.values("digest").distinct().count() == 3


def test_the_same_file_twice_is_one_key_set_however_it_was_packed():
    assert file_of(b"a\nb") == file_of(gzip.compress(b"a\nb\n", mtime=0))
    assert KeySet.objects.count() == 1


def test_the_same_keys_under_another_name_are_another_row_of_the_same_arrays():
    first, second = file_of(b"a\nb"), file_of(b"a\nb", "others.txt")
    assert (first.label, second.label) == ("words.txt", "others.txt")
    assert first.digest == second.digest
    assert keys_at(second, [1]) == [b"b"]


def test_a_pattern_that_makes_a_files_keys_is_not_that_file():
    made, read = pattern_key_set(pattern="k{n}", count=2), file_of(b"k0\nk1")
    assert made.digest != read.digest
    assert index_of(made, 0).hashes.tolist() == index_of(read, 0).hashes.tolist()


@pytest.mark.parametrize(
    "data", [b"", gzip.compress(b"", mtime=0), b"a\n\n", b"a\na", b"x" * 1025, gzip.compress(b"a\nb", mtime=0)[:-3]]
)
def test_a_refused_file_leaves_no_row(data):
    with pytest.raises(Invalid):
        file_of(data)
    assert not KeySet.objects.exists()


@pytest.mark.parametrize(
    ("label", "shown"), [("", "a file"), ("\x1b[0m", "?[0m"), ("x" * 300, "x" * 200), (" a.txt ", "a.txt")]
)
def test_a_files_name_is_made_fit_to_be_seen(label, shown):
    assert file_of(b"a", label).label == shown


def test_a_pattern_may_make_no_keys():
    assert pattern_key_set(pattern="k{n}", count=0).count == 0


def test_what_was_converted_is_told_once_and_nothing_where_nothing_was():
    told: list[str] = []
    for data in (b"a\nb", b"a\r\nb"):
        file_key_set(source=BytesIO(data), label="words.txt", note=told.append)
    assert told == ["CRLF read as LF"]

"""Key files: every byte comes back; an invalid key is refused with its line number, and nothing is kept."""

from __future__ import annotations

import codecs
import gzip
import os
import time
import tracemalloc
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringviz.core.placement import Murmur
from ringviz.errors import Invalid
from ringviz.models import KeySet
from ringviz.stores import keycopy, keylines
from ringviz.stores.keyfile import ReadFile, read_key_file
from ringviz.stores.keysets import keys_at, silent

EVERY_BYTE = [bytes([a, b]) for a in range(256) for b in (0, 13, 255) if a != 10]


def read(data: bytes, *, binary: bool = False) -> ReadFile:
    return read_key_file(BytesIO(data), silent, binary=binary)


def kept(file: ReadFile) -> list[bytes]:
    key_set = KeySet(kind=KeySet.Kind.FILE, digest=file.digest, count=file.count)
    return keys_at(key_set, range(file.count))


def refused(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(data)
    assert caught.value.field == "file"
    return caught.value


def left(keysets: Path) -> list[str]:
    return sorted(path.name for path in keysets.iterdir())


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_byte_but_the_line_feed_comes_back(pack):
    file = read(pack(b"\n".join(EVERY_BYTE) + b"\n"), binary=True)
    assert file.count == len(EVERY_BYTE)
    assert kept(file) == EVERY_BYTE


@given(
    st.lists(st.binary(min_size=1, max_size=40).filter(lambda k: b"\n" not in k), unique=True, min_size=1, max_size=30)
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_keys_come_back(data_dir, keys):
    data = b"\n".join(keys)
    if not data.startswith(b"\x1f\x8b\x08"):
        assert kept(read(data, binary=True)) == keys
    assert kept(read(gzip.compress(data), binary=True)) == keys


def test_a_final_line_feed_makes_no_difference_and_neither_does_gzip(keysets):
    members = gzip.compress(b"a\n") + gzip.compress(b"b")
    files = {read(data) for data in (b"a\nb", b"a\nb\n", gzip.compress(b"a\nb"), members)}
    assert len(files) == len(left(keysets)) == 1


def test_other_keys_or_another_order_are_another_key_set():
    assert len({read(data).digest for data in (b"a\nb", b"b\na", b"ab", b"a\nb\nc")}) == 4


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_empty_file_is_refused(keysets, data, pack):
    assert refused(pack(data)).message == "The file is empty. Choose a file with at least one key."
    assert left(keysets) == []


def test_the_same_keys_are_one_key_set_however_they_were_written(keysets):
    text = "a\r\nclé\r\n"
    files = [b"a\ncl\xc3\xa9", text.encode(), text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("utf-16-be")]
    assert len({read(data).digest for data in files}) == len(left(keysets)) == 1
    assert read(files[-2]).converted == "UTF-16 read as UTF-8, CRLF read as LF"


def test_a_pipe_is_read_like_a_file():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"a\nb\n")
    seen: list[tuple[int, int]] = []
    with os.fdopen(reading, "rb") as source:
        assert read_key_file(source, lambda *at: seen.append(at)).count == 2
    assert seen[-1] == (2, 2)


def test_two_bytes_of_gzips_magic_make_no_gzip():
    assert kept(read(b"\x1f\x8b\nb")) == [b"\x1f\x8b", b"b"]


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"a\n\nb\n", 2, "Line 2 is empty"),
        (b"\n", 1, "Line 1 is empty"),
        (b"a\n\n", 2, "Line 2 is empty"),
        (b"a\nb\n" + b"x" * 1025 + b"\nc", 3, "Line 3 has more than 1024 bytes"),
        (b"a\n" + b"x" * 1025, 2, "Line 2 has more than 1024 bytes"),
        (b"a\nb\nc\nb\na\n", 4, "Line 4 repeats the key b of line 2."),
        (b"a\n\xff\x00\n\xff\x00", 3, r"Line 3 repeats the key \xff\x00 of line 2."),
        (b"a\n" * 5, 2, "Line 2 repeats the key a of line 1."),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_bad_line_is_named_by_its_number_and_nothing_is_kept(keysets, data, line, says, pack):
    error = refused(pack(data))
    assert error.value == line
    assert error.message.startswith(says)
    assert left(keysets) == []


def test_a_line_of_exactly_as_many_bytes_as_allowed_is_a_key():
    assert kept(read(b"x" * 1024 + b"\n")) == [b"x" * 1024]


def test_the_first_bad_line_is_told_across_the_parts_in_which_a_file_is_read(monkeypatch, keysets):
    monkeypatch.setattr(keylines, "_READ_BYTES", 7)
    keys = [b"key-%d" % n for n in range(50)]
    assert kept(read(b"\n".join(keys))) == keys
    assert refused(b"\n".join([*keys, b"", b"x" * 2000])).value == 51
    assert refused(b"\n".join([*keys, b"x" * 2000, b""])).value == 51
    assert refused(b"\n".join([*keys, b"new", keys[3]])).message.startswith("Line 52 repeats the key key-3 of line 4.")
    assert len(left(keysets)) == 1


def test_a_repeated_key_is_told_from_another_of_the_same_hash(monkeypatch):
    monkeypatch.setattr(Murmur, "hash_many", lambda _self, keys: np.zeros(len(keys), np.uint32))
    assert read(b"a\nb\nc\nd").count == 4
    assert refused(b"a\nb\nc\nb").message.startswith("Line 4 repeats the key b of line 2.")


def test_a_gzip_bomb_of_many_lines_is_refused_by_the_bound_of_a_large_file(keysets, monkeypatch):
    monkeypatch.setattr(keycopy, "MAX_KEYS", 1_000)
    lines = b"".join(b"%07d\n" % n for n in range(200_000))
    said = refused(lines).message
    assert said == refused(gzip.compress(lines)).message == "The file has more than 1,000 keys. Split it."
    assert left(keysets) == []


@pytest.mark.parametrize("cut", [12, 60, -1, -8])
def test_a_gzip_file_that_is_cut_off_is_refused(keysets, cut):
    data = gzip.compress(b"\n".join(os.urandom(9).hex().encode() for _ in range(40)))
    assert "damaged" in refused(data[:cut]).message
    assert left(keysets) == []


@pytest.mark.parametrize("tail", [b"garbage", b"\x1f\x8b\x08\x00nonsense"])
def test_a_gzip_file_with_something_else_behind_it_is_refused(keysets, tail):
    assert "damaged" in refused(gzip.compress(b"a\nb\n") + tail).message
    assert left(keysets) == []


def test_a_gzip_file_whose_check_sum_is_wrong_is_refused(keysets):
    data = bytearray(gzip.compress(b"a\nb\n"))
    data[-6] ^= 1
    assert "damaged" in refused(bytes(data)).message
    assert left(keysets) == []


def test_a_disk_that_is_full_is_not_blamed_on_the_file(keysets, monkeypatch):
    def full(_lines: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keylines.KeyLines, "__iter__", full)
    with pytest.raises(OSError, match="No space"):
        read(gzip.compress(b"a\n"))
    assert left(keysets) == []


def test_a_gzip_bomb_of_one_line_is_given_up_at_once(keysets):
    bomb = gzip.compress(b"x" * (64 << 20))
    tracemalloc.start()
    assert refused(bomb).message.startswith("Line 1 has more than 1024 bytes")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
    assert left(keysets) == []


def test_more_keys_or_bytes_than_allowed_are_refused(keysets, monkeypatch):
    monkeypatch.setattr(keycopy, "MAX_KEYS", 3)
    assert read(b"a\nb\nc").count == 3
    assert refused(b"a\nb\nc\nd").message == "The file has more than 3 keys. Split it."
    monkeypatch.setattr(keycopy, "MAX_KEY_FILE_GIB", 0)
    assert refused(b"a").message == "The file has more than 0 GiB of keys. Split it."
    assert len(left(keysets)) == 1


def test_memory_is_bounded_by_a_few_bytes_a_key():
    count = 300_000
    data = BytesIO(b"\n".join(b"a-rather-long-key-of-a-real-system:%060d" % n for n in range(count)))
    tracemalloc.start()
    file = read_key_file(data, silent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.count == count
    assert peak < 36 * count + (6 << 20), "the keys alone are 95 bytes each"


def test_progress_is_in_keys_and_ends_with_all_of_them(monkeypatch):
    monkeypatch.setattr(keylines, "_READ_BYTES", 64)
    seen: list[tuple[int, int]] = []
    read_key_file(BytesIO(b"\n".join(b"%03d" % n for n in range(500))), lambda done, total: seen.append((done, total)))
    assert [done for done, _total in seen] == sorted(done for done, _total in seen)
    assert seen[-1] == (500, 500)
    assert all(abs(total - 500) < 40 and done <= total for done, total in seen)


def test_what_a_killed_import_left_is_swept_away_after_a_day(keysets):
    for name, age_s in (("old", 90_000), ("new", 60)):
        work = keysets / f".import-{name}"
        work.mkdir(parents=True)
        (work / "keys.bin").write_bytes(b"x")
        os.utime(work, (time.time() - age_s,) * 2)
    digest = read(b"a").digest
    assert left(keysets) == sorted([".import-new", digest])


def test_importing_again_brings_back_what_was_lost(keysets):
    file = read(b"a\nb")
    (keysets / file.digest / "ends.npy").unlink()
    assert read(b"a\nb") == file
    assert kept(file) == [b"a", b"b"]

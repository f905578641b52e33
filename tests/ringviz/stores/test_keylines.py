"""Key files as people make them: any encoding with a BOM, LF or CRLF, compressed or not, gives the same keys."""

from __future__ import annotations

import codecs
import gzip
import os
from io import BytesIO
from itertools import product

import pytest

from live.refusals import Invalid
from ringviz.stores import keylines
from ringviz.stores.keylines import KeyLines

KEYS = ["user:1", "clé", "\U0001f511", "ਉ\u0a0d", "a\u2028b"]  # U+0A0D and U+0A09 contain the bytes of line ends
WANTED = [key.encode() for key in KEYS]
ENCODED = {
    "": ("utf-8", b""),
    "UTF-8 byte order mark removed": ("utf-8", codecs.BOM_UTF8),
    "UTF-16 read as UTF-8": ("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 read as UTF-8 ": ("utf-16-be", codecs.BOM_UTF16_BE),
    "UTF-32 read as UTF-8": ("utf-32-le", codecs.BOM_UTF32_LE),
    "UTF-32 read as UTF-8 ": ("utf-32-be", codecs.BOM_UTF32_BE),
}


def read(data: bytes, *, binary: bool = False) -> tuple[list[bytes], str]:
    lines = KeyLines(BytesIO(data), binary=binary)
    keys = [line for part in lines for line in part]
    assert lines.count == len(keys)
    assert lines.read_bytes == len(data)
    return keys, lines.converted


@pytest.mark.parametrize("most", [1 << 20, 7, 4])
@pytest.mark.parametrize("said", ENCODED)
def test_every_encoding_and_line_end_gives_the_same_keys_and_says_what_was_converted(monkeypatch, said, most):
    monkeypatch.setattr(keylines, "_READ_BYTES", most)
    encoding, mark = ENCODED[said]
    for end, packed, final in product(("\n", "\r\n"), (False, True), (False, True)):
        data = mark + (end.join(KEYS) + end * final).encode(encoding)
        words = [word for word in (said.strip(), "CRLF read as LF" * (end == "\r\n")) if word]
        assert read(gzip.compress(data) if packed else data) == (WANTED, ", ".join(words)), (end, packed, final)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_recognised_where_the_file_begins_in_ascii(encoding):
    keys = [f"user:{n}" for n in range(60)] + KEYS
    wanted = [key.encode() for key in keys]
    assert read("\r\n".join(keys).encode(encoding)) == (wanted, "UTF-16 read as UTF-8, CRLF read as LF")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa\r\nb\r\n",
        codecs.BOM_UTF16_LE + "a\r\nb\r\n".encode("utf-16-le"),
        "a\nb\n".encode("utf-16-be"),
        b"a\r\n\r\nb\r",
        bytes(range(256)),
    ],
)
def test_bytes_stay_bytes_where_that_is_asked_for(data):
    assert read(data, binary=True) == (data.removesuffix(b"\n").split(b"\n"), "")
    assert read(gzip.compress(data), binary=True)[0] == data.removesuffix(b"\n").split(b"\n")


@pytest.mark.parametrize(
    "data", [b"a\x00b\n a \na\tb\n\xff\xfe\n", b"\xff\nb", b"a\rb\r", b"a\x00", b"\xef\xbb\nb", b"\xff"]
)
def test_bytes_that_are_no_text_and_name_no_encoding_stay_as_they_are(data):
    assert read(data) == (data.removesuffix(b"\n").split(b"\n"), "")


def test_an_empty_line_of_a_crlf_file_is_empty():
    assert read(b"a\r\n\r\nb\r\n")[0] == [b"a", b"", b"b"]


@pytest.mark.parametrize("mark", [mark for _encoding, mark in ENCODED.values()])
def test_a_mark_alone_is_no_line(mark):
    assert [line for line in read(mark)[0] if line] == []


@pytest.mark.parametrize(
    ("tail", "line"), [(b"\x00\xdcz\x00\n\x00", 2), (b"\x00\xd8", 2), (b"z", 2), (b"z\x00\n\x00z", 3)]
)
def test_damaged_utf_16_is_refused_after_the_lines_before_the_damage(tail, line):
    lines = KeyLines(BytesIO(codecs.BOM_UTF16_LE + "a\nb\n".encode("utf-16-le") + tail), binary=False)
    with pytest.raises(Invalid, match=f"not valid UTF-16 after line {line}[.]"):
        list(lines)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_without_an_end_is_given_up_as_soon_as_it_is_too_long(monkeypatch, end):
    monkeypatch.setattr(keylines, "_READ_BYTES", 100)
    assert read(b"x" * 1024 + end + b"y" + end)[0] == [b"x" * 1024, b"y"]
    first = next(part for part in KeyLines(BytesIO(b"x" * 5000), binary=False) if part)
    assert 1024 < len(first[0]) < 1200


def test_a_pipe_is_read_like_a_file():
    """It cannot seek, and returns what it has."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(gzip.compress("a\r\nb".encode("utf-16")))
    with os.fdopen(reading, "rb", buffering=0) as source:
        assert [line for part in KeyLines(source, binary=False) for line in part] == [b"a", b"b"]

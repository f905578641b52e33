"""The lines of a file of keys as people make them: gzip or plain, any Unicode encoding with a mark, LF or CRLF.

Text becomes UTF-8 with LF, and `KeyLines.converted` says so; with `binary` each line keeps the bytes of the file. gzip
is always unpacked: it wraps the keys and is not part of them.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import IO, cast

from django.utils.translation import gettext as _

from live.refusals import Invalid
from ringviz.bounds import MAX_KEY_BYTES

_READ_BYTES = 1 << 20
_HEAD_BYTES = 256  # enough to detect an encoding
_GZIP_MAGIC = b"\x1f\x8b\x08"
# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEAST_UTF16 = 4  # bytes by which UTF-16 is recognised without its mark


class KeyLines:
    """The lines of a file, about a megabyte at a time; it is read once, from its beginning, and never sought.

    `count` lines were returned so far, from `read_bytes` of the file. Raises Invalid for the field `file` if gzip or
    UTF-16 is damaged, after the lines before the damage.
    """

    def __init__(self, source: IO[bytes], *, binary: bool) -> None:
        self.count = 0
        self._source, self._binary = _Counted(source), binary
        self._encoding, self._crlf = "", False

    @property
    def read_bytes(self) -> int:
        """How much of the file was read, in bytes on disk."""
        return self._source.read_bytes

    @property
    def converted(self) -> str:
        """How the keys differ from the bytes of the file, in words; empty if they do not."""
        words = []
        if self._encoding == "utf-8":
            words.append(_("UTF-8 byte order mark removed"))
        elif self._encoding:
            words.append(_("%(encoding)s read as UTF-8") % {"encoding": self._encoding[:6].upper()})
        if self._crlf:
            words.append(_("CRLF read as LF"))
        return ", ".join(words)

    def __iter__(self) -> Iterator[list[bytes]]:
        """A line without an end is cut as soon as it is too long: the caller refuses it."""
        rest = b""
        for chunk in self._text():
            text = rest + chunk
            *lines, rest = text.split(b"\n")
            if not self._binary and b"\r\n" in text:
                self._crlf = True
                lines = [line.removesuffix(b"\r") for line in lines]
            if len(rest) > MAX_KEY_BYTES + 1:  # a carriage return may be its last
                lines.append(rest)
            self.count += len(lines)
            yield lines
        if self._crlf:
            rest = rest.removesuffix(b"\r")
        if rest:
            self.count += 1
            yield [rest]

    def _text(self) -> Iterator[bytes]:
        """The file as UTF-8, or unchanged if it has no known encoding."""
        chunks = self._unpacked()
        if self._binary:
            yield from chunks
            return
        head = next(chunks, b"")
        mark, self._encoding = _encoding_of(head[:_HEAD_BYTES])
        head = head.removeprefix(mark)
        if self._encoding in {"", "utf-8"}:
            yield head
            yield from chunks
        else:
            yield from self._decoded(head, chunks)

    def _decoded(self, head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        try:
            yield decoder.decode(head).encode()
            for chunk in chunks:
                yield decoder.decode(chunk).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeDecodeError as error:
            yield error.object[: error.start].decode(self._encoding).encode()
            text = _("The file is not valid %(encoding)s after line %(n)d. Save it again as UTF-8.")
            values = {"encoding": self._encoding[:6].upper(), "n": self.count}
            raise Invalid("file", None, text % values) from error

    def _unpacked(self) -> Iterator[bytes]:
        packed = self._source.begins_with(_GZIP_MAGIC)
        # GzipFile needs nothing from a file but read().
        reader = cast(IO[bytes], gzip.GzipFile(fileobj=cast(IO[bytes], self._source)) if packed else self._source)
        try:
            while chunk := reader.read(_READ_BYTES):
                yield chunk
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Invalid("file", None, _("The gzip file is damaged after line %(n)d.") % {"n": self.count}) from error


class _Counted:
    """A file that is read once and cannot be sought; its beginning can be checked first."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._head = source, b""
        self.read_bytes = 0

    def begins_with(self, magic: bytes) -> bool:
        """Whether these are its first bytes; call it before reading."""
        self._head = self._source.read(len(magic))
        return self._head == magic

    def read(self, most: int = -1) -> bytes:
        """The next bytes; none at the end."""
        if 0 <= most <= len(self._head):
            data, self._head = self._head[:most], self._head[most:]
        else:
            data, self._head = self._head + self._source.read(most - len(self._head) if most > 0 else most), b""
        self.read_bytes += len(data)
        return data


def _encoding_of(head: bytes) -> tuple[bytes, str]:
    """The mark at the beginning of a file, and its encoding.

    UTF-16 without a mark is recognised if the file begins in ASCII: every second byte is zero, and no other.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return mark, encoding
    even, odd = head[0::2], head[1::2]
    if len(head) >= _LEAST_UTF16 and len(even) == len(odd):
        if not any(odd) and all(even):
            return b"", "utf-16-le"
        if not any(even) and all(odd):
            return b"", "utf-16-be"
    return b"", ""

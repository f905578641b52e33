"""The file of keys for `import`, `place` and `diff`: opens and reads it, and reports what was converted."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import refusals_told
from ringviz.stores.keycopy import copy_keys

KEYS_HELP = gettext_lazy("one key per line, UTF-8 or UTF-16, plain or gzip; - reads standard input")
_STDIN = "-"
_PART = 1 << 17  # keys at a time: enough for the compiled loops, little enough for memory


def add_binary_argument(parser: ArgumentParser) -> None:
    """Whether keys are bytes."""
    parser.add_argument(
        "--binary",
        action="store_true",
        help=_("keep every byte of a line; do not convert encodings or carriage returns"),
    )


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """A file of keys, or standard input for `-`. Raises CommandError if it cannot be read."""
    try:
        with nullcontext(sys.stdin.buffer) if name == _STDIN else Path(name).open("rb") as file:
            yield file
    except OSError as error:
        text = _("the keys in %(file)s cannot be read: %(reason)s")
        raise CommandError(text % {"file": ascii(name), "reason": error.strerror or error}) from error


def label_of(name: str) -> str:
    """The label for keys from this file. Standard input has no name."""
    return "" if name == _STDIN else Path(name).name


def read_keys(options: dict[str, Any]) -> Iterator[list[bytes]]:
    """The keys of `--keys`, in batches, after all of them were checked: one bad line means no key at all.

    They wait in an unnamed temporary file, so neither a pipe nor a large file needs memory. Raises CommandError when
    the first keys are requested.
    """
    with tempfile.TemporaryFile() as copy:
        with refusals_told(), opened(options["keys"]) as file:
            keys = copy_keys(file, cast(BinaryIO, copy), binary=options["binary"], read=_unseen)
        tell_converted(options["keys"], keys.converted)
        yield from keys.parts(_PART)


def tell_converted(name: str, converted: str) -> None:
    """One line on standard error if the keys are not the bytes of the file."""
    if converted:
        text = _("note: %(file)s: %(what)s; --binary keeps every byte")
        sys.stderr.write(text % {"file": ascii(name), "what": converted} + "\n")


def _unseen(_keys: int, _bytes: int) -> None:
    """Reports progress to nobody."""

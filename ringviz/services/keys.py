"""Creates key sets from a pattern or a file. Equal keys share one key set."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from django.utils.translation import gettext as _

from live.turns import write_turn
from ringviz.bounds import MAX_LABEL
from ringviz.models import KeySet
from ringviz.services.checks import check_pattern
from ringviz.stores.keyfile import read_key_file
from ringviz.stores.keysets import Progress, index_of, silent

DEFAULT_PATTERN = "user:{n}"
DEFAULT_COUNT = 10_000

Note = Callable[[str], None]


def unheard(_note: str) -> None:
    """Ignores notes about conversions."""


def pattern_key_set(*, pattern: str, count: int, progress: Progress = silent) -> KeySet:
    """The key set of a pattern such as `user:{n}`, n from 0. Raises Invalid."""
    check_pattern(pattern, count)
    digest = hashlib.sha256(f"{count} {pattern}".encode()).hexdigest()
    key_set = _kept(KeySet(kind=KeySet.Kind.PATTERN, pattern=pattern, label=pattern, count=count, digest=digest))
    index_of(key_set, 0, progress)
    return key_set


def file_key_set(
    *, source: BinaryIO, label: str, progress: Progress = silent, binary: bool = False, note: Note = unheard
) -> KeySet:
    """The key set of a file of keys, one a line, as `stores.keylines` reads it. If it raises Invalid, nothing is
    stored.

    Calls `note` once if the keys differ from the bytes of the file.
    """
    read = read_key_file(source, progress, binary=binary)
    if read.converted:
        note(read.converted)
    text = "".join(letter if letter.isprintable() else "?" for letter in label).strip() or _("a file")
    return _kept(
        KeySet(kind=KeySet.Kind.FILE, pattern="", label=text[:MAX_LABEL], count=read.count, digest=read.digest)
    )


def _kept(key_set: KeySet) -> KeySet:
    with write_turn():
        same = KeySet.objects.filter(kind=key_set.kind, digest=key_set.digest, label=key_set.label).first()
        if same is None:
            key_set.save()
        return same or key_set

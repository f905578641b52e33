"""Keys and values as table rows: all bytes are shown as inert text, and a note says what is left out."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.inert import shown
from live.wording import grouped
from ringviz.selectors.browsing import Found
from servers.driver.browsing import MOST_WORD, Held

MOST_NAME: Final = 200  # bytes of a key

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in words. `query` finds it on the Ring page; empty if it is not one of ours, or too long to look up there.

    `members` is the beginning of the value: a row per member, each of several words. `left_out` says what is not shown.
    """

    name: str
    name_left_out: str
    query: str
    state: str
    kind: str
    members: Sequence[Sequence[str]]
    left_out: str
    size: str
    expiry: str


def rows_of(found: Sequence[Found]) -> list[KeyRow]:
    """A row for each key."""
    return [_row(one) for one in found]


def expiry_words(ttl_ms: int | None) -> str:
    """1,500 is "in 1.5 s" and None is "no expiry"; from a minute on, the largest whole unit."""
    if ttl_ms is None:
        return _("no expiry")
    seconds = ttl_ms / 1_000
    if seconds < 60:
        return _("in %(n)s s") % {"n": grouped(round(seconds, 1))}
    per, unit = next(one for one in _UNITS if seconds >= one[0])
    n = int(seconds // per)
    words = {
        "day": ngettext("in %(n)s day", "in %(n)s days", n),
        "hour": ngettext("in %(n)s hour", "in %(n)s hours", n),
        "minute": ngettext("in %(n)s minute", "in %(n)s minutes", n),
    }
    return words[unit] % {"n": grouped(n)}


def _row(found: Found) -> KeyRow:
    held = found.held
    name = held.name if found.key is None else found.key
    here = held.state == "here"
    return KeyRow(
        name=beginning(name, MOST_NAME),
        name_left_out=_first_of(MOST_NAME, len(name)) if len(name) > MOST_NAME else "",
        query=_query(found.key) if found.key is not None and len(found.key) <= MOST_NAME else "",
        state={
            "moved": _("Another server owns this key now."),
            "gone": _("It expired or was deleted before it could be read."),
        }.get(held.state, ""),
        kind=held.kind,
        members=_members(held),
        left_out=_left_out(held) if here else "",
        size="" if held.bytes is None else filesizeformat(held.bytes),
        expiry=expiry_words(held.ttl_ms) if here else "",
    )


def beginning(raw: bytes, most: int) -> str:
    """At most `most` bytes, as inert text. A letter that would be cut in half is left out."""
    if len(raw) <= most:
        return shown(raw)
    decoder = getincrementaldecoder("utf-8")("surrogateescape")
    decoder.decode(raw[:most])
    return shown(raw[: most - len(decoder.getstate()[0])])


def _members(held: Held) -> list[list[str]]:
    if held.beginning is None:
        return []
    cut = held.kind == "string" and (held.length or 0) > MOST_WORD
    # Only the first bytes of a string are read. The extra byte tells `beginning` that it goes on.
    return [[beginning(word + b"." if cut else word, MOST_WORD) for word in row] for row in held.beginning]


def _left_out(held: Held) -> str:
    """Says which part of the value is not shown; empty if all of it is."""
    if held.beginning is None:
        return _not_read(held)
    if held.kind == "string":
        length = held.length or 0
        return _first_of(MOST_WORD, length) if length > MOST_WORD else ""
    notes = []
    length, shown_ = held.length or 0, len(held.beginning)
    if length > shown_:
        text = ngettext("%(n)s of %(all)s member", "%(n)s of %(all)s members", length)
        notes.append(text % {"n": grouped(shown_), "all": grouped(length)})
    if any(len(word) > MOST_WORD for row in held.beginning for word in row):
        notes.append(_("the first %(n)s bytes of long ones") % {"n": grouped(MOST_WORD)})
    return ", ".join(notes)


def _not_read(held: Held) -> str:
    if held.length is None:
        return _("Values of this type are not shown.")
    text = ngettext("%(n)s member, too large to show", "%(n)s members, too large to show", held.length)
    return text % {"n": grouped(held.length)}


def _first_of(n: int, length: int) -> str:
    return _("the first %(n)s of %(all)s bytes") % {"n": grouped(n), "all": grouped(length)}


def _query(key: bytes) -> str:
    """The query of the Ring page's URL for a key: as text, or with escapes."""
    text = key.decode("utf-8", "replace")
    if text.encode() == key and text.isprintable():
        return urlencode({"key": text})
    return urlencode({"key": shown(key), "escapes": ""})

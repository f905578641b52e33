"""Reads fields and numbers from URLs and forms."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from live.refusals import Invalid

MOST_DIGITS = 15  # most digits that a browser still represents exactly

Fields = Mapping[str, str]


def fields_of(request: HttpRequest) -> Fields:
    """The query of a GET or the form of a POST. If a field is given twice, the last counts."""
    query = request.GET if request.method in ("GET", "HEAD") else request.POST
    return {name: str(query[name]) for name in query}


def whole_number(text: str) -> int | None:
    """A whole number of at most 15 digits; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def whole(fields: Fields, name: str) -> int:
    """A whole number of at most 15 digits. Raises Invalid."""
    text = fields.get(name, "").strip()
    number = whole_number(text)
    if number is None:
        raise Invalid(name, text, _("Give a whole number."))
    return number


def maybe_whole(fields: Fields, name: str) -> int | None:
    """A whole number, or None if the field is empty. Raises Invalid."""
    return whole(fields, name) if fields.get(name, "").strip() else None

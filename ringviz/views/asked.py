"""Reads the fields of a URL or a form, within bounds. Everything here raises Invalid with the field's name."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.utils.translation import gettext as _

from live.asked import Fields, maybe_whole, whole
from ringviz.bounds import MAX_KEY_BYTES, MAX_NODES
from ringviz.core.placement import TOKEN_SPACE
from ringviz.errors import Invalid
from ringviz.selectors.picture import Span


def key_of(request: HttpRequest) -> bytes:
    """`key=` of the URL, as bytes: percent-encoding can spell any byte."""
    for part in request.META.get("QUERY_STRING", "").split("&"):
        name, _equals, value = part.partition("=")
        if name == "key":
            key = unquote_to_bytes(value.replace("+", " "))
            if len(key) > MAX_KEY_BYTES:
                raise Invalid("key", None, _("A key has at most %(most)d bytes.") % {"most": MAX_KEY_BYTES})
            return key
    raise Invalid("key", None, _("Enter a key."))


def numbers_of(fields: Fields) -> frozenset[int] | None:
    """`nodes=1,2`: node numbers; None means all nodes."""
    text = fields.get("nodes")
    if text is None:
        return None
    parts = text.split(",")[: MAX_NODES + 1]
    return frozenset(whole({"nodes": part}, "nodes") for part in parts)


def span_of(fields: Fields) -> Span | None:
    """`start=` and `end=`: a token range; None means the whole circle."""
    start, end = maybe_whole(fields, "start"), maybe_whole(fields, "end")
    if start is None or end is None:
        return None
    for name, edge in (("start", start), ("end", end)):
        if edge >= TOKEN_SPACE:
            raise Invalid(name, edge, _("Enter a token below %(most)d.") % {"most": TOKEN_SPACE})
    return start, end

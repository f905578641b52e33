"""Events in words: the short label of the timeline strip and the sentence part of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

_OF_A_NODE = {
    "node_added": ("+%(node)s", gettext_lazy("%(node)s added")),
    "node_killed": ("%(node)s", gettext_lazy("%(node)s killed")),
    "node_revived": (gettext_lazy("revived"), gettext_lazy("%(node)s revived")),
    "node_drained": (gettext_lazy("drained"), gettext_lazy("%(node)s drained")),
    "node_removed": ("\u2212%(node)s", gettext_lazy("%(node)s removed")),
    "node_reweighted": (gettext_lazy("weight"), gettext_lazy("%(node)s has weight %(weight)s")),
    "node_edited": (gettext_lazy("edited"), gettext_lazy("%(node)s edited")),
}


class EventWords(NamedTuple):
    """`label` is a few letters ("+cache-5"), `text` says it ("cache-5 added")."""

    label: str
    text: str


def event_words(kind: str, payload: Mapping[str, Any]) -> EventWords:
    """An event in the reader's language."""
    words = _words(kind, payload)
    if payload.get("undoes"):
        return EventWords(words.label, _("%(what)s (undone)") % {"what": words.text})
    return words


def _words(kind: str, payload: Mapping[str, Any]) -> EventWords:
    if kind in _OF_A_NODE:
        name = payload["node"]["name"] if "node" in payload else payload["name"]
        weight = payload["node"]["weight"] if "node" in payload else 0
        label, text = (str(words) for words in _OF_A_NODE[kind])
        values = {"node": name, "weight": number_format(weight)}
        return EventWords(label % values, text % values)
    if kind == "cluster_reconfigured":
        return _reconfigured(payload)
    if kind == "keys_imported":
        count = payload["keys"]["count"]
        text = ngettext("%(n)s key", "%(n)s keys", count) % {"n": number_format(count)}
    else:
        count = len(payload["nodes"])
        text = ngettext("%(n)s node", "%(n)s nodes", count) % {"n": number_format(count)}
    return EventWords(text, text)


def _reconfigured(payload: Mapping[str, Any]) -> EventWords:
    """The most telling difference first, and alone."""
    now, before = payload["cluster"], payload["before"]
    if now["strategy"] != before["strategy"]:
        text = _("modulo") if now["strategy"] == "modulo" else _("hash ring")
    elif now["vnodes"] != before["vnodes"]:
        vnodes = now["vnodes"]
        text = ngettext("%(n)s token per node", "%(n)s tokens per node", vnodes) % {"n": number_format(vnodes)}
    else:
        copies = now["copies"]
        text = ngettext("%(n)s copy of each key", "%(n)s copies of each key", copies) % {"n": number_format(copies)}
    return EventWords(text, text)

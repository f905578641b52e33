"""Events in words: the short label of the timeline strip and the sentence part of lists.

`static/js/ring/words.js` says the same of the events that a page gets live; the golden files of `tests/contract` hold
the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

_OF_A_NODE = {
    "node_added": gettext_lazy("%(node)s added"),
    "node_killed": gettext_lazy("%(node)s killed"),
    "node_revived": gettext_lazy("%(node)s revived"),
    "node_drained": gettext_lazy("%(node)s drained"),
    "node_removed": gettext_lazy("%(node)s removed"),
    "node_reweighted": gettext_lazy("%(node)s has weight %(weight)s"),
    "node_edited": gettext_lazy("address or zone of %(node)s changed"),
}
_SIGNS = {"node_added": "+", "node_removed": "\u2212"}  # before a label


class EventWords(NamedTuple):
    """`label` is a few letters ("+cache-5"), `text` says it ("cache-5 added")."""

    label: str
    text: str


def grouped(number: float) -> str:
    """10000 as "10,000", in the reader's language; 2.0 as "2"."""
    whole = int(number) if number == int(number) else number
    return number_format(whole, force_grouping=True)


def event_words(kind: str, payload: Mapping[str, Any]) -> EventWords:
    """An event in the reader's language."""
    words = _words(kind, payload)
    if payload.get("undoes"):
        return EventWords(words.label, _("%(what)s (undone)") % {"what": words.text})
    return words


def _words(kind: str, payload: Mapping[str, Any]) -> EventWords:
    if kind in _OF_A_NODE:
        node = payload.get("node", payload)  # of one that was removed the name is left
        values = {"node": node["name"], "weight": grouped(node.get("weight", 0))}
        return EventWords(_SIGNS.get(kind, "") + node["name"], _OF_A_NODE[kind] % values)
    if kind == "cluster_reconfigured":
        return _reconfigured(payload)
    if kind == "external_seen":
        count = len(payload["nodes"])
        text = ngettext("the cluster changed: %(n)s node", "the cluster changed: %(n)s nodes", count)
        return EventWords(_("changed"), text % {"n": grouped(count)})
    if kind == "keys_imported":
        count = payload["keys"]["count"]
        text = ngettext("%(n)s key", "%(n)s keys", count) % {"n": grouped(count)}
    else:
        count = len(payload["nodes"])
        text = ngettext("%(n)s node", "%(n)s nodes", count) % {"n": grouped(count)}
    return EventWords(text, text)


def _reconfigured(payload: Mapping[str, Any]) -> EventWords:
    """The most telling difference first, and alone."""
    now, before = payload["cluster"], payload["before"]
    if now["strategy"] != before["strategy"]:
        text = _("modulo") if now["strategy"] == "modulo" else _("hash ring")
    elif now["vnodes"] != before["vnodes"]:
        vnodes = now["vnodes"]
        text = ngettext("%(n)s token per node", "%(n)s tokens per node", vnodes) % {"n": grouped(vnodes)}
    else:
        copies = now["copies"]
        text = ngettext("%(n)s copy of each key", "%(n)s copies of each key", copies) % {"n": grouped(copies)}
    return EventWords(text, text)

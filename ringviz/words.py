"""Events in words: the short label of the timeline strip and the sentence part of lists.

`static/js/ring/words.js` says the same of the events that a page gets live; the golden files of `tests/contract` hold
the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    "node_suspected": gettext_lazy("%(node)s does not answer"),
    "node_cleared": gettext_lazy("%(node)s answers again"),
    "node_frozen": gettext_lazy("%(node)s frozen"),
    "node_thawed": gettext_lazy("%(node)s thawed"),
    "node_restarted": gettext_lazy("%(node)s restarted"),
    "node_failed_over": gettext_lazy("the replica of %(node)s took over"),
}
_DEATHS = {  # by their cause, where nobody asked for it
    "exit": gettext_lazy("%(node)s died"),
    "silent": gettext_lazy("%(node)s stayed silent and was killed"),
}
_WANTED = {  # what an intent is for
    "form": gettext_lazy("start the servers"),
    "add": gettext_lazy("add %(node)s"),
    "kill": gettext_lazy("kill %(node)s"),
    "freeze": gettext_lazy("freeze %(node)s"),
    "thaw": gettext_lazy("thaw %(node)s"),
    "restart": gettext_lazy("restart %(node)s"),
    "drain": gettext_lazy("drain %(node)s"),
    "remove": gettext_lazy("remove %(node)s"),
    "revive": gettext_lazy("revive %(node)s"),
    "reweight": gettext_lazy("another weight for %(node)s"),
    "configure": gettext_lazy("other settings"),
    "keys": gettext_lazy("other keys"),
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
        return _node(kind, payload)
    if kind in ("work_asked", "work_cancelling", "work_ended"):
        return _work(kind, payload)
    return _OF_A_CLUSTER.get(kind, _nodes)(payload)


def _node(kind: str, payload: Mapping[str, Any]) -> EventWords:
    node = payload.get("node", payload)  # of one that was removed the name is left
    values = {"node": node["name"], "weight": grouped(node.get("weight", 0))}
    said = _OF_A_NODE[kind]
    if kind == "node_killed":
        said = _DEATHS.get(payload.get("cause", ""), said)
    return EventWords(_SIGNS.get(kind, "") + node["name"], said % values)


def _nodes(payload: Mapping[str, Any]) -> EventWords:
    count = len(payload["nodes"])
    return _same(ngettext("%(n)s node", "%(n)s nodes", count) % {"n": grouped(count)})


def _same(text: str) -> EventWords:
    return EventWords(text, text)


def _work(kind: str, payload: Mapping[str, Any]) -> EventWords:
    """What was asked, that it is being given up, or that it came to nothing and why."""
    asked = payload["asked"]
    what = work_words(asked["action"], asked["name"])
    values = {"what": what, "why": payload.get("why", "")}
    if kind == "work_asked":
        text = _("asked: %(what)s")
    elif kind == "work_cancelling":
        text = _("being cancelled: %(what)s")
    elif payload["outcome"] == "cancelled":
        text = _("cancelled: %(what)s")
    else:
        text = _("failed: %(what)s (%(why)s)") if values["why"] else _("failed: %(what)s")
    return EventWords(asked["name"] or what, text % values)


def work_words(action: str, name: str) -> str:
    """What an intent is for: "kill cache-4"."""
    return str(_WANTED.get(action, action)) % {"node": name}


def _workload(payload: Mapping[str, Any]) -> EventWords:
    workload = payload["workload"]
    if not workload["on"]:
        return EventWords(_("no workload"), _("workload off"))
    text = ngettext("workload: %(n)s operation a second", "workload: %(n)s operations a second", workload["rate"])
    return EventWords(_("workload"), text % {"n": grouped(workload["rate"])})


def _seen(payload: Mapping[str, Any]) -> EventWords:
    count = len(payload["nodes"])
    text = ngettext("the cluster changed: %(n)s node", "the cluster changed: %(n)s nodes", count)
    return EventWords(_("changed"), text % {"n": grouped(count)})


def _imported(payload: Mapping[str, Any]) -> EventWords:
    count = payload["keys"]["count"]
    return _same(ngettext("%(n)s key", "%(n)s keys", count) % {"n": grouped(count)})


def _refilled(payload: Mapping[str, Any]) -> EventWords:
    return _same(ngettext("%(n)s key stored", "%(n)s keys stored", payload["keys"]) % {"n": grouped(payload["keys"])})


def _lost(payload: Mapping[str, Any]) -> EventWords:
    return _same(ngettext("%(n)s key lost", "%(n)s keys lost", payload["keys"]) % {"n": grouped(payload["keys"])})


def _formed(_payload: Mapping[str, Any]) -> EventWords:
    return EventWords(_("formed"), _("the servers form the cluster"))


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
    return _same(text)


_OF_A_CLUSTER: dict[str, Callable[[Mapping[str, Any]], EventWords]] = {
    "cluster_reconfigured": _reconfigured,
    "cluster_formed": _formed,
    "external_seen": _seen,
    "keys_imported": _imported,
    "keys_refilled": _refilled,
    "keys_lost": _lost,
    "workload_set": _workload,
}

"""Texts about an explained request and its candidates, for the page and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balancer.core.explained import PULSED, Candidate, Explained
from balancer.core.guards.standing import State
from balancer.selectors.why import Other, Why
from balancer.wording import state_words
from live.wording import grouped, number
from ringviz.models import Node

ENDS: Final[dict[str, Any]] = {
    "answered": gettext_lazy("Answered in %(ms)s ms"),
    "refused": gettext_lazy("Refused after %(ms)s ms: the node was at its limit of requests in flight"),
    "lost": gettext_lazy("Lost after %(ms)s ms: no reply in time, or the connection broke"),
    "away": gettext_lazy("Failed after %(ms)s ms and was not sent: the node was not responding"),
    "error": gettext_lazy("Answered with an error in %(ms)s ms"),
}
_REPLIED: Final = frozenset({"answered", "error"})
_STARTED_MS: Final = 0.05  # shorter times round to 0.0 and are left out


def health_words(one: Candidate) -> str:
    """The node's health as the driver saw it, or its state in the cluster's log if it was healthy."""
    if one["stand"]["state"] != State.UP:
        return state_words(one["stand"]["state"])
    if one["condition"] == PULSED:
        return _("freezing")
    if one["condition"] in ("", Node.State.ACTIVE):
        return state_words(State.UP)
    return str(dict(Node.State.choices).get(one["condition"], one["condition"]))


def hidden_words(one: Explained) -> str:
    """Says which nodes of a big cluster are shown. Empty if all are."""
    kept = len(one["candidates"])
    if kept == one["ready"]:
        return ""
    values = {"kept": grouped(kept), "n": grouped(one["ready"])}
    return _("%(kept)s of %(n)s nodes: the ones compared, then the least busy.") % values


def other_words(other: Other) -> str:
    """A note on another policy's pick: "tie with cache-5"."""
    if len(other.ties) == 1:
        return _("tie with %(node)s") % {"node": other.ties[0]}
    if other.ties:
        more = len(other.ties) - 1
        text = ngettext("tie with %(node)s and %(n)s other", "tie with %(node)s and %(n)s others", more)
        return text % {"node": other.ties[0], "n": grouped(more)}
    if other.same:
        return _("the same")
    return _("%(n)s in flight") % {"n": grouped(other.candidate["in_flight"])}


def end_words(one: Explained) -> str:
    """As in "Answered in 2.6 ms: 1.1 in line, 1.5 at the node." Lists the parts that are known."""
    text = str(ENDS.get(one["end"], one["end"])) % {"ms": number(one["latency_ms"], 1)}
    parts = list(_parts(one))
    if not parts:
        return _("%(text)s.") % {"text": text}
    return _("%(text)s: %(parts)s.") % {"text": text, "parts": ", ".join(parts)}


def _parts(one: Explained) -> Iterator[str]:
    if one["first_ms"] is None or one["end"] not in _REPLIED:
        return
    if one["sent_ms"] >= _STARTED_MS:
        yield _("%(n)s before sending") % {"n": number(one["sent_ms"], 1)}
    yield _("%(n)s in line") % {"n": number(one["first_ms"] - one["sent_ms"], 1)}
    yield _("%(n)s at the node") % {"n": number(one["latency_ms"] - one["first_ms"], 1)}


def rank_words(found: Why) -> str:
    """Its rank among the slowest. Empty if it is not one of them."""
    if found.rank is None:
        return ""
    if found.rank == 1:
        return _("The slowest stored request under this policy.")
    return _("Number %(n)s of the slowest stored requests under this policy.") % {"n": found.rank}


def kept_words(one: Explained) -> str:
    """Says which requests are stored."""
    if one["every"] == 1:
        return _("Every request is stored.")
    return _("About one request in %(n)s is stored.") % {"n": grouped(one["every"])}

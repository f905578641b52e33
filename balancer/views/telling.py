"""What became of a request that is explained, and how its candidates stood, in words: for the page and the commands."""

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
    "refused": gettext_lazy("Refused after %(ms)s ms: the node had as many in flight as it may have"),
    "lost": gettext_lazy("Lost after %(ms)s ms: no reply came, or the connection broke"),
    "away": gettext_lazy("Failed after %(ms)s ms, unsent: the node was not answering"),
    "error": gettext_lazy("Answered by an error in %(ms)s ms"),
}
_REPLIED: Final = frozenset({"answered", "error"})
_STARTED_MS: Final = 0.05  # what is shown as 0.0 is not worth a word


def health_words(one: Candidate) -> str:
    """How the node stood: to the driver, or where that is well, by the cluster's log."""
    if one["stand"]["state"] != State.UP:
        return state_words(one["stand"]["state"])
    if one["condition"] == PULSED:
        return _("freezing")
    if one["condition"] in ("", Node.State.ACTIVE):
        return state_words(State.UP)
    return str(dict(Node.State.choices).get(one["condition"], one["condition"]))


def hidden_words(one: Explained) -> str:
    """Which nodes of a big cluster are shown; nothing where all are."""
    kept = len(one["candidates"])
    if kept == one["ready"]:
        return ""
    values = {"kept": grouped(kept), "n": grouped(one["ready"])}
    return _("%(kept)s of %(n)s nodes: those that were compared, then those with the least to do.") % values


def other_words(other: Other) -> str:
    """What goes with what another policy would have picked: as in "tie with cache-5"."""
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
    """As in "Answered in 2.6 ms: 1.1 in line, 1.5 at the node." Parts are told where they are known."""
    text = str(ENDS.get(one["end"], one["end"])) % {"ms": number(one["latency_ms"], 1)}
    parts = list(_parts(one))
    if not parts:
        return _("%(text)s.") % {"text": text}
    return _("%(text)s: %(parts)s.") % {"text": text, "parts": ", ".join(parts)}


def _parts(one: Explained) -> Iterator[str]:
    if one["first_ms"] is None or one["end"] not in _REPLIED:
        return
    if one["sent_ms"] >= _STARTED_MS:
        yield _("%(n)s before it was sent") % {"n": number(one["sent_ms"], 1)}
    yield _("%(n)s in line") % {"n": number(one["first_ms"] - one["sent_ms"], 1)}
    yield _("%(n)s at the node") % {"n": number(one["latency_ms"] - one["first_ms"], 1)}


def rank_words(found: Why) -> str:
    """Its place among the slowest; nothing where it is none of them."""
    if found.rank is None:
        return ""
    if found.rank == 1:
        return _("The slowest that was kept under this policy.")
    return _("Number %(n)s of the slowest that were kept under this policy.") % {"n": found.rank}


def kept_words(one: Explained) -> str:
    """Which requests are kept."""
    if one["every"] == 1:
        return _("Every request keeps its reasons.")
    return _("About one request in %(n)s keeps its reasons.") % {"n": grouped(one["every"])}

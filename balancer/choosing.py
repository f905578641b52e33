"""Explains in one sentence why a policy picked a node, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancer.core.explained import Explained
from balancer.core.policies.peak_ewma import PENALTY
from live.wording import grouped, number

Sentence = Callable[[Explained], str]


def why_words(one: Explained) -> str:
    """As in "The two draws were cache-3 with 4 in flight and cache-2 with 61. The shorter line won.\""""
    if one["ready"] == 1:
        return _("%(node)s was the only ready node.") % {"node": one["node"]}
    return _SENTENCES[one["policy"]](one) if one["policy"] in _SENTENCES else ""


def score_words(one: Explained, score: float | None) -> str:
    """A score for the table, or words if the node has none."""
    if score is None:
        return _("not drawn") if one["drawn"] else _("none")
    words: str = _SCORES.get(one["policy"], _plain)(score)
    return words


def _plain(score: float) -> str:
    return grouped(round(score, 2))


def _time(score: float) -> str:
    """A score in seconds."""
    return _("no answer yet") if score >= PENALTY else _("%(n)s ms") % {"n": number(score * 1000, 1)}


def _ratio(score: float) -> str:
    return _("%(n)s of its limit") % {"n": number(score, 2)}


def _in_flight(one: Explained, name: str) -> int:
    return next((each["in_flight"] for each in one["candidates"] if each["name"] == name), 0)


def _score(one: Explained, name: str) -> float | None:
    return next((each["score"] for each in one["candidates"] if each["name"] == name), None)


def _ties(one: Explained) -> list[str]:
    """The other nodes with the winner's score."""
    won = _score(one, one["node"])
    return [each["name"] for each in one["candidates"] if each["score"] == won and each["name"] != one["node"]]


def _listed(names: list[str]) -> str:
    """ "a, b and c": at most three names."""
    if len(names) > 3:
        more = len(names) - 2
        text = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        return text % {"names": ", ".join(names[:2]), "n": grouped(more)}
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _at_random(one: Explained) -> str:
    return _("%(node)s was drawn at random from %(n)s nodes.") % {"node": one["node"], "n": grouped(one["ready"])}


def _in_turn(one: Explained) -> str:
    return _("It was %(node)s's turn.") % {"node": one["node"]}


def _by_weight(one: Explained) -> str:
    return _("It was %(node)s's turn: its weight had earned it the most credit.") % {"node": one["node"]}


def _two(one: Explained) -> str:
    first, second = one["considered"]
    if first == second:
        text = _("Both draws picked %(node)s, with %(n)s in flight, so there was nothing to compare.")
        return text % {"node": first, "n": grouped(_in_flight(one, first))}
    values = {
        "first": first,
        "second": second,
        "one": grouped(_in_flight(one, first)),
        "other": grouped(_in_flight(one, second)),
    }
    if _in_flight(one, first) == _in_flight(one, second):
        text = _("The two draws were %(first)s and %(second)s, each with %(one)s in flight. The first draw won.")
    else:
        text = _(
            "The two draws were %(first)s with %(one)s in flight and %(second)s with %(other)s. The shorter line won."
        )
    return text % values


def _several(one: Explained) -> str:
    names = list(dict.fromkeys(one["considered"]))
    draws = {"n": grouped(len(one["considered"])), "node": one["node"]}
    if len(names) == 1:
        return _("All %(n)s draws picked %(node)s, so there was nothing to compare.") % draws
    each = [_("%(node)s with %(n)s in flight") % {"node": name, "n": grouped(_in_flight(one, name))} for name in names]
    drawn = _("The %(n)s draws were %(nodes)s.") % {**draws, "nodes": _listed(each)}
    return f"{drawn} {_won(one)}"


def _won(one: Explained) -> str:
    if _ties(one):
        return _("They tied, and the first draw won.")
    weighed = len({each["weight"] for each in one["candidates"]}) > 1
    return _("The lowest score won.") if weighed else _("The shortest line won.")


def _by_cost(one: Explained) -> str:
    first, second = one["considered"]
    values = {
        "first": first,
        "second": second,
        "one": score_words(one, _score(one, first)),
        "other": score_words(one, _score(one, second)),
    }
    text = _("The two draws were %(first)s (expected latency %(one)s) and %(second)s (%(other)s). The lower cost won.")
    return text % values


def _fewest(one: Explained) -> str:
    values = {"node": one["node"], "n": grouped(_in_flight(one, one["node"])), "all": grouped(one["ready"])}
    if ties := _ties(one):
        text = _("%(node)s and %(ties)s had the fewest in flight, %(n)s each. It was %(node)s's turn.")
        return text % {**values, "ties": _listed(ties)}
    return _("%(node)s had the fewest in flight of all %(all)s nodes: %(n)s.") % values


def _fewest_for_weight(one: Explained) -> str:
    if len({each["weight"] for each in one["candidates"]}) < 2:
        return _fewest(one)
    values = {"node": one["node"], "n": grouped(_in_flight(one, one["node"]))}
    if ties := _ties(one):
        text = _("%(node)s and %(ties)s had the fewest in flight for their weight. It was %(node)s's turn.")
        return text % {**values, "ties": _listed(ties)}
    return _("%(node)s had the fewest in flight for its weight: %(n)s.") % values


def _soonest(one: Explained) -> str:
    values = {"node": one["node"], "score": score_words(one, _score(one, one["node"]))}
    return (
        _("%(node)s was expected to answer first, in %(score)s, given its average latency and its requests in flight.")
        % values
    )


def _clockwise(one: Explained) -> str:
    passed = [name for name in one["considered"] if name != one["node"]]
    if not passed:
        return _("%(node)s is the first node clockwise from the hash of the key.") % {"node": one["node"]}
    text = _("Clockwise from the hash of the key, %(passed)s came first but was not ready. %(node)s came next.")
    return text % {"passed": _listed(passed), "node": one["node"]}


def _with_room(one: Explained) -> str:
    passed = [name for name in one["considered"] if name != one["node"]]
    if not passed:
        text = _("%(node)s is the first node clockwise from the hash of the key, and it had room for one more request.")
        return text % {"node": one["node"]}
    text = _("Clockwise from the hash of the key, %(passed)s came first but was full or not ready. %(node)s was next.")
    return text % {"passed": _listed(passed), "node": one["node"]}


def _by_table(one: Explained) -> str:
    return _("The lookup table sends this key to %(node)s.") % {"node": one["node"]}


def _as_before(one: Explained) -> str:
    if all(each["score"] is None for each in one["candidates"]):
        return _("Earlier requests for this key went to %(node)s, so this one did too.") % {"node": one["node"]}
    return _("This was the first request for the key. %(fewest)s") % {"fewest": _fewest(one)}


_SENTENCES: Final[Mapping[str, Sentence]] = {
    "random": _at_random,
    "round_robin": _in_turn,
    "smooth_wrr": _by_weight,
    "least_connections": _fewest_for_weight,
    "jsq": _fewest,
    "p2c": _two,
    "p2c_distinct": _two,
    "d_choices": _several,
    "peak_ewma": _by_cost,
    "least_time": _soonest,
    "ring": _clockwise,
    "maglev": _by_table,
    "bounded_ring": _with_room,
    "sticky": _as_before,
}
_SCORES: Final[Mapping[str, Callable[[float], Any]]] = {
    "peak_ewma": _time,
    "least_time": _time,
    "bounded_ring": _ratio,
}

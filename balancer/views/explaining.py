"""Prepares an explained request for the panel "why this node"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from balancer.choosing import score_words, why_words
from balancer.core.explained import Candidate, Explained
from balancer.selectors.why import Other, Why
from balancer.views.squares import picture
from balancer.views.telling import end_words, health_words, hidden_words, kept_words, other_words, rank_words
from balancer.wording import name_of, reason_words
from live.wording import grouped, number


class Row(NamedTuple):
    """A candidate in the table. `kind` is "hit" for the picked node, "off" for nodes that were not compared."""

    number: int | None
    name: str
    health: str
    reason: str
    weight: str
    in_flight: str
    score: str
    kind: str


class Choice(NamedTuple):
    """What another policy would have picked."""

    policy: str
    number: int | None
    name: str
    note: str


def shown(found: Why) -> dict[str, Any]:
    """The context of `balancer/_why.html`."""
    one = found.request
    rows = [_row(one, each) for each in one["candidates"]]
    return {
        "one": one,
        "found": found,
        "number": grouped(one["number"]),
        "at": localtime(datetime.fromtimestamp(one["at"] / 1000, UTC)),
        "ms": f"{int(one['at'] % 1000):03d}",
        "policy": name_of(one["policy"]),
        "sentence": why_words(one),
        "picture": picture(one),
        "rows": rows,
        "hidden": hidden_words(one),
        "drawn": ", ".join(number(each, 4) for each in one["drawn"]),
        "others": [_choice(other) for other in found.others],
        "end": end_words(one),
        "rank": rank_words(found),
        "every": kept_words(one),
    }


def _row(one: Explained, each: Candidate) -> Row:
    considered = each["score"] is not None or each["name"] in one["considered"]
    kind = "hit" if each["name"] == one["node"] else "" if considered else "off"
    words = score_words(one, each["score"])
    if each["score"] is None and considered:
        words = _("picked") if kind else _("passed")
    return Row(
        number=each["number"],
        name=each["name"],
        health=health_words(each),
        reason=reason_words(each["stand"]["code"], each["stand"]["figures"]),
        weight=grouped(round(each["weight"], 2)),
        in_flight=grouped(each["in_flight"]),
        score=words,
        kind=kind,
    )


def _choice(other: Other) -> Choice:
    return Choice(
        policy=capfirst(name_of(other.policy)),
        number=other.candidate["number"],
        name=other.candidate["name"],
        note=other_words(other),
    )

"""`manage.py balance why [REQUEST]`: explains why a request went to its node."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from balancer.choosing import score_words, why_words
from balancer.core.explained import Candidate, Explained
from balancer.selectors.why import Pick, Why, why
from balancer.views.telling import end_words, health_words, hidden_words, kept_words, other_words, rank_words
from balancer.wording import name_of
from live.columns import columns
from live.door import refusals_told
from live.store import StoreGone
from live.wording import grouped, number
from ringviz.cli.clusters import add_cluster_arguments, chosen


def add_arguments(parser: ArgumentParser) -> None:
    """Which request to explain. Defaults to the newest."""
    parser.add_argument(
        "request",
        nargs="?",
        default="",
        metavar=_("REQUEST"),
        help=_("the request's id, RUN-NUMBER, as shown on the page and in --json"),
    )
    parser.add_argument(
        "--slowest", action="store_true", help=_("explain the slowest stored request instead of the newest")
    )
    parser.add_argument("--node", default="", metavar=_("NAME"), help=_("only requests to this node"))
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes the choice, the candidates and the outcome; with --json, one object (`answer`).

    Raises CommandError if there is no such request.
    """
    with refusals_told():
        stream_id = chosen(options["cluster"]).stream_id
    pick = Pick.SLOWEST if options["slowest"] else Pick.NEWEST
    try:
        found = why(stream_id, options["request"], pick, options["node"])
    except StoreGone as error:
        raise CommandError(_("The hint server does not answer: %(reason)s") % {"reason": error}) from error
    if found is None:
        kept = _("This request is no longer stored.") if options["request"] else _("No requests are stored.")
        raise CommandError(kept)
    if options["json"]:
        out.write(json.dumps(answer(found), ensure_ascii=False) + "\n")
        return
    for line in lines(found):
        out.write(f"{line}\n")


def answer(found: Why) -> dict[str, Any]:
    """The request (`balancer.core.explained`), `sentence`, `others`, and the ids of its neighbours."""
    others = [{**asdict(other), "candidate": other.candidate["name"]} for other in found.others]
    beside = {"before": found.before, "after": found.after, "slowest": found.slowest, "rank": found.rank}
    return {**found.request, "sentence": why_words(found.request), "others": others, **beside}


def lines(found: Why) -> list[str]:
    """Writes the explanation for a terminal."""
    one = found.request
    head = [_("NODE"), _("HEALTH"), _("SCORE"), _("WEIGHT"), _("IN FLIGHT")]
    others = [[capfirst(name_of(other.policy)), other.candidate["name"], other_words(other)] for other in found.others]
    ends = " ".join(words for words in (end_words(one), rank_words(found), kept_words(one)) if words)
    return [
        _title(one),
        why_words(one),
        *([_("Random draws, from 0 to 1: %(drawn)s.") % {"drawn": _drawn(one)}] if one["drawn"] else []),
        "",
        *columns([head, *(_row(one, each) for each in one["candidates"])], 3),
        *([hidden_words(one)] if hidden_words(one) else []),
        "",
        *([*columns([[_("OTHERS"), _("WOULD CHOOSE"), ""], *others], 3), ""] if others else []),
        ends,
    ]


def _title(one: Explained) -> str:
    at = datetime.fromtimestamp(one["at"] / 1000).astimezone()
    values = {"id": one["id"], "at": at.strftime("%H:%M:%S.%f")[:-3], "policy": name_of(one["policy"])}
    return _("Request %(id)s, %(at)s, %(policy)s: %(node)s") % {**values, "node": one["node"]}


def _row(one: Explained, each: Candidate) -> list[str]:
    score = score_words(one, each["score"])
    figures = [grouped(round(each["weight"], 2)), grouped(each["in_flight"])]
    return [each["name"], health_words(each), score, *figures]


def _drawn(one: Explained) -> str:
    return ", ".join(number(each, 4) for each in one["drawn"])

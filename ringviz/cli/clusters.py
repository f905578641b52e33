"""Shared by `status`, `import` and the commands that act: the choice of a cluster, refusals, reports of events."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, Required, TextIO, TypedDict

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.models import Event
from live.subjects import event_words, payload_class
from live.wording import grouped
from ringviz.events import KeysImported
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of

_MOST_LISTED = 20


class EventJson(TypedDict, total=False):
    """An event as --json prints it. `moved` of `keys` keys have another owner, or `lost` of them are lost.

    For a mere request, `work` is the version that identifies it; nothing has moved yet.
    """

    cluster: Required[str]
    version: Required[int]
    kind: Required[str]
    moved: int
    keys: int
    lost: int
    work: int


def add_cluster_arguments(parser: ArgumentParser) -> None:
    """The cluster, and the format of the output."""
    parser.add_argument(
        "--cluster", metavar=_("SLUG"), help=_("the cluster's name in the address of its page (default: the demo's)")
    )
    parser.add_argument("--json", action="store_true", help=_("one JSON object"))


def chosen(slug: str | None) -> Cluster:
    """The cluster: the named one, otherwise the first demo, otherwise the only one.

    Raises CommandError if there is none, NotFound for an unknown slug.
    """
    if slug is not None:
        return cluster_of(slug)
    demo = Cluster.objects.filter(demo=True).order_by("pk").first()
    if demo is not None:
        return demo
    some = list(Cluster.objects.order_by("slug")[: _MOST_LISTED + 1])
    if len(some) == 1:
        return some[0]
    if not some:
        raise CommandError(_("there is no cluster yet; `make run` creates some"))
    names = [cluster.slug for cluster in some[:_MOST_LISTED]] + ["..."] * (len(some) > _MOST_LISTED)
    raise CommandError(_("choose a cluster with --cluster SLUG: %(slugs)s") % {"slugs": ", ".join(names)})


def write_event(event: Event, slug: str, as_json: bool, out: OutputWrapper | TextIO) -> None:
    """One line that reports what was done."""
    answer = _json_of(event, slug)
    out.write((json.dumps(answer, ensure_ascii=False) if as_json else _sentence(event, answer)) + "\n")


def _json_of(event: Event, slug: str) -> EventJson:
    answer, payload = EventJson(cluster=slug, version=event.version, kind=event.kind), event.payload
    if "asked" in payload:
        return {**answer, "work": payload["asked"]["id"]}
    movement: dict[str, Any] | None = payload.get("movement")
    if payload.get("loss"):
        return {**answer, "moved": 0, "lost": payload["loss"]["keys"], "keys": movement["keys"] if movement else 0}
    if movement is not None:
        return {**answer, "moved": movement["moved"], "keys": movement["keys"]}
    if payload_class(event.kind) is KeysImported:  # other keys: none of them moved
        return {**answer, "moved": 0, "keys": payload["keys"]["count"]}
    return answer


def _sentence(event: Event, answer: EventJson) -> str:
    values = {
        "cluster": answer["cluster"],
        "what": event_words(event.kind, event.payload).text,
        "moved": grouped(answer.get("moved", 0)),
        "lost": grouped(answer.get("lost", 0)),
        "keys": grouped(answer.get("keys", 0)),
        "version": grouped(answer["version"]),
    }
    if "lost" in answer:
        text = ngettext(
            "%(cluster)s: %(what)s; %(lost)s of %(keys)s key lost (version %(version)s)",
            "%(cluster)s: %(what)s; %(lost)s of %(keys)s keys lost (version %(version)s)",
            answer["keys"],
        )
        return text % values
    if event.payload.get("movement") is None:
        return _("%(cluster)s: %(what)s (version %(version)s)") % values
    text = ngettext(
        "%(cluster)s: %(what)s; %(moved)s of %(keys)s key moved (version %(version)s)",
        "%(cluster)s: %(what)s; %(moved)s of %(keys)s keys moved (version %(version)s)",
        answer["keys"],
    )
    return text % values

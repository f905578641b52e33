"""`manage.py balance proxy-status`: shows the state of a cluster's proxy."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any, Final, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.proxy_refusals import START, proxy_refusals_told
from balancer.driving.fronted import Front, Fronted, front_of
from live.columns import columns
from live.wording import grouped
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.selectors.clusters import known

_NUMBERS: Final = ("weight", "open", "given", "total", "failed")


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster and the output format."""
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes the current algorithm and a row for each node. If no proxy is running, says how to start one.

    With --json, writes one object: `cluster`, `address` and `algorithm` (null if no proxy is running), and `nodes` by
    name, each with the fields of `Fronted`, or null for a node that the proxy does not have.
    """
    slug = options["cluster"] or ""
    with proxy_refusals_told(slug):
        slug = chosen(options["cluster"]).slug
        front = front_of(known(slug))
    if options["json"]:
        out.write(json.dumps(_json(slug, front), ensure_ascii=False) + "\n")
        return
    for line in _lines(slug, front):
        out.write(f"{line}\n")


def _json(slug: str, front: Front | None) -> dict[str, Any]:
    if front is None:
        return {"cluster": slug, "address": None, "algorithm": None, "nodes": {}}
    return {
        "cluster": slug,
        "address": str(front.address),
        "algorithm": front.algorithm,
        "nodes": {name: node and asdict(node) for name, node in front.nodes.items()},
    }


def _lines(slug: str, front: Front | None) -> list[str]:
    if front is None:
        return [str(START) % {"cluster": slug}]
    values = {"cluster": slug, "address": front.address, "algorithm": front.algorithm}
    head = [_("NODE"), _("STATE"), _("CHECK"), _("WEIGHT"), _("OPEN"), _("GIVEN"), _("TOTAL"), _("FAILED")]
    return [
        _("%(cluster)s: HAProxy at %(address)s, %(algorithm)s") % values,
        "",
        *columns([head, *(_row(name, node) for name, node in front.nodes.items())], 3),
    ]


def _row(name: str, node: Fronted | None) -> list[str]:
    if node is None:
        return [name, _("not in the proxy"), *["-"] * (1 + len(_NUMBERS))]
    return [name, node.status, node.check or "-", *(grouped(getattr(node, field)) for field in _NUMBERS)]

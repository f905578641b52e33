"""`manage.py balance status`: shows the current requests to a cluster's nodes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, Final, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.core.guards.standing import Code, State
from balancer.core.state import Stand
from balancer.driving.orders import serves
from balancer.driving.topic import TOPIC
from balancer.selectors.state import state_of_stream
from balancer.wording import name_of, reason_words, state_words
from live.columns import columns
from live.door import refusals_told
from live.hints import next_frame
from live.wording import grouped, number, percent
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.core.state import NodeState
from ringviz.selectors.clusters import known

WAIT_S: Final = 2.0
NO_DRIVER: Final = gettext_lazy("The driver is not responding. Is `manage.py supervise` running?")
_WELL: Final = Stand(state=State.UP, code=Code.PRESENT, figures={})
_FIGURES: Final = ("in_flight", "share", "p50_ms", "p95_ms", "p99_ms", "sent", "answered", "refused", "errors")


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster and the output format."""
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes the settings, the nodes' health and the figures of the last two seconds; with --json, `status_of`."""
    with refusals_told():
        status = status_of(chosen(options["cluster"]).slug)
    if options["json"]:
        out.write(json.dumps(status, ensure_ascii=False) + "\n")
        return
    for line in lines(status):
        out.write(f"{line}\n")


def status_of(slug: str) -> dict[str, Any]:
    """Settings and health come from the database, figures from the driver's next frame (null if none arrives).

    `nodes` are keyed by name. Each has `state`, `reason` and, like `total`, the window's figures. `driver` is the
    policy that the driver is running. `note` is a sentence if the driver should respond and does not. Raises NotFound.
    """
    on = known(slug)
    asked = state_of_stream(on.cluster.stream_id)
    frame = next_frame(on.cluster.stream_id, TOPIC, WAIT_S) if asked["traffic"]["on"] else None
    answers = frame is not None and frame["on"]
    seen: dict[str, Any] = frame if frame is not None and answers else {"nodes": {}}
    return {
        "cluster": slug,
        **asked["traffic"],
        "driver": seen.get("policy"),
        "note": str(NO_DRIVER) if asked["traffic"]["on"] and not answers else None,
        "nodes": {
            node["name"]: {
                **_standing(node, asked["standings"].get(str(node["number"]))),
                **_figures(seen["nodes"].get(str(node["number"]))),
            }
            for node in on.state["nodes"]
        },
        "total": _figures(seen.get("total")),
        "late": seen.get("late"),
        "homeless": seen.get("homeless"),
        "lag_p99_ms": seen.get("lag_p99_ms"),
        "run": seen.get("run"),
    }


def lines(status: dict[str, Any]) -> list[str]:
    """Writes the status for a terminal."""
    head = [_("NODE"), _("STATE"), _("REASON"), _("IN FLIGHT"), _("SHARE"), _("P50 MS"), _("P95 MS"), _("P99 MS")]
    head += [_("SENT"), _("ANSWERED"), _("REFUSED"), _("ERRORS")]
    rows = [_row(name, node) for name, node in status["nodes"].items()]
    rows.append(_row(_("all"), {"state": "", "reason": "", **status["total"]}))
    return [_settings(status), *([status["note"]] if status["note"] else []), "", *columns([head, *rows], 3)]


def _settings(status: dict[str, Any]) -> str:
    values = {"cluster": status["cluster"], "policy": name_of(status["policy"]), "rate": grouped(status["rate"])}
    if not status["on"]:
        return _("%(cluster)s: no requests (%(policy)s, %(rate)s a second when started)") % values
    lag = status["lag_p99_ms"]
    text = _("%(cluster)s: %(policy)s, %(rate)s requests a second; the driver's lag (p99): %(lag)s ms")
    return text % {**values, "lag": _ms(lag)}


def _row(name: str, node: dict[str, Any]) -> list[str]:
    counts = [_count(node[field]) for field in ("sent", "answered", "refused", "errors")]
    times = [_ms(node[field]) for field in ("p50_ms", "p95_ms", "p99_ms")]
    share = "-" if node["share"] is None else percent(node["share"])
    return [name, state_words(node["state"]), node["reason"], _count(node["in_flight"]), share, *times, *counts]


def _standing(node: NodeState, told: Stand | None) -> dict[str, str]:
    """The health that the driver reported. A node that gets no requests shows its state on the ring."""
    stand = told or (_WELL if serves(node) else None)
    if stand is None:
        return {"state": node["state"], "reason": _("gets no requests")}
    return {"state": stand["state"], "reason": reason_words(stand["code"], stand["figures"])}


def _figures(share: dict[str, Any] | None) -> dict[str, Any]:
    """The counts of one node or of all, with `errors` summed."""
    if share is None:
        return dict.fromkeys(_FIGURES)
    return {**{name: share[name] for name in _FIGURES}, "errors": sum(share["errors"].values())}


def _ms(value: float | None) -> str:
    return "-" if value is None else number(value, 1)


def _count(value: int | None) -> str:
    return "-" if value is None else grouped(value)

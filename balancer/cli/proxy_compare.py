"""`manage.py balance proxy-compare`: the same real requests under our policies and through HAProxy's algorithms."""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.proxy_refusals import proxy_refusals_told
from balancer.cli.racing import entries_of, entry_of
from balancer.core.named import POLICIES
from balancer.driving.orders import Orders, orders_of
from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.comparison import Comparison, Run
from balancer.traffic.settings import Settings
from balancer.wording import name_of
from live.columns import columns
from live.driven import run_until_told
from live.wording import grouped, number
from ringviz.cli.clusters import add_cluster_arguments, chosen

_POLICIES, _ALGORITHMS, _RATE, _SECONDS, _SEED = "round_robin,p2c,least_connections", "all", 300.0, 5, 1
_TIMES: Final = ("p50_ms", "p95_ms", "p99_ms", "lag_p99_ms")
_COUNTS: Final = ("sent", "answered", "refused", "errors", "late", "homeless")


def add_arguments(parser: ArgumentParser) -> None:
    """The policies, the algorithms, and the requests."""
    parser.add_argument(
        "--policies",
        default=_POLICIES,
        metavar=_("NAME[:OPTION=NUMBER,...],..."),
        help=_("Ringviz policies (%(default)s): %(names)s") % {"default": _POLICIES, "names": ", ".join(POLICIES)},
    )
    parser.add_argument(
        "--algorithms",
        default=_ALGORITHMS,
        metavar=_("NAME,..."),
        help=_("HAProxy algorithms (%(default)s): %(names)s")
        % {"default": _ALGORITHMS, "names": ", ".join(ALGORITHMS)},
    )
    parser.add_argument("--rate", type=float, default=_RATE, metavar="N", help=_("requests a second (%(default)s)"))
    parser.add_argument(
        "--seconds", type=int, default=_SECONDS, metavar="N", help=_("length of each run (%(default)s)")
    )
    parser.add_argument(
        "--seed", type=int, default=_SEED, help=_("random seed; the same seed gives the same requests (%(default)s)")
    )
    parser.add_argument(
        "--work", type=int, default=0, metavar="N", help=_("loop iterations that each request runs on its node")
    )
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a row for each run when all are done. Raises CommandError.

    With --json, writes one object: `cluster`, `rate`, `seconds`, `seed`, `work`, `note`, and `runs` in order, each with
    `by` ("ringviz" or "haproxy"), `name`, `options`, the figures of `balancer.core.trial.Figures`, and `given`:
    connections by node.
    """
    slug = options["cluster"] or ""
    with proxy_refusals_told(slug):
        slug = chosen(options["cluster"]).slug
        runs = _runs(options, orders_of(slug))
    if options["json"]:
        asked = {name: options[name] for name in ("rate", "seconds", "seed", "work")}
        told = {"cluster": slug, **asked, "note": _note(), "runs": [_json(run) for run in runs]}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    for line in _lines(options, slug, runs):
        out.write(f"{line}\n")


def _runs(options: dict[str, Any], orders: Orders) -> list[Run]:
    """All runs, or those that finished before it was stopped."""
    if not orders.password or not orders.targets:
        raise CommandError(_("%(cluster)s has no node that is serving requests") % {"cluster": orders.cluster.slug})
    policies = [entry_of(entry) for entry in entries_of(options["policies"], fewest=1)]
    asked = options["algorithms"]
    algorithms = list(ALGORITHMS) if asked == _ALGORITHMS else [name.strip() for name in asked.split(",")]
    settings = Settings(rate=options["rate"], seed=options["seed"], work=options["work"])
    comparison = Comparison(orders.targets, orders.password, settings, options["seconds"])
    done: list[Run] = []

    async def run(folder: Path) -> None:
        async for one in comparison.runs(policies, algorithms, folder):
            done.append(one)  # noqa: PERF401 - keeps the finished runs if the next one is interrupted

    with tempfile.TemporaryDirectory(prefix="ringviz-") as folder:
        run_until_told(run(Path(folder)))
    return done


def _note() -> str:
    return _("Real: one connection per request on both sides, because HAProxy balances connections.")


def _json(run: Run) -> dict[str, Any]:
    by = "haproxy" if run.proxied else "ringviz"
    return {"by": by, "name": run.name, "options": dict(run.options), **run.figures, "given": run.given}


def _lines(options: dict[str, Any], slug: str, runs: list[Run]) -> list[str]:
    values = {"cluster": slug, "rate": grouped(options["rate"]), "seconds": options["seconds"], "seed": options["seed"]}
    head = [_("BY"), _("POLICY"), _("P50 MS"), _("P95 MS"), _("P99 MS"), _("LAG P99 MS"), _("SENT"), _("ANSWERED")]
    head += [_("REFUSED"), _("ERRORS"), _("LATE"), _("NO NODE")]
    nodes = list(runs[0].given) if runs else []
    return [
        _("%(cluster)s: %(rate)s requests a second for %(seconds)d s, seed %(seed)d") % values,
        _note(),
        "",
        *columns([head, *(_row(run) for run in runs)], 2),
        "",
        *columns([[_("CONNECTIONS"), *nodes], *([_title(run), *map(grouped, run.given.values())] for run in runs)], 1),
    ]


def _title(run: Run) -> str:
    if run.proxied:
        return run.name
    chosen = [f"{name}={value:g}" for name, value in run.options.items()]
    return f"{name_of(run.name)} ({', '.join(chosen)})" if chosen else name_of(run.name)


def _row(run: Run) -> list[str]:
    figures: Any = run.figures
    times = ["-" if figures[name] is None else number(figures[name], 1) for name in _TIMES]
    by = "HAProxy" if run.proxied else "Ringviz"
    return [by, _title(run), *times, *(grouped(figures[name]) for name in _COUNTS)]

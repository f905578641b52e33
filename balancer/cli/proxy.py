"""`manage.py balance proxy`: HAProxy before the nodes of a cluster, until it is told to end."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.proxy_refusals import proxy_refusals_told
from balancer.driving.fronting import Fronting
from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.config import Health, Setup
from balancer.proxy.process import Proxy
from live.door import refusals_told
from live.driven import run_until_told
from ringviz.cli.clusters import chosen

_SETUP, _HEALTH = Setup(), Health()


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster, how it balances first, and its limits."""
    names = ", ".join(ALGORITHMS)
    parser.add_argument("--cluster", metavar=_("SLUG"), help=_("the cluster's address; without it, the demo's"))
    parser.add_argument(
        "--algorithm",
        default=_SETUP.algorithm,
        help=_("how connections are balanced at first (%(default)s): %(names)s")
        % {"default": _SETUP.algorithm, "names": names},
    )
    for name, default, text in (
        ("--port", _SETUP.port, _("where it takes connections on 127.0.0.1 (any free port)")),
        ("--slots", _SETUP.slots, _("how many nodes it has room for (%(default)s)")),
        ("--connections", _SETUP.connections, _("most connections at a time (%(default)s)")),
        ("--full", _SETUP.full, _("connections that fill a node under `first` (%(default)s)")),
        ("--connect-ms", _SETUP.connect_ms, _("time for a node to accept, in milliseconds (%(default)s)")),
        ("--idle-ms", _SETUP.idle_ms, _("a connection that is idle for so long ends (%(default)s)")),
        ("--retries", _SETUP.retries, _("how often a connection is tried again, at another node (%(default)s)")),
        ("--check-every-ms", _HEALTH.every_ms, _("time between two checks of a node, in milliseconds (%(default)s)")),
        ("--fall", _HEALTH.fall, _("failed checks in a row until a node is down (%(default)s)")),
        ("--rise", _HEALTH.rise, _("good checks in a row until it is up again (%(default)s)")),
    ):
        parser.add_argument(name, type=int, default=default, metavar="N", help=text)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Runs until SIGTERM or SIGINT, and says where it takes connections. Raises CommandError."""
    with refusals_told():
        slug = chosen(options["cluster"]).slug

    def begun(proxy: Proxy) -> None:
        values = {"cluster": slug, "address": proxy.address}
        out.write(_("HAProxy takes connections to the nodes of %(cluster)s at %(address)s") % values + "\n")
        out.flush()

    with proxy_refusals_told(slug):
        run_until_told(Fronting(slug, _setup(options), begun).run())


def _setup(options: dict[str, Any]) -> Setup:
    same = ("algorithm", "port", "slots", "connections", "full", "connect_ms", "idle_ms", "retries")
    health = Health(options["check_every_ms"], options["fall"], options["rise"])
    return Setup(**{name: options[name] for name in same}, health=health)

"""`manage.py balance proxy`: runs HAProxy in front of a cluster's nodes until it is stopped."""

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
    """The cluster, the first algorithm, and the limits."""
    names = ", ".join(ALGORITHMS)
    parser.add_argument("--cluster", metavar=_("SLUG"), help=_("the cluster's address (default: the demo's)"))
    parser.add_argument(
        "--algorithm",
        default=_SETUP.algorithm,
        help=_("algorithm to start with (%(default)s): %(names)s") % {"default": _SETUP.algorithm, "names": names},
    )
    for name, default, text in (
        ("--port", _SETUP.port, _("port to listen on at 127.0.0.1 (any free port)")),
        ("--slots", _SETUP.slots, _("maximum number of nodes (%(default)s)")),
        ("--connections", _SETUP.connections, _("maximum number of connections at a time (%(default)s)")),
        ("--full", _SETUP.full, _("connections that fill a node under `first` (%(default)s)")),
        ("--connect-ms", _SETUP.connect_ms, _("time limit for connecting to a node, in milliseconds (%(default)s)")),
        ("--idle-ms", _SETUP.idle_ms, _("close a connection that is idle for this long (%(default)s)")),
        ("--retries", _SETUP.retries, _("how many times to retry a connection at another node (%(default)s)")),
        ("--check-every-ms", _HEALTH.every_ms, _("time between two checks of a node, in milliseconds (%(default)s)")),
        ("--fall", _HEALTH.fall, _("failed checks in a row that take a node down (%(default)s)")),
        ("--rise", _HEALTH.rise, _("passed checks in a row that bring it back up (%(default)s)")),
    ):
        parser.add_argument(name, type=int, default=default, metavar="N", help=text)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Prints the listening address and runs until SIGTERM or SIGINT. Raises CommandError."""
    with refusals_told():
        slug = chosen(options["cluster"]).slug

    def begun(proxy: Proxy) -> None:
        values = {"cluster": slug, "address": proxy.address}
        out.write(_("HAProxy is listening for %(cluster)s at %(address)s") % values + "\n")
        out.flush()

    with proxy_refusals_told(slug):
        run_until_told(Fronting(slug, _setup(options), begun).run())


def _setup(options: dict[str, Any]) -> Setup:
    same = ("algorithm", "port", "slots", "connections", "full", "connect_ms", "idle_ms", "retries")
    health = Health(options["check_every_ms"], options["fall"], options["rise"])
    return Setup(**{name: options[name] for name in same}, health=health)

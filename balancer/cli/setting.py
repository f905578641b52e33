"""`manage.py balance set [POLICY]`: starts, stops or changes the requests to a cluster's nodes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.options import add_option_argument
from balancer.cli.refusals import core_refusals_told
from balancer.core.named import POLICIES
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import set_traffic
from live.actors import command_line_actor
from live.door import refusals_told
from ringviz.cli.clusters import add_cluster_arguments, chosen, write_event
from ringviz.cli.options import options_given

_FIELDS: Final = ("on", "rate", "skew", "seed", "work", "weighed")


def add_arguments(parser: ArgumentParser) -> None:
    """The new settings. Those left out do not change."""
    names = ", ".join(POLICIES)
    parser.add_argument("policy", nargs="?", metavar=_("POLICY"), help=_("one of: %(names)s") % {"names": names})
    add_option_argument(parser)
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--on", action="store_true", default=None, help=_("start sending requests"))
    switch.add_argument("--off", action="store_false", dest="on", default=None, help=_("stop sending requests"))
    parser.add_argument("--rate", type=float, metavar="N", help=_("requests a second"))
    parser.add_argument(
        "--skew", type=float, help=_("how unevenly keys are requested: the Zipf exponent; 0 requests all keys equally")
    )
    parser.add_argument("--seed", type=int, help=_("random seed; the same seed sends the same keys at the same times"))
    parser.add_argument("--work", type=int, metavar="N", help=_("loop iterations that each request runs on its node"))
    weighing = parser.add_mutually_exclusive_group()
    weighing.add_argument("--weighed", action="store_true", default=None, help=_("adjust weights to the nodes' load"))
    weighing.add_argument(
        "--not-weighed", action="store_false", dest="weighed", default=None, help=_("keep the weights as set")
    )
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Makes the change and prints it in one line; with --json, `{"cluster", "version", "kind"}`."""
    with refusals_told(), core_refusals_told():
        cluster = chosen(options["cluster"])
        wanted: Any = dict(state_of_stream(cluster.stream_id)["traffic"])
        if options["policy"] not in (None, wanted["policy"]):
            wanted |= {"policy": options["policy"], "options": {}}
        if options["option"]:
            wanted["options"] = options_given(options["option"])
        wanted |= {name: options[name] for name in _FIELDS if options[name] is not None}
        event = set_traffic(slug=cluster.slug, actor=command_line_actor(), version=None, wanted=wanted)
    write_event(event, cluster.slug, options["json"], out)

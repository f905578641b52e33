"""`manage.py balance ...`: one door to the sub-commands of `balancer.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door

_SUBCOMMANDS = {
    "simulate": ("balancer.cli.simulate", gettext_lazy("one policy on simulated nodes (no database)")),
    "race": ("balancer.cli.racing", gettext_lazy("several policies on the same simulated requests (no database)")),
    "set": ("balancer.cli.setting", gettext_lazy("start, stop or change the requests to a cluster's nodes")),
    "ab": ("balancer.cli.comparing", gettext_lazy("two policies in turn on the same stream of real requests")),
    "status": ("balancer.cli.status", gettext_lazy("the requests to a cluster's nodes as they are now")),
    "why": ("balancer.cli.why", gettext_lazy("why a request went to its node")),
    "drive": ("balancer.cli.drive", gettext_lazy("the process that sends the requests; the supervisor runs it")),
    "proxy": ("balancer.cli.proxy", gettext_lazy("HAProxy before a cluster's nodes, until Ctrl-C")),
    "proxy-set": ("balancer.cli.proxy_set", gettext_lazy("change the running proxy, or undo a change")),
    "proxy-status": ("balancer.cli.proxy_status", gettext_lazy("the running proxy and its nodes as they are now")),
    "proxy-compare": ("balancer.cli.proxy_compare", gettext_lazy("our policies beside HAProxy's algorithms")),
}


class Command(Door):
    """The sub-commands of `balancer.cli`."""

    help = _("Compares policies that pick a node for each request, and sends real requests under one of them.")
    subcommands = _SUBCOMMANDS

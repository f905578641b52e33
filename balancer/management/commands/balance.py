"""`manage.py balance ...`: runs the sub-commands of `balancer.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door

_SUBCOMMANDS = {
    "simulate": ("balancer.cli.simulate", gettext_lazy("simulate one policy (no database)")),
    "race": ("balancer.cli.racing", gettext_lazy("compare policies on the same simulated requests (no database)")),
    "set": ("balancer.cli.setting", gettext_lazy("start, stop or change the requests to a cluster's nodes")),
    "ab": ("balancer.cli.comparing", gettext_lazy("compare two policies on the same real requests")),
    "status": ("balancer.cli.status", gettext_lazy("show the current requests to a cluster's nodes")),
    "why": ("balancer.cli.why", gettext_lazy("explain why a request went to its node")),
    "drive": ("balancer.cli.drive", gettext_lazy("send the requests (the supervisor runs this)")),
    "proxy": ("balancer.cli.proxy", gettext_lazy("run HAProxy in front of a cluster's nodes, until Ctrl-C")),
    "proxy-set": ("balancer.cli.proxy_set", gettext_lazy("change the running proxy, or undo a change")),
    "proxy-status": ("balancer.cli.proxy_status", gettext_lazy("show the running proxy and its nodes")),
    "proxy-compare": ("balancer.cli.proxy_compare", gettext_lazy("compare Ringviz policies with HAProxy's algorithms")),
}


class Command(Door):
    """The sub-commands of `balancer.cli`."""

    help = _("Compares policies that pick a node for each request, and sends real requests under one of them.")
    subcommands = _SUBCOMMANDS

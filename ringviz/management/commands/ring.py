"""`manage.py ring ...`: runs the sub-commands of `ringviz.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door

_SUBCOMMANDS = {
    "place": ("ringviz.cli.place", gettext_lazy("print the owner of each key (no database)")),
    "diff": ("ringviz.cli.diff", gettext_lazy("print which keys a change of nodes would move (no database)")),
    "compare": ("ringviz.cli.comparing", gettext_lazy("compare strategies on a cluster")),
    "status": ("ringviz.cli.status", gettext_lazy("show the nodes of a cluster")),
    "create": ("ringviz.cli.creating", gettext_lazy("create a cluster, of simulated nodes or of servers")),
    "configure": ("ringviz.cli.configuring", gettext_lazy("set the strategy, tokens per node or copies of a cluster")),
    "kill": ("ringviz.cli.act", gettext_lazy("kill a node")),
    "freeze": (
        "ringviz.cli.act",
        gettext_lazy("stop a server until it is found silent and killed, or for short times"),
    ),
    "thaw": ("ringviz.cli.act", gettext_lazy("resume a frozen server before it is killed")),
    "restart": ("ringviz.cli.act", gettext_lazy("end a server and start it again, with its keys")),
    "revive": ("ringviz.cli.act", gettext_lazy("bring a killed or drained node back")),
    "add": ("ringviz.cli.act", gettext_lazy("add a node")),
    "drain": ("ringviz.cli.act", gettext_lazy("move a node's keys to the others")),
    "remove": ("ringviz.cli.act", gettext_lazy("remove a node for good")),
    "cancel": ("ringviz.cli.act", gettext_lazy("cancel a request and roll back what it has moved")),
    "workload": ("ringviz.cli.workload", gettext_lazy("start, stop or configure the clients of a cluster of servers")),
    "attach": ("ringviz.cli.attaching", gettext_lazy("show somebody else's cluster, read-only")),
    "detach": ("ringviz.cli.attaching", gettext_lazy("stop showing an attached cluster")),
    "import": ("ringviz.cli.importing", gettext_lazy("replace the keys of a cluster")),
}


class Command(Door):
    """The sub-commands of `ringviz.cli`."""

    help = _("Places keys on a ring, and shows and changes clusters.")
    subcommands = _SUBCOMMANDS

"""`manage.py ring ...`: one door to the sub-commands of `ringviz.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door

_SUBCOMMANDS = {
    "place": ("ringviz.cli.place", gettext_lazy("which node owns each key (no database)")),
    "diff": ("ringviz.cli.diff", gettext_lazy("which keys a change of nodes would move (no database)")),
    "compare": ("ringviz.cli.comparing", gettext_lazy("what each strategy does to a cluster")),
    "status": ("ringviz.cli.status", gettext_lazy("the nodes of a cluster")),
    "create": ("ringviz.cli.creating", gettext_lazy("make a cluster, of simulated nodes or of servers")),
    "configure": ("ringviz.cli.configuring", gettext_lazy("set the strategy, tokens per node or copies of a cluster")),
    "kill": ("ringviz.cli.act", gettext_lazy("kill a node")),
    "freeze": (
        "ringviz.cli.act",
        gettext_lazy("stop a server, until it is found silent and killed; or for short times"),
    ),
    "thaw": ("ringviz.cli.act", gettext_lazy("let a frozen server go on, before it is convicted")),
    "restart": ("ringviz.cli.act", gettext_lazy("end a server and start it again, with its keys")),
    "revive": ("ringviz.cli.act", gettext_lazy("bring a killed or drained node back")),
    "add": ("ringviz.cli.act", gettext_lazy("add a node")),
    "drain": ("ringviz.cli.act", gettext_lazy("move a node's keys to the others")),
    "remove": ("ringviz.cli.act", gettext_lazy("remove a node for good")),
    "cancel": ("ringviz.cli.act", gettext_lazy("give up what was asked; what it has moved goes back")),
    "workload": ("ringviz.cli.workload", gettext_lazy("start, stop or set the clients of a cluster of servers")),
    "attach": ("ringviz.cli.attaching", gettext_lazy("show a cluster that somebody else runs, read-only")),
    "detach": ("ringviz.cli.attaching", gettext_lazy("show it no more")),
    "import": ("ringviz.cli.importing", gettext_lazy("give a cluster its keys")),
}


class Command(Door):
    """The sub-commands of `ringviz.cli`."""

    help = _("Places keys on a ring, and shows and changes clusters.")
    subcommands = _SUBCOMMANDS

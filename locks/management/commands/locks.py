"""`manage.py locks ...`: runs the sub-commands of `locks.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door


class Command(Door):
    """The sub-commands of `locks.cli`."""

    help = _("Shows the locks of a Redis or Valkey server, whichever client made them.")
    subcommands = {
        "list": ("locks.cli.listing", gettext_lazy("show who holds what, and for how much longer (no database)")),
        "watch": (
            "locks.cli.following",
            gettext_lazy("print a line for each thing that happens to the locks (no database)"),
        ),
        "break": ("locks.cli.breaking", gettext_lazy("break a lock without asking its holder")),
        "stage": (
            "locks.cli.stage",
            gettext_lazy("run five ways to lock, pause their holders, and judge them (no database)"),
        ),
    }

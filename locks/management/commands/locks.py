"""`manage.py locks ...`: one door to the sub-commands of `locks.cli`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.door import Door


class Command(Door):
    """The sub-commands of `locks.cli`."""

    help = _("Shows the locks of a Redis or Valkey server, whichever client made them.")
    subcommands = {
        "list": ("locks.cli.listing", gettext_lazy("who holds what, and for how much longer (no database)")),
        "watch": ("locks.cli.following", gettext_lazy("what happens to the locks, a line each (no database)")),
        "break": ("locks.cli.breaking", gettext_lazy("end a lock for its holder, who is not asked")),
        "stage": ("locks.cli.stage", gettext_lazy("five ways to lock, run for real, paused and judged (no database)")),
    }

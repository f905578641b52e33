"""The actor behind a request or a command."""

from __future__ import annotations

import getpass

from django.http import HttpRequest

from live.actor import Actor, Origin

OPERATE = "ringviz.operate"


def actor_of(request: HttpRequest, origin: Origin = "page") -> Actor:
    """The signed-in person of a request. An anonymous viewer has an empty name."""
    user = request.user
    return Actor(name=user.get_username(), origin=origin, may_operate=user.has_perm(OPERATE))


def command_line_actor() -> Actor:
    """The user of a command. Anyone who can run commands on this database may change everything; the log records the
    account.
    """
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
        name = ""
    return Actor(name=name, origin="command line", may_operate=True)

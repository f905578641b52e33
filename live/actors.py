"""Who asks: the person behind a request, or the one who types at the machine itself."""

from __future__ import annotations

import getpass

from django.http import HttpRequest

from live.actor import Actor, Origin

OPERATE = "ringviz.operate"


def actor_of(request: HttpRequest, origin: Origin = "page") -> Actor:
    """The signed-in person of a request; somebody who only watches has an empty name."""
    user = request.user
    return Actor(name=user.get_username(), origin=origin, may_operate=user.has_perm(OPERATE))


def command_line_actor() -> Actor:
    """Who can run a command with this database may do anything with it; the log tells which account it was."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
        name = ""
    return Actor(name=name, origin="command line", may_operate=True)

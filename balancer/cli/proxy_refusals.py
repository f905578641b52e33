"""Messages for the command line when the proxy refuses a change or cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.cli.refusals import core_refusals_told
from balancer.proxy import errors
from fleet.ports import PortUnavailable
from fleet.sockets import NotPrivate
from live.door import refusals_told

START: Final = gettext_lazy("No proxy is running. Start one with `manage.py balance proxy --cluster %(cluster)s`.")


@contextmanager
def proxy_refusals_told(cluster: str) -> Iterator[None]:
    """Turns errors of the proxy, the services, the core and the database into CommandError."""
    try:
        with refusals_told(), core_refusals_told():
            try:
                yield
            except errors.ProxyError as error:
                raise CommandError(_words(error, cluster)) from error
    except PortUnavailable as error:
        raise CommandError(_("cannot listen on the port: %(reason)s") % {"reason": error}) from error
    except NotPrivate as error:
        raise CommandError(_("%(reason)s; choose a DATA_DIR with a shorter path") % {"reason": error}) from error


def _words(error: errors.ProxyError, cluster: str) -> str:
    text: str = str(error)
    values: dict[str, Any] = {"cluster": cluster}
    match error:
        case errors.NotInstalled():
            text = _("HAProxy is not installed. On Debian: apt-get install haproxy")
        case errors.NotRunning():
            text = str(START)
        case errors.AlreadyRuns():
            text = _("a proxy for %(cluster)s is already running")
        case errors.Ended(words=words):
            text, values = _("HAProxy exited: %(words)s"), {"words": words or _("no output")}
        case errors.Refused(answer=answer):
            text, values = _("HAProxy refused: %(answer)s"), {"answer": answer}
        case errors.TooManyNodes(slots=slots):
            text = _("there are more nodes than proxy slots (%(slots)d); restart the proxy with a larger --slots")
            values = {"slots": slots}
        case errors.UnknownAlgorithm(name=name, known=known):
            text = _("there is no algorithm %(name)s; choose one of: %(known)s")
            values = {"name": ascii(name), "known": ", ".join(known)}
        case errors.NothingToUndo():
            text = _("there is nothing to undo")
    return text % values

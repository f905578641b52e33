"""Who leads the managed clusters, as the overview shows it."""

from __future__ import annotations

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis import Redis, RedisError

from live.channel import redis_url
from live.places import Process
from live.wording import number
from locks.core.own import keys_of
from locks.models import Leadership
from locks.stores.line import lease_name
from ringviz.core.state import ON_RING
from ringviz.models import Cluster, Node

ROLE = "supervisor"
_TIMEOUT_S = 0.5


def supervisor() -> tuple[Process, ...]:
    """The process that starts and ends the servers of managed clusters, and their intended number; empty if there are
    none.

    It leads as long as it holds its lease on the hint server; the row says who led last.
    """
    try:
        managed = Node.objects.filter(cluster__kind=Cluster.Kind.MANAGED)
        if not Cluster.objects.filter(kind=Cluster.Kind.MANAGED).exists():
            return ()
        count = managed.filter(state__in=ON_RING).count()
        last = Leadership.objects.filter(role=ROLE).first()
    except DatabaseError:
        return ()
    servers = ngettext("%(n)s server", "%(n)s servers", count) % {"n": number(count)}
    leads = is_led()
    if leads and last is not None:
        detail = _("%(servers)s, process %(holder)s, since") % {"servers": servers, "holder": last.holder}
        return (Process(_("Supervisor"), True, _("leads"), detail, last.since),)
    said = _("not running") if leads is not None else _("unknown")
    detail = _("%(servers)s; requests wait until one runs") % {"servers": servers}
    return (Process(_("Supervisor"), False, said, detail),)


def is_led() -> bool | None:
    """Whether a process holds the supervisor's lease; None if nobody can be asked."""
    url = redis_url()
    if not url:
        return None
    try:
        with Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S) as client:
            return bool(client.exists(keys_of(lease_name(ROLE)).held))
    except (RedisError, OSError):
        return None

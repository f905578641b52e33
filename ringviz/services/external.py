"""External clusters: attaches them by address, observes and detaches them. Nothing here can stop or change one.

Changes that its servers report become events. Nobody else writes its stream.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from live.actor import Actor
from live.keeping import keep_log_bounded
from live.log import Conflict, timestamp, write
from live.models import Event, Stream
from live.subjects import encode
from live.turns import write_turn
from locks.services.leading import Guard
from ringviz import events
from ringviz.bounds import MAX_ADDRESS, MAX_NAME, MAX_PASSWORD
from ringviz.core.state import NodeState, State
from ringviz.core.strategy import SLOTS
from ringviz.errors import Invalid, NotFound
from ringviz.events import apply
from ringviz.models import Attachment, Cluster
from ringviz.selectors.clusters import cluster_of, keys_of, known, settings_of
from ringviz.selectors.door import door
from ringviz.selectors.external import nodes_seen
from ringviz.services.changing import check_allowed
from ringviz.services.checks import check_name, check_slug
from ringviz.services.clusters import delete_cluster, found_cluster
from ringviz.services.keys import pattern_key_set
from ringviz.services.rows import write_rows
from ringviz.stores import passwords
from servers.address import Address
from servers.guard.door import Target
from servers.guard.resolving import NotLetIn, NotTyped, read_typed, resolve
from servers.reading.connection import Login
from servers.reading.look import ClusterLook, Reader, SilentCluster, look_once

TIMEOUT_S = 3.0  # for all network requests of attaching
_OBSERVER = Actor(name="observer", origin="system", may_operate=True)


def attach(*, actor: Actor, slug: str, address: str, name: str = "", username: str = "", password: str = "") -> Event:
    """Attaches an existing Valkey or Redis Cluster. Its current state is the first event of its stream.

    `address` is host:port of any of its members; ALLOWED_TARGETS must allow it. Raises NotAllowed, and Invalid with the
    same message whatever is at the address.
    """
    check_allowed(actor)
    check_slug(slug)
    check_name(name.strip() or slug)
    _check_login(username, password)
    typed, login, began = _read_address(address), Login(username, password), time.monotonic()
    here = door()
    try:
        target = resolve(typed, here, TIMEOUT_S)
        left_s = max(0.0, TIMEOUT_S - (time.monotonic() - began))
        look = look_once(Reader(target, login, host=typed.host), here, left_s)
    except NotLetIn:
        raise _refused() from None
    except SilentCluster as silence:
        raise _refused(silence.lacks) from None
    with write_turn():
        event = adopt(actor=actor, slug=slug, name=name.strip() or slug, look=look)
        cluster = cluster_of(slug)
        Attachment.objects.create(
            cluster=cluster, host=typed.host, ip=target.ip, port=target.port, username=login.username
        )
        if login.password:
            passwords.keep(cluster.pk, login.password)
        return event


def adopt(*, actor: Actor, slug: str, name: str, look: ClusterLook) -> Event:
    """Creates an external cluster from a look, as the first event of a stream. Raises Invalid."""
    cluster = Cluster(
        slug=slug,
        name=name,
        kind=Cluster.Kind.EXTERNAL,
        strategy=SLOTS,
        vnodes=1,
        key_set=pattern_key_set(pattern="key:{n}", count=0),  # only the number of keys is known
    )
    nodes = nodes_seen(look, (), 1, timestamp(timezone.now()))
    cluster.next_number = len(nodes) + 1
    settings, keys = settings_of(cluster), keys_of(cluster.key_set)
    state = State(cluster=settings, keys=keys, nodes=nodes, work=[], unfilled=[], workload=None)
    return found_cluster(cluster, state, actor)


def detach(*, actor: Actor, slug: str) -> None:
    """Detaches the cluster from Ringviz. The cluster itself is not changed. Raises NotAllowed, NotFound."""
    check_allowed(actor)
    if cluster_of(slug).kind != Cluster.Kind.EXTERNAL:
        raise NotFound(_("%(slug)s is not an attached cluster.") % {"slug": slug})
    delete_cluster(slug=slug, actor=actor)


def see(slug: str, look: ClusterLook, *, guard: Guard) -> list[NodeState]:
    """Records what a look shows if it has changed, and returns the nodes as known now.

    If somebody else wrote at the same time, nothing is written; the next look will record it. Raises NotFound, Fenced.
    """
    on = known(slug)
    nodes = nodes_seen(look, on.state["nodes"], on.cluster.next_number, timestamp(timezone.now()))
    if nodes == on.state["nodes"]:
        return nodes
    payload = events.ExternalSeen(nodes=nodes)
    try:
        with write(on.cluster.stream_id, expected=on.v) as draft:
            guard()
            write_rows(on.cluster, on.state, apply(on.state, *encode(payload)))
            event = draft.record(payload, _OBSERVER)
    except (Conflict, Stream.DoesNotExist):
        return on.state["nodes"]
    keep_log_bounded(event.stream_id, event.version)
    return nodes


def relocate(attachment: Attachment, target: Target, *, guard: Guard) -> None:
    """Records that the attached name resolves to a new address, where the cluster answers.

    Raises Stream.DoesNotExist if it was detached meanwhile, and Fenced.
    """
    before = Target(attachment.ip, attachment.port)
    payload = events.ExternalMoved(address=str(target), before=str(before))
    with write(attachment.cluster.stream_id) as draft:
        guard()
        Attachment.objects.filter(pk=attachment.pk).update(ip=target.ip, port=target.port)
        event = draft.record(payload, _OBSERVER)
    keep_log_bounded(event.stream_id, event.version)


def hear(attachment: Attachment, *, guard: Guard) -> None:
    """Records that the cluster answers again. Raises Fenced."""
    if attachment.silent_since is not None:
        _mark(attachment, None, guard)


def miss(attachment: Attachment, *, guard: Guard) -> datetime:
    """Records that the cluster does not answer, and since when. Raises Fenced."""
    if attachment.silent_since is None:
        _mark(attachment, timezone.now(), guard)
    return attachment.silent_since or timezone.now()


def _mark(attachment: Attachment, since: datetime | None, guard: Guard) -> None:
    attachment.silent_since = since
    with write_turn():
        guard()
        Attachment.objects.filter(pk=attachment.pk).update(silent_since=since)


def _read_address(text: str) -> Address:
    """Checks typed input. Raises Invalid with the exact problem, which is not a secret."""
    if "://" in text:
        why = _("Write only host:port, without redis:// in front. Clusters that use only TLS cannot be attached.")
        raise Invalid("address", text[:MAX_ADDRESS], why)
    with suppress(NotTyped):
        if len(text) <= MAX_ADDRESS:
            return read_typed(text)
    raise Invalid("address", text[:MAX_ADDRESS], _("Write host:port, or [address]:port for IPv6."))


def _refused(lacks: Iterable[str] = ()) -> Invalid:
    """The single refusal for all reasons: it lists every requirement and does not say which one failed.

    Only after a successful login does it name the command that the user may not run.
    """
    for right in sorted(lacks):
        text = _("This user may not run %(command)s, which Ringviz needs. Allow it, for example by +%(acl)s.")
        return Invalid("username", None, text % {"command": right, "acl": right.lower().replace(" ", "|")})
    text = _(
        "Cannot be attached. ALLOWED_TARGETS has to let it in, and it has to answer as a cluster, without TLS, "
        "to this user name and password."
    )
    return Invalid("address", None, text)


def _check_login(username: str, password: str) -> None:
    if username and not password:
        raise Invalid("password", None, _("A user name needs a password."))
    if len(username) > MAX_NAME or not username.isprintable():
        raise Invalid("username", None, _("Use at most %(most)d characters.") % {"most": MAX_NAME})
    if len(password) > MAX_PASSWORD:
        raise Invalid("password", None, _("Use at most %(most)d characters.") % {"most": MAX_PASSWORD})

"""`--wait`: what was asked of a managed cluster has ended when this returns, and how it ended is told."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from live.listening import HintListener
from live.models import Event
from live.subjects import event_words, kind_of, payload_class
from ringviz.errors import NotFound
from ringviz.events import KeysRefilled, WorkAsked, WorkEnded
from ringviz.models import Cluster

LOOK_EVERY_S = 0.5  # where no hint comes


def add_wait_argument(parser: ArgumentParser) -> None:
    """Whether to wait."""
    parser.add_argument(
        "--wait", action="store_true", help=_("until it is done, has failed or was cancelled (nodes that are servers)")
    )


def outcome_of(asked: Event, cluster: Cluster) -> Event:
    """The event that ends what an event asked for; the event itself where nothing was asked.

    Waits as long as that takes, also for a supervisor to be started. Raises NotFound when the cluster is deleted
    meanwhile, CommandError when it fails or is cancelled.
    """
    if payload_class(asked.kind) is not WorkAsked:
        return asked
    ended = _ended(asked, cluster)
    if payload_class(ended.kind) is WorkEnded:
        raise CommandError(f"{cluster.slug}: {event_words(ended.kind, ended.payload).text}")
    return ended


def outcome_of_first(created: Event, cluster: Cluster) -> Event:
    """The event with which a new cluster stores all of its keys. Itself where it waits for no servers."""
    if not created.payload["work"]:
        return created
    formed = _ended(created, cluster)
    return _found(cluster, lambda: _filled(formed, cluster))


def _ended(asked: Event, cluster: Cluster) -> Event:
    after = Event.objects.filter(stream_id=asked.stream_id, version__gt=asked.version)
    return _found(cluster, lambda: after.filter(payload__work=asked.version).first())


def _filled(formed: Event, cluster: Cluster) -> Event | None:
    """The newest event that stored keys, once none is left to be stored."""
    if Cluster.objects.filter(pk=cluster.pk).values_list("unfilled", flat=True).first() != []:
        return None
    stored = Event.objects.filter(stream_id=formed.stream_id, version__gt=formed.version, kind=kind_of(KeysRefilled))
    return stored.order_by("version").last() or formed


def _found(cluster: Cluster, look: Callable[[], Event | None]) -> Event:
    """What `look` finds, as soon as it is there. Raises NotFound when the cluster is deleted first."""
    listener = HintListener(settings.REDIS_URL)
    try:
        while True:
            if (found := look()) is not None:
                return found
            if not Cluster.objects.filter(pk=cluster.pk).exists():
                raise NotFound(_("%(cluster)s was deleted meanwhile.") % {"cluster": cluster.slug})
            listener.wait(LOOK_EVERY_S)
    finally:
        listener.close()

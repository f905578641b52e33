"""`--wait`: returns when a request to a managed cluster has ended, and reports how."""

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

LOOK_EVERY_S = 0.5  # if no hint comes


def add_wait_argument(parser: ArgumentParser) -> None:
    """The option --wait."""
    parser.add_argument(
        "--wait",
        action="store_true",
        help=_("wait until it is done, has failed or was cancelled (nodes that are servers)"),
    )


def outcome_of(asked: Event, cluster: Cluster) -> Event:
    """The event that ends what an event requested; the event itself if it requested nothing.

    Waits as long as that takes, even for a supervisor to start. Raises NotFound if the cluster is deleted meanwhile,
    CommandError if the request fails or is cancelled.
    """
    if payload_class(asked.kind) is not WorkAsked:
        return asked
    ended = _ended(asked, cluster)
    if payload_class(ended.kind) is WorkEnded:
        raise CommandError(f"{cluster.slug}: {event_words(ended.kind, ended.payload).text}")
    return ended


def outcome_of_first(created: Event, cluster: Cluster) -> Event:
    """The event that stored the last keys of a new cluster. The event itself if it waits for no servers."""
    if not created.payload["work"]:
        return created
    formed = _ended(created, cluster)
    return _found(cluster, lambda: _filled(formed, cluster))


def _ended(asked: Event, cluster: Cluster) -> Event:
    after = Event.objects.filter(stream_id=asked.stream_id, version__gt=asked.version)
    return _found(cluster, lambda: after.filter(payload__work=asked.version).first())


def _filled(formed: Event, cluster: Cluster) -> Event | None:
    """The newest event that stored keys, once no more are missing."""
    if Cluster.objects.filter(pk=cluster.pk).values_list("unfilled", flat=True).first() != []:
        return None
    stored = Event.objects.filter(stream_id=formed.stream_id, version__gt=formed.version, kind=kind_of(KeysRefilled))
    return stored.order_by("version").last() or formed


def _found(cluster: Cluster, look: Callable[[], Event | None]) -> Event:
    """What `look` finds, as soon as it is there. Raises NotFound if the cluster is deleted first."""
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

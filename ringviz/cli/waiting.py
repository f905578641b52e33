"""`--wait`: what was asked of a managed cluster has ended when this returns, and how it ended is told."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from live.listening import HintListener
from live.models import Event
from live.subjects import event_words, payload_class
from ringviz.errors import NotFound
from ringviz.events import WorkAsked, WorkEnded
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
    """The event that ends what a new cluster waits for: its servers. Itself where it waits for nothing."""
    return _ended(created, cluster) if created.payload["work"] else created


def _ended(asked: Event, cluster: Cluster) -> Event:
    after = Event.objects.filter(stream_id=asked.stream_id, version__gt=asked.version)
    listener = HintListener(settings.REDIS_URL)
    try:
        while True:
            if (found := after.filter(payload__work=asked.version).first()) is not None:
                return found
            if not Cluster.objects.filter(pk=cluster.pk).exists():
                raise NotFound(_("%(cluster)s was deleted meanwhile.") % {"cluster": cluster.slug})
            listener.wait(LOOK_EVERY_S)
    finally:
        listener.close()

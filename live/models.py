"""The event log's tables. Rows are written by `live.log` and `live.retention` only."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ACTOR_LENGTH = 150
KEY_LENGTH = 100


def new_epoch() -> str:
    """16 random hex digits: which life of a stream a version belongs to. A reset database has other epochs."""
    return secrets.token_hex(8)


class Stream(models.Model):
    """A feed of events. `version` is the number of events ever written to it: the version of the newest."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    epoch = models.CharField(_("epoch"), max_length=16, default=new_epoch, editable=False)
    version = models.BigIntegerField(_("version"), default=0, editable=False)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One change of a stream, versions 1, 2, 3, ... without a gap. The payload is the absolute state of what changed.

    `key` is the idempotency key of the request that it answers, empty for none: no stream has two events of one key.

    The unique constraint is the index that readers page by. The id is never an order: on PostgreSQL ids commit out of
    order.
    """

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="events", verbose_name=_("stream"))
    version = models.BigIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=64)
    payload = models.JSONField(_("payload"))
    actor = models.CharField(_("actor"), max_length=ACTOR_LENGTH)
    origin = models.CharField(_("origin"), max_length=16)
    at = models.DateTimeField(_("at"), default=timezone.now)
    key = models.CharField(_("key"), max_length=KEY_LENGTH, default="", blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("stream", "version")
        constraints = (
            models.UniqueConstraint(fields=("stream", "version"), name="live_event_once"),
            models.UniqueConstraint(
                fields=("stream", "key"), condition=~models.Q(key=""), name="live_event_answers_a_key_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} {self.kind}"


class Checkpoint(models.Model):
    """What all events up to `version` add up to. Opaque here: the subject's own folding made it."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="checkpoints", verbose_name=_("stream"))
    version = models.BigIntegerField(_("version"))
    state = models.JSONField(_("state"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ("stream", "version")
        constraints = (models.UniqueConstraint(fields=("stream", "version"), name="live_checkpoint_once"),)

    def __str__(self) -> str:
        return f"{self.stream_id} at {self.version}"

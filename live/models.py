"""The event log's tables. Only `live.log` and `live.retention` write rows."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ACTOR_LENGTH = 150
KEY_LENGTH = 100


def new_epoch() -> str:
    """16 random hex digits that identify a stream's life. A reset database gets new epochs."""
    return secrets.token_hex(8)


class Stream(models.Model):
    """A feed of events. `version` is the version of its newest event, which is the number of events ever written."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    epoch = models.CharField(_("epoch"), max_length=16, default=new_epoch, editable=False)
    version = models.BigIntegerField(_("version"), default=0, editable=False)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One change of a stream. Versions are 1, 2, 3, ... without gaps. The payload is the new, absolute state of what
    changed.

    `key` is the request's idempotency key, or empty. A stream never has two events with one key.

    Readers page by the unique constraint's index. Never order by id: on PostgreSQL, ids commit out of order.
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
    """The state after all events up to `version`. Opaque here: the subject's own folds made it."""

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

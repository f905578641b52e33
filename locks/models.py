"""Lock sources, requested breaks, and who leads. Only `locks.services` writes rows."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from live.models import ACTOR_LENGTH, Stream
from locks.bounds import MAX_BREAK_KEY, MAX_HOLDER, MAX_NAME, MAX_SLUG


class LockSource(models.Model):
    """A server whose locks are or were watched. Its address is only in the environment (LOCK_SOURCES).

    `paused`: an operator wants no commands sent to it. It is written together with its event.
    """

    slug = models.SlugField(_("address"), max_length=MAX_SLUG, unique=True)
    name = models.CharField(_("name"), max_length=MAX_NAME)
    paused = models.BooleanField(_("paused"), default=False, editable=False)
    stream = models.OneToOneField(Stream, models.PROTECT, editable=False, related_name="lock_source")

    class Meta:
        verbose_name = _("lock source")
        verbose_name_plural = _("lock sources")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class LockBreak(models.Model):
    """A break that an operator requested. The row is written before anything is deleted, so every deletion leaves a
    trace.

    `payload` is the payload of the coming event (`events.LockBroken`), `version` the event's. A request sent twice with
    the same `key` runs once.
    """

    class State(models.TextChoices):
        """Its progress. If it is asked and old, the process that broke the lock ended before it could report."""

        ASKED = "asked", _("asked")
        TOLD = "told", _("told")

    source = models.ForeignKey(LockSource, models.CASCADE, related_name="breaks", verbose_name=_("lock source"))
    key = models.CharField(max_length=MAX_BREAK_KEY)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    payload = models.JSONField()
    actor = models.CharField(max_length=ACTOR_LENGTH, blank=True, default="")
    origin = models.CharField(max_length=16)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    version = models.PositiveBigIntegerField(null=True, default=None)

    class Meta:
        verbose_name = _("break of a lock")
        verbose_name_plural = _("breaks of locks")
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="locks_break_key_once"),)

    def __str__(self) -> str:
        return f"{self.source_id} {self.state}"


class Leadership(models.Model):
    """Who leads, or led last, among the processes of a role: the holder of the highest fencing token."""

    role = models.CharField(max_length=16, primary_key=True)
    fencing_token = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=MAX_HOLDER, blank=True, default="")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("leadership")
        verbose_name_plural = _("leaderships")

    def __str__(self) -> str:
        return f"{self.role} {self.holder} {self.fencing_token}"

"""Clusters, their nodes and key sets. Only `ringviz.services` writes rows."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from live.models import ACTOR_LENGTH, Stream
from ringviz.bounds import (
    MAX_ADDRESS,
    MAX_COPIES,
    MAX_INTENT_KEY,
    MAX_LABEL,
    MAX_NAME,
    MAX_PATTERN,
    MAX_REPLICAS,
    MAX_SLUG,
    MAX_VERDICT_DELAY_MS,
    MAX_VNODES,
    MAX_WEIGHT,
    MAX_WHY,
)
from ringviz.core.placement import TOKEN_SPACE, VNODES
from ringviz.core.state import MANAGED
from ringviz.core.strategy import DEFAULT
from ringviz.strategies import choices
from servers.guard.rules import MAX_HOST_NAME


class KeySet(models.Model):
    """The keys of a cluster. A row never changes: different keys get a new row.

    `digest` names the folder of its arrays under DATA_DIR (see `ringviz.stores.keysets`).
    """

    class Kind(models.TextChoices):
        """Where the keys come from: made from a pattern when needed, or stored as imported."""

        PATTERN = "pattern", _("pattern")
        FILE = "file", _("file")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    pattern = models.CharField(_("pattern"), max_length=MAX_PATTERN, blank=True)
    label = models.CharField(_("label"), max_length=MAX_LABEL)
    count = models.PositiveIntegerField(_("keys"))
    digest = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("key set")
        verbose_name_plural = _("key sets")

    def __str__(self) -> str:
        return self.label


class Cluster(models.Model):
    """Nodes that share a key set. `next_number` is the number of the next node; numbers are never reused.

    `replicas`, `memory`, `unfilled`, `workload` and `verdict_delay_ms` matter only for managed clusters: see
    `ringviz.core.state`. `slot_map` is extra data about the nodes of an external one, by number: {"1": {"slots",
    "replicas", "hostname"}}.
    """

    class Kind(models.TextChoices):
        """What the nodes are."""

        SIMULATED = "simulated", _("simulated")
        MANAGED = MANAGED, _("managed")
        EXTERNAL = "external", _("external")

    slug = models.SlugField(_("address"), max_length=MAX_SLUG, unique=True)
    name = models.CharField(_("name"), max_length=MAX_NAME)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SIMULATED, editable=False)
    demo = models.BooleanField(_("demo"), default=False, help_text=_("One click on the ring kills a node."))
    strategy = models.CharField(_("strategy"), max_length=16, choices=choices, default=DEFAULT)
    options = models.JSONField(_("parameters of the strategy"), default=dict, blank=True)
    vnodes = models.PositiveIntegerField(
        _("tokens per node"), default=VNODES, validators=[MinValueValidator(1), MaxValueValidator(MAX_VNODES)]
    )
    copies = models.PositiveSmallIntegerField(
        _("copies of each key"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_COPIES)]
    )
    seed = models.PositiveBigIntegerField(_("hash seed"), default=0, validators=[MaxValueValidator(TOKEN_SPACE - 1)])
    key_set = models.ForeignKey(KeySet, models.PROTECT, verbose_name=_("keys"), related_name="clusters")
    replicas = models.PositiveSmallIntegerField(
        _("replicas of each server"), default=0, validators=[MaxValueValidator(MAX_REPLICAS)]
    )
    memory = models.PositiveBigIntegerField(_("memory of a server, bytes"), default=0, editable=False)
    unfilled = models.JSONField(default=list, editable=False)
    workload = models.JSONField(null=True, default=None, editable=False)
    verdict_delay_ms = models.PositiveIntegerField(
        _("verdict on a freeze after, ms"),
        default=0,
        validators=[MaxValueValidator(MAX_VERDICT_DELAY_MS)],
        help_text=_("How long a server that an operator froze may stay silent. 0: no longer than any other server."),
    )
    slot_map = models.JSONField(null=True, default=None, editable=False)
    stream = models.OneToOneField(Stream, models.PROTECT, editable=False, related_name="cluster")
    next_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ("name",)
        permissions = (("operate", _("Can add, kill and revive nodes")),)

    def __str__(self) -> str:
        return self.name


class Node(models.Model):
    """A member of a cluster. `keys`, `ownership`, `tokens` and `lost` are written with the event that changed them.

    `pulse` is null unless the server freezes repeatedly: see `ringviz.core.state.Pulse`.
    """

    class State(models.TextChoices):
        """`core.state.ON_RING` lists the states that are on the ring."""

        ACTIVE = "active", _("active")
        SUSPECTED = "suspected", _("suspected")
        FROZEN = "frozen", _("frozen")
        DOWN = "down", _("down")
        JOINING = "joining", _("joining")
        DRAINING = "draining", _("drained")

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="nodes", verbose_name=_("cluster"))
    number = models.PositiveIntegerField(_("number"), editable=False)
    name = models.CharField(_("name"), max_length=MAX_NAME)
    address = models.CharField(_("address"), max_length=MAX_ADDRESS, blank=True, default="")
    zone = models.CharField(_("zone"), max_length=MAX_NAME, blank=True, default="")
    weight = models.FloatField(
        _("weight"), default=1.0, validators=[MinValueValidator(0.0), MaxValueValidator(MAX_WEIGHT)]
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE, editable=False)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    keys = models.PositiveIntegerField(_("keys"), default=0, editable=False)
    ownership = models.FloatField(_("share of the hash space"), default=0.0, editable=False)
    tokens = models.PositiveIntegerField(_("tokens"), default=0, editable=False)
    lost = models.PositiveIntegerField(_("lost keys"), default=0, editable=False)
    pulse = models.JSONField(null=True, default=None, editable=False)

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        ordering = ("cluster", "number")
        constraints = (
            models.UniqueConstraint(fields=("cluster", "number"), name="ringviz_node_number_once"),
            models.UniqueConstraint(fields=("cluster", "name"), name="ringviz_node_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Intent(models.Model):
    """An operator's request to a managed cluster. The web writes it; the supervisor carries it out and records the end.

    `number` is the version of its event. A request sent twice with the same `key` runs once. `before` is the node as it
    was, in case the request fails.
    """

    class State(models.TextChoices):
        """Its progress."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="intents", verbose_name=_("cluster"))
    number = models.PositiveBigIntegerField(_("version"))
    key = models.CharField(max_length=MAX_INTENT_KEY)
    action = models.CharField(_("action"), max_length=16)
    node = models.PositiveIntegerField(_("node"), default=0)
    name = models.CharField(_("name"), max_length=MAX_NAME, blank=True, default="")
    fields = models.JSONField(default=dict)
    before = models.JSONField(null=True, default=None)
    decided_on = models.PositiveBigIntegerField()
    actor = models.CharField(max_length=ACTOR_LENGTH, blank=True, default="")
    origin = models.CharField(max_length=16)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    cancelling = models.BooleanField(default=False)
    why = models.CharField(_("why"), max_length=MAX_WHY, blank=True, default="")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, default=None)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("cluster", "number")
        constraints = (
            models.UniqueConstraint(fields=("cluster", "number"), name="ringviz_intent_number_once"),
            models.UniqueConstraint(fields=("cluster", "key"), name="ringviz_intent_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.name} {self.state}"


class Attachment(models.Model):
    """The address of an external cluster. `host` is as typed, `ip` and `port` are what it was resolved to.

    Its password is not in the database: see `ringviz.stores.passwords`. `silent_since`: it does not answer.
    """

    cluster = models.OneToOneField(Cluster, models.CASCADE, related_name="attachment", verbose_name=_("cluster"))
    host = models.CharField(_("host"), max_length=MAX_HOST_NAME)
    ip = models.GenericIPAddressField(_("IP address"))
    port = models.PositiveIntegerField(_("port"))
    username = models.CharField(_("user name"), max_length=MAX_NAME, blank=True, default="")
    silent_since = models.DateTimeField(_("silent since"), null=True, default=None, editable=False)

    class Meta:
        verbose_name = _("attached cluster")
        verbose_name_plural = _("attached clusters")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class KeyImport(models.Model):
    """An import of keys that runs in the background, or how it ended: `done` of about `total` keys.

    `key_set` is its result, null until then: a plan or a change may name it.
    """

    class State(models.TextChoices):
        """Its progress."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="imports", verbose_name=_("cluster"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    error = models.CharField(_("error"), max_length=MAX_WHY, blank=True, default="")
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)
    key_set = models.ForeignKey(
        KeySet, models.SET_NULL, null=True, default=None, editable=False, related_name="imports"
    )

    class Meta:
        verbose_name = _("key import")
        verbose_name_plural = _("key imports")

    def __str__(self) -> str:
        return f"{self.cluster_id} {self.state}"


class SeededCluster(models.Model):
    """A demo cluster that was created once. If somebody deletes it, the next start does not bring it back."""

    slug = models.SlugField(_("address"), max_length=MAX_SLUG, unique=True)

    class Meta:
        verbose_name = _("seeded cluster")
        verbose_name_plural = _("seeded clusters")

    def __str__(self) -> str:
        return self.slug

"""Clusters in the admin: created, configured, given other keys, deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringviz.admin.deciding import DecidingAdmin, operator
from ringviz.forms.cluster import AddClusterForm, ChangeClusterForm
from ringviz.models import Cluster, Node
from ringviz.services.clusters import delete_cluster


@admin.register(Cluster)
class ClusterAdmin(DecidingAdmin[Cluster]):
    """All clusters."""

    form = ChangeClusterForm
    add_form = AddClusterForm
    list_display = ("name", "slug", "kind", "demo", "strategy", "vnodes", "kept_copies", "key_set")
    list_filter = ("kind", "demo", "strategy")
    search_fields = ("name", "slug")
    list_select_related = ("key_set",)

    @admin.display(description=gettext_lazy("copies of each key"), ordering="copies")
    def kept_copies(self, obj: Cluster) -> str:
        """Servers keep real replicas, so there the number only affects what the page shows."""
        return _("%(n)d (what if)") % {"n": obj.copies} if obj.kind == Cluster.Kind.MANAGED else str(obj.copies)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cluster]:
        """Each row with the version of its stream, read by one query."""
        return super().get_queryset(request).annotate(stream_version=F("stream__version"))

    def get_readonly_fields(self, request: HttpRequest, obj: Cluster | None = None) -> tuple[str, ...]:
        """The name of a cluster, and the seed of its hash."""
        if obj is None:
            return ()
        return ("slug", "name", "demo", "seed", "kind", *(("replicas",) if obj.kind == Cluster.Kind.MANAGED else ()))

    def get_exclude(self, request: HttpRequest, obj: Cluster | None = None) -> tuple[str, ...]:
        """What only servers have."""
        return () if obj is not None and obj.kind == Cluster.Kind.MANAGED else ("verdict_delay_ms",)

    def view_on_site(self, obj: Cluster) -> str:
        """The Ring page."""
        return reverse("ringviz:ring", args=[obj.slug])

    def save_model(self, request: HttpRequest, obj: Cluster, form: Any, change: bool) -> None:
        """Saves through the services; a new row is then found by its slug."""
        self.note(request, form.carry_out(slug=obj.slug, actor=operator(request)))
        if not change:
            obj.pk = Cluster.objects.values_list("pk", flat=True).get(slug=obj.slug)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Counts what is deleted with a cluster, because it may be ten thousand nodes."""
        clusters = list(objs)
        counts = {
            str(Cluster._meta.verbose_name_plural): len(clusters),
            str(Node._meta.verbose_name_plural): Node.objects.filter(cluster__in=clusters).count(),
        }
        return [str(cluster) for cluster in clusters], counts, set(), []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Cluster | None = None) -> dict[str, Any]:
        """Fills in a new cluster's slug from its name."""
        return {} if obj else {"slug": ("name",)}

    def delete_by_service(self, request: HttpRequest, obj: Cluster) -> None:
        """The cluster with its nodes and its log."""
        delete_cluster(slug=obj.slug, actor=operator(request))

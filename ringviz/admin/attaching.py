"""Other people's clusters in the admin: attached, looked at, detached. They cannot be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from live.actors import OPERATE
from ringviz.admin.deciding import DecidingAdmin, operator
from ringviz.forms.attaching import AttachForm
from ringviz.models import Attachment
from ringviz.services.external import detach


@admin.register(Attachment)
class AttachmentAdmin(DecidingAdmin[Attachment]):
    """All attached clusters."""

    form = AttachForm
    add_form = AttachForm
    list_display = ("cluster", "host", "ip", "port", "username", "silent_since")
    list_select_related = ("cluster",)

    def get_fields(self, request: HttpRequest, obj: Attachment | None = None) -> Any:
        """The resolved address, which is looked at once the cluster is there."""
        return self.list_display if obj else AttachForm.field_order

    def get_readonly_fields(self, request: HttpRequest, obj: Attachment | None = None) -> tuple[str, ...]:
        """All of it."""
        return self.list_display if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Attachment | None = None) -> dict[str, Any]:
        """The page's address follows the name."""
        return {} if obj else {"slug": ("name",)}

    def view_on_site(self, obj: Attachment) -> str:
        """The Ring page."""
        return reverse("ringviz:ring", args=[obj.cluster.slug])

    def has_view_permission(self, request: HttpRequest, obj: Attachment | None = None) -> bool:
        """Operators only: it reveals addresses."""
        return request.user.has_perm(OPERATE)

    def has_change_permission(self, request: HttpRequest, obj: Attachment | None = None) -> bool:
        """Nobody: another address would be another cluster."""
        return False

    def save_model(self, request: HttpRequest, obj: Attachment, form: Any, change: bool) -> None:
        """Saves through the service; the new row is then found by its cluster."""
        slug = form.cleaned_data["slug"]
        form.carry_out(slug=slug, actor=operator(request))
        found = Attachment.objects.select_related("cluster").get(cluster__slug=slug)
        obj.pk, obj.cluster, obj.host, obj.port = found.pk, found.cluster, found.host, found.port

    def delete_by_service(self, request: HttpRequest, obj: Attachment) -> None:
        """The page is gone; nothing happens to the cluster itself."""
        detach(slug=obj.cluster.slug, actor=operator(request))

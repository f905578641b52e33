"""Key sets in the admin: to be looked at. They are made by an import and never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from ringviz.models import KeySet

if TYPE_CHECKING:
    _KeySetAdmin = admin.ModelAdmin[KeySet]
else:
    _KeySetAdmin = admin.ModelAdmin


@admin.register(KeySet)
class KeySetAdmin(_KeySetAdmin):
    """What clusters are watched with."""

    list_display = ("label", "kind", "count", "created_at")
    list_filter = ("kind",)
    search_fields = ("label",)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody: `ring import`, or the page of a cluster."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: KeySet | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: KeySet | None = None) -> bool:
        """Nobody: the log tells of it."""
        return False

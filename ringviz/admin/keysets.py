"""Key sets in the admin: to be looked at. `ring import`, or the page of a cluster, makes them; they never change."""

from __future__ import annotations

from django.contrib import admin

from ringviz.admin.looking import LookingAdmin
from ringviz.models import KeySet


@admin.register(KeySet)
class KeySetAdmin(LookingAdmin[KeySet]):
    """What clusters are watched with."""

    list_display = ("label", "kind", "count", "created_at")
    list_filter = ("kind",)
    search_fields = ("label",)

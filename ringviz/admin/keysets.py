"""Key sets in the admin, read-only. `ring import` or a cluster's page creates them; they never change."""

from __future__ import annotations

from django.contrib import admin

from ringviz.admin.looking import LookingAdmin
from ringviz.models import KeySet


@admin.register(KeySet)
class KeySetAdmin(LookingAdmin[KeySet]):
    """The keys that clusters are watched with."""

    list_display = ("label", "kind", "count", "created_at")
    list_filter = ("kind",)
    search_fields = ("label",)

"""Operators' requests for clusters with servers, in the admin, read-only.

Requests are made on the page, on the command line, and on the nodes' pages here.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from ringviz.admin.looking import LookingAdmin
from ringviz.events import work_words
from ringviz.models import Intent


@admin.register(Intent)
class IntentAdmin(LookingAdmin[Intent]):
    """Newest first. The supervisor and the services write them."""

    list_display = (
        "number",
        "cluster",
        "what",
        "state",
        "cancelling",
        "actor",
        "origin",
        "asked_at",
        "ended_at",
        "why",
    )
    list_filter = ("cluster", "state", "action")
    list_select_related = ("cluster",)
    fields = ("cluster", "number", "what", "state", "cancelling", "why", "actor", "origin", "asked_at", "ended_at")
    readonly_fields = fields
    ordering = ("-asked_at", "-number")

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def what(self, intent: Intent) -> str:
        """In words."""
        return work_words(intent.action, intent.name)

"""What operators asked of clusters whose nodes are servers, in the admin: to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from ringviz.actors import OPERATE
from ringviz.models import Intent
from ringviz.words import work_words

if TYPE_CHECKING:
    _IntentAdmin = admin.ModelAdmin[Intent]
else:
    _IntentAdmin = admin.ModelAdmin


@admin.register(Intent)
class IntentAdmin(_IntentAdmin):
    """The newest first; the supervisor and the services write them."""

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

    def has_view_permission(self, request: HttpRequest, _obj: Intent | None = None) -> bool:
        """Operators."""
        return request.user.has_perm(OPERATE)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody: the page, the command line, and the nodes here."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Intent | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Intent | None = None) -> bool:
        """Nobody: the log tells of it."""
        return False

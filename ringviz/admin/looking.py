"""Shared by the admin pages of requests and key sets: operators look at rows that nobody changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from live.actors import OPERATE

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:

    class _ModelAdmin(admin.ModelAdmin[M]):
        pass
else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _model: type) -> type:
            return cls


class LookingAdmin(_ModelAdmin[M]):
    """Rows that the services write and the log explains: nothing can be added, changed or deleted here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators only."""
        return request.user.has_perm(OPERATE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

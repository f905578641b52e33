"""Shared by the admin pages of clusters and nodes: services write, and a refusal is a form error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from live.actors import OPERATE, actor_of
from live.models import Event
from live.subjects import payload_class
from ringviz.errors import Refused
from ringviz.events import WorkAsked
from ringviz.forms.deciding import DecidingForm, refusal_text

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:

    class _ModelAdmin(admin.ModelAdmin[M]):
        def _changeform_view(
            self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
        ) -> HttpResponse: ...

        def _delete_view(
            self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
        ) -> HttpResponse: ...
else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _model: type) -> type:
            return cls


_REFUSED = "ringviz.refused"  # in a request's META: the refusal when the form was first saved
_ASKED = "ringviz.asked"  # the version of a request that the supervisor has not carried out yet


class DecidingAdmin(_ModelAdmin[M]):
    """Rows that only services write.

    Not in Django's transaction around the view, because a service takes its own turn.
    """

    add_form: type[DecidingForm[Any]]

    @method_decorator(csrf_protect)
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form. If a service refuses the change, the form again with the refusal."""
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            request.META[_REFUSED] = refused
            return self._changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a new or existing row, with an earlier refusal."""
        if obj is None:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"late": request.META.get(_REFUSED)})

    def note(self, request: HttpRequest, events: Iterable[Event]) -> None:
        """The result of the services. If they only requested a change, the admin must not say that it is done."""
        for event in events:
            if payload_class(event.kind) is WorkAsked:
                request.META[_ASKED] = event.version

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        """Like Django's, but does not say that a requested change was done."""
        if level == messages.SUCCESS and _ASKED in request.META:
            text = _(
                "Requested (version %(version)d). The supervisor will carry it out, and the log shows when it is done."
            )
            message = text % {"version": request.META[_ASKED]}
        super().message_user(request, message, level, extra_tags, fail_silently)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There are no related objects that the services did not write."""

    @method_decorator(csrf_protect)
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The confirmation. If a service refuses, its message is shown on the page of the row."""
        try:
            return self._delete_view(request, object_id, extra_context)
        except Refused as refused:
            self.tell(request, refused)
            return HttpResponseRedirect(request.path.removesuffix("delete/") + "change/")

    def tell(self, request: HttpRequest, refused: Refused) -> None:
        """A service's message.

        It is not put first, because the admin capitalises the first letter, even of a node's name.
        """
        self.message_user(request, _("Not done: %(why)s") % {"why": refusal_text(refused)}, messages.ERROR)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        """Deletes through the service; recorded in the admin's own log once it is done."""
        self.delete_by_service(request, obj)
        super().log_deletions(request, cast(QuerySet[M], [obj]))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[M]) -> Any:
        """Django calls this before it deletes; a service may still refuse."""

    def delete_by_service(self, request: HttpRequest, obj: M) -> None:
        """Deletes a row. Raises Refused."""
        raise NotImplementedError

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without the bulk delete, which would bypass the services."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators only."""
        return request.user.has_perm(OPERATE)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Operators only."""
        return request.user.has_perm(OPERATE)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Operators only."""
        return request.user.has_perm(OPERATE)


def operator(request: HttpRequest) -> Any:
    """The actor, as named in the log."""
    return actor_of(request, origin="admin")

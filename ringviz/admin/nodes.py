"""Nodes in the admin: added, changed, removed one by one; killed, frozen, revived and drained by actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from live.asked import whole_number
from live.subjects import payload_class
from live.wording import percent
from ringviz.admin.deciding import DecidingAdmin, operator
from ringviz.errors import Refused
from ringviz.events import WorkAsked
from ringviz.forms.node import AddNodeForm, ChangeNodeForm
from ringviz.models import Node
from ringviz.services import decisions, served
from ringviz.services.changing import change
from ringviz.services.decisions import Decision

MOST_AT_ONCE = 100  # nodes per action: each is an event that every page of the cluster shows


@admin.register(Node)
class NodeAdmin(DecidingAdmin[Node]):
    """The members of all clusters."""

    form = ChangeNodeForm
    add_form = AddNodeForm
    list_display = ("name", "cluster", "state", "weight", "zone", "address", "keys", "lost", "share", "tokens", "since")
    list_filter = ("cluster", "state", "zone")
    search_fields = ("name", "address", "zone")
    list_select_related = ("cluster",)
    actions = ("kill", "freeze", "thaw", "restart", "revive", "drain", "remove")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Node]:
        """Each row with the version of its cluster's stream, read by one query."""
        return super().get_queryset(request).annotate(stream_version=F("cluster__stream__version"))

    def get_readonly_fields(self, request: HttpRequest, obj: Node | None = None) -> tuple[str, ...]:
        """A node's name and properties."""
        return ("cluster", "name", "state", "since", "keys", "share", "tokens") if obj else ()

    @admin.display(description=gettext_lazy("share of the hash space"), ordering="ownership")
    def share(self, node: Node) -> str:
        """The ownership in per cent."""
        return percent(node.ownership, 2)

    def save_model(self, request: HttpRequest, obj: Node, form: Any, change: bool) -> None:
        """Saves through the services; a new row is then found by its number."""
        slug = obj.cluster.slug
        events = form.carry_out(slug=slug, actor=operator(request))
        self.note(request, events)
        if not change:
            number = events[0].payload["node"]["number"]
            obj.pk = Node.objects.values_list("pk", flat=True).get(cluster__slug=slug, number=number)

    def delete_by_service(self, request: HttpRequest, obj: Node) -> None:
        """Removes the node, at the version of the confirmation page."""
        version = whole_number(request.POST.get("version", ""))
        decision = decisions.remove(obj.number)
        self.note(request, [change(slug=obj.cluster.slug, actor=operator(request), version=version, decision=decision)])

    @admin.action(description=gettext_lazy("Kill selected nodes"), permissions=["change"])
    def kill(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Kills each node."""
        self._each(request, queryset, decisions.kill)

    @admin.action(description=gettext_lazy("Freeze selected servers"), permissions=["change"])
    def freeze(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Stops each server where it is."""
        self._each(request, queryset, served.freeze)

    @admin.action(description=gettext_lazy("Thaw selected servers"), permissions=["change"])
    def thaw(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Resumes each server, unless the verdict came first."""
        self._each(request, queryset, served.thaw)

    @admin.action(description=gettext_lazy("Restart selected servers"), permissions=["change"])
    def restart(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Ends each server and starts it again with its keys."""
        self._each(request, queryset, served.restart)

    @admin.action(description=gettext_lazy("Revive selected nodes"), permissions=["change"])
    def revive(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Makes each node active again."""
        self._each(request, queryset, decisions.revive)

    @admin.action(description=gettext_lazy("Drain selected nodes"), permissions=["change"])
    def drain(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Moves each node's keys to the others."""
        self._each(request, queryset, decisions.drain)

    @admin.action(description=gettext_lazy("Remove selected nodes for good"), permissions=["delete"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Node]) -> None:
        """Removes each node."""
        self._each(request, queryset, decisions.remove)

    def _each(self, request: HttpRequest, queryset: QuerySet[Node], deciding: Callable[[int], Decision]) -> None:
        """One event per node. Reports refusals; the others are done, or requested if they are servers."""
        nodes = list(queryset.order_by("cluster", "number")[: MOST_AT_ONCE + 1])
        if len(nodes) > MOST_AT_ONCE:
            text = _("Choose at most %(most)d nodes at once. Nothing was changed.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return
        done, asked, actor = 0, 0, operator(request)
        for node in nodes:
            try:
                event = change(slug=node.cluster.slug, actor=actor, version=None, decision=deciding(node.number))
            except Refused as refused:
                self.tell(request, refused)
                continue
            if payload_class(event.kind) is WorkAsked:
                asked += 1
            else:
                done += 1
        if done:
            self.message_user(request, ngettext("%(n)d node: done.", "%(n)d nodes: done.", done) % {"n": done})
        if asked:
            text = ngettext(
                "%(n)d node: requested. The log shows when it is done.",
                "%(n)d nodes: requested. The log shows when they are done.",
                asked,
            )
            self.message_user(request, text % {"n": asked})

"""Changes to a cluster, and plans that preview them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from live.actors import actor_of
from live.answers import shared_answer
from live.asked import fields_of, whole
from live.costly import costly
from live.log import event_frame
from ringviz.models import Cluster
from ringviz.selectors.clusters import seen
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.planning import answer_of, make_plan
from ringviz.services.underway import under_way
from ringviz.services.undo import undo
from ringviz.views.answers import refusals_as_json


@costly
@require_safe
@refusals_as_json
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """What `?action=` with its fields would do: `{"v", "kind", "payload"}`, plus "tokens" for a new node.

    A managed cluster adds "estimate": see `selectors.estimate`.
    """
    fields, now = fields_of(request), seen(slug)
    return shared_answer(
        ("plan", now.epoch, now.v, *sorted(fields.items())),
        lambda: answer_of(make_plan(slug, decision_of(fields.get("action", ""), fields))),
        keep=now.cluster.kind != Cluster.Kind.MANAGED,  # for those, the answer also depends on the servers
    )


@costly
@require_safe
@refusals_as_json
def underway(request: HttpRequest, slug: str) -> HttpResponse:
    """What the open request `?work=` will do: `{"v", "kind", "payload"}`.

    `kind` is empty if it moves no keys or has ended.
    """
    number, now = whole(fields_of(request), "work"), seen(slug)
    return shared_answer(("under way", now.epoch, now.v, number), lambda: under_way(slug, number))


@require_POST
@refusals_as_json
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Carries out or requests the form's `action`, if the cluster is still at `version`: `{"v", "event"}`.

    A repeated request with the same `key` gets the same answer and changes nothing more.
    """
    fields, actor = fields_of(request), actor_of(request)
    version, key = whole(fields, "version"), fields.get("key", "")
    if fields.get("action") == "undo":
        event = undo(slug=slug, actor=actor, version=version, key=key)
    else:
        decision = decision_of(fields.get("action", ""), fields)
        event = change(slug=slug, actor=actor, version=version, decision=decision, key=key)
    return JsonResponse({"v": event.version, "event": event_frame(event)})

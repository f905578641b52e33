"""The Balancer page of a cluster: real requests to its nodes, now and at any past version."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from balancer.events import balancer
from balancer.selectors.moments import causes_at, moment_at
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import set_traffic
from balancer.views.asked import NUMBERS
from balancer.views.form import field_of
from balancer.views.wanted import wanted
from balancer.wording import described
from live.actors import OPERATE, actor_of
from live.answers import shared_answer
from live.asked import fields_of, maybe_whole, whole
from live.costly import costly_with
from live.log import event_frame
from live.models import Stream
from live.places import registered
from live.wire import now_ms
from ringviz.errors import NotFound
from ringviz.events import ring
from ringviz.models import Cluster
from ringviz.selectors.clusters import PREFIX, Known, cluster_of, place_of, seen
from ringviz.selectors.log import oldest
from ringviz.selectors.past import event_at
from ringviz.strategies import described as strategies_described
from ringviz.views.answers import refusals_as_json
from ringviz.views.moments import moment_asked

_OF_A_RACE: Final = frozenset(("p", "nodes", "load", "requests", "queue", "freeze"))
_ADDRESSES: Final = ("page", "act", "state", "race", "trial", "why", "recent")


@costly_with("v")
@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page. `?v=` shows a past version or says why not; `?policy=`, `rate`, `skew` and `seed` fill in the form.

    Old links to a race, which used this URL, redirect to the race.
    """
    if _OF_A_RACE & request.GET.keys():
        return HttpResponseRedirect(f"{reverse('balancer:race', args=[slug])}?{request.GET.urlencode()}")
    try:
        now = seen(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    context: dict[str, Any] = {
        "cluster": now.cluster,
        "place": place_of(now.cluster),
        "race": [field_of(request.GET, one) for one in NUMBERS],
        "race_url": reverse("balancer:race", args=[slug]),
    }
    if now.cluster.kind != Cluster.Kind.MANAGED:
        return render(request, "balancer/traffic_none.html", context)
    try:
        boot = moment_asked(request, now.v, partial(_moment, now, oldest(now.cluster.stream_id)))
    except (NotFound, Stream.DoesNotExist):  # the cluster was deleted meanwhile
        return HttpResponseRedirect(reverse("balancer:page", args=[slug]))
    boot |= {
        "urls": _urls(now.cluster),
        "may_operate": request.user.has_perm(OPERATE),
        "now": now_ms(),
        "elsewhere": _kinds_of_others(),
        "strategies": strategies_described(),
        "told": described(),
    }
    return render(request, "balancer/traffic.html", context | {"boot": boot})


@costly_with("v")
@require_safe
@refusals_as_json
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """`{"v", "epoch", "head", "floor", "at", "event", "ring", "balancer", "causes"}` at `?v=`, or at the head."""
    version, now = maybe_whole(fields_of(request), "v"), seen(slug)
    floor = oldest(now.cluster.stream_id)  # the floor rises without an event
    return shared_answer(("balancer", now.epoch, now.v, floor, version), lambda: _moment(now, floor, version))


@require_POST
@refusals_as_json
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for the traffic of the form, if the cluster is still at `version`: `{"v", "event"}`.

    A repeated `key` takes effect once and gets the same response each time.
    """
    fields = fields_of(request)
    version = whole(fields, "version")
    now = state_of_stream(cluster_of(slug).stream_id)["traffic"]
    event = set_traffic(
        slug=slug, actor=actor_of(request), version=version, wanted=wanted(fields, now), key=fields.get("key", "")
    )
    return JsonResponse({"v": event.version, "event": event_frame(event)})


def _moment(now: Known, floor: int, version: int | None) -> dict[str, Any]:
    shown = moment_at(now, now.v if version is None else version)
    event = event_at(now.cluster.stream_id, shown.v)
    frame = event_frame(event) if event else None
    return {
        "v": shown.v,
        "epoch": now.epoch,
        "head": now.v,
        "floor": floor,
        "at": frame["at"] if frame else None,
        "event": frame,
        "ring": shown.ring,
        "balancer": shown.balancer,
        "causes": causes_at(now.cluster.stream_id, shown.v),
    }


def _urls(cluster: Cluster) -> dict[str, str]:
    ours = {name: reverse(f"balancer:{name}", args=[cluster.slug]) for name in _ADDRESSES}
    of_ring = {
        "ring": reverse("ringviz:ring", args=[cluster.slug]),
        "node_act": reverse("ringviz:act", args=[cluster.slug]),
    }
    return ours | of_ring | {"socket": place_of(cluster).socket}


def _kinds_of_others() -> list[str]:
    """Other kinds of events on the stream. Any kind not listed tells the page that it is outdated."""
    places = registered(PREFIX)
    return [kind.name for kind in places.kinds() if kind.subject not in (ring, balancer)] if places else []

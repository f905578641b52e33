"""The Ring page, and the state of a cluster at any version."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from live.actors import OPERATE
from live.answers import shared_answer
from live.asked import fields_of, maybe_whole
from live.costly import costly_with
from live.log import event_frame, timestamp
from live.models import Stream
from live.places import registered
from live.wire import now_ms
from ringviz.errors import NotFound
from ringviz.events import ring as subject
from ringviz.models import Cluster
from ringviz.selectors.browsing import is_browsable
from ringviz.selectors.clusters import PREFIX, Known, place_of, seen
from ringviz.selectors.lastchange import last_change
from ringviz.selectors.log import oldest
from ringviz.selectors.past import event_at, seen_at
from ringviz.selectors.placing import has_own_tokens
from ringviz.services.undo import undoable
from ringviz.strategies import described
from ringviz.views.answers import refusals_as_json
from ringviz.views.moments import moment_asked

_ADDRESSES = (
    "state",
    "tokens",
    "table",
    "density",
    "lookup",
    "plan",
    "underway",
    "act",
    "moved",
    "moved_csv",
    "events",
    "keys",
    "any_key",
)


@costly_with("v")
@require_safe
@ensure_csrf_cookie
def ring(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one cluster. `?v=` shows a past version; if it is unknown, the newest one with a note."""
    try:
        now = seen(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    floor = oldest(now.cluster.stream_id)
    try:
        boot = moment_asked(request, now.v, partial(_moment, now, floor)) | {"change": last_change(now, floor)}
    except (NotFound, Stream.DoesNotExist):  # the cluster may have been deleted
        return HttpResponseRedirect(reverse("ringviz:ring", args=[slug]))
    boot |= {
        "urls": _urls(now.cluster),
        "may_operate": request.user.has_perm(OPERATE),
        "now": now_ms(),
        "elsewhere": _kinds_of_others(),
        "strategies": described(),
        "undoable": undoable(now.cluster),
    }
    shown = boot["state"]
    context = {
        "cluster": now.cluster,
        "place": place_of(now.cluster),
        "boot": boot,
        "has_tokens": has_own_tokens(shown["cluster"]) and bool(shown["nodes"]),
    }
    return render(request, "ringviz/ring.html", context)


@costly_with("v")
@require_safe
@refusals_as_json
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """`{"v", "epoch", "head", "floor", "at", "event", "state"}` at `?v=`, or at the head.

    At the head also "change", the last one: `{"event", "before"}`, or null.
    """
    version, now = maybe_whole(fields_of(request), "v"), seen(slug)
    floor = oldest(now.cluster.stream_id)  # can rise without an event

    def told() -> dict[str, Any]:
        moment = _moment(now, floor, version)
        return moment if version is not None else moment | {"change": last_change(now, floor)}

    return shared_answer(("state", now.epoch, now.v, floor, version), told)


def _moment(now: Known, floor: int, version: int | None) -> dict[str, Any]:
    v = now.v if version is None else version
    at_v = seen_at(now, v)
    event = event_at(now.cluster.stream_id, v)
    frame = event_frame(event) if event else None
    return {
        "v": v,
        "epoch": now.epoch,
        "head": now.v,
        "floor": floor,
        "at": frame["at"] if frame else _last_change(now),
        "event": frame,
        "state": at_v,
    }


def _last_change(now: Known) -> str:
    """The newest time in the rows, for when the event itself is no longer kept."""
    return max((node["since"] for node in now.state["nodes"]), default=timestamp(now.cluster.key_set.created_at))


def _urls(cluster: Cluster) -> dict[str, str]:
    addresses = {name: reverse(f"ringviz:{name}", args=[cluster.slug]) for name in _ADDRESSES}
    page = reverse("ringviz:ring", args=[cluster.slug])
    nodes = f"{page}nodes/" if is_browsable(cluster) else ""
    return addresses | {"page": page, "nodes": nodes, "socket": place_of(cluster).socket}


def _kinds_of_others() -> list[str]:
    """The kinds of event in the stream that belong to other subjects. Any other unknown kind means an outdated page."""
    places = registered(PREFIX)
    return [kind.name for kind in places.kinds() if kind.subject is not subject] if places else []

"""What every page's frame knows: the clusters of the navigation, and whether this person may operate."""

from __future__ import annotations

from typing import Any, TypedDict

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ringviz.models import Cluster

MAX_LISTED = 50  # a picker longer than this helps nobody; the overview has them all


class Listed(TypedDict):
    """A cluster as the navigation names it."""

    slug: str
    name: str
    kind_label: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """`clusters` (the demo first), `first_cluster` or None, `may_operate`. The database is asked only by use."""
    clusters = SimpleLazyObject(_listed)
    return {
        "clusters": clusters,
        "first_cluster": SimpleLazyObject(lambda: next(iter(clusters), None)),
        "may_operate": SimpleLazyObject(lambda: _may_operate(request)),
    }


def _may_operate(request: HttpRequest) -> bool:
    # A request that was refused early, under a strange Host say, has no user yet, and its error page is this frame too.
    return hasattr(request, "user") and request.user.has_perm("ringviz.operate")


def _listed() -> list[Listed]:
    clusters = Cluster.objects.order_by("-demo", "name").only("slug", "name", "kind")[:MAX_LISTED]
    return [{"slug": one.slug, "name": one.name, "kind_label": one.get_kind_display()} for one in clusters]

"""The navigation, built from what is registered: the pages of each kind of place, and a picker of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from live.places import Place, Places, all_places

MAX_LISTED = 50  # a longer picker helps nobody; the overview lists all

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation. `note` is shown next to its label."""

    label: str
    href: str
    current: bool
    note: str = ""


@register.inclusion_tag("dashboard/_nav.html", takes_context=True)
def navigation(context: dict[str, Any]) -> dict[str, Any]:
    """The pages of the current place, and of the first place of other kinds; a picker if there are several."""
    place: Place | None = context.get("place")
    request: HttpRequest | None = context.get("request")
    view = request.resolver_match.view_name if request and request.resolver_match else ""
    listed = [(places, places.listed(MAX_LISTED)) for places in all_places()]
    of_place = next(((places, all_) for places, all_ in listed if place and places.prefix == place.prefix), None)
    return {
        "place": place,
        "pages": _pages(listed, place, view),
        "picker": _picker(*of_place, place, view) if of_place and place else [],
        "timeline": _timeline(listed, place, view),
        "may_operate": context.get("may_operate"),
        "page": view,
        "noun": of_place[0].noun if of_place else "",
        "in_admin": view.startswith("admin:"),
    }


@register.simple_tag
def every_place(most: int) -> list[Link]:
    """At most this many places of every kind, each linked to its own page."""
    links = [Link(place.name, places.home(place), False) for places in all_places() for place in places.listed(most)]
    return links[:most]


def _pages(listed: Sequence[tuple[Places, list[Place]]], here: Place | None, view: str) -> list[Link]:
    """Only existing pages: a kind without a place has none."""
    links = []
    for places, found in listed:
        at = here if here and here.prefix == places.prefix else next(iter(found), None)
        if at is not None:
            links += [
                Link(str(page.label), reverse(page.view, args=[at.slug]), view in (page.view, *page.parts))
                for page in places.pages
            ]
    return links


def _timeline(listed: Sequence[tuple[Places, list[Place]]], here: Place | None, view: str) -> str:
    """The URL of the timeline of the current place, otherwise of the first one; empty if there is none."""
    at = here or next((place for _places, found in listed for place in found), None)
    return reverse("timeline", args=[at.prefix, at.slug]) if at else ""


def _picker(places: Places, found: Sequence[Place], here: Place, view: str) -> list[Link]:
    """The places of this kind, each on the same page as this one; empty if there is only this one."""
    if len(found) < 2:
        return []
    same = next((page.view for page in places.pages if page.view == view), places.pages[0].view)

    def href(place: Place) -> str:
        if view == "timeline":
            return reverse("timeline", args=[place.prefix, place.slug])
        return reverse(same, args=[place.slug])

    return [Link(place.name, href(place), place == here, place.note) for place in found]

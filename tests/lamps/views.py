"""The page of a lamp."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from live.places import place_at


def lamp(request: HttpRequest, slug: str) -> HttpResponse:
    at = place_at("lamps", slug)
    if at is None:
        raise Http404
    places, place = at
    return render(request, "lamps/lamp.html", {"place": place, "now": places.snapshot(place.stream_id)})

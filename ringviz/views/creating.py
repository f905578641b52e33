"""The page where operators create a cluster."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from live.actors import actor_of
from live.costly import costly
from ringviz.errors import Refused
from ringviz.forms.creating import NewClusterForm


@costly
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """The form. A POST creates the cluster and redirects to its ring, or shows the form again with its errors."""
    actor = actor_of(request)
    if not actor.may_operate:
        raise PermissionDenied
    form = NewClusterForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        slug = form.cleaned_data["slug"]
        try:
            form.carry_out(slug=slug, actor=actor)
        except Refused as refused:
            form.late = refused
            form.full_clean()  # shows the error at its field and keeps the input
        else:
            return HttpResponseRedirect(reverse("ringviz:ring", args=[slug]))
    return render(request, "ringviz/create.html", {"form": form}, status=400 if form.errors else 200)

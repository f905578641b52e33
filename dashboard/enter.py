"""The page behind a sign-in link."""

from django.contrib.auth import login
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dashboard import signin
from live.turns import write_turn
from ringviz.selectors.clusters import demo_slug

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_GET  # link previews send HEAD, which must not use up the link
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Signs in the holder of an unused link in a new session, and redirects to the demo's ring, or to the overview.

    A used or unknown link explains how to get another, with status 410. A person who is already signed in just
    continues.
    """
    with write_turn():  # only the request that signs in uses up the link
        home = _home()  # first: if the database does not answer here, the link stays unused
        if signin.spend(token, timezone.now()):
            login(request, signin.operator(), backend=BACKEND)
            return _with_session(request, redirect(home))
    if request.user.is_authenticated:
        return redirect(home)
    return render(request, "dashboard/link_used.html", status=410)


def _home() -> str:
    """Where a first visit begins: the demo's ring, which a click can break."""
    slug = demo_slug()
    return reverse("overview") if slug is None else reverse("ringviz:ring", args=[slug])


def _with_session(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Writes the session now, within the turn: the middleware would do it later, when the link is used up."""
    told = SessionMiddleware(lambda _: answer).process_response(request, answer)
    request.session.modified = False
    return told

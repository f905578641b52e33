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


@require_GET  # a HEAD, which previews of links send, must not use the link up
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the holder of an unused link in under a new session, and go to the demo's ring, wherever the address points.

    Where there is no demo, to the overview. A used or unknown link says how to get another, with status 410; who is
    signed in already just goes on.
    """
    with write_turn():  # a link is used up by who is signed in, and by nobody else
        home = _home()  # asked first: a link that the database did not answer for is still good
        if signin.spend(token, timezone.now()):
            login(request, signin.operator(), backend=BACKEND)
            return _with_session(request, redirect(home))
    if request.user.is_authenticated:
        return redirect(home)
    return render(request, "dashboard/link_used.html", status=410)


def _home() -> str:
    """What a first visit is for: a ring that may be broken at a click."""
    slug = demo_slug()
    return reverse("overview") if slug is None else reverse("ringviz:ring", args=[slug])


def _with_session(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Has the session written now, in the turn: the middleware would do it after that, when the link is used up."""
    told = SessionMiddleware(lambda _: answer).process_response(request, answer)
    request.session.modified = False
    return told

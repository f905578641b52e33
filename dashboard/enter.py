"""The page behind a sign-in link."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dashboard import signin

HOME = "/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_GET  # a HEAD, which previews of links send, must not use the link up
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the holder of an unused link in under a new session, and go to the overview, wherever the address points.

    A used or unknown link says how to get another, with status 410; who is signed in already just goes on.
    """
    if signin.spend(token, timezone.now()):
        login(request, signin.operator(), backend=BACKEND)
        return redirect(HOME)
    if request.user.is_authenticated:
        return redirect(HOME)
    return render(request, "dashboard/link_used.html", status=410)

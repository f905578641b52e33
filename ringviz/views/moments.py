"""The version that a page's URL asks for, and what to show if it does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from live.asked import whole_number
from live.inert import shown
from live.wording import number
from ringviz.errors import NotFound

_MOST_SHOWN = 40  # letters of an invalid version


def moment_asked(request: HttpRequest, head: int, moment: Callable[[int | None], dict[str, Any]]) -> dict[str, Any]:
    """`moment` for the version in `?v=`, or for the newest one (None) if the URL has no version or it cannot be shown.

    In the last case "missing" is a sentence that explains it, otherwise "". Raises what `moment` raises for None.
    """
    text = request.GET.get("v", "").strip()
    try:
        version = whole_number(text)
        if text and version is None:
            what = shown(text[:_MOST_SHOWN].encode("utf-8", "replace"))
            raise NotFound(_("\u201c%(text)s\u201d is not a version.") % {"text": what})
        return moment(version) | {"missing": ""}
    except NotFound as refused:
        opened = _("%(why)s The page opened at the newest version, %(head)s, instead.")
        return moment(None) | {"missing": opened % {"why": refused.message, "head": number(head)}}

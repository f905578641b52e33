"""Times in templates: `{% moment at %}` and `{% zone %}`, in the server's time zone.

static/js/lib/times.js rewrites them in the reader's time zone, in the same form.
"""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A `<time>`: "12:41:07" if it is today, otherwise "2026-05-03 12:41:07". Its title has the date and time zone."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    whole = f"{local:%Y-%m-%d %H:%M:%S}"
    text = f"{local:%H:%M:%S}" if local.date() == timezone.localdate() else whole
    return format_html('<time datetime="{}" title="{} {}">{}</time>', local.isoformat(), whole, _name(), text)


@register.simple_tag
def zone() -> SafeString:
    """The time zone of the times on the page, shown once beside their heading."""
    return format_html("<span data-zone>{}</span>", _name())


def _name() -> str:
    return str(timezone.get_current_timezone())

"""Formats numbers in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def number(value: float | Decimal, digits: int = 0) -> str:
    """10000 as "10,000"; with digits 1.0951 as "1.10". Halves round up, as in `static/js/lib/format.js`."""
    exact = Decimal(str(value))  # exact decimal: 0.15 is 0.15, not its nearest binary fraction
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return str(number_format(rounded, digits, force_grouping=True))


def grouped(value: float) -> str:
    """10000 as "10,000", 2.0 as "2" and 2.5 as "2.5": all of the number's digits."""
    whole = int(value) if value == int(value) else value
    return str(number_format(whole, force_grouping=True))


def lasting(seconds: float) -> str:
    """How long something took: "40 ms", "12.3 s", "3 min", "2 h". Seconds below 0 are 0."""
    if seconds < 1:
        return _("%(n)s ms") % {"n": number(max(0, round(seconds * 1_000)))}
    if (rounded := round(seconds, 1)) < 60:
        return _("%(n)s s") % {"n": number(rounded, 1)}
    if seconds < 3_600:
        return _("%(n)s min") % {"n": number(int(seconds // 60))}
    return _("%(n)s h") % {"n": number(int(seconds // 3_600))}


def percent(share: float | None, digits: int = 1) -> str:
    """0.1005 as "10.1%"; nothing for None."""
    return "" if share is None else _("%(n)s%%") % {"n": number(Decimal(str(share)) * 100, digits)}

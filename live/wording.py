"""Numbers as a person reads them, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def number(value: float, digits: int = 0) -> str:
    """10000 as "10,000"; with digits 1.0951 as "1.10"."""
    return str(number_format(round(value, digits), digits, force_grouping=True))


def grouped(value: float) -> str:
    """10000 as "10,000" and 2.0 as "2", but 2.5 as "2.5": every digit that the number has."""
    whole = int(value) if value == int(value) else value
    return str(number_format(whole, force_grouping=True))


def percent(share: float | None) -> str:
    """0.1005 as "10.1%"; nothing for None."""
    return "" if share is None else _("%(n)s%%") % {"n": number(share * 100, 1)}

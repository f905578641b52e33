"""The clock for every time of a lock: our own Redis server's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from locks.refusals import SourceFailed
from locks.stores.line import FAILURES, StoreGone, line


def now_ms() -> int:
    """Milliseconds since 1970 by that clock. Raises StoreGone."""
    try:
        seconds, micros = line().time()
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return seconds * 1_000 + micros // 1_000


def nothing_known() -> SourceFailed:
    """The error while our own Redis does not answer."""
    return SourceFailed(_("Our own Redis does not answer. Until it does, it is unknown which locks are held."))

"""The watcher's alerts as events. The watcher decides what is wrong and for how long; this module records it."""

from __future__ import annotations

from live.models import Event
from locks.core.rows import Alert, Row, kept_text
from locks.events import AlertCleared, AlertRaised
from locks.models import LockSource
from locks.services.leading import Guard
from locks.services.sources import no_guard, tell


def raise_alert(source: LockSource, row: Row, alert: Alert, guard: Guard = no_guard) -> Event:
    """Something has been wrong with a lock for a second. Raises what `guard` does."""
    raised = AlertRaised(
        id=row["id"],
        lane=row["lane"],
        key=kept_text(row["key"]),
        name=kept_text(row["name"]),
        client=row["client"],
        kind=alert["kind"],
        holder=kept_text(row["holder"]),
        since=alert["since"],
        value=alert["value"],
    )
    return tell(source, raised, guard=guard)


def clear_alert(source: LockSource, row: Row, kind: str, why: str, guard: Guard = no_guard) -> Event:
    """The alert is over.

    `why` is "well", or how the hold ended. `row` is the last known one. Raises what `guard` does.
    """
    return tell(source, AlertCleared(id=row["id"], name=kept_text(row["name"]), kind=kind, why=why), guard=guard)

"""The events of a lock source, one file per subject; `state` folds them."""

from __future__ import annotations

from locks.events.kinds import (
    AlertCleared,
    AlertRaised,
    LockBroken,
    SourceAdded,
    SourceBack,
    SourceLost,
    WatchPaused,
    WatchResumed,
)
from locks.events.state import OpenAlert, State
from locks.events.subject import locks

__all__ = [
    "AlertCleared",
    "AlertRaised",
    "LockBroken",
    "OpenAlert",
    "SourceAdded",
    "SourceBack",
    "SourceLost",
    "State",
    "WatchPaused",
    "WatchResumed",
    "locks",
]

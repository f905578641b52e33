"""The subject "locks": what the stream of a source tells of its alerts, its breaks and the watching of it."""

from __future__ import annotations

from live.subjects import Subject

# An alert and a break name the lock; what has bytes that are no UTF-8 is not among the names to filter by.
locks = Subject("locks", named=("name",))

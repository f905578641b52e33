"""The subject "locks": the stream of a source, with its alerts, breaks, and the state of its watching."""

from __future__ import annotations

from live.subjects import Subject

# An alert and a break name the lock. A name that is not valid UTF-8 is not offered as a filter.
locks = Subject("locks", named=("name",))

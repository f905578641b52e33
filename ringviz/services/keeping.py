"""Keeps the log of a cluster within its bound: checkpoints of the state, and old events let go."""

from __future__ import annotations

from django.conf import settings

from live.reading import head
from live.retention import keep_checkpoint, trim
from ringviz.selectors.past import state_at

CHECKPOINT_EVERY = 256  # versions: what a look into the past folds at most


def keep_log_bounded(slug: str, stream_id: int, version: int) -> None:
    """Called after each event; does something every 256 versions."""
    if version % CHECKPOINT_EVERY:
        return
    keep_checkpoint(stream_id, version, dict(state_at(stream_id, version)))
    if head(stream_id).version > settings.EVENT_RETENTION:
        trim(stream_id, settings.EVENT_RETENTION)

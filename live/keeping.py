"""Keeps the log bounded: writes checkpoints of its state and deletes old events."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError

from live.models import Stream
from live.past import NotKept, parts_at
from live.retention import keep_checkpoint, trim
from live.subjects import UndeclaredKind

logger = logging.getLogger(__name__)

CHECKPOINT_EVERY = 256  # versions; rebuilding a past version folds at most this many events


def keep_log_bounded(stream_id: int, version: int) -> None:
    """Call this after each event. It does something every 256 versions.

    The event is already committed, so a failure here is only logged. The next checkpoint makes up for it.
    """
    if version % CHECKPOINT_EVERY:
        return
    try:
        keep_checkpoint(stream_id, version, parts_at(stream_id, version))
        trim(stream_id, settings.EVENT_RETENTION)
    except (DatabaseError, Stream.DoesNotExist, NotKept, UndeclaredKind):
        logger.exception("No checkpoint of stream %d at version %d", stream_id, version)

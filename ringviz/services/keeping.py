"""Keeps the log of a cluster within its bound: checkpoints of the state, and old events let go."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError

from live.models import Stream
from live.retention import keep_checkpoint, trim
from ringviz.errors import NotFound
from ringviz.selectors.past import state_at

logger = logging.getLogger(__name__)

CHECKPOINT_EVERY = 256  # versions: what a look into the past folds at most


def keep_log_bounded(stream_id: int, version: int) -> None:
    """Called after each event; does something every 256 versions.

    The event stands already, so that what fails here is logged and made good by the next checkpoint.
    """
    if version % CHECKPOINT_EVERY:
        return
    try:
        keep_checkpoint(stream_id, version, dict(state_at(stream_id, version)))
        trim(stream_id, settings.EVENT_RETENTION)
    except (DatabaseError, Stream.DoesNotExist, NotFound):
        logger.exception("No checkpoint of stream %d at version %d", stream_id, version)

"""The Redis channel of this installation, and what travels on it.

A message is a JSON list, its first member the kind:

    ["hint", stream id, version]          the stream has (at least) this version: read the database
    ["frame", stream id, topic, data]     the newest value of a topic, for every page that has the stream open
    ["here", hub id, {stream id: count}]  the sockets of one hub

Nothing that must not be lost travels here: every hub reads the database each second all the same.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import connection

FIRST_PAUSE_S = 0.1  # before a lost connection to the hint server is tried again; then twice as long each time
LONGEST_PAUSE_S = 1.0


def redis_url() -> str:
    """Where the hint server is; empty where there is none."""
    return getattr(settings, "REDIS_URL", None) or ""


def channel_name() -> str:
    """One name for one database, so that two installations on one server do not hear each other."""
    return _given() or f"ringviz:{installation()}:live"


def installation() -> str:
    """What tells this installation from the others on one server: all of its processes have one database.

    A deployment whose processes spell the database's address in different ways sets LIVE_CHANNEL, the same everywhere.
    """
    where = [str(connection.settings_dict.get(part) or "") for part in ("ENGINE", "HOST", "PORT", "NAME")]
    return _given() or hashlib.sha256(chr(0).join(where).encode()).hexdigest()[:16]


def _given() -> str:
    return str(getattr(settings, "LIVE_CHANNEL", "") or "")


def pack(*message: Any) -> bytes:
    """A message as it travels."""
    return json.dumps(message, separators=(",", ":")).encode()

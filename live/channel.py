"""The Redis channel of this installation and its messages.

A message is a JSON list, its first member the kind:

    ["hint", stream id, version]          the stream has (at least) this version: read the database
    ["frame", stream id, topic, data]     the newest value of a topic, for every page that has the stream open
    ["here", hub id, {stream id: count}]  the sockets of one hub

Messages may get lost, because every hub also reads the database every second.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import connection

FIRST_PAUSE_S = 0.1  # before reconnecting to the hint server; doubles with each attempt
LONGEST_PAUSE_S = 1.0


def redis_url() -> str:
    """The hint server's URL. Empty if there is none."""
    return getattr(settings, "REDIS_URL", None) or ""


def channel_name() -> str:
    """A channel name per database, so that two installations on one server do not hear each other."""
    return _given() or f"ringviz:{installation()}:live"


def installation() -> str:
    """Identifies this installation on a shared server by its database.

    If the processes of a deployment use different URLs for the database, set LIVE_CHANNEL to the same value everywhere.
    """
    where = [str(connection.settings_dict.get(part) or "") for part in ("ENGINE", "HOST", "PORT", "NAME")]
    return _given() or hashlib.sha256(chr(0).join(where).encode()).hexdigest()[:16]


def _given() -> str:
    return str(getattr(settings, "LIVE_CHANNEL", "") or "")


def pack(*message: Any) -> bytes:
    """Encodes a message."""
    return json.dumps(message, separators=(",", ":")).encode()

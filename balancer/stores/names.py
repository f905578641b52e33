"""The keys on the hint server, and how long they last."""

from __future__ import annotations

from typing import Final, NamedTuple

from live.channel import channel_name

KEPT_S: Final = 600
"""After the last write, in seconds."""


class Names(NamedTuple):
    """The keys of one cluster. Each is a list, newest first (`slowest`: slowest first)."""

    samples: str
    slowest: str
    frames: str


def names_of(stream_id: int) -> Names:
    """The keys of the cluster with this stream."""
    return Names(*(f"{channel_name()}:balancer:{stream_id}:{part}" for part in Names._fields))

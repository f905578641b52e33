"""The names of the keys on the hint server, and for how long they stay."""

from __future__ import annotations

from typing import Final, NamedTuple

from live.channel import channel_name

KEPT_S: Final = 600
"""After the last write, in seconds."""


class Names(NamedTuple):
    """The keys of one cluster, each a list with the newest (of `slowest`: the slowest) first."""

    samples: str
    slowest: str
    frames: str


def names_of(stream_id: int) -> Names:
    """The keys of the cluster that has this stream."""
    return Names(*(f"{channel_name()}:balancer:{stream_id}:{part}" for part in Names._fields))

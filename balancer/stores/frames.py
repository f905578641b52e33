"""The newest frames of a driver, so that a page opened later can draw the same as one that was open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, cast

from balancer.stores.names import KEPT_S, names_of
from live.store import FAILURES, StoreGone, line

SPAN_S: Final = 40.0
MOST_FRAMES: Final = 250  # slightly more than arrive in SPAN_S
MOST_BYTES: Final = 2_000_000  # in total; frames of many nodes are large, so fewer are kept


def keep(stream_id: int, frames: Sequence[dict[str, Any]]) -> None:
    """Appends frames in order. Raises StoreGone."""
    if not frames:
        return
    names = names_of(stream_id)
    texts = [json.dumps(frame, separators=(",", ":")) for frame in frames]
    most = max(1, min(MOST_FRAMES, MOST_BYTES // max(map(len, texts))))
    try:
        with line().pipeline() as pipe:
            pipe.lpush(names.frames, *texts[-most:])
            pipe.ltrim(names.frames, 0, most - 1)
            pipe.expire(names.frames, KEPT_S)
            pipe.execute()
    except FAILURES as error:
        raise StoreGone(str(error)) from error


def recent(stream_id: int, now_ms: int) -> list[dict[str, Any]]:
    """The frames of the last SPAN_S, oldest first. Raises StoreGone."""
    try:
        texts = cast("list[bytes]", line().lrange(names_of(stream_id).frames, 0, -1))
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    frames = [json.loads(text) for text in reversed(texts)]
    return [frame for frame in frames if frame["at"] >= now_ms - SPAN_S * 1000]

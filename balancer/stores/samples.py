"""Explained requests: the newest, and the slowest since the policy or the settings changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, cast

from balancer.core.explained import Explained, Kept
from balancer.stores.names import KEPT_S, names_of
from live.store import FAILURES, StoreGone, line

MOST_NEWEST: Final = 200
MOST_SLOWEST: Final = 20


def keep(stream_id: int, ended: Sequence[Explained], slowest: Sequence[Explained] | None) -> None:
    """Appends finished requests in order, and replaces the slowest if any are given.

    Raises StoreGone, and writes nothing then.
    """
    names = names_of(stream_id)
    try:
        with line().pipeline() as pipe:
            if ended:
                pipe.lpush(names.samples, *map(_packed, ended[-MOST_NEWEST:]))
                pipe.ltrim(names.samples, 0, MOST_NEWEST - 1)
            if slowest is not None:
                pipe.delete(names.slowest)
                if slowest:
                    pipe.rpush(names.slowest, *map(_packed, slowest[:MOST_SLOWEST]))
            for key in (names.samples, names.slowest):
                pipe.expire(key, KEPT_S)
            pipe.execute()
    except FAILURES as error:
        raise StoreGone(str(error)) from error


def kept(stream_id: int) -> Kept:
    """Reads all stored requests. Raises StoreGone."""
    names = names_of(stream_id)
    try:
        with line().pipeline() as pipe:
            pipe.lrange(names.samples, 0, -1)
            pipe.lrange(names.slowest, 0, -1)
            newest, slowest = cast("tuple[list[bytes], list[bytes]]", pipe.execute())
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return Kept(newest=[json.loads(text) for text in newest], slowest=[json.loads(text) for text in slowest])


def _packed(one: Explained) -> str:
    return json.dumps(one, separators=(",", ":"))

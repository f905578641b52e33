"""PostgreSQL that stands still on an open connection: nobody waits for its answer for ever.

The system notices a machine that is gone, and not a server that is stopped: its kernel goes on confirming packets. A
statement may well take long, though. So after a silence another connection is tried. Only where that does not come
about either, the server is taken for silent, and the statement fails as on a lost connection.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from django.conf import settings

ASKED_AFTER_S = 5.0


def bound_silence(*, connection: Any, **_more: Any) -> None:
    """A new connection of PostgreSQL raises OperationalError where the server has stood still for 5 s, and 5 s more."""
    if connection.vendor != "postgresql":
        return
    raw, parameters = connection.connection, connection.get_connection_params()
    wait = raw.wait

    def wait_watched(generator: Any, *arguments: Any, **more: Any) -> Any:
        return wait(_watched(generator, raw, parameters), *arguments, **more)

    raw.wait = wait_watched


def _watched(generator: Any, raw: Any, parameters: dict[str, Any]) -> Generator[Any, Any, Any]:
    """The generator of a statement, which is told several times a second whether there is anything to read."""
    try:
        wanted, heard_at = next(generator), time.monotonic()
        while True:
            ready = yield wanted
            if ready:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > ASKED_AFTER_S:
                _check(raw, parameters)
                heard_at = time.monotonic()
            wanted = generator.send(ready)
    except StopIteration as ended:
        return ended.value


def _check(raw: Any, parameters: dict[str, Any]) -> None:
    import psycopg

    asked = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    try:
        psycopg.connect(**{**asked, "connect_timeout": round(settings.LOCK_WITHIN_S)}).close()
    except psycopg.errors.ConnectionTimeout:
        raw.pgconn.finish()
        text = f"the server has not answered for {ASKED_AFTER_S:g} s and takes no new connection"
        raise psycopg.OperationalError(text) from None
    except psycopg.Error:
        return  # it refuses one, so it is there; or it is gone, and the open connection ends by itself

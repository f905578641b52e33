"""Detects a PostgreSQL server that hangs on an open connection, so that nobody waits for it forever.

TCP notices a machine that is gone but not a stopped server, whose kernel keeps acknowledging packets. But a statement
may also be slow. So after a silence, another connection is tried. If that fails too, the server counts as silent, and
the statement fails as if the connection were lost.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from django.conf import settings

ASKED_AFTER_S = 5.0


def bound_silence(*, connection: Any, **_more: Any) -> None:
    """Makes a new PostgreSQL connection raise OperationalError after the server has hung for 5 s plus 5 s."""
    if connection.vendor != "postgresql":
        return
    raw, parameters = connection.connection, connection.get_connection_params()
    wait = raw.wait

    def wait_watched(generator: Any, *arguments: Any, **more: Any) -> Any:
        return wait(_watched(generator, raw, parameters), *arguments, **more)

    raw.wait = wait_watched


def _watched(generator: Any, raw: Any, parameters: dict[str, Any]) -> Generator[Any, Any, Any]:
    """Drives a statement's generator, telling it several times a second whether there is anything to read."""
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
        text = f"the server has not answered for {ASKED_AFTER_S:g} s and accepts no new connection"
        raise psycopg.OperationalError(text) from None
    except psycopg.Error:
        return  # it refused a connection, so it is alive; or it is gone, and the open connection ends by itself

"""Who is connected to a server: CLIENT LIST, parsed without trusting any name in it."""

from __future__ import annotations

from locks.core.observed import Connection
from locks.sources.lines import Line

MOST_CONNECTIONS = 5_000
"""CLIENT LIST costs the server about 2 µs per connection. With more connections than this it is not called."""


def connections_of(line: Line) -> list[Connection] | None:
    """The connections of a server, None if there are more than MOST_CONNECTIONS. Raises SourceTrouble."""
    info = line.call("INFO", "clients")
    if int(info.get("connected_clients", 0)) > MOST_CONNECTIONS:
        return None
    answer = line.call("CLIENT", "LIST")
    return [connection(text) for text in answer.decode(errors="replace").splitlines() if text]


def connection(text: str) -> Connection:
    """One line of CLIENT LIST. A name has no space, so fields can be told apart."""
    fields = dict(part.partition("=")[::2] for part in text.split(" "))
    return Connection(
        fields.get("addr", ""),
        fields.get("name", ""),
        fields.get("cmd", ""),
        fields.get("flags", ""),
        _whole(fields.get("age", "")),
        _whole(fields.get("idle", "")),
        fields.get("lib-name", ""),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0

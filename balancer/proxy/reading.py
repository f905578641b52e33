"""Parses HAProxy's reports.

Source: HAProxy 2.6, management manual, "show servers state" and "Statistics and monitoring" (CSV).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from servers.address import Address

_FORCED_MAINT, _INHERITED_MAINT, _FORCED_DRAIN, _INHERITED_DRAIN, _UNRESOLVED = 0x01, 0x02, 0x08, 0x10, 0x20
_NO_NODE: Final = ("FRONTEND", "BACKEND")


class State(StrEnum):
    """A server's state as set by an operator. `DRAIN` takes no new connections; `MAINT` is not checked either."""

    READY = "ready"
    DRAIN = "drain"
    MAINT = "maint"


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a backend, from `show servers state`."""

    backend: str
    name: str
    address: Address
    weight: int
    state: State


@dataclass(frozen=True, slots=True)
class Figures:
    """A server of a backend, from `show stat`.

    `status` is HAProxy's word (`UP`, `UP 1/2`, `DOWN`, `MAINT`, `DRAIN`); `check` is the result of the last check
    (`L7OK`, `L7TOUT`), empty if there was none, and `why` its description. `sessions` are open now, `total` counts
    since the start. `failed` and `retried` count connections that could not be made or were tried again.
    """

    backend: str
    name: str
    status: str
    check: str
    why: str
    weight: int
    sessions: int
    total: int
    failed: int
    retried: int


def servers(text: str) -> list[Server]:
    """Parses `show servers state`: all servers of all backends."""
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("# ")).removeprefix("# ").split()
    rows = (line.split() for line in lines[lines.index("# " + " ".join(head)) + 1 :] if line)
    return [_server(dict(zip(head, row, strict=False))) for row in rows]


def figures(text: str) -> list[Figures]:
    """Parses `show stat`: all servers of all backends, without frontends and sums."""
    return [
        Figures(
            backend=row["pxname"],
            name=row["svname"],
            status=row["status"],
            check=row["check_status"].removeprefix("* "),
            why=row["last_chk"] or row["check_desc"],
            weight=_number(row["weight"]),
            sessions=_number(row["scur"]),
            total=_number(row["stot"]),
            failed=_number(row["econ"]) + _number(row["eresp"]),
            retried=_number(row["wretr"]) + _number(row["wredis"]),
        )
        for row in _rows(text)
        if row["svname"] not in _NO_NODE
    ]


def mapped(text: str) -> str:
    """Parses `show map` with its one entry, such as `0x55b1 policy leastconn`, and returns the value."""
    return text.split()[2]


def _server(row: dict[str, str]) -> Server:
    flags = int(row["srv_admin_state"])
    return Server(
        backend=row["be_name"],
        name=row["srv_name"],
        address=Address(row["srv_addr"], int(row["srv_port"])),
        weight=int(row["srv_uweight"]),
        state=_state(flags),
    )


def _state(flags: int) -> State:
    if flags & (_FORCED_MAINT | _INHERITED_MAINT | _UNRESOLVED):
        return State.MAINT
    return State.DRAIN if flags & (_FORCED_DRAIN | _INHERITED_DRAIN) else State.READY


def _rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(text.removeprefix("# ").splitlines())


def _number(text: str) -> int:
    return int(text or 0)

"""What a source is and what it allows: its engine and role, and how to hear about changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from locks.sources.lines import Line
from locks.sources.listening import Way
from locks.sources.scripts import Can
from locks.sources.trouble import SourceTrouble

WANTED_EVENTS = "Kg$xhlz"
"""The needed notify-keyspace-events: by key (K); generic commands, strings, expiry, hashes, lists, sorted sets."""
_ALL_CLASSES = "g$lshzxetd"  # the letters that "A" includes
_ORDER = "KEAg$lshzxetdmno"
FIRST_WITH_TRACKING = (6, 0)
_MOST_VERSION = 40  # letters of a server's version

Notifications = Literal["on", "off", "unknown"]


@dataclass(frozen=True)
class Capabilities:
    """`notifications` are on if everything that we need is on; unknown if the user may not ask. `missing` is the line
    that somebody else may set: we never change a server. `lacking` are the servers of a Cluster that lack them while
    others have them. `tracking`: the server has CLIENT TRACKING. `script`: EVAL_RO, or EVAL if there is no EVAL_RO.
    `replicating` is False for a replica without its primary, whose keys may be old.
    """

    server: str
    role: str
    notifications: Notifications
    missing: str
    tracking: bool
    script: str
    can: Can
    replicating: bool = True
    lacking: tuple[str, ...] = ()

    @property
    def way(self) -> Way | None:
        """How to hear about changes; None: only by scanning repeatedly."""
        if self.notifications == "on":
            return "notifications"
        return "tracking" if self.tracking else None

    @property
    def replica(self) -> bool:
        """Whether it is a replica: then no lock can be broken here."""
        return self.role == "replica"


def asked(line: Line, can: Can) -> Capabilities:
    """Asks a server. Raises SourceTrouble; whatever the user may not ask is unknown."""
    info = _info(line)
    version = str(info.get("valkey_version") or info.get("redis_version") or "")[:_MOST_VERSION]
    engine = "Valkey" if "valkey_version" in info or info.get("server_name") == "valkey" else "Redis"
    events = _events(line)
    return Capabilities(
        server=f"{engine} {version}" if version else "unknown",
        role={"master": "primary", "slave": "replica"}.get(str(info.get("role", "")), "unknown"),
        notifications="unknown" if events is None else "on" if hears(events) else "off",
        missing=line_to_set(events or "") if events is None or not hears(events) else "",
        tracking=_numbers(str(info.get("redis_version", "0"))) >= FIRST_WITH_TRACKING,
        script=line.script_command,
        can=can,
        replicating=info.get("master_link_status", "up") == "up",
    )


def together(of_each: Mapping[str, Capabilities]) -> Capabilities:
    """What a whole source allows, from what each of its servers allows: only what all of them allow is reliable.

    Server, role and script are those of the first. The arguments must not be empty.
    """
    first = next(iter(of_each.values()))
    without = {where: one for where, one in of_each.items() if one.notifications != "on"}
    states = {one.notifications for one in without.values()}
    return replace(
        first,
        notifications="off" if "off" in states else "unknown" if states else "on",
        missing=line_to_set("".join(one.missing.split()[-1] for one in without.values())) if without else "",
        tracking=all(one.tracking for one in of_each.values()),
        replicating=all(one.replicating for one in of_each.values()),
        lacking=tuple(without) if len(without) < len(of_each) else (),
    )


def hears(events: str) -> bool:
    """Whether notify-keyspace-events has everything that is wanted."""
    has = set(events) | (set(_ALL_CLASSES) if "A" in events else set())
    return set(WANTED_EVENTS) <= has


def line_to_set(events: str) -> str:
    """The command that would enable it, and keep whatever is already enabled."""
    has = set(events) | set(WANTED_EVENTS)
    if "A" in has:
        has -= set(_ALL_CLASSES)
    return f"CONFIG SET notify-keyspace-events {''.join(letter for letter in _ORDER if letter in has)}"


def _events(line: Line) -> str | None:
    try:
        answer = line.call("CONFIG", "GET", "notify-keyspace-events")
    except SourceTrouble as trouble:
        if trouble.kind in ("noperm", "other"):  # other: CONFIG was renamed
            return None
        raise
    pairs = dict(zip(answer[::2], answer[1::2], strict=True)) if isinstance(answer, list) else answer
    return _text(pairs.get(b"notify-keyspace-events") or pairs.get("notify-keyspace-events") or "")


def _info(line: Line) -> dict[str, Any]:
    try:
        found: dict[str, Any] = line.call("INFO")
    except SourceTrouble as trouble:
        if trouble.kind != "noperm":
            raise
        return {}
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _text(raw: bytes | str) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)

"""Captures: what a real server stored while real clients held or awaited locks, and the expected readings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locks.core.observed import Connection, Member, Observed, Seen
from locks.core.reading import Reading
from locks.core.recognise import needs_of, recognise

FORMATS = Path(__file__).resolve().parent.parent / "formats"


@dataclass(frozen=True)
class Stage:
    """One moment of a capture, what was seen then, and the expected readings."""

    file: str
    client: str
    name: str
    captured_ms: int
    expect: Mapping[str, Any]
    seen: tuple[Observed, ...]
    channels: Mapping[bytes, int]
    connections: tuple[Connection, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"

    def readings(self, whole: bool = True) -> list[Reading]:
        """The locks that are recognised if, besides the keys, only what `needs_of` asks for is read."""
        asked = [needs_of(one) for one in self.seen]
        keys = {key for needs in asked for key in needs.keys}
        channels = {channel for needs in asked for channel in needs.channels}
        world = Seen(
            self.captured_ms,
            {one.key: one for one in self.seen if one.key in keys},
            {channel: self.channels.get(channel, 0) for channel in channels},
            self.connections,
            whole,
        )
        return recognise(self.seen, world)


def raw(value: Any) -> bytes:
    """A value of a capture as the server stores it."""
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value).encode()
    return str(value).encode()


def observed(entry: Mapping[str, Any]) -> Observed:
    """A key of a capture as `sources` would deliver it."""
    key, kind, value = raw(entry["key"]), entry["type"], entry["value"]
    ttl_ms = None if entry["pttl"] < 0 else int(entry["pttl"])
    if kind == "string":
        return Observed(key, kind, ttl_ms, raw(value), (), len(raw(value)))
    field_ttls = {raw(name): ttl for name, ttl in entry.get("field_pttl", []) if ttl >= 0}
    pairs = [(raw(one[0]), raw(one[1])) if kind in ("hash", "zset") else (raw(one), b"") for one in value]
    members = tuple(Member(name, what, field_ttls.get(name)) for name, what in pairs) if kind != "stream" else ()
    return Observed(key, kind, ttl_ms, b"", members, len(value))


def stages(files: Sequence[Path] | None = None) -> Iterator[Stage]:
    """Every stage of every capture."""
    for path in files if files is not None else sorted(FORMATS.glob("*.json")):
        capture = json.loads(path.read_text())
        moment = capture.get("now_ms", 1_795_399_322_300)
        for stage in capture["stages"]:
            yield Stage(
                path.stem,
                capture["client"],
                stage["stage"],
                stage.get("now_ms", moment),
                stage["expect"],
                tuple(observed(entry) for entry in stage["keys"]),
                {raw(name): count for name, count in stage.get("pubsub_channels", [])},
                tuple(
                    Connection("", one["name"], one["cmd"], one["flags"], 0, 0, one.get("lib-name", ""))
                    for one in stage.get("clients", [])
                ),
            )

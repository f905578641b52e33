"""The subject: two kinds in the lamps' own streams; and a second subject, which lives in the streams of clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from live.subjects import EventWords, Subject

lamp = Subject("lamp", named=("colour",))
bulbs = Subject("bulbs")


@lamp.kind(
    "lamp_lit",
    title="Lit",
    fold=lambda _state, payload: {"colour": payload["colour"]},
    words=lambda payload: EventWords(payload["colour"], f"the lamp is {payload['colour']}"),
)
@dataclass(frozen=True)
class LampLit:
    colour: str


@lamp.kind(
    "lamp_put_out",
    title="Put out",
    fold=lambda _state, _payload: {"colour": ""},
    words=lambda _payload: EventWords("out", "the lamp is out"),
)
@dataclass(frozen=True)
class LampPutOut:
    pass


def _counted(_state: Any, payload: Mapping[str, Any]) -> dict[str, int]:
    return {"bulbs": payload["bulbs"]}


@bulbs.kind(
    "bulbs_counted",
    title="Bulbs counted",
    fold=_counted,
    words=lambda payload: EventWords("bulbs", f"{payload['bulbs']} bulbs"),
)
@dataclass(frozen=True)
class BulbsCounted:
    bulbs: int

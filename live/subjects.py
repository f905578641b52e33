"""Subjects: what streams are about. A subject declares each kind of its events in one place:

    lamp = Subject("lamp")

    @lamp.kind("lamp_lit", title=_("Lit"), words=say_lit, fold=put_on)
    @dataclass(frozen=True)
    class LampLit:
        colour: str

Everything else (the log, the past, the timeline, the sockets) uses the declaration and never compares names. A stream
may carry several subjects, each of which folds its own kinds into its own part of the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from live.payloads import plain

T = TypeVar("T")

Payload = Mapping[str, Any]
Fold = Callable[[Any, Payload], Any]
"""The state after an event, from the state before (None at the beginning) and the payload. Pure."""


class EventWords(NamedTuple):
    """An event in the reader's language. `label` is a few letters ("+cache-5"), `text` says it ("cache-5 added")."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event moved or lost, for lists. Shares are 0..1, None if unknown.

    `text` is complete ("200 keys moved"); `count` and `unit` are for a column. `peer` is the share that the compared
    method would have moved.
    """

    text: str
    count: str
    unit: str
    share: float | None = None
    peer: float | None = None


class Part(StrEnum):
    """Which part of a work an event is. A work is in progress from its request until its end."""

    ASKED = "asked"
    MEANWHILE = "meanwhile"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class WorkPart:
    """Events of this kind are part of a work. `path` is the JSON lookup of the work's id in a payload (`asked__id`).

    The id is a number or a text, unique in the stream. None, 0, "" or a missing id means no work.
    """

    path: str
    part: Part

    def work_of(self, payload: Payload) -> int | str | None:
        """The id of the payload's work, or None."""
        found: Any = payload
        for name in self.path.split("__"):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if found and isinstance(found, int | str) else None


class UndeclaredKind(LookupError):
    """No subject declares this kind of event or this payload class."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `title` names it in filters; `listed` is its text in lists with several subjects.

    `work` says which part of a work it is. Lists show the parts of one work as one row.
    """

    name: str
    subject: Subject
    payload: type[Any]
    title: Any
    fold: Fold
    words: Callable[[Payload], EventWords]
    effect: Callable[[Payload], Effect | None]
    listed: Callable[[Payload], str]
    work: WorkPart | None = None


_kinds: dict[str, Kind] = {}
_by_payload: dict[type[Any], Kind] = {}


class Subject:
    """A named set of kinds. `name` is its part of every snapshot. `named` lists the JSON lookups of the name that the
    timeline filters by (`node__name`).
    """

    def __init__(self, name: str, *, named: tuple[str, ...] = ()) -> None:
        self.name = name
        self.named = named
        self.kinds: dict[str, Kind] = {}

    def __repr__(self) -> str:
        return f"<Subject {self.name}>"

    def kind(
        self,
        name: str,
        *,
        title: Any,
        fold: Fold,
        words: Callable[[Payload], EventWords],
        effect: Callable[[Payload], Effect | None] = lambda _payload: None,
        listed: Callable[[Payload], str] | None = None,
        work: WorkPart | None = None,
    ) -> Callable[[type[T]], type[T]]:
        """Declares the dataclass below it as the payload of a kind. Raises ValueError if the name is taken."""

        def declare(cls: type[T]) -> type[T]:
            if not is_dataclass(cls):
                raise TypeError(f"{cls.__name__} is not a dataclass")
            if name in _kinds:
                raise ValueError(f"{name} is declared twice")
            said = listed or (lambda payload: words(payload).text)
            made = Kind(name, self, cls, title, fold, words, effect, said, work)
            self.kinds[name] = _kinds[name] = _by_payload[cls] = made
            return cls

        return declare

    def apply(self, state: Any, kind: str, payload: Payload) -> Any:
        """The state after one of the subject's own events. Raises UndeclaredKind."""
        if kind not in self.kinds:
            raise UndeclaredKind(f"{self.name} has no kind of event named {kind!r}")
        return self.kinds[kind].fold(state, payload)


def all_kinds() -> list[Kind]:
    """Every kind that a subject of this process declares."""
    return list(_kinds.values())


def known(kind: str) -> Kind | None:
    """The declaration of a kind. None if no subject of this process declares it."""
    return _kinds.get(kind)


def declared(kind: str) -> Kind:
    """The declaration of a kind. Raises UndeclaredKind."""
    found = known(kind)
    if found is None:
        raise UndeclaredKind(f"no subject declares the kind {kind!r}")
    return found


def payload_class(kind: str) -> type[Any] | None:
    """The class of a kind's payloads. None if no subject of this process declares the kind."""
    found = known(kind)
    return None if found is None else found.payload


def kind_of(cls: type[Any]) -> str:
    """The kind whose payloads are of this class. Raises UndeclaredKind."""
    found = _by_payload.get(cls)
    if found is None:
        raise UndeclaredKind(f"no subject declares {cls.__name__} as a payload")
    return found.name


def encode(payload: object) -> tuple[str, dict[str, Any]]:
    """The kind of a payload and its JSON values, checked. Raises UndeclaredKind, UndeclaredField."""
    kind = kind_of(type(payload))
    return kind, plain(payload, kind)


def event_words(kind: str, payload: Payload) -> EventWords:
    """An event in the reader's language. Raises UndeclaredKind."""
    return declared(kind).words(payload)

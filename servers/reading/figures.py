"""What each server reports about itself, and which member it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from servers.errors import NotPermitted, Refusal
from servers.guard.door import Target
from servers.info import fields, whole
from servers.reading.agreeing import View
from servers.reading.connection import Question
from servers.topology import Mark, Member, NotTopology, parse_own


@dataclass(frozen=True, slots=True)
class SelfReport:
    """A server's own figures; None is unknown. `limit` 0 means no limit.

    `marks` are its open slots, in the middle of a classic move; `lacks` are commands that the user may not run.
    """

    keys: int | None = None
    bytes: int | None = None
    limit: int | None = None
    marks: tuple[Mark, ...] = ()
    lacks: frozenset[str] = frozenset()


async def report(ask: Callable[[Question], Awaitable[bytes]], *, marks: bool) -> SelfReport:
    """Asks a server, with `marks` also for its open slots. Raises EngineError if it does not answer."""
    lacks = set[str]()

    async def allowed(question: Question) -> bytes | None:
        try:
            return await ask(question)
        except NotPermitted:
            lacks.add(question.right)
        except Refusal:
            pass
        return None

    memory = fields(await allowed(Question.MEMORY))
    text = await allowed(Question.KEYSPACE)
    count = None if text is not None else await allowed(Question.COUNT)
    return SelfReport(
        keys=_keys(text) if text is not None else whole((count or b"").decode(errors="replace")),
        bytes=whole(memory.get("used_memory")),
        limit=whole(memory.get("maxmemory")),
        marks=_own_marks(await allowed(Question.NODES)) if marks else (),
        lacks=frozenset(lacks),
    )


def _keys(text: bytes) -> int:
    """Over all databases."""
    return sum(whole(line.partition("keys=")[2].partition(",")[0]) or 0 for line in fields(text).values())


def _own_marks(text: bytes | None) -> tuple[Mark, ...]:
    with suppress(NotTopology):
        own = parse_own((text or b"").decode(errors="replace"))
        return own.migrating if own is not None else ()
    return ()


def answering(members: Iterable[Member], targets: Mapping[str, Target]) -> dict[str, Target]:
    """Which member answers at each address, by ID; none if several announce it and it cannot be told.

    It is the member that sent the map from there, or the only one there that has not failed.
    """
    there: dict[Target, list[Member]] = {}
    for member in members:
        if member.id in targets:
            there.setdefault(targets[member.id], []).append(member)
    found = {}
    for target, sharing in there.items():
        alive = [member for member in sharing if not member.failed] or sharing
        told = [member for member in sharing if member.myself] or alive
        if len(told) == 1:
            found[told[0].id] = target
    return found


def said_by(asked: Mapping[str, Target], views: Iterable[View], besides: Iterable[Target] = ()) -> dict[str, Target]:
    """The members that may be asked: not where another member has answered, nor at `besides`."""
    speakers = {view.target: view.speaker for view in views} | dict.fromkeys(besides, "")
    return {one: target for one, target in asked.items() if speakers.get(target, one) == one}

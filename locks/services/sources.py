"""Sources in the database: created when first watched, lost, back, paused."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError

from live.actor import Actor
from live.keeping import keep_log_bounded
from live.log import create_stream, write
from live.models import Event
from live.places import registered
from live.turns import write_turn
from locks.bounds import MAX_NAME, MAX_WHY
from locks.events import SourceAdded, SourceBack, SourceLost, State, WatchPaused, WatchResumed, locks
from locks.events.state import TroubleState
from locks.models import LockSource
from locks.refusals import NotAllowed
from locks.selectors.sources import PREFIX, Configured, configured, source_of
from locks.services.leading import Guard

SYSTEM = Actor("system", "system", may_operate=True)


def no_guard() -> None:
    """Fences nobody off."""


def ensure_sources() -> list[LockSource]:
    """Creates a row and a stream for every configured source, in the order of the configuration.

    Existing sources stay as they are, unless the name changed or whether their locks can be broken.
    """
    return [_ensured(one) for one in configured().values()]


def check_allowed(actor: Actor) -> None:
    """Raises NotAllowed for people who may only watch."""
    if not actor.may_operate:
        raise NotAllowed


def tell(source: LockSource, payload: Any, actor: Actor = SYSTEM, guard: Guard = no_guard) -> Event:
    """Writes one event of a source that changes no row. Raises what `guard` does, Stream.DoesNotExist."""
    with write(source.stream_id) as draft:
        guard()
        event = draft.record(payload, actor)
    keep_log_bounded(event.stream_id, event.version)
    return event


def source_lost(source: LockSource, kind: str, text: str, guard: Guard = no_guard) -> Event | None:
    """Contact is lost, for a reason (`wording.TROUBLES`) and with the server's message. None if recorded already."""
    why: TroubleState = {"kind": kind, "text": kept_words(text)}
    trouble = state_now(source)["trouble"]
    if trouble is not None and trouble["kind"] == kind:
        return None
    return tell(source, SourceLost(why=why), guard=guard)


def kept_words(text: str) -> str:
    """A server's message as it is stored: MAX_WHY letters, without NUL, which PostgreSQL rejects."""
    return text[:MAX_WHY].replace("\0", " ")


def source_back(source: LockSource, guard: Guard = no_guard) -> Event | None:
    """The source answers again. None if it was not lost."""
    return tell(source, SourceBack(), guard=guard) if state_now(source)["trouble"] is not None else None


def set_paused(slug: str, actor: Actor, *, on: bool) -> Event | None:
    """Pauses or resumes the watching of a source. None if nothing changed. Raises NotAllowed, NotFound."""
    check_allowed(actor)
    source = source_of(slug)
    with write_turn():
        changed = LockSource.objects.filter(pk=source.pk, paused=not on).update(paused=on)
        return tell(source, WatchPaused() if on else WatchResumed(), actor) if changed else None


def state_now(source: LockSource) -> State:
    """The state of the source after its events."""
    places = registered(PREFIX)
    if places is None:
        raise LookupError(PREFIX)
    state: State = places.snapshot(source.stream_id)["parts"][locks.name]
    return state


def _ensured(wanted: Configured) -> LockSource:
    source = LockSource.objects.filter(slug=wanted.slug).first() or _made(wanted)
    told = state_now(source)["source"]
    said = SourceAdded(name=wanted.name[:MAX_NAME], slug=wanted.slug, breakable=wanted.breakable)
    if told != {"name": said.name, "slug": said.slug, "breakable": said.breakable}:
        with write_turn():
            LockSource.objects.filter(pk=source.pk).update(name=said.name)
            tell(source, said)
        source.name = said.name
    return source


def _made(wanted: Configured) -> LockSource:
    """The row, its stream and its first event. If two processes create it at once, the second finds the first's."""
    name = wanted.name[:MAX_NAME]
    try:
        with write_turn():
            stream = create_stream(f"{PREFIX}/{wanted.slug}")
            source = LockSource.objects.create(slug=wanted.slug, name=name, stream=stream)
            tell(source, SourceAdded(name=name, slug=wanted.slug, breakable=wanted.breakable))
            return source
    except IntegrityError:
        return LockSource.objects.get(slug=wanted.slug)

"""A break by an operator: permitted, shown, with a reason, recorded before and after, and done once.

The order: first the row `LockBreak` is committed, with who, why and what; then the server compares and deletes; then
the event is written and the row is marked, in one turn. If the process dies in between, the row stays at "asked".
`settle`, which runs at every break and once a second in the watcher, turns it into an event that says that it is
unknown whether the key was deleted. So nothing is deleted without a trace, and nothing uncertain is reported as done.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from live.actor import Actor, Origin
from live.keeping import keep_log_bounded
from live.log import write
from live.models import ACTOR_LENGTH, Event
from live.subjects import encode
from live.turns import write_turn
from locks.bounds import MAX_BREAK_KEY, MAX_REASON
from locks.core.reading import Reading
from locks.core.retaken import Glimpse, began_later, is_longer, names
from locks.core.rows import Row, bytes_of, id_of, kept_text, lane_of, proof_digest, text_of
from locks.core.sourcelist import SourceConfig
from locks.events import LockBroken
from locks.models import LockBreak, LockSource
from locks.refusals import Changed, Invalid, NotAllowed, NotFound, SourceFailed, TooLong, Unfinished, Unknown
from locks.selectors.clock import now_ms
from locks.selectors.configs import configs
from locks.selectors.detail import ended_hold
from locks.selectors.sources import source_of
from locks.services.deleting import Deleted, delete, may_have_happened
from locks.services.sources import check_allowed
from locks.sources import Source, SourceTrouble, connect
from locks.stores.line import StoreGone
from locks.stores.marks import mark_broken, unmark_broken
from locks.stores.table import row as row_of
from locks.wording import trouble_text

_SETTLE_AFTER = timedelta(seconds=60)
"""Longer than all deadlines of a break together: the process that asked has given up or is gone."""
_OURS = "#"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the operator decided on: the row's id, and the digest of the proof that was shown.

    `key` is needed if the table no longer has the row; `glimpse` counts if the proof does not tell one acquisition from
    the next. Both may be unknown.
    """

    row_id: str
    proof: str
    key: bytes | None = None
    glimpse: Glimpse | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants a break, and why. A request sent twice with the same `key` runs once and is answered each time."""

    actor: Actor
    reason: str
    key: str = ""


def break_shown(slug: str, shown: Shown, wish: Wish) -> Event:
    """Breaks the hold that a page showed, if nothing about it has changed.

    Raises NotAllowed, NotFound, Invalid, Changed, Unknown, TooLong, Unfinished, SourceFailed.
    """
    _check(wish)
    source = source_of(slug)
    config = breakable(source)
    if (before := _asked_before(source, wish.key)) is not None:
        return before
    try:
        row = row_of(slug, shown.row_id)
        ended = None if row else ended_hold(slug, shown.row_id, now_ms())
    except StoreGone as error:
        raise SourceFailed(_("Our own Redis does not answer. Nothing was deleted.")) from error
    known = row or ended
    key = bytes_of(known["key"]) if known else shown.key
    if key is None:
        raise Unknown
    readings = held_at(config, key)
    found = next((one for one in readings if id_of(one) == shown.row_id), None)
    if found is not None and not found.proof.whole:
        raise TooLong
    if found is None or proof_digest(found.proof) != shown.proof:
        raise Changed(seen_of(readings))
    if why := _why_another(shown, row, found, lost=known is None):
        raise Changed(seen_of(readings), why)
    return break_reading(source, config, found, wish)


def _why_another(shown: Shown, row: Row | None, found: Reading, *, lost: bool) -> str:
    """Why the hold that was found is not, or may not be, the one shown, although the proof is the same; "" if nothing
    says so.

    Raises SourceFailed.
    """
    if names(found.evidence) == "acquisition":
        return ""
    if lost:
        return _("The watcher started afresh. Whether this is still the lock that you saw is unknown. Look again.")
    glimpse = shown.glimpse or (Glimpse.of(row) if row else None)
    if row is None or glimpse is None or began_later(glimpse, row):
        return _("The lock you saw has ended and was taken again. Nothing was deleted. Look again, then decide.")
    try:
        now = now_ms()
    except StoreGone as error:
        raise SourceFailed(_("Our own Redis does not answer. Nothing was deleted.")) from error
    if is_longer(glimpse, found.ttl_ms, now):
        return _(
            "The time left has grown since you looked: the lock was renewed, or taken again. Nothing was deleted. "
            "Look again, then decide."
        )
    return ""


def break_reading(source: LockSource, config: SourceConfig, reading: Reading, wish: Wish) -> Event:
    """Breaks a hold that was just read, and records it. Raises the same as `break_shown`."""
    _check(wish)
    if not reading.proof.whole:
        raise TooLong
    settle()
    asked = _ask(source, reading, wish)
    if isinstance(asked, Event):
        return asked
    row_id = id_of(reading)
    _mark(source.slug, row_id)
    try:
        with _connected(config.for_breaking()) as breaking:
            done = delete(breaking, reading)
    except SourceTrouble as trouble:
        if not may_have_happened(trouble):
            _take_back(asked, row_id)
            raise failed(trouble) from trouble
        return _after_silence(asked, config, reading, trouble)
    if not done.done:
        _take_back(asked, row_id)
        raise Changed(seen_of(held_at(config, reading.key)))
    return _tell(asked, done)


def break_unrecorded(config: SourceConfig, reading: Reading, wish: Wish) -> Deleted:
    """Breaks a hold on a server that is not one of our sources.

    Raises NotAllowed, Invalid, Changed, TooLong, SourceFailed.
    """
    _check(wish)
    if not reading.proof.whole:
        raise TooLong
    try:
        with _connected(config.for_breaking()) as breaking:
            done = delete(breaking, reading)
    except SourceTrouble as trouble:
        if not may_have_happened(trouble):
            raise failed(trouble) from trouble
        raise _unknown(trouble) from trouble
    if not done.done:
        raise Changed(seen_of(held_at(config, reading.key)))
    return done


def held_at(config: SourceConfig, key: bytes) -> list[Reading]:
    """The holders of a key now. Raises SourceFailed."""
    try:
        with _connected(config) as watching:
            return [one for one in watching.look([key]) if one.key == key]
    except SourceTrouble as trouble:
        raise failed(trouble) from trouble


def settle() -> list[Event]:
    """Records every break whose process ended before it could: whether the key was deleted is unknown."""
    begun = LockBreak.objects.filter(state=LockBreak.State.ASKED, asked_at__lt=timezone.now() - _SETTLE_AFTER)
    old = begun.select_related("source")
    return [event for asked in old if (event := _tell_once(asked)) is not None]


def checked_reason(reason: str) -> str:
    """The reason as it is stored: on one line. Raises Invalid."""
    said = " ".join("".join(_in_one_line(letter) for letter in reason).split())
    if not said:
        raise Invalid("reason", "", _("Give a reason. It is recorded with your name."))
    if len(said) > MAX_REASON:
        raise Invalid("reason", said[:40], _("A reason has at most %(most)d characters.") % {"most": MAX_REASON})
    return said


def _in_one_line(letter: str) -> str:
    """Replaces control characters and lone surrogates by spaces:

    PostgreSQL rejects NUL, and a terminal obeys the rest.
    """
    return " " if unicodedata.category(letter) in ("Cc", "Cs") else letter


def failed(trouble: SourceTrouble) -> SourceFailed:
    """The error if the source refused or did not answer before anything was deleted."""
    why = trouble_text(trouble.kind, trouble.text)
    return SourceFailed(_("%(why)s Nothing was deleted.") % {"why": why})


def _unknown(trouble: SourceTrouble) -> SourceFailed:
    text = _("%(why)s Whether the lock was broken is unknown. Look at who holds it before you try again.")
    return SourceFailed(text % {"why": trouble_text(trouble.kind, trouble.text)})


def seen_of(readings: list[Reading]) -> list[dict[str, Any]]:
    """Who holds a lock now, for a refusal: the fields of a row that one look can tell."""
    return [
        {
            "id": id_of(one),
            "lane": lane_of(one.key),
            "key": text_of(one.key),
            "name": text_of(one.name),
            "client": one.client,
            "holder": None if one.holder_id is None else text_of(one.holder_id),
            "label": None,
            "fencing": one.fencing_token,
            "renewed": [],
            "ttl_ms": one.ttl_ms,
            "proof": proof_digest(one.proof),
        }
        for one in readings
    ]


def _check(wish: Wish) -> None:
    """Raises NotAllowed, Invalid."""
    check_allowed(wish.actor)
    checked_reason(wish.reason)
    if len(wish.key) > MAX_BREAK_KEY:
        text = _("A key has at most %(most)d characters.")
        raise Invalid("key", wish.key[:40], text % {"most": MAX_BREAK_KEY})
    if not wish.key.isprintable():
        raise Invalid("key", "", _("A key may contain printable characters only."))
    if wish.key.startswith(_OURS):
        raise Invalid("key", wish.key[:40], _("A key does not begin with #."))


def breakable(source: LockSource) -> SourceConfig:
    """The source with the address of the user that may break. Raises NotFound, NotAllowed."""
    config = configs().get(source.slug)
    if config is None:
        raise NotFound(_("%(source)s is no longer watched: LOCK_SOURCES does not name it.") % {"source": source.name})
    if not config.breakable:
        text = _("%(source)s is read-only: its entry in LOCK_SOURCES names no break=VARIABLE.")
        raise NotAllowed(text % {"source": source.name})
    return config


def _connected(config: SourceConfig) -> Source:
    try:
        return connect(config)
    except SourceTrouble as trouble:
        raise failed(trouble) from trouble


def _asked_before(source: LockSource, key: str) -> Event | None:
    """The event of the break with this key. Raises Unfinished while it is running."""
    asked = source.breaks.filter(key=key).first() if key else None
    if asked is None:
        return None
    if asked.state == LockBreak.State.ASKED and timezone.now() - asked.asked_at < _SETTLE_AFTER:
        raise Unfinished
    event = _tell_once(asked) or Event.objects.filter(stream_id=source.stream_id, version=asked.version or 0).first()
    if event is None:
        raise NotFound(_("The lock was broken. The event of this break is no longer kept."))
    return event


def _ask(source: LockSource, reading: Reading, wish: Wish) -> LockBreak | Event:
    """The row, committed before anything is deleted; or the event, if the same break was requested a moment ago."""
    payload = LockBroken(
        id=id_of(reading),
        key=kept_text(text_of(reading.key)),
        name=kept_text(text_of(reading.name)),
        client=reading.client,
        holder=None if reading.holder_id is None else kept_text(text_of(reading.holder_id)),
        reason=checked_reason(wish.reason),
        woken=None,
        how="",
        sure=False,
    )
    _kind, values = encode(payload)
    try:
        with write_turn():
            return source.breaks.create(
                key=wish.key or f"{_OURS}{secrets.token_hex(16)}",
                payload=values,
                actor=wish.actor.name[:ACTOR_LENGTH],
                origin=wish.actor.origin,
            )
    except IntegrityError:
        event = _asked_before(source, wish.key)
        if event is None:
            raise
        return event


def _after_silence(asked: LockBreak, config: SourceConfig, reading: Reading, trouble: SourceTrouble) -> Event:
    """The server did not answer, so what the key holds now shows whether it was deleted.

    If nobody can tell, the row stays until `settle`. Raises SourceFailed.
    """
    try:
        held_at(config, reading.key)  # its answer proves that earlier commands are done
        now = held_at(config, reading.key)
    except SourceFailed as silent:
        raise _unknown(trouble) from silent
    if any((id_of(one), one.proof) == (id_of(reading), reading.proof) for one in now):
        _take_back(asked, id_of(reading))
        raise failed(trouble) from trouble
    return _tell(asked, Deleted(False, None, ""))


def _tell(asked: LockBreak, done: Deleted) -> Event:
    """Writes the event and updates the row, in one turn."""
    event = _tell_once(asked, done)
    if event is None:  # settled meanwhile by a process that believed we had died
        asked.refresh_from_db()
        event = Event.objects.get(stream_id=asked.source.stream_id, version=asked.version or 0)
    return event


def _tell_once(asked: LockBreak, done: Deleted | None = None) -> Event | None:
    """Returns None if it was recorded already."""
    said = asked.payload | ({"woken": done.woken, "how": done.how, "sure": done.done} if done else {})
    actor = Actor(asked.actor, cast(Origin, asked.origin), may_operate=True)
    with write_turn():
        if not LockBreak.objects.filter(pk=asked.pk, state=LockBreak.State.ASKED).update(state=LockBreak.State.TOLD):
            return None
        with write(asked.source.stream_id) as draft:
            event = draft.record(LockBroken(**said), actor)
        LockBreak.objects.filter(pk=asked.pk).update(version=event.version, payload=said)
    keep_log_bounded(event.stream_id, event.version)
    return event


def _mark(slug: str, row_id: str) -> None:
    """Marks the hold for the watcher, which only sees a deletion.

    Without the mark it reports a release; the event corrects it.
    """
    try:
        mark_broken(slug, row_id)
    except StoreGone:
        return


def _take_back(asked: LockBreak, row_id: str) -> None:
    """Undoes the request, because nothing was deleted."""
    asked.delete()
    try:
        unmark_broken(asked.source.slug, row_id)
    except StoreGone:
        return

"""The kinds of event of a source: payload, fold, words and the name in filters.

`static/js/locks/` declares the same kinds for the page; the files in `tests/contract/locks` keep the two in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from live.subjects import EventWords, Payload
from live.wording import number
from locks.events import state
from locks.events.state import TroubleState
from locks.events.subject import locks
from locks.wording import alert_text, brief, holder_text, trouble_text


def _alert(payload: Payload) -> EventWords:
    name, what = brief(payload["name"]), alert_text(payload["kind"])
    return EventWords(name, _("%(lock)s: %(what)s") % {"lock": name, "what": what})


def _cleared(payload: Payload) -> EventWords:
    name, what = brief(payload["name"]), alert_text(payload["kind"])
    return EventWords(name, _("%(lock)s: alert cleared (%(what)s)") % {"lock": name, "what": what})


def _broken(payload: Payload) -> EventWords:
    name = brief(payload["name"])
    values = {"lock": name, "holder": holder_text(payload["holder"]), "reason": brief(payload["reason"], 200)}
    if not payload["sure"]:
        text = _("%(lock)s: a break was requested (%(reason)s); whether it was carried out is unknown")
        return EventWords(name, text % values)
    said = _("%(lock)s broken, held by %(holder)s: %(reason)s") % values
    if payload["woken"]:
        woken = ngettext("%(n)s waiter woken", "%(n)s waiters woken", payload["woken"])
        said = _("%(what)s; %(woken)s") % {"what": said, "woken": woken % {"n": number(payload["woken"])}}
    return EventWords(name, said)


def _added(payload: Payload) -> EventWords:
    name = brief(payload["name"])
    may = _("%(source)s is watched; its locks can be broken")
    only = _("%(source)s is watched, read-only")
    return EventWords(name, (may if payload["breakable"] else only) % {"source": name})


def _lost(payload: Payload) -> EventWords:
    why = trouble_text(payload["why"]["kind"], payload["why"]["text"])
    return EventWords(_("lost"), _("Lost contact with the source. %(why)s") % {"why": why})


@locks.kind("lock_broken", title=gettext_lazy("Broken"), fold=state.broken, words=_broken)
@dataclass(frozen=True)
class LockBroken:
    """An operator broke a lock. `key`, `name` and `holder` are texts as in rows; `id` is the row's.

    `woken` is how many waiters were woken, None if that cannot be known; `how` is the way: push, publish, queue, or ""
    for none. `sure` is False if the process that broke it ended, or the server stopped answering, before it was known
    whether the key was deleted.
    """

    id: str
    key: Any
    name: Any
    client: str
    holder: Any
    reason: str
    woken: int | None
    how: str
    sure: bool


@locks.kind("alert_raised", title=gettext_lazy("Alert"), fold=state.raised, words=_alert)
@dataclass(frozen=True)
class AlertRaised:
    """Something has been wrong with a lock for at least a second. The fields are those of `state.OpenAlert`."""

    id: str
    lane: str
    key: Any
    name: Any
    client: str
    kind: str
    holder: Any
    since: int
    value: float | None


@locks.kind("alert_cleared", title=gettext_lazy("Alert over"), fold=state.cleared, words=_cleared)
@dataclass(frozen=True)
class AlertCleared:
    """The alert is over: `why` is "well", or how the hold ended (`core.rows.End`)."""

    id: str
    name: Any
    kind: str
    why: str


@locks.kind("source_lost", title=gettext_lazy("Source lost"), fold=state.lost, words=_lost)
@dataclass(frozen=True)
class SourceLost:
    """Contact with the source is lost from here on."""

    why: TroubleState


@locks.kind(
    "source_back",
    title=gettext_lazy("Source back"),
    fold=state.back,
    words=lambda _payload: EventWords(_("back"), _("The source answers again")),
)
@dataclass(frozen=True)
class SourceBack:
    """It answers again. What happened meanwhile was not seen."""


@locks.kind(
    "watch_paused",
    title=gettext_lazy("Watching paused"),
    fold=state.paused,
    words=lambda _payload: EventWords(_("paused"), _("Watching is paused: the source gets no commands")),
)
@dataclass(frozen=True)
class WatchPaused:
    """An operator paused the watching of the source."""


@locks.kind(
    "watch_resumed",
    title=gettext_lazy("Watching resumed"),
    fold=state.resumed,
    words=lambda _payload: EventWords(_("resumed"), _("Watching resumed")),
)
@dataclass(frozen=True)
class WatchResumed:
    """Watching resumes."""


@locks.kind("source_added", title=gettext_lazy("Source set up"), fold=state.added, words=_added)
@dataclass(frozen=True)
class SourceAdded:
    """The first event of a source. Repeated when its name changes, or whether its locks can be broken."""

    name: str
    slug: str
    breakable: bool

"""Events about requests to servers, and about a cluster's clients.

On a managed cluster a request is one event (`work_asked`) and its result another. `work` of an event is the intent that
it ends, 0 for none.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from live.subjects import EventWords, Part, Payload, WorkPart
from live.wording import grouped
from ringviz.core import state
from ringviz.core.state import NodeState, Work, Workload
from ringviz.events.subject import kind, same

_WANTED = {  # what an intent is for
    "form": gettext_lazy("start the servers"),
    "add": gettext_lazy("add %(node)s"),
    "kill": gettext_lazy("kill %(node)s"),
    "freeze": gettext_lazy("freeze %(node)s"),
    "thaw": gettext_lazy("thaw %(node)s"),
    "restart": gettext_lazy("restart %(node)s"),
    "drain": gettext_lazy("drain %(node)s"),
    "remove": gettext_lazy("remove %(node)s"),
    "revive": gettext_lazy("revive %(node)s"),
    "reweight": gettext_lazy("change the weight of %(node)s"),
    "configure": gettext_lazy("change the settings"),
    "keys": gettext_lazy("replace the keys"),
}


def work_words(action: str, name: str) -> str:
    """What an intent is for: "kill cache-4"."""
    return str(_WANTED.get(action, action)) % {"node": name}


def _of_work(payload: Payload, text: str) -> EventWords:
    asked = payload["asked"]
    what = work_words(asked["action"], asked["name"])
    return EventWords(asked["name"] or what, text % {"what": what, "why": payload.get("why", "")})


def _asked(payload: Payload) -> EventWords:
    return _of_work(payload, _("requested: %(what)s"))


def _cancelling(payload: Payload) -> EventWords:
    return _of_work(payload, _("cancelling: %(what)s"))


def _ended(payload: Payload) -> EventWords:
    if payload["outcome"] == "cancelled":
        return _of_work(payload, _("cancelled: %(what)s"))
    return _of_work(payload, _("failed: %(what)s (%(why)s)") if payload.get("why") else _("failed: %(what)s"))


def _workload(payload: Payload) -> EventWords:
    workload = payload["workload"]
    if not workload["on"]:
        return EventWords(_("no workload"), _("workload off"))
    text = ngettext("workload: %(n)s operation a second", "workload: %(n)s operations a second", workload["rate"])
    return EventWords(_("workload"), text % {"n": grouped(workload["rate"])})


@kind(
    "work_asked",
    title=gettext_lazy("Requested"),
    fold=state.with_work,
    words=_asked,
    work=WorkPart("asked__id", Part.ASKED),
)
@dataclass(frozen=True)
class WorkAsked:
    """An intent waits for the supervisor. `node` is set if a node is about to join."""

    asked: Work
    node: NodeState | None = None


@kind(
    "work_cancelling",
    title=gettext_lazy("Being cancelled"),
    fold=state.with_work_cancelling,
    words=_cancelling,
    work=WorkPart("asked__id", Part.MEANWHILE),
)
@dataclass(frozen=True)
class WorkCancelling:
    """An intent is being cancelled. Keys that it has moved go back."""

    asked: Work


@kind("work_ended", title=gettext_lazy("Failed or cancelled"), fold=state.without_work, words=_ended)
@dataclass(frozen=True)
class WorkEnded:
    """An intent failed or was cancelled (`outcome`). `node` is as before, or `gone` has its number."""

    work: int
    asked: Work
    outcome: str
    why: str
    node: NodeState | None = None
    gone: int = 0


def _delay(payload: Payload) -> EventWords:
    if not payload["delay_ms"]:
        return same(_("no delay of verdicts on freezes"))
    text = _("verdict %(seconds)s s after a freeze")
    return same(text % {"seconds": f"{payload['delay_ms'] / 1_000:g}"})


@kind("workload_set", title=gettext_lazy("Workload"), fold=state.with_workload, words=_workload, shows="beside")
@dataclass(frozen=True)
class WorkloadSet:
    """The clients of a managed cluster were started, stopped or changed."""

    workload: Workload
    before: Workload | None
    undoes: int | None = None


@kind(
    "verdict_delay_set",
    title=gettext_lazy("Verdict on freezes"),
    fold=state.with_verdict_delay,
    words=_delay,
    shows="beside",
)
@dataclass(frozen=True)
class VerdictDelaySet:
    """A frozen server is declared dead `delay_ms` later. `before_ms` is the old value."""

    delay_ms: int
    before_ms: int
    undoes: int | None = None

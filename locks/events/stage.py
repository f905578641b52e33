"""The subject "stage": what operators requested, what happened to the workers, and how each rung was judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.subjects import EventWords, Part, Payload, Subject, WorkPart
from live.wording import number
from locks.core import own
from locks.events import stage_state as state
from locks.events.stage_state import RunState

stage = Subject("stage", named=("worker", "asked__worker"))

_BEGINS = WorkPart("run__id", Part.ASKED)  # other requests are about a run, and begin none
_GOES_ON = WorkPart("id", Part.MEANWHILE)
_ENDS_RUN = WorkPart("id", Part.DONE)

_RUNGS = {
    "set": gettext_lazy("SET (the article's lock)"),
    "get_set": gettext_lazy("GET, then SET"),
    "nx_del": gettext_lazy("SET NX, plain DEL"),
    "nx_compare": gettext_lazy("SET NX, compare and delete"),
    "fencing": gettext_lazy("SET NX, compare, and a fencing token"),
}
_ASKED = {
    "stop": gettext_lazy("requested: stop the stage"),
    "pause": gettext_lazy("requested: pause %(worker)s"),
    "resume": gettext_lazy("requested: resume %(worker)s"),
    "kill": gettext_lazy("requested: kill %(worker)s"),
    "start": gettext_lazy("requested: start %(worker)s again"),
}
_CHANGES = {
    "paused": gettext_lazy("%(worker)s paused, wherever it was"),
    "resumed": gettext_lazy("%(worker)s resumed"),
    "killed": gettext_lazy("%(worker)s killed"),
    "started": gettext_lazy("%(worker)s started again"),
    "ended": gettext_lazy("%(worker)s ended by itself"),
}
_ENDS = {
    "done": gettext_lazy("%(what)s ended"),
    "stopped": gettext_lazy("%(what)s stopped by an operator"),
    "failed": gettext_lazy("%(what)s failed (%(why)s)"),
    "cut_off": gettext_lazy("%(what)s cut off: its watcher ended"),
}


def rung_title(rung: str) -> str:
    """A rung in the reader's language."""
    return str(_RUNGS.get(rung, rung))


def run_title(what: str, client: str = "") -> str:
    """A run in the reader's language."""
    if what == "ladder":
        return _("the ladder")
    return _("workers using %(client)s") % {"client": _("our lock") if client == own.CLIENT else client}


def _asked(payload: Payload) -> EventWords:
    run, asked = payload["run"], payload["asked"]
    if run is not None:
        what = run_title(run["what"], run["client"])
        text = _("requested: %(what)s, %(n)s workers, seed %(seed)s")
        return EventWords(what, text % {"what": what, "n": number(run["workers"]), "seed": run["seed"]})
    text = str(_ASKED.get(asked["what"], asked["what"])) % {"worker": asked["worker"]}
    return EventWords(asked["worker"] or _("stage"), text)


def _worker(payload: Payload) -> EventWords:
    text = str(_CHANGES.get(payload["change"], payload["change"]))
    return EventWords(payload["worker"], text % {"worker": payload["worker"]})


def _began(payload: Payload) -> EventWords:
    return EventWords(_("stage"), _("%(what)s began") % {"what": run_title(payload["what"], payload["client"])})


def _ended(payload: Payload) -> EventWords:
    what = run_title(payload["what"], payload["client"])
    text = str(_ENDS.get(payload["how"], payload["how"]))
    return EventWords(_("stage"), text % {"what": what, "why": payload["why"]})


def judged_text(result: Payload) -> str:
    """The result of a rung: "824 of 825 entries overlap, 745 stale writes accepted, 0 refused"."""
    verdict = result["verdict"]
    text = _("%(met)s of %(entries)s entries overlap, %(stale)s stale writes accepted, %(refused)s refused")
    return text % {
        "met": number(verdict["overlapping"]),
        "entries": number(verdict["entries"]),
        "stale": number(verdict["stale"]),
        "refused": number(verdict["refused"]),
    }


def _judged(payload: Payload) -> EventWords:
    result = payload["result"]
    values = {"rung": rung_title(result["rung"]), "what": judged_text(result)}
    expected, other = _("%(rung)s: %(what)s; as predicted"), _("%(rung)s: %(what)s; not as predicted")
    return EventWords(values["rung"], (expected if result["as_expected"] else other) % values)


@dataclass(frozen=True)
class Asked:
    """`what`: ladder, workers, stop, pause, resume, kill, start. A request sent twice with the same `key` runs once."""

    what: str
    worker: str
    key: str


@stage.kind("stage_asked", title=gettext_lazy("Stage requested"), fold=state.asked, words=_asked, work=_BEGINS)
@dataclass(frozen=True)
class StageAsked:
    """An operator requested something; the watcher carries it out. `run` is the run to begin, if it is one."""

    asked: Asked
    id: str
    run: RunState | None = None


@stage.kind("stage_began", title=gettext_lazy("Stage began"), fold=state.began, words=_began, work=_GOES_ON)
@dataclass(frozen=True)
class StageBegan:
    """The watcher began a run."""

    id: str
    what: str
    client: str


@stage.kind("stage_worker", title=gettext_lazy("Worker"), fold=state.worker, words=_worker)
@dataclass(frozen=True)
class StageWorker:
    """A worker was paused, resumed, killed or started by an operator, or ended by itself."""

    id: str
    worker: str
    change: str


@stage.kind("stage_judged", title=gettext_lazy("Rung judged"), fold=state.judged, words=_judged)
@dataclass(frozen=True)
class StageJudged:
    """The result of a rung as `locks.stage` judged it: `result` has its figures, a picture, and the prediction."""

    id: str
    result: dict[str, Any]


@stage.kind("stage_ended", title=gettext_lazy("Stage ended"), fold=state.ended, words=_ended, work=_ENDS_RUN)
@dataclass(frozen=True)
class StageEnded:
    """A run ended: done, stopped, failed or cut_off."""

    id: str
    what: str
    client: str
    how: str
    why: str = ""

"""Operators' requests to the stage: checked and recorded here, carried out by the watcher (locks.stage.director)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from live.actor import Actor
from live.asked import Fields, maybe_whole
from live.models import Event
from live.turns import write_turn
from locks.bounds import MAX_STAGE_KEY
from locks.core.ladder import CLIENTS, FEWEST_WORKERS, LONGEST_RUNG_S, LONGEST_S, MOST_SEED, MOST_WORKERS, RUNGS
from locks.events.stage import Asked, StageAsked, StageBegan, StageEnded, StageJudged, StageWorker
from locks.events.stage_state import OpenRun, RunState
from locks.models import LockSource
from locks.refusals import Invalid, NotAllowed, Refused
from locks.selectors.sources import source_of
from locks.selectors.stage import has_stage, state_of, watched
from locks.services.leading import Guard
from locks.services.sources import kept_words, no_guard, tell

RUNG_S, WORKERS_S, WORKERS = 8, 180, 6
"""The defaults."""

_LONGEST: Mapping[str, tuple[int, int]] = {"ladder": (RUNG_S, LONGEST_RUNG_S), "workers": (WORKERS_S, LONGEST_S)}
_OF_A_WORKER = ("pause", "resume", "kill", "start")


def ask(slug: str, actor: Actor, fields: Fields) -> Event:
    """Requests `what`: a run of the ladder or of workers, a stop, or something for one `worker`.

    A request sent twice with the same `key` runs once and is answered each time. Raises NotAllowed, NotFound, Invalid,
    Refused.
    """
    if not actor.may_operate:
        raise NotAllowed(_("You can watch the stage, not run it. Sign in as an operator to act."))
    source, what, key = _on(slug), fields.get("what", ""), fields.get("key", "")
    if not 0 < len(key) <= MAX_STAGE_KEY:
        raise Invalid("key", key, _("Give this request a key of 1 to %(n)s characters.") % {"n": MAX_STAGE_KEY})
    if not key.isprintable():
        raise Invalid("key", "", _("A key may contain printable characters only."))
    wanted = _run_of(what, fields) if what in _LONGEST else None
    with write_turn():
        if (before := _asked_before(source, key)) is not None:
            return before
        if not watched(source):
            raise Refused(_("No watcher is running, so nothing can be started. Start it: manage.py watch."))
        run = state_of(source)["run"]
        asked = Asked(what=what, worker="" if wanted else _worker_of(what, fields, run), key=key)
        if wanted is None:
            return tell(source, StageAsked(asked=asked, id=_open(run)["id"]), actor)
        if run is not None:
            raise Refused(_("The stage is busy. Wait until the run ends, or stop it."))
        return tell(source, StageAsked(asked=asked, id=wanted["id"], run=wanted), actor)


def began(source: LockSource, run: RunState, guard: Guard = no_guard) -> Event:
    """The watcher has begun it. Raises what `guard` does."""
    return tell(source, StageBegan(id=run["id"], what=run["what"], client=run["client"]), guard=guard)


def worker_changed(source: LockSource, run: RunState, worker: str, change: str, guard: Guard = no_guard) -> Event:
    """A worker was paused, resumed, killed, started, or ended by itself. Raises what `guard` does."""
    return tell(source, StageWorker(id=run["id"], worker=worker, change=change), guard=guard)


def judged(source: LockSource, run: RunState, result: dict[str, Any], guard: Guard = no_guard) -> Event:
    """A rung was judged. Raises what `guard` does."""
    return tell(source, StageJudged(id=run["id"], result=result), guard=guard)


def ended(source: LockSource, run: RunState, how: str, why: str = "", guard: Guard = no_guard) -> Event | None:
    """A run ended: done, stopped, failed, cut_off. None if it had ended already. Raises what `guard` does."""
    with write_turn():
        now = state_of(source)["run"]
        if now is None or now["id"] != run["id"]:
            return None
        said = StageEnded(id=run["id"], what=run["what"], client=run["client"], how=how, why=kept_words(why))
        return tell(source, said, guard=guard)


def _on(slug: str) -> LockSource:
    source = source_of(slug)
    if not has_stage(source):
        raise Refused(_("The stage runs on our own server only."))
    return source


def _asked_before(source: LockSource, key: str) -> Event | None:
    asked = Event.objects.filter(stream_id=source.stream_id, kind="stage_asked", payload__asked__key=key)
    return asked.order_by("-version").first()


def _run_of(what: str, fields: Fields) -> RunState:
    seconds, longest = _LONGEST[what]
    rung, client = fields.get("rung", ""), fields.get("client", "") or CLIENTS[0]
    if rung and rung not in RUNGS:
        raise Invalid("rung", rung, _("Choose one of the rungs: %(rungs)s.") % {"rungs": ", ".join(RUNGS)})
    if client not in CLIENTS:
        raise Invalid("client", client, _("Choose one of the clients: %(clients)s.") % {"clients": ", ".join(CLIENTS)})
    seed = _within(fields, "seed", secrets.randbelow(1_000_000), 0, MOST_SEED)
    return {
        "id": secrets.token_hex(8),
        "what": what,
        "workers": _within(fields, "workers", WORKERS, FEWEST_WORKERS, MOST_WORKERS),
        "seconds": _within(fields, "seconds", seconds, 1, longest),
        "seed": seed,
        "client": client if what == "workers" else "",
        "rungs": ([rung] if rung else list(RUNGS)) if what == "ladder" else [],
    }


def _within(fields: Fields, name: str, otherwise: int, least: int, most: int) -> int:
    given = maybe_whole(fields, name)
    value = otherwise if given is None else given
    if not least <= value <= most:
        message = _("%(name)s must be a whole number from %(least)s to %(most)s.")
        raise Invalid(name, value, message % {"name": name, "least": least, "most": most})
    return value


def _worker_of(what: str, fields: Fields, run: OpenRun | None) -> str:
    """The worker concerned; "" for a stop. Raises Invalid, Refused."""
    if what == "stop":
        _open(run)
        return ""
    if what not in _OF_A_WORKER:
        raise Invalid("what", what, _("The stage cannot do that."))
    if _open(run)["what"] != "workers":
        raise Refused(_("The ladder pauses its workers by itself. Stop it first."))
    number = _within(fields, "worker", 0, 1, _open(run)["workers"])
    return f"worker-{number}"


def _open(run: OpenRun | None) -> OpenRun:
    if run is None:
        raise Refused(_("Nothing runs on the stage."))
    return run

"""Reads the stage: its state, and everything its panel shows before the first run."""

from __future__ import annotations

from typing import Any

from live.places import registered
from locks.core.ladder import CLIENTS, FEWEST_WORKERS, LONGEST_RUNG_S, LONGEST_S, MOST_SEED, MOST_WORKERS, RUNGS
from locks.core.sourcelist import EMBEDDED
from locks.events.stage import rung_title, stage
from locks.events.stage_state import State, nothing
from locks.models import LockSource
from locks.selectors.sources import PREFIX
from locks.stores.line import StoreGone
from locks.stores.table import status


def state_of(source: LockSource) -> State:
    """The state of the stage after its events. Raises Stream.DoesNotExist."""
    return _snapshot(source)["parts"].get(stage.name) or nothing()


def has_stage(source: LockSource) -> bool:
    """Whether the stage can run on this source: it writes, so it runs on our own server only."""
    return source.slug == EMBEDDED


def watched(source: LockSource) -> bool:
    """Whether a watcher is there to carry out requests. True if that cannot be known."""
    try:
        return status(source.slug) is not None
    except StoreGone:
        return True


def panel_of(source: LockSource) -> dict[str, Any]:
    """`{"v", "run", "last", "rungs", "clients", "bounds", "watched"}`: everything the panel shows.

    A rung has "name", "title", "sketch", "expected" {"overlap", "stale"} and "result", None until it is judged.
    """
    snapshot = _snapshot(source)
    state: State = snapshot["parts"].get(stage.name) or nothing()
    rungs = [
        {
            "name": name,
            "title": rung_title(name),
            "sketch": expected.sketch,
            "expected": {"overlap": expected.overlap, "stale": expected.stale},
            "result": state["ladder"].get(name),
        }
        for name, expected in RUNGS.items()
    ]
    bounds = {
        "workers": [FEWEST_WORKERS, MOST_WORKERS],
        "rung_s": [1, LONGEST_RUNG_S],
        "workers_s": [1, LONGEST_S],
        "seed": [0, MOST_SEED],
    }
    run = {"v": snapshot["v"], "run": state["run"], "last": state["last"], "watched": watched(source)}
    return run | {"rungs": rungs, "clients": list(CLIENTS), "bounds": bounds}


def _snapshot(source: LockSource) -> dict[str, Any]:
    places = registered(PREFIX)
    if places is None:
        raise LookupError(PREFIX)
    return places.snapshot(source.stream_id)

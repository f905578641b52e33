"""The state of the stage after its events: the current run, and the newest result of each rung. Pure, bounded."""

from __future__ import annotations

from typing import Any, TypedDict

from live.subjects import Payload


class RunState(TypedDict):
    """A run. `what` is ladder or workers; `id` names it. `rungs` belong to a ladder, `client` to workers."""

    id: str
    what: str
    workers: int
    seconds: int
    seed: int
    client: str
    rungs: list[str]


class OpenRun(RunState):
    """The current run. `began` is true once the watcher has begun it. `paused` and `ended` are names of workers."""

    began: bool
    paused: list[str]
    ended: list[str]


class EndedRun(RunState):
    """How a run ended: done, stopped, failed or cut_off; `why` is a code."""

    how: str
    why: str


class State(TypedDict):
    """The part `stage` of a snapshot. `ladder` has the newest result of each rung, by its name."""

    run: OpenRun | None
    last: EndedRun | None
    ladder: dict[str, Any]


def nothing() -> State:
    """Before the first event."""
    return {"run": None, "last": None, "ladder": {}}


def asked(state: State | None, payload: Payload) -> State:
    """A run is open from the moment it is requested; further requests change nothing until they are carried out."""
    before = state or nothing()
    if payload["run"] is None:
        return before
    run: Any = {**payload["run"], "began": False, "paused": [], "ended": []}
    return {**before, "run": run}


def began(state: State | None, payload: Payload) -> State:
    """The watcher has begun it."""
    before = state or nothing()
    run = _run(before, payload)
    return before if run is None else {**before, "run": {**run, "began": True}}


def worker(state: State | None, payload: Payload) -> State:
    """A worker was paused or has ended, or is running again."""
    before = state or nothing()
    run = _run(before, payload)
    if run is None:
        return before
    name, change = payload["worker"], payload["change"]
    paused = [one for one in run["paused"] if one != name] + ([name] if change == "paused" else [])
    ended = [one for one in run["ended"] if one != name] + ([name] if change in ("killed", "ended") else [])
    return {**before, "run": {**run, "paused": paused, "ended": ended}}


def judged(state: State | None, payload: Payload) -> State:
    """The rung's result replaces the previous one."""
    before = state or nothing()
    result = payload["result"]
    return {**before, "ladder": {**before["ladder"], result["rung"]: result}}


def ended(state: State | None, payload: Payload) -> State:
    """No run is open any more."""
    before = state or nothing()
    run = _run(before, payload)
    if run is None:
        return before
    values: Any = run
    last: Any = {name: values[name] for name in RunState.__annotations__}
    last |= {"how": payload["how"], "why": payload["why"]}
    return {**before, "run": None, "last": last}


def _run(state: State, payload: Payload) -> OpenRun | None:
    run = state["run"]
    return run if run is not None and run["id"] == payload["id"] else None

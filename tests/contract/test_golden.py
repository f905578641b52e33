"""The golden files: each an event of a real service with the state before and after it, and the event in words.

`static/js/ring/state.js` is tested on the same files (tests/js/ring/state.test.js). A change of the wire shows here;
`GOLDEN=write .venv/bin/pytest tests/contract` writes them anew.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from live.subjects import event_words
from ringviz.events import apply, ring, shows
from tests.ringviz.external.story import external_story
from tests.ringviz.served_story import served_story
from tests.ringviz.story import Step, story

HERE = Path(__file__).parent
START = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def golden(step: Step, key_sets: list[int]) -> dict[str, Any]:
    """What the file of a step contains, with key sets numbered in order of appearance."""
    frame = {"v": step.event.version, "kind": step.event.kind, "payload": step.event.payload}
    words = event_words(step.event.kind, step.event.payload)._asdict()
    told = {
        "before": step.before,
        "event": frame,
        "after": step.after,
        "words": words,
        "shows": shows(step.event.kind),
    }
    return dict(_numbered(json.loads(json.dumps(told)), key_sets))


def _numbered(value: Any, key_sets: list[int]) -> Any:
    if isinstance(value, list):
        return [_numbered(one, key_sets) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _numbered(one, key_sets) for name, one in value.items()}
    if found.keys() == {"id", "kind", "label", "count"}:
        if found["id"] not in key_sets:
            key_sets.append(found["id"])
        found["id"] = key_sets.index(found["id"]) + 1
    return found


def text_of(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


@pytest.fixture
def steps(db, monkeypatch) -> dict[str, dict[str, Any]]:
    """The story as it would be written, by a clock that advances one second at each reading."""
    ticks = count()
    monkeypatch.setattr(timezone, "now", lambda: START + timedelta(seconds=next(ticks)))
    key_sets: list[int] = []
    return {step.name: golden(step, key_sets) for step in chain(story(), served_story(), external_story())}


def test_services_make_what_the_golden_files_say(steps):
    if os.environ.get("GOLDEN") == "write":
        for path in HERE.glob("*.json"):
            path.unlink()
        for name, told in steps.items():
            (HERE / f"{name}.json").write_text(text_of(told))
    kept = {path.stem: path.read_text() for path in HERE.glob("*.json")}
    assert kept.keys() == steps.keys()
    for name, told in steps.items():
        assert text_of(told) == kept[name], name


def test_every_kind_of_event_has_a_golden_file():
    ours = set(ring.kinds)
    assert {json.loads(path.read_text())["event"]["kind"] for path in HERE.glob("*.json")} == ours


@pytest.mark.parametrize("path", sorted(HERE.glob("*.json")), ids=lambda path: path.stem)
def test_the_state_before_and_the_event_make_the_state_after(path):
    told = json.loads(path.read_text())
    before = json.dumps(told["before"])
    event = told["event"]
    assert apply(told["before"], event["kind"], event["payload"]) == told["after"]
    assert json.dumps(told["before"]) == before, "apply must not change what it is given"
    if told["before"]:
        assert apply(told["after"], event["kind"], event["payload"]) == told["after"], "a second time changes nothing"


@pytest.mark.parametrize("path", sorted((HERE / "old").glob("*.json")), ids=lambda path: path.stem)
def test_an_event_of_before_strategies_had_parameters_still_folds(path):
    told = json.loads(path.read_text())
    cluster = told["after"]["cluster"]
    assert "options" not in cluster
    after = apply(told["before"], told["event"]["kind"], told["event"]["payload"])
    assert after == {**told["after"], "cluster": {"options": {}, **cluster}}

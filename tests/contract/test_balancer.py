"""The golden files of the balancer, as those of the ring: `static/js/balancer/traffic` is tested on the same.

`balancer/*.json` are events with the state before and after them and their words; `shared/balancer.json` is what pages
are told of policies, states and reasons. `GOLDEN=write .venv/bin/pytest tests/contract` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from balancer.events import balancer
from balancer.wording import described
from live.subjects import event_words
from tests.balancer.story import story

HERE = Path(__file__).parent / "balancer"
TOLD = Path(__file__).parent / "shared" / "balancer.json"


@pytest.fixture
def told(db: None) -> dict[str, str]:
    """Each step as it stands in its file."""
    files = {}
    for step in story():
        frame = {"v": step.event.version, "kind": step.event.kind, "payload": step.event.payload}
        words = event_words(step.event.kind, step.event.payload)._asdict()
        file = {"before": step.before, "event": frame, "after": step.after, "words": words}
        files[step.name] = json.dumps(file, ensure_ascii=False, indent=1) + "\n"
    return files


def test_services_make_what_the_golden_files_say(told: dict[str, str]) -> None:
    if os.environ.get("GOLDEN") == "write":
        HERE.mkdir(exist_ok=True)
        for path in HERE.glob("*.json"):
            path.unlink()
        for name, text in told.items():
            (HERE / f"{name}.json").write_text(text)
    kept = {path.stem: path.read_text() for path in HERE.glob("*.json")}
    assert kept.keys() == told.keys()
    for name, text in told.items():
        assert text == kept[name], name


def test_every_kind_of_event_has_a_golden_file() -> None:
    assert {json.loads(path.read_text())["event"]["kind"] for path in HERE.glob("*.json")} == set(balancer.kinds)


def test_pages_are_told_what_the_golden_file_says() -> None:
    text = json.dumps(described(), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("GOLDEN") == "write":
        TOLD.write_text(text)
    assert TOLD.read_text() == text

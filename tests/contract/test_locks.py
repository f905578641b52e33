"""The golden files of the locks, as those of the ring: `static/js/locks` is tested on the same (tests/js/locks).

`GOLDEN=write .venv/bin/pytest tests/contract` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from live.subjects import event_words
from locks.events import locks
from tests.locks.story import story

HERE = Path(__file__).parent / "locks"


@pytest.fixture
def told(db: None, settings: Any) -> dict[str, str]:
    """Each step as it stands in its file."""
    files = {}
    for step in story(settings):
        frame = {"v": step.event.version, "kind": step.event.kind, "payload": step.event.payload}
        words = event_words(step.event.kind, step.event.payload)._asdict()
        file = {"before": step.before, "event": frame, "after": step.after, "words": words}
        files[step.name] = json.dumps(file, ensure_ascii=False, indent=1) + "\n"
    return files


def test_services_make_what_the_golden_files_say(told):
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


def test_every_kind_of_event_has_a_golden_file():
    assert {json.loads(path.read_text())["event"]["kind"] for path in HERE.glob("*.json")} == set(locks.kinds)

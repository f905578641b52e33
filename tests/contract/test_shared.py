"""What Python and the page must agree on without telling each other: `shared/shared.json`.

`tests/js/ring/shared.test.js` holds the page to the same file. `GOLDEN=write .venv/bin/pytest tests/contract` writes it
anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from live.wording import number, percent
from ringviz.bounds import MAX_SLOW_EVERY_MS, SLOW_EVERY_MS, SLOW_FOR_MS
from ringviz.cards.looks import MOST_COLOURED, looks_of
from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.state import ON_RING, Pulse
from ringviz.events.pulse import pulse_words, pulsed_words
from ringviz.models import Node
from ringviz.selectors.picture import MOST_SENT

HERE = Path(__file__).parent / "shared" / "shared.json"
PATTERNS = {"": "solid", "hatched": "hatched", "dotted": "dotted"}

PULSES = [(300, 1_000), (SLOW_FOR_MS, SLOW_EVERY_MS), (15, 20), (40, MAX_SLOW_EVERY_MS), (26, MAX_SLOW_EVERY_MS + 1)]


def _pulse(for_ms: int, every_ms: int) -> list[Any]:
    """Its name, and the words for its beginning and its end."""
    pulse = Pulse(for_ms=for_ms, every_ms=every_ms)
    return [pulse, pulse_words(pulse), pulsed_words("n", pulse, None), pulsed_words("n", None, pulse)]


def told() -> dict[str, Any]:
    shares = [(15, 10_000), (25, 10_000), (95, 10_000), (1005, 10_000), (1, 3), (0, 7), (1, 1), (5, 100_000)]
    ratios = [1.125, 0.125, 0.015, 0.045, 1.005, 2.0, 1.0951]
    return {
        "on_ring": [state for state in Node.State.values if state in ON_RING],
        "off_ring": [state for state in Node.State.values if state not in ON_RING],
        "most_tokens": MOST_SENT,
        "slots": BUCKETS,
        "bucket_shift": BUCKET_SHIFT,
        "most_coloured": MOST_COLOURED,
        "looks": [[look.hue - 1, PATTERNS[look.pattern]] for look in looks_of(range(1, MOST_COLOURED + 1)).values()],
        "percent": [[a, b, percent(a / b), percent(a / b, 2)] for a, b in shares],
        "pulses": [_pulse(*pulse) for pulse in PULSES],
        "ratio": [[ratio, number(ratio, 2)] for ratio in ratios],
    }


def test_python_says_what_the_shared_file_says():
    text = json.dumps(told(), indent=1) + "\n"
    if os.environ.get("GOLDEN") == "write":
        HERE.write_text(text)
    assert HERE.read_text() == text

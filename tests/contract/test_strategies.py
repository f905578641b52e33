"""What pages are told of every strategy: the page's own tests declare it (tests/js/clusters.js).

It stands in `shared/strategies.json`. `GOLDEN=write .venv/bin/pytest tests/contract` writes it anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from ringviz.strategies import described

HERE = Path(__file__).parent / "shared" / "strategies.json"


def test_pages_are_told_what_the_golden_file_says():
    text = json.dumps(described(), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("GOLDEN") == "write":
        HERE.write_text(text)
    assert HERE.read_text() == text

"""What a page's style sheets weigh, compressed, against the budget of the design."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS_BUDGET_BYTES = 9 * 1024
PAGES = (
    "dashboard/overview.html",
    "ringviz/ring.html",
    "ringviz/compare.html",
    "ringviz/create.html",
    "ringviz/node_keys.html",
    "balancer/race.html",
    "balancer/traffic.html",
    "dashboard/timeline.html",
    "locks/locks.html",
    "404.html",
)


def sheets(template: str) -> list[str]:
    text = (ROOT / "templates" / template).read_text()
    return re.findall(r'"(css/[\w-]+\.css)"', text)


@pytest.mark.parametrize("page", PAGES)
def test_style_sheets_fit_their_budget(page: str):
    names = sheets("base.html") + sheets(page)
    assert len(names) > 3, "the page's own sheet was not found"
    weight = sum(len(gzip.compress((ROOT / "static" / name).read_bytes(), 9)) for name in names)
    assert weight <= CSS_BUDGET_BYTES

"""Which values identify an acquisition, and when a lock that looks the same is clearly another."""

from __future__ import annotations

import pytest

from locks.core.evidence import EVIDENCE
from locks.core.retaken import _NAMES, Glimpse, began_later, is_longer, names
from tests.locks.rows import NOW_MS, a_row


def test_what_a_value_names_follows_from_its_evidence() -> None:
    assert set(_NAMES) <= set(EVIDENCE)
    assert names(("name:client", "value:counter")) == "nobody"
    assert names(("members:field", "value:pickle")) == "nobody"
    assert names(("name:lock", "value:any")) == "unknown"
    assert names(("members:threads", "companion:queue")) == "holder"
    assert names(("name:client", "value:uuid1")) == names(()) == "acquisition"


@pytest.mark.parametrize(
    ("ends_in_ms", "renews", "ttl_ms", "longer"),
    [
        (10_000, False, 9_000, False),
        (10_000, False, 10_250, False),
        (10_000, False, 10_251, True),
        (10_000, True, 60_000, False),
        (10_000, False, None, True),
        (None, False, 60_000, True),
        (None, False, None, False),
    ],
)
def test_more_time_left_is_another_acquisition_unless_it_renews(
    ends_in_ms: int | None, renews: bool, ttl_ms: int | None, longer: bool
) -> None:
    shown = Glimpse(NOW_MS, None if ends_in_ms is None else NOW_MS + ends_in_ms, renews)
    assert is_longer(shown, ttl_ms, NOW_MS) is longer


def test_a_hold_that_began_after_what_was_shown_is_another() -> None:
    shown = Glimpse.of(a_row("jobs:1", renewed=[NOW_MS, NOW_MS, NOW_MS]))
    assert shown.renews
    assert not began_later(shown, a_row("jobs:1", since=shown.since + 250))
    assert began_later(shown, a_row("jobs:1", since=shown.since + 251))

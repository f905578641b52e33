"""What a holder knows by its own clock, whenever replies come. Pure: no server is involved."""

from __future__ import annotations

import pytest

from locks.lock.asking import Grant
from locks.lock.tenure import Tenure
from locks.lock.terms import terms_of
from locks.lock.validity import good_until, now_s

TERMS = terms_of("jobs", 10_000)
NOT_HELD = -2


@pytest.fixture
def tenure() -> Tenure:
    return Tenure(Grant("a" * 32, 1, good_until(now_s(), 10_000)), TERMS)


def test_the_reply_to_an_extension_that_comes_after_the_release_revives_nothing(tenure):
    asked_at = now_s()
    assert tenure._releasing()
    assert tenure._extended(asked_at, 60_000), "the server had it still"
    assert tenure.valid_for_s() == 0


def test_an_older_reply_that_comes_late_shortens_nothing(tenure):
    assert tenure._extended(now_s(), 60_000)
    assert tenure._extended(now_s() - 5, 10_000)
    assert tenure.valid_for_s() > 30


def test_a_reply_that_it_is_not_held_ends_it_at_once(tenure):
    assert not tenure._extended(now_s(), NOT_HELD)
    assert tenure.valid_for_s() == 0


def test_a_forked_child_releases_nothing_and_notes_nothing(tenure):
    tenure._pid += 1  # as in a forked child
    assert not tenure._releasing()
    assert not tenure.released
    assert tenure.valid_for_s() > 0

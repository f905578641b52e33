"""Many ask at once: each thing is done once, and latecomers are told so."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from ringviz.errors import Invalid, StaleVersion
from ringviz.models import Intent

CLICKS = 50


def clicks(real, keys):
    """The version in the answer to each click, or its refusal; all clicks at once."""
    version = real.known().v

    def click(key):
        try:
            return real.act("kill", version=version, key=key, node=2).version
        except StaleVersion as late:
            return late
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(click, keys))


def test_fifty_identical_clicks_are_one_kill(real):
    answers = clicks(real, ["the same click"] * CLICKS)
    assert len(set(answers)) == 1, "all are answered with the one event"
    real.event("node_killed")
    real.equal()
    kinds = [event.kind for event in real.events()]
    assert kinds.count("work_asked") == kinds.count("node_killed") == 1
    assert Intent.objects.filter(action="kill").count() == 1


def test_of_fifty_who_saw_the_same_one_kills_and_the_others_are_told(real):
    answers = clicks(real, [f"click {number}" for number in range(CLICKS)])
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, StaleVersion) for answer in answers) == CLICKS - 1
    real.equal()
    assert [event.kind for event in real.events()].count("node_killed") == 1


def test_the_opposite_of_what_is_under_way_is_refused_and_another_move_waits_its_turn(real):
    real.act("drain", node=2)
    with pytest.raises(Invalid, match="cache-2"):
        real.act("revive", node=2)
    real.act("reweight", node=3, weight=3)
    stored = real.equal()
    assert sum(stored.values()) == 4_000
    assert (real.node(2)["state"], real.node(3)["weight"]) == ("draining", 3)


def test_opposite_moves_one_after_the_other_end_where_they_began(real):
    before = real.equal()
    real.act("drain", node=2)
    real.event("node_drained")
    real.act("revive", node=2)
    assert real.equal() == before

"""How long a freeze may last before the verdict: a setting of a managed cluster, with an event and an undo."""

from __future__ import annotations

import pytest

from ringviz.errors import Invalid
from ringviz.models import Cluster
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.services.asking import ask, form


@pytest.fixture(autouse=True)
def formed(db):
    form()


def delay(milliseconds: object):
    return ask("verdict_delay", verdict_delay_ms=milliseconds)


def test_it_is_set_at_once_and_stands_in_row_and_state():
    assert "verdict_delay_ms" not in state_of()["cluster"]
    event = delay(8_000)
    assert (event.kind, event.payload["delay_ms"], event.payload["before_ms"]) == ("verdict_delay_set", 8_000, 0)
    assert Cluster.objects.get(slug="small").verdict_delay_ms == 8_000
    assert state_of()["cluster"]["verdict_delay_ms"] == 8_000


def test_other_settings_leave_it_and_an_undo_takes_it_back():
    event = delay(8_000)
    ask("configure", copies=2)
    assert state_of()["cluster"]["verdict_delay_ms"] == 8_000
    undo(slug="small", actor=OPERATOR, version=event.version + 1)
    delay(2_000)
    undone = undo(slug="small", actor=OPERATOR, version=event.version + 3)
    assert (undone.payload["delay_ms"], state_of()["cluster"]["verdict_delay_ms"]) == (8_000, 8_000)
    delay(0)
    assert "verdict_delay_ms" not in state_of()["cluster"]
    assert Cluster.objects.get(slug="small").verdict_delay_ms == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [(60_001, "0 to 60 seconds"), (0, "already set to this"), ("", "whole number"), (-1, "whole number")],
)
def test_what_makes_no_sense_is_refused(asked, words):
    with pytest.raises(Invalid, match=words) as refused:
        delay(asked)
    assert refused.value.field == "verdict_delay_ms"


def test_a_simulated_cluster_has_no_servers_to_freeze():
    make_cluster(slug="drawn")
    decision = decision_of("verdict_delay", {"verdict_delay_ms": "8000"})
    with pytest.raises(Invalid, match="Only a managed cluster"):
        change(slug="drawn", actor=OPERATOR, version=None, decision=decision)

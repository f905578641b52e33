"""Words that must stand in two places: both places have the same ones."""

from __future__ import annotations

from ringviz.core.abilities import Wanted
from ringviz.core.state import ON_RING, WITHOUT_SERVER
from ringviz.core.strategy import STRATEGIES
from ringviz.models import Node
from ringviz.services.intents import SUPERVISED
from ringviz.strategies import NAMES, OPTIONS, RULES, WANTED
from ringviz.supervisor.keeper import PROMPT
from ringviz.supervisor.works import _STEPS


def test_the_states_of_the_core_are_states_of_a_node():
    assert {*ON_RING, *WITHOUT_SERVER} == set(Node.State.values) - {Node.State.JOINING}


def test_every_strategy_of_the_core_has_its_words():
    assert set(NAMES) == set(RULES) == set(STRATEGIES)
    assert set(OPTIONS) == {option.name for kind in STRATEGIES.values() for option in kind.options}
    assert set(WANTED) == set(Wanted)


def test_the_supervisor_does_whatever_it_is_asked_for():
    """And "form" as well, which nobody requests: a new cluster begins with it."""
    assert {*_STEPS, *PROMPT} == {*SUPERVISED, "form"}

"""The words for policies: every one has its own, and nothing else has any."""

import pytest

from balancer.core.named import POLICIES
from balancer.wording import NAMES, OPTIONS, RULES, name_of, rule_of


@pytest.mark.parametrize("words", [NAMES, RULES])
def test_the_words_are_of_the_policies_in_their_order(words):
    assert list(words) == list(POLICIES)


def test_the_labels_are_of_the_options_that_policies_have():
    assert set(OPTIONS) == {option.name for kind in POLICIES.values() for option in kind.options}


@pytest.mark.parametrize("words", [NAMES, RULES, OPTIONS])
def test_no_two_are_called_alike(words):
    said = [str(text) for text in words.values()]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_rule_is_one_sentence_and_a_name_stands_within_one(policy):
    assert rule_of(policy)[0].isupper()
    assert (rule_of(policy).count("."), rule_of(policy)[-1]) == (1, ".")
    assert name_of(policy) == "Maglev" or name_of(policy)[0].islower()

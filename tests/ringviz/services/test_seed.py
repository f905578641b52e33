"""The demo's clusters are created once, resume after an interruption, and keep the changes that people made."""

from __future__ import annotations

from functools import cache

import pytest

from live.models import Event
from ringviz.models import Cluster, KeySet
from ringviz.selectors.clusters import known
from ringviz.services import seed
from ringviz.services.clusters import delete_cluster
from ringviz.services.keys import pattern_key_set
from ringviz.stores.keysets import keys_at
from tests.ringviz.making import OPERATOR, everything
from tests.ringviz.nodes import kill_node

words_once = cache(seed.catalogue_words)


@pytest.fixture
def small(db, monkeypatch):
    """Only the demo, with few keys: the other two are large."""
    monkeypatch.setattr(seed, "DEMO_KEYS", 300)
    monkeypatch.setattr(seed, "catalogue_words", words_once)
    monkeypatch.setattr(seed, "_forty", lambda: seed._big("forty", "Forty", 4, 5, _keys))
    monkeypatch.setattr(seed, "_hundred", lambda: seed._big("hundred", "Hundred", 10, 5, _keys))


def _keys() -> KeySet:
    return pattern_key_set(pattern="k{n}", count=100)


def names(slug: str) -> list[str]:
    return [node["name"] for node in known(slug).state["nodes"]]


def test_the_demo_is_of_eight_servers_that_wait_to_be_started_and_the_others_have_none(small):
    said: list[str] = []
    seed.seed_demo(said.append)
    assert len(said) == 3
    on = known("demo")
    assert names("demo") == [f"cache-{n}" for n in range(1, 9)]
    assert (on.v, on.state["cluster"]["kind"], on.state["cluster"]["replicas"]) == (1, "managed", 0)
    assert {(node["state"], node["address"]) for node in on.state["nodes"]} == {("joining", "")}
    assert [work["action"] for work in on.state["work"]] == ["form"]
    assert on.state["workload"] == {"on": True, "rate": 500, "distribution": "uniform", "reads": 0.9}
    assert (on.state["cluster"]["demo"], on.state["cluster"]["vnodes"], on.state["cluster"]["copies"]) == (True, 16, 3)
    assert names("forty") == ["app-1", "app-2", "app-3", "app-4"]
    assert names("hundred")[0] == "app-01"
    assert {node["zone"] for node in known("forty").state["nodes"]} == {"zone-a", "zone-b", "zone-c"}
    assert {known(slug).state["cluster"]["kind"] for slug in ("forty", "hundred")} == {"simulated"}
    assert not known("forty").state["cluster"]["demo"]
    assert set(Event.objects.values_list("origin", flat=True)) == {"seed"}


def test_a_second_seed_changes_nothing_and_says_nothing(small):
    seed.seed_demo()
    before = everything()
    said: list[str] = []
    seed.seed_demo(said.append)
    assert said == []
    assert everything() == before


@pytest.mark.parametrize("cut", ["_demo", "_forty", "_hundred"])
def test_a_seed_that_was_cut_off_goes_on_from_where_it_was(small, monkeypatch, cut):
    def cutting() -> None:
        raise KeyboardInterrupt

    whole = getattr(seed, cut)
    monkeypatch.setattr(seed, cut, cutting)
    with pytest.raises(KeyboardInterrupt):
        seed.seed_demo()
    monkeypatch.setattr(seed, cut, whole)
    seed.seed_demo()
    assert set(Cluster.objects.values_list("slug", flat=True)) == {"demo", "forty", "hundred"}
    assert names("demo") == [f"cache-{n}" for n in range(1, 9)]


def test_a_cluster_that_was_made_but_not_yet_noted_is_not_made_again(small):
    seed._demo()
    seed.seed_demo()
    assert known("demo").v == 1


def test_what_people_did_stays(small):
    seed.seed_demo()
    kill_node(slug="hundred", actor=OPERATOR, number=4)
    delete_cluster(slug="forty", actor=OPERATOR)
    seed.seed_demo()
    assert known("hundred").v == 2
    assert known("hundred").state["nodes"][3]["state"] == "down"
    assert set(Cluster.objects.values_list("slug", flat=True)) == {"demo", "hundred"}


def test_the_demos_keys_are_distinct_words_in_a_stable_order():
    words = seed.catalogue_words(seed.DEMO_KEYS)
    assert len(set(words)) == seed.DEMO_KEYS == len(words)
    assert words == seed.catalogue_words(seed.DEMO_KEYS)
    assert seed.catalogue_words(100) == words[:100]
    assert all(word.isalpha() and len(word) > 1 for word in words)
    assert any(not word.isascii() for word in words), "many scripts, not English alone"


def test_the_demos_keys_are_those_words(small):
    seed.seed_demo()
    key_set = Cluster.objects.get(slug="demo").key_set
    assert [key.decode() for key in keys_at(key_set, range(300))] == seed.catalogue_words(300)

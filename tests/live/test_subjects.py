"""Subjects and their kinds: declared fields pass, undeclared ones are refused at every depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import pytest

from live import subjects
from live.payloads import UndeclaredField, check
from live.subjects import Effect, EventWords, Subject, UndeclaredKind, declared, encode, event_words


class Share(TypedDict):
    number: int
    keys: int


@dataclass(frozen=True)
class Movement:
    moved: int
    pairs: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Moved:
    node: Share
    changed: list[Share]
    movement: Movement | None
    extra: dict[str, Any]


@dataclass(frozen=True)
class Painted:
    colour: str


WHOLE = Moved({"number": 1, "keys": 2}, [{"number": 2, "keys": 3}], Movement(5, ((1, 2, 3),)), {"any": {"thing": 1}})


def words(payload: Any) -> EventWords:
    return EventWords("moved", f"{payload['node']['keys']} moved")


@pytest.fixture
def test_subject(monkeypatch: pytest.MonkeyPatch) -> Subject:
    """A subject that exists only during the test."""
    monkeypatch.setattr(subjects, "_kinds", dict(subjects._kinds))
    monkeypatch.setattr(subjects, "_by_payload", dict(subjects._by_payload))
    subject = Subject("test")

    def fold(state: Any, payload: Any) -> Any:
        return [*(state or []), payload["node"]["number"]]

    subject.kind("test_moved", title="Moved", fold=fold, words=words)(Moved)
    return subject


def test_a_payload_goes_out_as_json_values_under_its_kind(test_subject):
    kind, values = encode(WHOLE)
    assert kind == "test_moved"
    assert values == {
        "node": {"number": 1, "keys": 2},
        "changed": [{"number": 2, "keys": 3}],
        "movement": {"moved": 5, "pairs": [[1, 2, 3]]},
        "extra": {"any": {"thing": 1}},
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"who": "me"}, "moved"),
        ({"node": {"number": 1, "keys": 2, "who": "me"}}, "moved.node"),
        ({"node": {"number": 1}}, "moved.node"),
        ({"changed": [{"number": 1, "keys": 2}, {"keys": 2}]}, "moved.changed[1]"),
        ({"movement": {"moved": 1, "pairs": [], "who": "me"}}, "moved.movement"),
        ({"node": 7}, "moved.node"),
    ],
)
def test_a_field_that_is_not_as_declared_is_refused(change, path):
    data = {"node": {"number": 1, "keys": 2}, "changed": [], "movement": None, "extra": {}, **change}
    with pytest.raises(UndeclaredField) as refused:
        check(data, Moved, "moved")
    assert refused.value.path == path


def test_a_missing_field_is_refused():
    with pytest.raises(UndeclaredField, match="missing extra"):
        check({"node": {"number": 1, "keys": 2}, "changed": [], "movement": None}, Moved, "moved")


def test_what_is_not_declared_is_refused(test_subject):
    for refused in (
        lambda: encode(Movement(1, ())),
        lambda: declared("test_nothing"),
        lambda: event_words("test_nothing", {}),
        lambda: test_subject.apply(None, "node_added", {}),
    ):
        with pytest.raises(UndeclaredKind):
            refused()


def test_a_kind_has_one_declaration_and_a_payload_is_a_dataclass(test_subject):
    with pytest.raises(ValueError, match="declared twice"):
        Subject("other").kind("test_moved", title="", fold=max, words=words)(Painted)
    with pytest.raises(TypeError):
        test_subject.kind("test_other", title="", fold=max, words=words)(int)
    assert declared("test_moved").payload is Moved
    assert declared("test_moved").subject is test_subject


def test_the_declaration_says_fold_words_and_effect(test_subject):
    payload = {"node": {"number": 1, "keys": 2}}
    assert test_subject.apply(None, "test_moved", payload) == [1]
    assert event_words("test_moved", payload) == ("moved", "2 moved")
    kind = declared("test_moved")
    assert kind.listed(payload) == "2 moved", "its own text, where nothing else is said"
    assert kind.effect(payload) is None
    effect = Effect("2 keys moved", "2", "moved")
    test_subject.kind(
        "test_painted",
        title="",
        fold=lambda state, _: state,
        words=words,
        effect=lambda _: effect,
        listed=lambda _: "so",
    )(Painted)
    assert (declared("test_painted").effect({}), declared("test_painted").listed({})) == (effect, "so")

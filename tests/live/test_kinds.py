"""Kinds of event: what is declared comes through, what is not is refused at every depth."""

from dataclasses import dataclass
from typing import Any, TypedDict

import pytest

from live import kinds


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


@pytest.fixture(autouse=True)
def moved():
    kinds.declare("test_moved")(Moved)
    yield
    kinds._classes.pop("test_moved")
    kinds._kinds.pop(Moved)


def test_a_payload_comes_back_as_it_was():
    whole = Moved(
        {"number": 1, "keys": 2}, [{"number": 2, "keys": 3}], Movement(5, ((1, 2, 3),)), {"any": {"thing": 1}}
    )
    data = kinds.encode(whole)
    assert data["movement"] == {"moved": 5, "pairs": [[1, 2, 3]]}
    back = kinds.decode("test_moved", data)
    assert isinstance(back.movement, Movement)
    assert kinds.encode(back) == data
    assert kinds.decode("test_moved", {**data, "movement": None}).movement is None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"who": "me"}, "test_moved"),
        ({"node": {"number": 1, "keys": 2, "who": "me"}}, "test_moved.node"),
        ({"node": {"number": 1}}, "test_moved.node"),
        ({"changed": [{"number": 1, "keys": 2}, {"keys": 2}]}, "test_moved.changed[1]"),
        ({"movement": {"moved": 1, "pairs": [], "who": "me"}}, "test_moved.movement"),
        ({"node": 7}, "test_moved.node"),
    ],
)
def test_a_field_that_is_not_as_declared_is_refused(change, path):
    data = {"node": {"number": 1, "keys": 2}, "changed": [], "movement": None, "extra": {}, **change}
    with pytest.raises(kinds.UndeclaredField) as refused:
        kinds.decode("test_moved", data)
    assert refused.value.path == path


def test_a_missing_field_is_refused():
    with pytest.raises(kinds.UndeclaredField, match="missing extra"):
        kinds.decode("test_moved", {"node": {"number": 1, "keys": 2}, "changed": [], "movement": None})


def test_a_kind_that_is_not_declared_is_refused():
    with pytest.raises(kinds.UndeclaredKind):
        kinds.decode("test_nothing", {})
    with pytest.raises(kinds.UndeclaredKind):
        kinds.encode(Movement(1, ()))


def test_a_kind_has_one_class():
    with pytest.raises(ValueError, match="declared twice"):
        kinds.declare("test_moved")(Movement)
    with pytest.raises(TypeError):
        kinds.declare("test_other")(int)
    assert kinds.declared()["test_moved"] is Moved

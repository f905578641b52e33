"""The shape of payloads. Refuses undeclared fields at any depth.

A payload is a frozen dataclass; its fields may be JSON values, dataclasses, TypedDicts, lists or tuples of them, or
`None`. An annotation of `dict`, `Any` or `object` is opaque: its content is up to the subject.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any


class UndeclaredField(ValueError):
    """A payload's fields are not exactly the declared ones. `path` says where."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


def plain(payload: object, name: str) -> dict[str, Any]:
    """The payload as JSON values, checked against its own class. `name` starts the path in errors.

    Raises UndeclaredField.
    """
    values = _plain(payload)
    check(values, type(payload), name)
    return typing.cast(dict[str, Any], values)


def _plain(value: Any) -> Any:
    """Dataclasses to dicts and tuples to lists, as JSON would have them."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


@cache
def _shape(annotation: Any) -> tuple[dict[str, Any], frozenset[str]] | None:
    """Field annotations and required names, or None for an annotation without declared fields."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        named = {field.name: hints[field.name] for field in fields(annotation)}
        return named, frozenset(named)
    if typing.is_typeddict(annotation):
        return typing.get_type_hints(annotation), annotation.__required_keys__
    return None


@cache
def _item(annotation: Any) -> Any:
    """The item type of a list or uniform tuple. None if not given."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin is list or (origin is tuple and arguments[-1] is Ellipsis):
        return arguments[0]
    return None


@cache
def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of a union except None, or the annotation itself if it is not a union."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(option for option in typing.get_args(annotation) if option is not types.NoneType)
    return (annotation,)


def check(value: Any, annotation: Any, path: str) -> None:
    """Compares JSON values with a declaration. Raises UndeclaredField for extra or missing names."""
    for option in _options(annotation):
        shape = _shape(option)
        if shape is not None and isinstance(value, Mapping):
            named, required = shape
            if extra := value.keys() - named.keys():
                raise UndeclaredField(path, f"undeclared {', '.join(sorted(map(str, extra)))}")
            if missing := required - value.keys():
                raise UndeclaredField(path, f"missing {', '.join(sorted(missing))}")
            for name, inner in value.items():
                check(inner, named[name], f"{path}.{name}")
        elif shape is not None and value is not None:
            raise UndeclaredField(path, f"not an object: {value!r}")
        elif isinstance(value, list) and (item := _item(option)) is not None:
            for index, inner in enumerate(value):
                check(inner, item, f"{path}[{index}]")

"""The kinds of event and the shape of each payload. A field that nobody declared is refused, at whatever depth.

A payload is a frozen dataclass; its fields may be JSON values, dataclasses, TypedDicts, lists or tuples of them, or
`None`. An annotation of `dict`, `Any` or `object` is opaque: what is inside is the subject's own.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_classes: dict[str, type[Any]] = {}
_kinds: dict[type[Any], str] = {}


class UndeclaredKind(LookupError):
    """No payload class is declared for this kind, or this class for any kind."""


class UndeclaredField(ValueError):
    """A payload whose fields are not exactly the declared ones. `path` tells where."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


def declare(kind: str) -> Callable[[type[T]], type[T]]:
    """Registers the payload class of `kind`. Raises ValueError for a second class of the same kind."""

    def register(cls: type[T]) -> type[T]:
        if not is_dataclass(cls):
            raise TypeError(f"{cls.__name__} is no dataclass")
        if _classes.get(kind, cls) is not cls:
            raise ValueError(f"{kind} is declared twice")
        _classes[kind] = cls
        _kinds[cls] = kind
        return cls

    return register


def declared() -> dict[str, type[Any]]:
    """Every kind and its payload class."""
    return dict(_classes)


def kind_of(payload: object) -> str:
    """The kind of a payload. Raises UndeclaredKind."""
    try:
        return _kinds[type(payload)]
    except KeyError:
        raise UndeclaredKind(f"{type(payload).__name__} is declared as no kind of event") from None


def encode(payload: object) -> dict[str, Any]:
    """The payload as JSON values, checked against its declaration. Raises UndeclaredKind, UndeclaredField."""
    kind = kind_of(payload)
    plain = _plain(payload)
    _check(plain, type(payload), kind)
    return typing.cast(dict[str, Any], plain)


def decode(kind: str, data: Mapping[str, Any]) -> Any:
    """An instance of the payload class of `kind`. Raises UndeclaredKind, UndeclaredField.

    Only the outermost level becomes a dataclass unless an inner annotation is one too; TypedDicts stay dicts.
    """
    try:
        cls = _classes[kind]
    except KeyError:
        raise UndeclaredKind(f"{kind} is no declared kind of event") from None
    _check(data, cls, kind)
    return _build(data, cls)


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
    """Field annotations and the names that must be there, or None for an annotation without declared fields."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        named = {field.name: hints[field.name] for field in fields(annotation)}
        return named, frozenset(named)
    if typing.is_typeddict(annotation):
        return typing.get_type_hints(annotation), annotation.__required_keys__
    return None


@cache
def _item(annotation: Any) -> Any:
    """What a list or a uniform tuple holds, or None where that is not said."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin is list or (origin is tuple and arguments[-1] is Ellipsis):
        return arguments[0]
    return None


@cache
def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of a union that are not None; the annotation itself where it is none."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(option for option in typing.get_args(annotation) if option is not types.NoneType)
    return (annotation,)


def _check(value: Any, annotation: Any, path: str) -> None:
    """Refuses names that are not declared and the lack of those that are."""
    for option in _options(annotation):
        shape = _shape(option)
        if shape is not None and isinstance(value, Mapping):
            named, required = shape
            if extra := value.keys() - named.keys():
                raise UndeclaredField(path, f"undeclared {', '.join(sorted(map(str, extra)))}")
            if missing := required - value.keys():
                raise UndeclaredField(path, f"missing {', '.join(sorted(missing))}")
            for name, inner in value.items():
                _check(inner, named[name], f"{path}.{name}")
        elif shape is not None and value is not None:
            raise UndeclaredField(path, f"not an object: {value!r}")
        elif isinstance(value, list) and (item := _item(option)) is not None:
            for index, inner in enumerate(value):
                _check(inner, item, f"{path}[{index}]")


def _build(value: Any, annotation: Any) -> Any:
    """JSON values back to the declared dataclasses and tuples."""
    for option in _options(annotation):
        shape = _shape(option)
        if shape is not None and isinstance(value, Mapping):
            built = {name: _build(inner, shape[0][name]) for name, inner in value.items()}
            return built if typing.is_typeddict(option) else option(**built)
        if isinstance(value, list) and (item := _item(option)) is not None:
            listed = [_build(inner, item) for inner in value]
            return tuple(listed) if typing.get_origin(option) is tuple else listed
    return value

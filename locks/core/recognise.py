"""Finds the locks in what was read of a server: pure; about 5 µs for an ordinary key and 10 to 30 for a lock.

Only the clients whose names or shapes fit are asked about a key. The first that recognises it decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from locks.core.clients import CLIENTS, blocking
from locks.core.clients.declared import NO_NEEDS, Rule
from locks.core.lookfor import LOOK_FOR, MOST_BYTES
from locks.core.observed import Connection, Needs, Observed, World
from locks.core.reading import Reading

__all__ = ["LOOK_FOR", "base_of", "infer_waiters", "is_companion", "needs_of", "recognise", "twin_of"]

_HEAD, _TAIL, _LONGEST = 3, 4, MOST_BYTES
_Named = tuple[Callable[[bytes, bytes], bool], bytes, Rule]


class _Index(NamedTuple):
    """The rules for one type of key, by what they look at."""

    heads: dict[bytes, tuple[_Named, ...]]
    tails: dict[bytes, tuple[_Named, ...]]
    infixes: tuple[_Named, ...]
    has_infix: Callable[[bytes], object]
    words: tuple[Rule, ...]
    has_word: Callable[[bytes], object]
    sizes: tuple[tuple[Rule, ...], ...]
    shaped: tuple[Rule, ...]


def _grouped(pairs: Iterable[tuple[bytes, _Named]]) -> dict[bytes, tuple[_Named, ...]]:
    groups: dict[bytes, list[_Named]] = {}
    for part, named in pairs:
        groups.setdefault(part, []).append(named)
    return {part: tuple(group) for part, group in groups.items()}


def _any_of(parts: Iterable[bytes], flags: int = 0) -> Callable[[bytes], object]:
    """Whether a key contains one of the parts. Without parts, it never does."""
    return re.compile(b"|".join(re.escape(each) for each in parts) or rb"(?!)", flags).search


def _index(kind: str) -> _Index:
    rules = [rule for client in CLIENTS for rule in client.rules if rule.type == kind]
    sizes: list[list[Rule]] = [[] for _ in range(_LONGEST + 1)]
    for rule in rules:
        for size in {size for shape in rule.shapes for size in range(shape.least, min(shape.most, _LONGEST) + 1)}:
            sizes[size].append(rule)
    return _Index(
        _grouped((prefix[:_HEAD], (bytes.startswith, prefix, rule)) for rule in rules for prefix in rule.prefixes),
        _grouped((suffix[-_TAIL:], (bytes.endswith, suffix, rule)) for rule in rules for suffix in rule.suffixes),
        tuple((bytes.__contains__, infix, rule) for rule in rules for infix in rule.infixes),
        _any_of(infix for rule in rules for infix in rule.infixes),
        tuple(rule for rule in rules if rule.words),
        _any_of((word for rule in rules for word in rule.words), re.IGNORECASE),
        tuple(tuple(group) for group in sizes),
        tuple(rule for rule in rules if rule.shapes),
    )


_INDEXES = {wanted.type: _index(wanted.type) for wanted in LOOK_FOR}
_PREFIXES = b"|".join(re.escape(each) for client in CLIENTS for each in client.companion_prefixes)
_INFIXES = b"|".join(re.escape(each) for client in CLIENTS for each in client.companion_infixes)
_is_companion = re.compile(rb"\A(?:%s)|%s" % (_PREFIXES, _INFIXES)).search
_NEEDING = {
    wanted.type: tuple(r for client in CLIENTS for r in client.rules if r.type == wanted.type and r.needs is not None)
    for wanted in LOOK_FOR
}
_TWINS = tuple(client.twin for client in CLIENTS if client.twin is not None)
_BASES = tuple(client.base for client in CLIENTS if client.base is not None)


def recognise(seen: Sequence[Observed], world: World) -> list[Reading]:
    """The locks among the keys of one look, in order: one reading per holder, and a key that was seen twice only once.

    `world` has what `needs_of` asked for. Waiters that block without naming a key are counted only in a look that is
    `whole`. Never raises, whatever the bytes are.
    """
    readings: list[Reading] = []
    done: set[bytes] = set()
    for one in seen:
        index = _INDEXES.get(one.type)
        if index is None or one.key in done:
            continue
        found = _read(one, index, world)
        if found:
            done.add(one.key)
            readings += found
    if world.whole and world.connections is not None:
        infer_waiters(readings, world.connections)
    return readings


def _read(one: Observed, index: _Index, world: World) -> Sequence[Reading]:
    """The answer of the first rule that has one: rules that know the name come first, then rules for shapes."""
    key = one.key
    named = index.heads.get(key[:_HEAD], ()) + index.tails.get(key[-_TAIL:], ())
    if index.has_infix(key):
        named += index.infixes
    for fits, part, rule in named:
        if fits(key, part) and (found := rule.read(one, world)):
            return found
    if _is_companion(key):
        return ()
    for rule in _rules_by_shape(one, index):
        if found := rule.read(one, world):
            return found
    for rule in index.words if index.has_word(key) else ():
        if found := rule.read(one, world):
            return found
    return ()


def _rules_by_shape(one: Observed, index: _Index) -> tuple[Rule, ...]:
    if one.type != "string":
        return index.shaped
    return index.sizes[one.size] if one.size <= _LONGEST else ()


def is_companion(key: bytes) -> bool:
    """Whether the key's name says that it accompanies a lock: a queue, a counter, a latch. It is not a lock itself."""
    return _is_companion(key) is not None


def needs_of(seen: Observed) -> Needs:
    """What must be read with a key before `recognise`: other keys, and channels whose subscribers count."""
    keys: tuple[bytes, ...] = ()
    channels: tuple[bytes, ...] = ()
    for rule in _NEEDING.get(seen.type, ()):
        if rule.needs is not None and (rule.shapes or _name_fits(seen.key, rule)):
            needs = rule.needs(seen)
            keys, channels = keys + needs.keys, channels + needs.channels
    return Needs(keys, channels) if keys or channels else NO_NEEDS


def _name_fits(key: bytes, rule: Rule) -> bool:
    return key.startswith(rule.prefixes) or key.endswith(rule.suffixes) or any(each in key for each in rule.infixes)


def base_of(key: bytes) -> bytes:
    """The key to reread when this one changed: the lock that a companion belongs to, otherwise the key itself."""
    for base in _BASES:
        if (found := base(key)) is not None:
            return found
    return key


def twin_of(key: bytes) -> bytes | None:
    """The other key of a lock that has two, to be reread when this one changed. None for most."""
    return next((found for twin in _TWINS if (found := twin(key)) is not None), None)


def infer_waiters(readings: Sequence[Reading], connections: Sequence[Connection]) -> None:
    """Sets the waiters of locks whose clients wait in BLPOP, if they can be known; takes all locks of a server.

    CLIENT LIST does not say which list a client waits for. If nobody is in BLPOP, nobody waits. If there is one such
    lock, they wait for it, unless the application also uses BLPOP for something else; hence `waiters_inferred`.
    """
    blocking_ones = [each for each in readings if each.client in blocking.BLOCKING.names]
    blocked = sum("b" in each.flags and each.command == "blpop" for each in connections)
    if blocked and len(blocking_ones) != 1:
        return
    for each in blocking_ones:
        each.waiters, each.waiters_inferred = blocked, True
        each.evidence += ("blocked:blpop",) if blocked else ()

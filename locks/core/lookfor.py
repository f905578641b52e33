"""What a filter that runs in the server must keep, as plain data: everything a recogniser might accept, and more.

A key is kept if its type has a `Wanted`, and its name or one of its values fits it.
"""

from __future__ import annotations

from dataclasses import dataclass

from locks.core.clients import CLIENTS
from locks.core.clients.declared import Shape


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to keep of one type of key.

    The name fits if it begins with one of `prefixes`, ends with one of `suffixes`, contains one of `infixes`, or, in
    lower case, one of `words`. A value fits if one `Shape` does: the value of a string, which is at most MOST_BYTES
    long whatever its name; the name of any field of a hash; any member of a set or sorted set. A few members are enough
    to see whether the shape fits, because no client mixes them with others. `only` names hashes with thousands of
    fields of which a few are locks: the beginning of the name, and a text in those fields; the other fields need not be
    read.
    """

    type: str
    prefixes: tuple[bytes, ...]
    suffixes: tuple[bytes, ...]
    infixes: tuple[bytes, ...]
    words: tuple[bytes, ...]
    shapes: tuple[Shape, ...]
    only: tuple[tuple[bytes, bytes], ...]


MOST_BYTES = 1_024
"""A longer string is not a lock."""


def _wanted(kind: str) -> Wanted:
    rules = [rule for client in CLIENTS for rule in client.rules if rule.type == kind]

    def all_of(field: str) -> tuple[bytes, ...]:
        return tuple(dict.fromkeys(each for rule in rules for each in getattr(rule, field)))

    shapes = tuple(dict.fromkeys(shape for rule in rules for shape in rule.shapes))
    only = tuple((prefix, rule.only) for rule in rules if rule.only for prefix in rule.prefixes)
    return Wanted(kind, all_of("prefixes"), all_of("suffixes"), all_of("infixes"), all_of("words"), shapes, only)


LOOK_FOR: tuple[Wanted, ...] = tuple(
    _wanted(kind) for kind in dict.fromkeys(rule.type for client in CLIENTS for rule in client.rules)
)

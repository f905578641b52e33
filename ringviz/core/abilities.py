"""What a strategy can do, and its parameters. Callers check these and never its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, nan
from types import MappingProxyType
from typing import Final

from ringviz.core.errors import InvalidOption, NotAnOption, UnknownOption


@dataclass(frozen=True, slots=True)
class Abilities:
    """What holds for every placement by a strategy.

    `tokens`: nodes have tokens on the circle, as many as `vnodes` says. `ranges`: the range between two tokens belongs
    to one node as a whole. `told`: owners are not computed, servers report them. `weights`: shares follow the weights;
    without this, a node takes a full part or, at weight 0, none. `lists`: a key has a preference list, so it can have
    copies. `alone`: a hash has an owner whatever other keys there are. `minimal`: when a node joins or leaves, only its
    own keys change owner. `last_only`: that holds only for the last node, because nodes are numbered.
    """

    tokens: bool = False
    ranges: bool = False
    told: bool = False
    weights: bool = True
    lists: bool = True
    alone: bool = True
    minimal: bool = True
    last_only: bool = False


class Wanted(StrEnum):
    """Which numbers a parameter accepts."""

    ANY = "any"
    WHOLE = "whole"
    PRIME = "prime"


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter of a strategy: a number of the kind `wanted`, from `lowest` to `highest`."""

    name: str
    default: float
    lowest: float
    highest: float
    wanted: Wanted = Wanted.WHOLE

    def checked(self, value: float) -> float:
        """The value, an int if it must be whole. Raises InvalidOption."""
        if not self.lowest <= value <= self.highest or not _is(self.wanted, value):
            raise InvalidOption(self.name, value, self.wanted, self.lowest, self.highest)
        return float(value) if self.wanted is Wanted.ANY else int(value)


def _is(wanted: Wanted, value: float) -> bool:
    return wanted is Wanted.ANY or (value == int(value) and (wanted is Wanted.WHOLE or is_prime(int(value))))


def is_prime(number: int) -> bool:
    """Whether a number is prime, by trial division: O(sqrt number)."""
    return number > 1 and all(number % by for by in range(2, int(number**0.5) + 1))


Options = Mapping[str, float]
NO_OPTIONS: Options = MappingProxyType({})
MOST_OPTIONS: Final = 16  # in one text


def read_options(text: str) -> dict[str, float]:
    """The options in a text such as `table_size=65537` or `a=1,b=2`; empty for an empty text.

    At most MOST_OPTIONS of them. Raises NotAnOption with the invalid part.
    """
    words = [word.strip() for word in text.split(",", MOST_OPTIONS)] if text.strip() else []
    return dict(map(_option, words))


def _option(word: str) -> tuple[str, float]:
    name, equals, value = word.partition("=")
    try:
        number = float(value) if equals else nan
    except ValueError:
        number = nan
    if not isfinite(number):
        raise NotAnOption(word)
    return name.strip(), number


def spelled(options: Options) -> str:
    """The text that `read_options` parses into these options."""
    return ",".join(f"{name}={number!r}" for name, number in options.items())


def completed(declared: tuple[Option, ...], given: Options) -> dict[str, float]:
    """Every declared option, with defaults for missing ones. Raises UnknownOption and InvalidOption."""
    names = {option.name for option in declared}
    for name in given:
        if name not in names:
            raise UnknownOption(name, tuple(sorted(names)))
    return {option.name: option.checked(given.get(option.name, option.default)) for option in declared}

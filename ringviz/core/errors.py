"""The core's errors, each with the value that it refused.

The texts are for programmers. Code that talks to people (the forms, the command line) catches the class and words it in
their language.
"""

from __future__ import annotations


class CoreError(ValueError):
    """The base of all errors that the core raises itself."""


class InvalidName(CoreError):
    """A node's name is empty or not valid Unicode text."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"a node's name must be non-empty text, not {name!r}")


class DuplicateName(CoreError):
    """Two nodes of one ring have the same name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"two nodes are named {name!r}; give each its own name")


class InvalidWeight(CoreError):
    """A node's weight is not a finite number from 0 to `highest`."""

    def __init__(self, name: str, weight: float, highest: float) -> None:
        self.name, self.weight, self.highest = name, weight, highest
        super().__init__(f"the weight of {name!r} must be from 0 to {highest:g}, not {weight!r}")


class InvalidVnodes(CoreError):
    """The number of virtual nodes is below 1."""

    def __init__(self, vnodes: int) -> None:
        self.vnodes = vnodes
        super().__init__(f"virtual nodes must be at least 1, not {vnodes!r}")


class InvalidSeed(CoreError):
    """The seed of the hash function does not fit into 32 bits."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        super().__init__(f"the seed must be from 0 to {2**32 - 1}, not {seed!r}")


class TooManyTokens(CoreError):
    """The nodes have more tokens than a ring may hold."""

    def __init__(self, count: int, most: int) -> None:
        self.count, self.most = count, most
        super().__init__(f"a ring holds at most {most} tokens, not {count}")


class InvalidRingLength(CoreError):
    """The `p` of modulo is outside 1 to the size of the hash space."""

    def __init__(self, ring_length: int) -> None:
        self.ring_length = ring_length
        super().__init__(f"the ring's length must be from 1 to {2**32}, not {ring_length!r}")


class UnknownStrategy(CoreError):
    """No strategy has this name."""

    def __init__(self, strategy: str, known: tuple[str, ...]) -> None:
        self.strategy, self.known = strategy, known
        super().__init__(f"no strategy is named {strategy!r}; there are {', '.join(known)}")


class DifferentHashes(CoreError):
    """Two rings hash the same key differently, so one key index cannot serve both."""

    def __init__(self) -> None:
        super().__init__("movement needs two placements that hash keys alike")


class InvalidOption(CoreError):
    """A strategy's parameter is not a number of the kind `wanted` within its bounds."""

    def __init__(self, name: str, value: float, wanted: str, lowest: float, highest: float) -> None:
        self.name, self.value, self.wanted, self.lowest, self.highest = name, value, wanted, lowest, highest
        super().__init__(f"{name} must be a {wanted} number from {lowest:g} to {highest:g}, not {value!r}")


class UnknownOption(CoreError):
    """The strategy has no parameter of this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"there is no option {name!r} here; there are: {', '.join(known) or 'none'}")


class NotAnOption(CoreError):
    """A text does not name a parameter with a finite number."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(f"an option is NAME=NUMBER, not {word!r}")


class NoOwnerAlone(CoreError):
    """With this strategy a hash has no owner by itself, only among the keys of a set."""

    def __init__(self) -> None:
        super().__init__("a key has an owner only within a key set here; ask for its place in one")

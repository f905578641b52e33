"""What the proxy refuses, and what keeps it from running."""

from __future__ import annotations

from ringviz.core.errors import CoreError


class ProxyError(CoreError):
    """The root of what goes wrong with the proxy."""


class NotInstalled(ProxyError):
    """There is no HAProxy on this machine."""

    def __init__(self) -> None:
        super().__init__("haproxy is not installed")


class NotRunning(ProxyError):
    """Nobody answers at the runtime socket."""

    def __init__(self) -> None:
        super().__init__("no proxy answers")


class AlreadyRuns(ProxyError):
    """Another process runs a proxy from this folder."""

    def __init__(self) -> None:
        super().__init__("a proxy runs here already")


class Ended(ProxyError):
    """HAProxy ended by itself. `words` are the last that it wrote on standard error."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(f"haproxy ended: {words}")


class Refused(ProxyError):
    """HAProxy refused a command, in its own words."""

    def __init__(self, command: str, answer: str) -> None:
        self.command, self.answer = command, answer
        super().__init__(f"haproxy refused {command!r}: {answer}")


class TooManyNodes(ProxyError):
    """There is a slot for `slots` nodes, and no more."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        super().__init__(f"the proxy has {slots} slots for nodes, and all are taken")


class UnknownAlgorithm(ProxyError):
    """There is no algorithm of this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"there is no algorithm {name!r}; there are: {', '.join(known)}")


class NothingToUndo(ProxyError):
    """Nothing was changed, or all of it is undone."""

    def __init__(self) -> None:
        super().__init__("there is nothing to undo")

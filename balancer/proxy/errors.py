"""Errors of the proxy."""

from __future__ import annotations

from ringviz.core.errors import CoreError


class ProxyError(CoreError):
    """The base class of proxy errors."""


class NotInstalled(ProxyError):
    """HAProxy is not installed on this machine."""

    def __init__(self) -> None:
        super().__init__("haproxy is not installed")


class NotRunning(ProxyError):
    """The runtime socket does not respond."""

    def __init__(self) -> None:
        super().__init__("the proxy is not responding")


class AlreadyRuns(ProxyError):
    """Another process runs a proxy from this folder."""

    def __init__(self) -> None:
        super().__init__("a proxy is already running here")


class Ended(ProxyError):
    """HAProxy exited by itself. `words` is the end of its standard error."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(f"haproxy exited: {words}")


class Refused(ProxyError):
    """HAProxy refused a command. `answer` is HAProxy's text."""

    def __init__(self, command: str, answer: str) -> None:
        self.command, self.answer = command, answer
        super().__init__(f"haproxy refused {command!r}: {answer}")


class TooManyNodes(ProxyError):
    """The proxy has only `slots` slots for nodes."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        super().__init__(f"the proxy has {slots} slots for nodes, and all are taken")


class UnknownAlgorithm(ProxyError):
    """There is no algorithm with this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"there is no algorithm {name!r}; there are: {', '.join(known)}")


class NothingToUndo(ProxyError):
    """Nothing was changed, or every change has been undone."""

    def __init__(self) -> None:
        super().__init__("there is nothing to undo")

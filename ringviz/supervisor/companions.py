"""The helper processes of a managed cluster. Each runs while the log says so.

The clients (`manage.py workload`) are one. Apps above this one register their own in `ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fleet.hands import Hands
from ringviz.selectors.clusters import Known
from ringviz.supervisor.child import CompanionChild


@dataclass(frozen=True, slots=True)
class Companion:
    """`manage.py <command> <slug>`. Calls `wanted`, which may read the cluster's rows, once per version."""

    command: tuple[str, ...]
    wanted: Callable[[Known], bool]


def _clients_wanted(on: Known) -> bool:
    workload = on.state["workload"]
    return workload is not None and workload["on"]


_registered = [Companion(("workload",), _clients_wanted)]


def register(companion: Companion) -> None:
    """Adds a companion to every keeper that starts from now on. Call it in an app's `ready`."""
    if companion not in _registered:
        _registered.append(companion)


class Companions:
    """The companions of one cluster."""

    def __init__(self, slug: str, hands: Hands, on_end: Callable[[], None]) -> None:
        self._children = [(one, CompanionChild((*one.command, slug), hands, on_end)) for one in _registered]
        self._version: tuple[str, int] | None = None
        self._wanted: list[bool] = []

    def follow(self, on: Known) -> None:
        """Starts and ends companions as the log says, and restarts those that died."""
        if self._version != (on.epoch, on.v):
            self._wanted = [companion.wanted(on) for companion, _child in self._children]
            self._version = (on.epoch, on.v)
        for (_companion, child), wanted in zip(self._children, self._wanted, strict=True):
            child.follow(wanted=wanted)

    def end(self) -> None:
        """Ends all running companions."""
        for _companion, child in self._children:
            child.end()

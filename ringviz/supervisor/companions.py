"""The processes beside the servers of a managed cluster: each runs while the log says that it is wanted.

The clients (`manage.py workload`) are one. An app above this one registers its own when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fleet.hands import Hands
from ringviz.selectors.clusters import Known
from ringviz.supervisor.child import CompanionChild


@dataclass(frozen=True, slots=True)
class Companion:
    """`manage.py <command> <slug>`. `wanted` is asked once for each version of a cluster, and may read its rows."""

    command: tuple[str, ...]
    wanted: Callable[[Known], bool]


def _clients_wanted(on: Known) -> bool:
    workload = on.state["workload"]
    return workload is not None and workload["on"]


_registered = [Companion(("workload",), _clients_wanted)]


def register(companion: Companion) -> None:
    """Every keeper that begins from now on runs it too. For an app's `ready`."""
    if companion not in _registered:
        _registered.append(companion)


class Companions:
    """Those of one cluster."""

    def __init__(self, slug: str, hands: Hands, on_end: Callable[[], None]) -> None:
        self._children = [(one, CompanionChild((*one.command, slug), hands, on_end)) for one in _registered]
        self._version: tuple[str, int] | None = None
        self._wanted: list[bool] = []

    def follow(self, on: Known) -> None:
        """Starts and ends them, as the log says; also those that died."""
        if self._version != (on.epoch, on.v):
            self._wanted = [companion.wanted(on) for companion, _child in self._children]
            self._version = (on.epoch, on.v)
        for (_companion, child), wanted in zip(self._children, self._wanted, strict=True):
            child.follow(wanted=wanted)

    def end(self) -> None:
        """Ends all that run."""
        for _companion, child in self._children:
            child.end()

"""Events about keys: a new key set, lost keys, and reloaded keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext

from live.subjects import EventWords, Payload
from live.wording import grouped
from ringviz.core import state
from ringviz.core.state import KeysState
from ringviz.events.shapes import Figures, MovementSummary
from ringviz.events.subject import kind, same


def _imported(payload: Payload) -> EventWords:
    count = payload["keys"]["count"]
    return same(ngettext("%(n)s key", "%(n)s keys", count) % {"n": grouped(count)})


def _refilled(payload: Payload) -> EventWords:
    return same(ngettext("%(n)s key stored", "%(n)s keys stored", payload["keys"]) % {"n": grouped(payload["keys"])})


def _lost(payload: Payload) -> EventWords:
    return same(ngettext("%(n)s key lost", "%(n)s keys lost", payload["keys"]) % {"n": grouped(payload["keys"])})


@kind("keys_imported", title=gettext_lazy("Other keys"), fold=state.with_keys, words=_imported, shows="change")
@dataclass(frozen=True)
class KeysImported:
    """The cluster has a new key set. No key moves, because these are other keys."""

    keys: KeysState
    before: KeysState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0
    unfilled: list[list[int]] | None = None


@kind("keys_refilled", title=gettext_lazy("Keys stored"), fold=state.settled, words=_refilled, shows="follows")
@dataclass(frozen=True)
class KeysRefilled:
    """Lost keys were reloaded from the key set: `keys` of them, in `ms` milliseconds."""

    keys: int
    ms: int
    unfilled: list[list[int]]
    changed: list[Figures]


@kind("keys_lost", title=gettext_lazy("Keys lost"), fold=state.settled, words=_lost, shows="follows")
@dataclass(frozen=True)
class KeysLost:
    """Buckets lost their keys although no node of the ring died. `keys` must be reloaded."""

    keys: int
    unfilled: list[list[int]]
    changed: list[Figures]

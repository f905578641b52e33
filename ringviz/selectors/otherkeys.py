"""What replacing the keys would change: how many come, go and stay."""

from __future__ import annotations

from typing import TypedDict

from live.shared import Shared
from ringviz.core.state import State
from ringviz.models import KeySet
from ringviz.stores.keycompare import shared_keys

_KEPT = 64
_counted: Shared[int] = Shared(_KEPT)


class OtherKeys(TypedDict):
    """Numbers of keys: new ones, those that are gone, and those in both key sets."""

    come: int
    go: int
    stay: int


def other_keys(before: State, after: State) -> OtherKeys:
    """For two states with different key sets. Counted once per pair: see `shared_keys`."""
    old, new = (KeySet.objects.get(pk=state["keys"]["id"]) for state in (before, after))
    seed = before["cluster"]["seed"]
    pair = [(one.kind, one.digest) for one in (old, new)]
    stay = _counted.get((seed, *pair), lambda: shared_keys(old, new, seed))
    return OtherKeys(come=new.count - stay, go=old.count - stay, stay=stay)

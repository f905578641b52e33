"""What a plan would cost on real servers: the bytes that move or are lost, and the room that is left."""

from __future__ import annotations

from typing import Any, TypedDict

from django.utils.translation import gettext as _

from live.subjects import payload_class
from live.wording import grouped
from ringviz.core.state import State
from ringviz.core.strategy import abilities_of
from ringviz.events import KeysImported, NodeFailedOver, NodeKilled, NodeRevived
from ringviz.models import Cluster
from ringviz.selectors.measured import measure
from ringviz.selectors.placing import members_of
from ringviz.strategies import name_of
from servers.driver.holding import Measured


class Survivor(TypedDict):
    """A node after the change: `bytes` before and after with its `limit`, and the additional misses per second."""

    node: int
    bytes: int
    limit: int
    after_bytes: int
    misses_per_s: float


class Estimate(TypedDict):
    """`measured` is False if a server did not report its data, so its bytes are the others' average."""

    keys: int
    bytes: int
    lost_keys: int
    lost_bytes: int
    survivors: list[Survivor]
    measured: bool
    notes: list[str]


def estimate(cluster: Cluster, before: State, kind: str, payload: dict[str, Any], after: State) -> Estimate:
    """The cost of the change from `before` to `after`, from what the servers report now. Asks each of them once."""
    measured = measure(cluster, before)
    known = [one for one in measured.values() if one is not None]
    keys, total = sum(one.keys for one in known), sum(one.data for one in known)
    per_key = total / keys if keys else 0.0
    moved = (payload.get("movement") or {}).get("moved", 0)
    lost = (payload.get("loss") or {}).get("keys", 0)
    survivors = [_survivor(node, before, measured, per_key) for node in members_of(after)]
    return Estimate(
        keys=0 if payload.get("loss") else moved,
        bytes=0 if payload.get("loss") else round(moved * per_key),
        lost_keys=lost,
        lost_bytes=round(lost * per_key),
        survivors=survivors,
        measured=bool(known) and len(known) == len(measured),
        notes=_notes(cluster, kind, lost, survivors),
    )


def _survivor(
    node: dict[str, Any] | Any, before: State, measured: dict[int, Measured | None], per_key: float
) -> Survivor:
    was = next((one for one in before["nodes"] if one["number"] == node["number"]), node)
    found = measured.get(node["number"])
    now = found.bytes if found else round((was["keys"] - was["lost"]) * per_key)
    after = now + round((node["keys"] - was["keys"]) * per_key)
    held = was["keys"] - was["lost"]
    lost = node["lost"] - was["lost"]
    # Keys are requested uniformly: the share of new requests that miss is the share of lost keys not yet stored again.
    per_held = found.ops / held if found and held else 0.0
    return Survivor(
        node=node["number"],
        bytes=now,
        limit=found.limit if found else before["cluster"]["memory"],
        after_bytes=max(0, after),
        misses_per_s=max(0, lost) * per_held,
    )


def _notes(cluster: Cluster, kind: str, lost: int, survivors: list[Survivor]) -> list[str]:
    made, notes = payload_class(kind), []
    if made is NodeKilled and lost:
        notes.append(_("%(keys)s keys are lost and stored again from the key set.") % {"keys": grouped(lost)})
    if made is KeysImported:
        notes.append(_("Every server is emptied and then stores the new keys."))
    if made is NodeFailedOver:
        notes.append(_("Its replica takes over. Writes that the replica had not confirmed may be lost."))
    if made is NodeRevived:
        notes.append(_("It comes back empty, as a new server: other nodes own its keys now and have newer values."))
    if made is NodeKilled and not abilities_of(cluster.strategy).minimal:
        text = _("With %(strategy)s, most keys of the other nodes change owner too.")
        notes.append(text % {"strategy": name_of(cluster.strategy)})
    full = [one["node"] for one in survivors if one["limit"] and one["after_bytes"] > one["limit"]]
    if full:
        text = _("Nodes without enough room: %(count)d.")
        notes.append(text % {"count": len(full)})
    return notes

"""`manage.py ring status`: the nodes of a cluster, with their figures."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.columns import columns
from live.door import refusals_told
from live.wording import grouped
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.core.state import NodeState, State
from ringviz.events import work_words
from ringviz.events.pulse import pulse_words
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import Known, known
from ringviz.selectors.external import (
    Disagreeing,
    Stored,
    StoredFrame,
    look_at,
    silent_frame,
    silent_since,
    stored_frame,
)
from ringviz.selectors.leading import is_led
from ringviz.selectors.measured import measure
from ringviz.stores import passwords
from ringviz.stores.room import MIB, Room, room_of
from servers.reading.look import SilentCluster

_TEXT_COLUMNS = 3  # left-aligned; the numbers after them are right-aligned
TIMEOUT_S = 2.0  # for the servers of an external cluster; a look takes at most four times that


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a table, or with --json one line.

    It is `{"cluster", "version", "kind", "supervised", "at_rest", "unfilled", "nodes": [...]}`. `supervised` is whether
    a supervisor leads, null if the hint server cannot be asked or the cluster has no servers of ours. `at_rest`:
    nothing is running or waiting, and everything is stored that should be; for our servers only if a supervisor leads
    and all servers answer and lack no keys. `unfilled` are the buckets whose keys were lost and not stored again, as
    [[first, last], ...].

    A node is `{"name", "state", "kind", "tokens", "ownership", "predicted_keys", "stored_keys", "extra_keys",
    "lost_keys"}`: `ownership` is 0 to 1 of the hash space; `predicted_keys` is what the placement gives it, of which
    `lost_keys` are not stored, or not again, yet; `stored_keys` is what its server reports, null if there is no
    server or it does not answer; `extra_keys` is how many of these are too many, because clients stored keys outside
    the key set. In an external cluster `predicted_keys` is null, because nobody here knows which keys it should have.

    An external cluster also has `silent`, whether none of its members answers; `silent_since`, when the supervisor
    noticed, null if it did not; `disagreeing`, members that answer and leave out others, as {"address", "members",
    "slots"} that they list; and `lacks`, commands that the user may not run. Its nodes have `address`, `hostname`,
    `slots`, `replicas`, `open_slots` as {"slot", "leaving", "peer"}, `knows_its_address` and `shares_its_address`. A
    cluster that is silent, disagrees or has open slots is not at rest.

    A managed cluster also has `space`, `{"state", "free_bytes"}` of the file system that its servers write to:
    `enough`, `low` (a warning), or `full` or `read-only`, which stops all work and the cluster is not at rest. Its
    nodes have `pulse`, `{"for_ms", "every_ms"}` if one freezes repeatedly, otherwise null.
    """
    with refusals_told():
        on = known(chosen(options["cluster"]).slug)
        heard = _heard(on)
    lines = [json.dumps(_answer(on, heard), ensure_ascii=False)] if options["json"] else _table(on, heard)
    out.write("".join(f"{line}\n" for line in lines))


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the servers report to store, by the node's number, and which do not answer.

    `led`: whether a supervisor leads; None if that is unknown or no server is ours. `silent`: no member of an external
    cluster answers; `since` when the supervisor noticed. `frame`: everything that its servers reported. `room`: the
    disk space for our servers' files.
    """

    stored: dict[int, int | None] = field(default_factory=dict)
    led: bool | None = None
    silent: bool = False
    since: datetime | None = None
    frame: StoredFrame | None = None
    room: Room | None = None

    @property
    def disagreeing(self) -> Sequence[Disagreeing]:
        """Members that answer but are not believed."""
        return self.frame.get("disagreeing", ()) if self.frame else ()

    @property
    def lacks(self) -> Sequence[str]:
        """Commands that the user may not run."""
        return self.frame.get("lacks", ()) if self.frame else ()

    def of(self, node: NodeState) -> Stored | None:
        """What the server of a node of an external cluster reported."""
        return self.frame["nodes"].get(str(node["number"])) if self.frame else None


def _heard(on: Known) -> _Heard:
    if on.cluster.kind == Cluster.Kind.MANAGED:
        measured = measure(on.cluster, on.state)
        stored = {number: one.keys if one else None for number, one in measured.items()}
        return _Heard(stored, led=is_led(), room=room_of(passwords.folder(on.cluster.pk)))
    if on.cluster.kind != Cluster.Kind.EXTERNAL:
        return _Heard()
    try:
        look = look_at(on.cluster, TIMEOUT_S)
    except SilentCluster as silence:
        frame = silent_frame(on.state["nodes"], 0, 0, silence)
        return _Heard(silent=True, since=silent_since(on.cluster), frame=frame)
    frame = stored_frame(look, on.state["nodes"], 0)
    return _Heard({int(number): one["keys"] for number, one in frame["nodes"].items()}, frame=frame)


def _predicted(node: NodeState, kind: str) -> int | None:
    return None if kind == Cluster.Kind.EXTERNAL else node["keys"]


def _surplus(node: NodeState, kind: str, heard: _Heard) -> int:
    """How many more keys than predicted a server stores, negative if it lacks some; 0 if that is unknown."""
    predicted, stored = _predicted(node, kind), heard.stored.get(node["number"])
    return 0 if predicted is None or stored is None else stored - predicted


def _is_done(state: State) -> bool:
    """Whether nothing is waiting or running, and nothing must be stored again."""
    return not state["work"] and not state["unfilled"]


def _trouble(state: State, heard: _Heard) -> list[str]:
    """Why a cluster without open work is still not at rest."""
    kind = state["cluster"]["kind"]
    if kind != Cluster.Kind.MANAGED:
        return [*_silence(heard), *map(_disagreement, heard.disagreeing), *_open_slots(state, heard)]
    said = []
    if heard.room is not None and not heard.room.is_writable:
        said.append(
            _("the disk is full: free some space for DATA_DIR")
            if heard.room.state == "full"
            else _("the servers' folder is read-only: make DATA_DIR writable")
        )
    if not heard.led:
        said.append(
            _("no supervisor is running, so failures will not be detected: start manage.py supervise")
            if heard.led is not None
            else _("it is unknown whether a supervisor is running: the hint server does not answer")
        )
    if silent := sum(keys is None for keys in heard.stored.values()):
        said.append(ngettext("%(n)s server does not answer", "%(n)s servers do not answer", silent) % {"n": silent})
    if _is_done(state) and (lacking := sum(_surplus(node, kind, heard) < 0 for node in state["nodes"])):
        said.append(ngettext("%(n)s server lacks keys", "%(n)s servers lack keys", lacking) % {"n": lacking})
    return said


def _silence(heard: _Heard) -> list[str]:
    if not heard.silent:
        return []
    if heard.since is None:
        return [_("no member answers")]
    since = timezone.localtime(heard.since).isoformat(" ", "seconds")
    return [_("no member answers; silent since %(since)s") % {"since": since}]


def _disagreement(one: Disagreeing) -> str:
    text = ngettext(
        "%(address)s disagrees: it lists %(n)s member and %(slots)s slots",
        "%(address)s disagrees: it lists %(n)s members and %(slots)s slots",
        one["members"],
    )
    return text % {"address": one["address"], "n": grouped(one["members"]), "slots": grouped(one["slots"])}


def _open_slots(state: State, heard: _Heard) -> list[str]:
    """Slots whose keys may be at either of two nodes."""
    told = (heard.of(node) for node in state["nodes"])
    opened = len({slot["slot"] for one in told if one for slot in one.get("open", ())})
    text = ngettext(
        "%(n)s slot is open, in the middle of a move", "%(n)s slots are open, in the middle of a move", opened
    )
    return [text % {"n": grouped(opened)}] if opened else []


def _uncounted(state: State, heard: _Heard) -> list[str]:
    """Why counts are unknown."""
    said = [_("the user may not run %(command)s") % {"command": one} for one in heard.lacks]
    told = (heard.of(node) for node in state["nodes"])
    shared = sum(one.get("shared", False) for one in told if one)
    text = ngettext(
        "%(n)s node is not counted: others announce its address",
        "%(n)s nodes are not counted: others announce their address",
        shared,
    )
    return [*said, text % {"n": grouped(shared)}] if shared else said


def _foreign(node: NodeState, heard: _Heard) -> dict[str, Any]:
    """The part of a node that only external clusters have."""
    told: Stored | dict[str, Any] = heard.of(node) or {}
    return {
        "address": node["address"],
        "hostname": node.get("hostname", ""),
        "slots": node["slots"],
        "replicas": node["replicas"],
        "open_slots": told.get("open", []),
        "knows_its_address": not told.get("unaware", False),
        "shares_its_address": told.get("shared", False),
    }


def _answer(on: Known, heard: _Heard) -> dict[str, Any]:
    kind = on.state["cluster"]["kind"]
    silence = {
        "silent": heard.silent,
        "silent_since": heard.since.isoformat() if heard.since else None,
        "disagreeing": list(heard.disagreeing),
        "lacks": list(heard.lacks),
    }
    return {
        "cluster": on.state["cluster"]["slug"],
        "version": on.v,
        "kind": kind,
        "supervised": heard.led,
        "at_rest": _is_done(on.state) and not _trouble(on.state, heard),
        **(silence if kind == Cluster.Kind.EXTERNAL else {}),
        **({"space": {"state": heard.room.state, "free_bytes": heard.room.free}} if heard.room else {}),
        "unfilled": on.state["unfilled"],
        "nodes": [
            {
                "name": node["name"],
                "state": node["state"],
                "kind": kind,
                "tokens": node["tokens"],
                "ownership": node["ownership"],
                "predicted_keys": _predicted(node, kind),
                "stored_keys": heard.stored.get(node["number"]),
                "extra_keys": max(0, _surplus(node, kind, heard)),
                "lost_keys": node["lost"],
                **(_foreign(node, heard) if kind == Cluster.Kind.EXTERNAL else {}),
                **({"pulse": node.get("pulse")} if kind == Cluster.Kind.MANAGED else {}),
            }
            for node in on.state["nodes"]
        ],
    }


def _table(on: Known, heard: _Heard) -> list[str]:
    head = [_("NODE"), _("STATE"), _("KIND"), _("TOKENS"), _("SHARE"), _("KEYS"), _("STORED")]
    kind = on.state["cluster"]["kind"]
    if kind == Cluster.Kind.MANAGED:
        head.append(_("LOST"))
    rows = [_row(node, kind, heard.stored.get(node["number"])) for node in on.state["nodes"]]
    return [_summary(on, heard), *(columns([head, *rows], _TEXT_COLUMNS) if rows else [])]


def _summary(on: Known, heard: _Heard) -> str:
    count = len(on.state["nodes"])
    text = ngettext(
        "%(cluster)s, version %(version)s: %(count)s node, %(keys)s keys",
        "%(cluster)s, version %(version)s: %(count)s nodes, %(keys)s keys",
        count,
    )
    said = text % {
        "cluster": on.state["cluster"]["slug"],
        "version": grouped(on.v),
        "count": grouped(count),
        "keys": grouped(on.state["keys"]["count"]),
    }
    kind = on.state["cluster"]["kind"]
    trouble = [*_trouble(on.state, heard), *_uncounted(on.state, heard)]
    if kind == Cluster.Kind.MANAGED:
        trouble = [*_at_work(on.state), *trouble] or [_("at rest")]
        if heard.room is not None and heard.room.state == "low":
            free = grouped(heard.room.free // MIB)
            trouble.append(_("the disk is nearly full: %(free)s MiB free for DATA_DIR") % {"free": free})
    return _("%(cluster)s; %(rest)s") % {"cluster": said, "rest": ", ".join(trouble)} if trouble else said


def _at_work(state: State) -> list[str]:
    doing = [work_words(work["action"], work["name"]) for work in state["work"]]
    return [*doing, *([_("storing keys")] if state["unfilled"] else [])]


def _row(node: NodeState, kind: str, stored: int | None) -> list[str]:
    return [
        node["name"],
        _state_words(node),
        str(Cluster.Kind(kind).label),
        grouped(node["tokens"]),
        f"{number_format(node['ownership'] * 100, 1)} %",
        _count(_predicted(node, kind)),
        _count(stored),
        *([_count(node["lost"])] if kind == Cluster.Kind.MANAGED else []),
    ]


def _state_words(node: NodeState) -> str:
    label = str(Node.State(node["state"]).label)
    if (pulse := node.get("pulse")) is None:
        return label
    return _("%(state)s, %(words)s") % {"state": label, "words": pulse_words(pulse)}


def _count(keys: int | None) -> str:
    """A number, or "unknown"."""
    return "-" if keys is None else grouped(keys)

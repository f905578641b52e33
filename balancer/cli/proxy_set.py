"""`manage.py balance proxy-set`: changes a cluster's running proxy through its runtime socket, and undoes changes."""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.proxy_refusals import proxy_refusals_told
from balancer.driving.fronted import slots_of
from balancer.driving.fronting import folder_of
from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.process import runtime_in
from balancer.proxy.reading import State
from balancer.proxy.runtime import Runtime, Undo
from balancer.proxy.undos import Done, Undos
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.core.state import NodeState
from ringviz.selectors.clusters import known


def add_arguments(parser: ArgumentParser) -> None:
    """The new settings. Those left out do not change."""
    names, states = ", ".join(ALGORITHMS), ", ".join(State)
    parser.add_argument(
        "algorithm", nargs="?", metavar=_("ALGORITHM"), help=_("switch to one of: %(names)s") % {"names": names}
    )
    parser.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar=_("NODE=N"),
        help=_("set a node's weight, from 0 to 256; the heaviest node starts at 100"),
    )
    parser.add_argument(
        "--state",
        action="append",
        default=[],
        metavar=_("NODE=STATE"),
        help=_("set a node's state: %(states)s") % {"states": states},
    )
    parser.add_argument("--undo", action="store_true", help=_("undo the last change"))
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes the changes; with --json, `{"cluster", "done": [...]}` or `{"cluster", "undone": ...}`.

    Raises CommandError. Changes made before the refused one remain and can be undone.
    """
    slug = options["cluster"] or ""
    with proxy_refusals_told(slug):
        cluster = chosen(options["cluster"])
        slug = cluster.slug
    with proxy_refusals_told(slug):
        nodes = known(slug).state["nodes"]
        answer = asyncio.run(_answer(options, folder_of(cluster), nodes))
    if options["json"]:
        out.write(json.dumps({"cluster": slug, **answer}, ensure_ascii=False) + "\n")
    elif "undone" in answer:
        out.write(_("%(cluster)s: undid %(change)s") % {"cluster": slug, "change": answer["undone"]} + "\n")
    else:
        out.write(f"{slug}: {', '.join(answer['done'])}\n")


async def _answer(options: dict[str, Any], folder: Path, nodes: list[NodeState]) -> dict[str, Any]:
    runtime, undos = runtime_in(folder), Undos(folder)
    asked = bool(options["algorithm"] or options["weight"] or options["state"])
    if options["undo"] == asked:
        raise CommandError(_("give a setting to change, or only --undo"))
    if options["undo"]:
        await runtime.algorithm()  # raises NotRunning before the undo file is created
        return {"undone": await undos.undo(runtime)}
    done = []
    async for words, undo in _changed(options, runtime, await slots_of(runtime, nodes)):
        undos.push(Done(words, undo))
        done.append(words)
    return {"done": done}


async def _changed(options: dict[str, Any], runtime: Runtime, slots: dict[str, int]) -> AsyncIterator[tuple[str, Undo]]:
    """Yields each change after it is made."""
    if options["algorithm"]:
        yield options["algorithm"], await runtime.use(options["algorithm"])
    for word in options["weight"]:
        slot, value = _named(word, slots)
        yield word, await runtime.weigh(slot, _weight(value))
    for word in options["state"]:
        slot, value = _named(word, slots)
        yield word, await runtime.put(slot, _state(value))


def _named(word: str, slots: dict[str, int]) -> tuple[int, str]:
    """Splits NODE=VALUE into the node's slot and the value."""
    name, _equals, value = word.partition("=")
    if name not in slots:
        values = {"name": ascii(name), "names": ", ".join(slots) or _("none")}
        raise CommandError(_("the proxy has no node %(name)s; its nodes are: %(names)s") % values)
    return slots[name], value


def _weight(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise CommandError(_("%(text)s is not a valid weight. Write NAME=N, for example b=50.") % {"text": ascii(text)})
    return int(text)


def _state(text: str) -> State:
    if text not in tuple(State):
        values = {"text": ascii(text), "states": ", ".join(State)}
        raise CommandError(_("%(text)s is not a state; choose one of: %(states)s") % values)
    return State(text)

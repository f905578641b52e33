"""A managed cluster of three nodes as the log knows it, with operators' requests and a supervisor's reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from live.models import Event
from ringviz.selectors.clusters import known
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.changing import change, report
from tests.ringviz.making import OPERATOR, make_cluster

ADDRESSES = {1: "127.0.0.1:7001", 2: "127.0.0.1:7002", 3: "127.0.0.1:7003"}


def form() -> None:
    """Three nodes with 200 keys, formed and filled as far as the log knows; nothing is waiting."""
    make_cluster(kind="managed", memory=8 * 2**20)
    report(slug="small", actor=OPERATOR, decision=ending(1, served.formed(ADDRESSES)), guard=lambda: None)
    found(served.refilled([], keys=200, ms=1))


def ending(work: int, decision: decisions.Decision) -> decisions.Decision:
    return replace(decision, decide=lambda on: replace(decision(on), work=work))  # type: ignore[arg-type]


def found(decision: decisions.Decision) -> Event:
    return report(slug="small", actor=OPERATOR, decision=decision, guard=lambda: None)


def ask(action: str, *, version: int | None = None, key: str = "", actor: Any = OPERATOR, **fields: Any) -> Event:
    told = {name: str(value) for name, value in fields.items()}
    return change(slug="small", actor=actor, version=version, decision=decision_of(action, told), key=key)


def v() -> int:
    return known("small").v

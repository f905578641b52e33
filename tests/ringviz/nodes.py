"""Changes to a cluster, one call each. Every function returns the event and raises what `changing.change` raises."""

from __future__ import annotations

from live.actor import Actor
from live.models import Event
from ringviz.core.abilities import Options
from ringviz.services import decisions
from ringviz.services.changing import change


def add_node(
    *,
    slug: str,
    actor: Actor,
    name: str,
    address: str = "",
    zone: str = "",
    weight: float = 1.0,
    version: int | None = None,
) -> Event:
    """A new node takes its token ranges from the existing nodes."""
    decision = decisions.add(name=name, address=address, zone=zone, weight=weight)
    return change(slug=slug, actor=actor, version=version, decision=decision)


def kill_node(*, slug: str, actor: Actor, number: int, version: int | None = None) -> Event:
    """A node goes down; each of its token ranges goes to the next token clockwise."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.kill(number))


def revive_node(*, slug: str, actor: Actor, number: int, version: int | None = None) -> Event:
    """A node that is down or draining takes its token ranges back."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.revive(number))


def drain_node(*, slug: str, actor: Actor, number: int, version: int | None = None) -> Event:
    """An active node hands over its keys and may then be removed."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.drain(number))


def remove_node(*, slug: str, actor: Actor, number: int, version: int | None = None) -> Event:
    """A node is removed for good; its number is never reused."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.remove(number))


def reweight_node(*, slug: str, actor: Actor, number: int, weight: float, version: int | None = None) -> Event:
    """A node gets a different share relative to the others."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.reweight(number, weight))


def edit_node(*, slug: str, actor: Actor, number: int, address: str, zone: str, version: int | None = None) -> Event:
    """A node gets a different address or zone; nothing moves."""
    return change(slug=slug, actor=actor, version=version, decision=decisions.edit(number, address=address, zone=zone))


def configure(
    *,
    slug: str,
    actor: Actor,
    strategy: str | None = None,
    options: Options | None = None,
    vnodes: int | None = None,
    copies: int | None = None,
    version: int | None = None,
) -> Event:
    """Sets the strategy or its parameters, the number of virtual nodes or of copies; None means unchanged."""
    decision = decisions.configure(strategy=strategy, options=options, vnodes=vnodes, copies=copies)
    return change(slug=slug, actor=actor, version=version, decision=decision)

"""Compares several strategies on the nodes and keys of one cluster. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.translation import gettext as _

from ringviz.core.abilities import Abilities, spelled
from ringviz.core.counts import keys_per_node
from ringviz.core.evenness import Evenness, evenness, expected_deviation
from ringviz.core.held import held_bytes
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import PlacedNode
from ringviz.core.recorded import Recorded
from ringviz.core.state import ClusterState, NodeState, State
from ringviz.core.strategy import STRATEGIES, Strategy, abilities_of, build
from ringviz.errors import NotFound
from ringviz.selectors.placing import members_of, options_of, placement_of
from ringviz.selectors.timing import TooLong, Until, owners_of, timed

_NEW = "new"  # the node that joins


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy with all its parameters; `vnodes` is None if nodes have no tokens."""

    strategy: str
    options: tuple[tuple[str, float], ...] = ()
    vnodes: int | None = None

    @property
    def text(self) -> str:
        """As in `ring:vnodes=160` and `maglev:table_size=65537`: the spelling in links and on the command line."""
        parts = {**({} if self.vnodes is None else {"vnodes": self.vnodes}), **dict(self.options)}
        return f"{self.strategy}:{spelled(parts)}" if parts else self.strategy


class Moved(NamedTuple):
    """How many keys change owner, and how many of those between two nodes that did not change."""

    keys: int
    needless: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a strategy does to a cluster.

    `expected` is the deviation expected in theory, `balance` how many times its fair share a node has at most; None if
    there is no such value. `reweights` is None if weights are ignored. `held` is in bytes. `lookup_ns` (per key) and
    `build_ms` are measured on this machine, now; everything else follows from the nodes and the keys.
    """

    evenness: Evenness
    expected: float | None
    balance: float | None
    joins: Moved
    leaves: Moved
    reweights: Moved | None
    held: int
    lookup_ns: float
    build_ms: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the comparison. `figures` is None if it took too long; `now` if the cluster is placed like this."""

    choice: Choice
    abilities: Abilities
    now: bool
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The assumed changes, each applied to the cluster as it is, and the share of keys that even shares would move.

    A node named `joining`, of weight 1, joins; `node` leaves; `node` gets the weight `halved`.
    """

    joining: str
    node: NodeState
    halved: float
    join_share: float
    leave_share: float
    reweight_share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`keys` keys on `nodes` nodes."""

    keys: int
    nodes: int
    changes: Changes
    rows: tuple[Compared, ...]


def why_not(state: State) -> str:
    """A sentence that says why nothing can be compared; empty if it can."""
    if abilities_of(state["cluster"]["strategy"]).told:
        return _("The servers of this cluster decide who owns which keys, so there is nothing to compare.")
    if not state["keys"]["count"]:
        return _("This cluster has no keys. Add some to compare strategies.")
    if not members_of(state):
        return _("This cluster has no nodes that own keys. Add one to compare strategies.")
    if not any(node["weight"] for node in members_of(state)):
        return _("Every node has weight 0, so no node owns any keys. Raise a weight to compare strategies.")
    return ""


def first_choices(cluster: ClusterState) -> tuple[Choice, ...]:
    """Every strategy with its defaults, the cluster's own with its parameters; tokens as in the cluster."""
    own = choice_of(cluster)
    return tuple(own if name == own.strategy else _usual(name, cluster["vnodes"]) for name in STRATEGIES)


def choice_of(cluster: ClusterState) -> Choice:
    """How the cluster is placed now."""
    usual = _usual(cluster["strategy"], cluster["vnodes"])
    return replace(usual, options=tuple((name, options_of(cluster).get(name, value)) for name, value in usual.options))


def _usual(strategy: str, vnodes: int) -> Choice:
    kind = STRATEGIES[strategy]
    options = tuple((option.name, option.default) for option in kind.options)
    return Choice(strategy, options, vnodes if kind.abilities.tokens else None)


def node_asked(state: State, number: int | None) -> NodeState:
    """The node with this number; by default the middle one, by number, of those with a weight. Raises NotFound.

    Not the last one: for some strategies that one can leave at less cost than any other.
    """
    members = members_of(state)
    if number is None:
        holders = [node for node in members if node["weight"]]
        return holders[(len(holders) - 1) // 2]
    for node in members:
        if node["number"] == number:
            return node
    raise NotFound(_("No node that owns keys has the number %(number)d.") % {"number": number})


def compare(
    state: State, keys: KeyIndex, choices: Sequence[Choice], node: NodeState, *, within_s: float | None = None
) -> Comparison:
    """The figures of each choice, if `why_not` is empty. `keys` are the cluster's own (`index_for`).

    A million keys on a hundred nodes take about a second per strategy. A strategy that does not finish in time has no
    figures: each gets an equal part of what is left of `within_s`.
    """
    changes = _changes(state, node)
    until, rows = Until(within_s), list[Compared]()
    for place, choice in enumerate(choices):
        left = until.left_s
        part = Until(None if left is None else left / (len(choices) - place))
        rows.append(_compared(state, keys, choice, changes, part))
    return Comparison(keys.count, len(members_of(state)), changes, tuple(rows))


def _changes(state: State, node: NodeState) -> Changes:
    members = members_of(state)
    weight, total = node["weight"], sum(one["weight"] for one in members)
    halved = weight / 2
    return Changes(
        joining=_free_name({one["name"] for one in state["nodes"]}),
        node=node,
        halved=halved,
        join_share=1 / (total + 1),
        leave_share=weight / total,
        reweight_share=weight / total - halved / (total - halved),
    )


def _free_name(taken: Container[str]) -> str:
    number, name = 1, _NEW
    while name in taken:
        number += 1
        name = f"{_NEW}-{number}"
    return name


def _compared(state: State, keys: KeyIndex, choice: Choice, changes: Changes, until: Until) -> Compared:
    can = abilities_of(choice.strategy)
    try:
        figures = _figures(_maker(state, choice), keys, changes, until)
    except TooLong:
        figures = None
    return Compared(choice, can, choice == choice_of(state["cluster"]), figures)


def _maker(state: State, choice: Choice) -> Callable[[], Strategy]:
    """Builds the placement of a choice, with buckets if the cluster places buckets."""
    placement = placement_of(state["cluster"])
    if choice.vnodes is not None:
        placement = replace(placement, vnodes=choice.vnodes)
    nodes = [PlacedNode(node["name"], node["weight"]) for node in members_of(state)]
    return lambda: build(choice.strategy, nodes, placement=placement, options=dict(choice.options))


def _figures(make: Callable[[], Strategy], keys: KeyIndex, changes: Changes, until: Until) -> Figures:
    strategy, owners, build_ms, lookup_ns = timed(make, keys, until)
    before = Recorded(strategy, owners)

    def moved(nodes: Sequence[PlacedNode]) -> Moved:
        other = strategy.with_nodes(nodes)
        found = movement(before, Recorded(other, owners_of(other, keys, until)), keys)
        return Moved(found.moved, found.needless)

    nodes, name = strategy.nodes, changes.node["name"]
    follows = strategy.abilities.weights
    return Figures(
        evenness=evenness(strategy, keys_per_node(before, keys)),
        expected=expected_deviation(strategy, keys.count),
        balance=strategy.balance,
        joins=moved([*nodes, PlacedNode(changes.joining)]),
        leaves=moved([one for one in nodes if one.name != name]),
        reweights=moved([replace(one, weight=changes.halved) if one.name == name else one for one in nodes])
        if follows
        else None,
        held=held_bytes(strategy),
        lookup_ns=lookup_ns,
        build_ms=build_ms,
    )

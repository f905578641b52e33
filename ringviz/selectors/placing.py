"""From a state to its placement: who owns what, what each node has, and what moves between two states."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringviz.bounds import MAX_PAIRS, MAX_RANGES
from ringviz.core.abilities import NO_OPTIONS, Options
from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.copies import copies_moved
from ringviz.core.counts import keys_per_node
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import Movement, movement
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.slots import SlotMap, range_ends
from ringviz.core.state import ON_RING, ClusterState, NodeState, State
from ringviz.core.strategy import Strategy, abilities_of, build
from ringviz.events import ByModulo, Copies, Figures, MovementSummary
from ringviz.models import Cluster, KeySet
from ringviz.stores.keysets import index_of, rounded_index_of
from servers.slots import in_ranges, marked_ranges

_KEPT = 16  # placements kept by a process; one of 2,000,000 tokens takes tens of megabytes
_PEER = "modulo"  # what a placement is compared with: the article's method


def members_of(state: State) -> list[NodeState]:
    """The nodes on the ring, by number: the order in which modulo counts."""
    return [node for node in state["nodes"] if node["state"] in ON_RING]


def is_bucketed(cluster: ClusterState) -> bool:
    """Whether buckets are placed instead of keys: always if servers store the keys."""
    return cluster["kind"] != Cluster.Kind.SIMULATED


def options_of(cluster: ClusterState) -> Options:
    """The parameters of a cluster's strategy; empty in a checkpoint from before strategies had any."""
    return cluster.get("options", NO_OPTIONS)


def placement_of(cluster: ClusterState) -> Murmur:
    """How a cluster hashes its keys and makes its tokens."""
    kind = Bucketed if is_bucketed(cluster) else Murmur
    return kind(cluster["vnodes"], cluster["seed"])


def index_for(cluster: ClusterState, key_set: KeySet) -> KeyIndex:
    """The key set sorted by hash as the cluster's placement hashes: rounded to buckets if those are placed.

    Keys of one bucket are in the order of their full hashes. Raises NotFound like `keysets.index_of`.
    """
    if is_bucketed(cluster):
        return rounded_index_of(key_set, cluster["seed"])
    return index_of(key_set, cluster["seed"])


def bucket_owners(state: State) -> NDArray[np.int32]:
    """The number of the node that owns each bucket, shape (16384,), 0 for none; for a cluster that places buckets."""
    if not is_bucketed(state["cluster"]):
        raise ValueError("a simulated cluster places keys, not buckets")
    numbers = np.array([*(node["number"] for node in members_of(state)), 0], np.int32)  # -1, no owner, is the last
    starts = np.arange(BUCKETS, dtype=np.uint32) << np.uint32(BUCKET_SHIFT)
    return numbers[strategy_of(state).owners(starts)]


def strategy_of(state: State, name: str = "") -> Strategy:
    """The placement of a state's members; their index in it is their place in `members_of`.

    `name` selects another strategy than the state's own.
    """
    cluster = state["cluster"]
    if abilities_of(cluster["strategy"]).told:
        return _mapped(state)
    members = tuple((node["name"], node["weight"]) for node in members_of(state))
    options = () if name else tuple(sorted(options_of(cluster).items()))
    return _built(name or cluster["strategy"], placement_of(cluster), members, options)


@lru_cache(maxsize=_KEPT)
def _built(
    strategy: str, placement: Murmur, members: tuple[tuple[str, float], ...], options: tuple[tuple[str, float], ...]
) -> Strategy:
    nodes = [PlacedNode(name, weight) for name, weight in members]
    return build(strategy, nodes, placement=placement, options=dict(options))


def _mapped(state: State) -> SlotMap:
    """Slot ownership is not computed: the cluster reports it."""
    members = members_of(state)
    slots = {node["name"]: [(first, last) for first, last in node.get("slots", ())] for node in members}
    return SlotMap([PlacedNode(node["name"], node["weight"]) for node in members], slots)


def tokens_of(cluster: ClusterState, node: NodeState) -> NDArray[np.uint32]:
    """A node's tokens in the order of their index, in any state."""
    if abilities_of(cluster["strategy"]).told:
        return range_ends([(first, last) for first, last in node.get("slots", ())])
    return placement_of(cluster).tokens(PlacedNode(node["name"], node["weight"]))


def has_own_tokens(cluster: ClusterState) -> bool:
    """Whether nodes have tokens that follow from their names and weights."""
    can = abilities_of(cluster["strategy"])
    return can.tokens and not can.told


def token_count(cluster: ClusterState, weight: float) -> int:
    """How many tokens a node of this weight has in this cluster: none if the strategy has none."""
    if not has_own_tokens(cluster):
        return 0
    return placement_of(cluster).token_count(PlacedNode("any", weight))


def with_figures(state: State, keys: KeyIndex) -> State:
    """The state with its nodes' figures recomputed: O(tokens x log keys) for a ring."""
    strategy, lost = strategy_of(state), lost_keys(state, keys)
    held, ownership = keys_per_node(strategy, keys).tolist(), strategy.ownership().tolist()
    place = {node["number"]: place for place, node in enumerate(members_of(state))}
    nodes = []
    for node in state["nodes"]:
        at = place.get(node["number"])
        figures: dict[str, Any] = {
            "tokens": token_count(state["cluster"], node["weight"]),
            "keys": 0 if at is None else held[at],
            "ownership": 0.0 if at is None else ownership[at],
            "lost": lost.get(node["number"], 0),
        }
        nodes.append({**node, **figures})
    return {**state, "nodes": nodes}  # type: ignore[typeddict-item]


def lost_keys(state: State, keys: KeyIndex) -> dict[int, int]:
    """How many keys of each node are in unfilled buckets; nodes without any are left out."""
    if not state["unfilled"]:
        return {}
    lost = np.bincount(bucket_owners(state), weights=keys_per_bucket(keys) * in_ranges(state["unfilled"]))
    return {number: int(lost[number]) for number in np.flatnonzero(lost).tolist() if number}


def keys_per_bucket(keys: KeyIndex) -> NDArray[np.int64]:
    """How many keys are in each bucket, shape (16384,). O(keys)."""
    return np.bincount(keys.hashes >> np.uint32(BUCKET_SHIFT), minlength=BUCKETS)


def unfilled_of(marked: NDArray[np.bool_]) -> list[list[int]]:
    """The marked buckets as `unfilled` of a state has them."""
    return [[first, last] for first, last in marked_ranges(marked)]


def changed_figures(before: State, after: State, *, without: int = 0) -> list[Figures]:
    """What differs for the nodes that are in both, except the one that the event carries in full."""
    old = {node["number"]: node for node in before["nodes"]}
    changed = []
    for node in after["nodes"]:
        was = old.get(node["number"])
        if was is None or node["number"] == without:
            continue
        figures = Figures(number=node["number"], keys=node["keys"], ownership=node["ownership"])
        if was["tokens"] != node["tokens"]:
            figures["tokens"] = node["tokens"]
        if was["lost"] != node["lost"]:
            figures["lost"] = node["lost"]
        if len(figures) == 3 and (was["keys"], was["ownership"]) == (node["keys"], node["ownership"]):
            continue
        changed.append(figures)
    return changed


def movement_between(before: State, after: State, keys: KeyIndex) -> Movement:
    """What changes owner between two states of one key set."""
    return movement(strategy_of(before), strategy_of(after), keys)


def movement_summary(before: State, after: State, keys: KeyIndex) -> MovementSummary:
    """An event's summary of a movement."""
    found = movement_between(before, after, keys)
    modulo = movement(strategy_of(before, _PEER), strategy_of(after, _PEER), keys)
    numbers = numbers_by_name(before, after)
    top = found.top_pairs(MAX_PAIRS)
    return MovementSummary(
        keys=found.keys,
        moved=found.moved,
        needless=found.needless,
        modulo=ByModulo(moved=modulo.moved),
        copies=_copies(before, after, keys),
        pairs=[[numbers[pair.source], numbers[pair.target], pair.keys] for pair in top],
        pairs_left_off=found.pair_count - len(top),
        ranges=_ranges(found, numbers),
    )


def _copies(before: State, after: State, keys: KeyIndex) -> Copies:
    """Copies are the first nodes of a preference list, so additional copies come after the existing ones."""
    old, new = before["cluster"]["copies"], after["cluster"]["copies"]
    was, now = strategy_of(before), strategy_of(after)
    total, moved = copies_moved(was, now, new, keys)
    if old != new:
        moved = max(0, total - copies_moved(was, was, old, keys)[0])
    return Copies(total=total, moved=moved)


def numbers_by_name(*states: State) -> dict[str | None, int]:
    """The number of every node in these states; 0 for None, which is no owner."""
    return {None: 0, **{node["name"]: node["number"] for state in states for node in state["nodes"]}}


def _ranges(found: Movement, numbers: dict[str | None, int]) -> str | None:
    if found.ranges is None or len(found.ranges.start) > MAX_RANGES:
        return None
    # The last place means no owner, which is -1.
    number_at = np.array([*(numbers[name] for name in found.names), 0], np.uint32)
    columns = (
        found.ranges.start,
        found.ranges.end,
        number_at[found.ranges.source],
        number_at[found.ranges.target],
    )
    return base64_words(np.stack(columns, axis=1))


def base64_words(values: NDArray[Any]) -> str:
    """Numbers as base64 of little-endian Uint32."""
    return base64.b64encode(values.astype("<u4").tobytes()).decode()

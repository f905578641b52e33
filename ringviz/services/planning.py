"""Plans a change: computes the payload of its event without writing."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

import numpy as np

from live.subjects import encode, payload_class
from ringviz.core.placement import PlacedNode
from ringviz.core.state import NodeState, State
from ringviz.core.strategy import abilities_of
from ringviz.events import KeysImported, NodeAdded, NodeReweighted, apply
from ringviz.models import Cluster
from ringviz.selectors.clusters import Known, seen
from ringviz.selectors.estimate import Estimate, estimate
from ringviz.selectors.otherkeys import OtherKeys, other_keys
from ringviz.selectors.placing import base64_words, placement_of
from ringviz.services.changing import check_changeable
from ringviz.services.decisions import Decision


class Plan(NamedTuple):
    """A planned change: its base, its event's kind and payload, and the resulting state."""

    on: Known
    kind: str
    payload: dict[str, object]
    after: State


def make_plan(slug: str, decision: Decision) -> Plan:
    """Plans a decision on the current cluster. Raises NotFound, Invalid."""
    on = seen(slug)
    check_changeable(on.cluster)
    payload = decision(on)
    kind, encoded = encode(payload)
    return Plan(on, kind, encoded, apply(on.state, kind, encoded))


class PlanAnswer(TypedDict, total=False):
    """A plan for a page. `tokens` is base64 of the ascending tokens of a node that the page cannot know.

    `estimate` is the cost for a managed cluster's servers. `compared` says how new keys differ from the current ones.
    """

    v: int
    kind: str
    payload: dict[str, object]
    tokens: str
    estimate: Estimate
    compared: OtherKeys


def answer_of(made: Plan) -> PlanAnswer:
    """Plans for a page. Asks each server of a managed cluster once, for half a second at most."""
    answer = PlanAnswer(v=made.on.v, kind=made.kind, payload=made.payload)
    if made.on.cluster.kind == Cluster.Kind.MANAGED:
        answer["estimate"] = estimate(made.on.cluster, made.on.state, made.kind, made.payload, made.after)
    if payload_class(made.kind) is KeysImported:
        answer["compared"] = other_keys(made.on.state, made.after)
    has_tokens = abilities_of(made.after["cluster"]["strategy"]).tokens
    if has_tokens and payload_class(made.kind) in (NodeAdded, NodeReweighted):
        node: NodeState = made.payload["node"]  # type: ignore[assignment]
        tokens = placement_of(made.after["cluster"]).tokens(PlacedNode(node["name"], node["weight"]))
        answer["tokens"] = base64_words(np.sort(tokens))
    return answer

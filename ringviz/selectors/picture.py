"""The data for drawing the ring, as typed binary: tokens, and keys per half degree."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from live.packed import packed
from ringviz.core.buckets import HASH_BITS
from ringviz.core.state import NodeState, State
from ringviz.core.strategy import abilities_of
from ringviz.models import KeySet
from ringviz.selectors.placing import strategy_of, tokens_of
from ringviz.stores.keysets import index_of

MOST_SENT = 20_000  # more are sent as counts, until a part of them is requested
DENSITY_BINS = 720
TOKEN_BINS = 4_096
_BIN_SHIFT = np.uint32(HASH_BITS - (TOKEN_BINS.bit_length() - 1))  # a token's top 12 bits

Span = tuple[int, int]


def tokens_file(state: State, v: int, *, numbers: Collection[int] | None = None, span: Span | None = None) -> bytes:
    """The tokens of every node, in any state: magic, header length, JSON header, little-endian Uint32.

    The header is `{"v", "nodes": [[number, count], ...]}`; each node's tokens are ascending. `numbers` asks for some
    nodes only, `span` for the tokens of `(start, end]` and the one after. Above MOST_SENT without either, the header is
    `{"v", "total", "bins"}` and the numbers are how many tokens of active nodes are in each part of the hash space.
    """
    cluster = state["cluster"]
    if not abilities_of(cluster["strategy"]).tokens:
        return packed({"v": v, "nodes": []}, np.empty(0, np.uint32))
    nodes = [node for node in state["nodes"] if numbers is None or node["number"] in numbers]
    if span is None and numbers is None and sum(node["tokens"] for node in nodes) > MOST_SENT:
        return _bins(state, v)
    lists = [np.sort(tokens_of(cluster, node)) for node in nodes]
    if span is not None:
        lists = _within(lists, state, nodes, span)
    counts = [[node["number"], len(tokens)] for node, tokens in zip(nodes, lists, strict=True) if len(tokens)]
    return packed({"v": v, "nodes": counts}, np.concatenate(lists) if lists else np.empty(0, np.uint32))


def _within(
    lists: list[NDArray[np.uint32]], state: State, nodes: list[NodeState], span: Span
) -> list[NDArray[np.uint32]]:
    """The tokens in the span, and the one after it, which owns the rest of the span."""
    start, end = (np.uint32(edge) for edge in span)
    ring = strategy_of(state).tokens
    after = ring[int(np.searchsorted(ring, end, side="right")) % len(ring)] if len(ring) else end
    found = []
    for tokens in lists:
        inside = (tokens > start) & (tokens <= end) if start < end else (tokens > start) | (tokens <= end)
        found.append(tokens[inside | (tokens == after)])
    return found


def _bins(state: State, v: int) -> bytes:
    tokens = strategy_of(state).tokens
    counts = np.bincount(tokens >> _BIN_SHIFT, minlength=TOKEN_BINS).astype(np.uint32)
    return packed({"v": v, "total": len(tokens), "bins": TOKEN_BINS}, counts)


def density_file(key_set: KeySet, seed: int) -> bytes:
    """How many keys are in each half degree of the circle: 720 little-endian Uint32.

    By their full hashes on every cluster: 16,384 buckets do not divide evenly into half degrees and would draw stripes.
    """
    return index_of(key_set, seed).density(DENSITY_BINS).astype("<u4").tobytes()

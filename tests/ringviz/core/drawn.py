"""Hypothesis strategies: clusters with few tokens, which often collide."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from ringviz.core.placement import TOKEN_SPACE, PlacedNode
from tests.ringviz.core.crafted import Crafted

NAMES = ["a", "b", "c", "B", "ä", "a-long-name", "名", "\x00"]
TOKENS = st.one_of(
    st.integers(0, 12), st.sampled_from([2**31, TOKEN_SPACE - 2, TOKEN_SPACE - 1]), st.integers(0, TOKEN_SPACE - 1)
)
HASHES = TOKENS


@dataclass(frozen=True)
class Change:
    """Two memberships, and the token tables that place them."""

    placement: Crafted
    before: tuple[PlacedNode, ...]
    after: tuple[PlacedNode, ...]
    later: Crafted


@st.composite
def members(draw: st.DrawFn) -> tuple[PlacedNode, ...]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
    return tuple(PlacedNode(name, draw(st.sampled_from([1.0, 1.0, 2.0, 0.0]))) for name in names)


@st.composite
def placements(draw: st.DrawFn) -> Crafted:
    return Crafted({name: draw(st.lists(TOKENS, min_size=1, max_size=8)) for name in NAMES})


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """From any membership to any other; half the time some nodes get other tokens, as after a reconfiguration."""
    placement = draw(placements())
    moved = draw(
        st.one_of(st.just({}), st.dictionaries(st.sampled_from(NAMES), st.lists(TOKENS, min_size=1, max_size=8)))
    )
    return Change(placement, draw(members()), draw(members()), Crafted({**placement.table, **moved}))


@st.composite
def one_more(draw: st.DrawFn) -> Change:
    """A membership, and the same one with one more node anywhere in the order."""
    after = draw(members().filter(len))
    gone = draw(st.integers(0, len(after) - 1))
    placement = draw(placements())
    return Change(placement, after[:gone] + after[gone + 1 :], after, placement)


KEY_HASHES = st.lists(HASHES, max_size=40)

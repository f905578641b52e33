"""A short life of a cluster that somebody else runs, as its servers would tell it; for the contract with the page."""

from __future__ import annotations

from collections.abc import Iterator

from ringviz.models import Cluster
from ringviz.selectors.clusters import known
from ringviz.selectors.past import event_at
from ringviz.services.external import adopt, see
from servers.reading.checked import checked_members
from servers.reading.look import ClusterLook
from tests.ringviz.story import TELLER, Step

SLUG = "story-external"
A, B, C = (letter * 40 for letter in "abc")


def external_story() -> Iterator[Step]:
    """It is attached; a server fails; its replica takes its place, and a slot is nobody's."""
    event = adopt(actor=TELLER, slug=SLUG, name="Story", look=_look(C, "-", "master", B))
    after = known(SLUG).state
    yield Step("external_attached", None, event, after)
    for name, look in (
        ("external_seen_suspected", _look(C, "-", "master,fail?", B)),
        ("external_seen_failed_over", _look(C, "8192-16382", "master,fail", "-")),
    ):
        before = after
        see(SLUG, look, guard=lambda: None)
        found = event_at(Cluster.objects.get(slug=SLUG).stream_id, known(SLUG).v)
        assert found is not None
        after = known(SLUG).state
        yield Step(name, before, found, after)


def _look(third: str, slots: str, state_of_b: str, primary_of_c: str) -> ClusterLook:
    taken = slots != "-"
    lines = [
        f"{A} 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-8191",
        f"{B} 10.0.0.2:6379@16379 {state_of_b} - 0 0 2 connected {'' if taken else '8192-16383'}",
        f"{third} 10.0.0.3:6379@16379 {'master' if taken else 'slave'} {primary_of_c} 0 0 2 connected "
        f"{slots if taken else ''}",
    ]
    return ClusterLook(tuple(checked_members("\n".join(lines))), {})

"""A short life of somebody else's cluster, as its servers would report it; for the contract with the page."""

from __future__ import annotations

from collections.abc import Iterator

from ringviz.models import Attachment, Cluster
from ringviz.selectors.clusters import known
from ringviz.selectors.past import event_at
from ringviz.services.external import adopt, relocate, see
from servers.guard.door import Target
from servers.reading.checked import checked_members
from servers.reading.look import ClusterLook
from tests.ringviz.story import TELLER, Step

SLUG = "story-external"
A, B, C = (letter * 40 for letter in "abc")
NAMED = "10.0.0.3:6379@16379,cache-3.example master"


def external_story() -> Iterator[Step]:
    """It is attached; a server fails; its replica takes over, a slot has no owner. The failed server is
    a replica that still lists slots, and its successor has a hostname; the successor loses its address.
    """
    event = adopt(actor=TELLER, slug=SLUG, name="Story", look=_look(C, "-", "master", B))
    after = known(SLUG).state
    yield Step("external_attached", None, event, after)
    for name, look in (
        ("external_seen_suspected", _look(C, "-", "master,fail?", B)),
        ("external_seen_failed_over", _look(C, "8192-16382", "master,fail", "-")),
        ("external_seen_named", _look(C, "8192-16382", "slave", "-", NAMED, of_b=A)),
        ("external_seen_without_address", _look(C, "8192-16382", "master,fail", "-", ":0@0 master,fail,noaddr")),
    ):
        before = after
        see(SLUG, look, guard=lambda: None)
        found = event_at(Cluster.objects.get(slug=SLUG).stream_id, known(SLUG).v)
        assert found is not None
        after = known(SLUG).state
        yield Step(name, before, found, after)
    before = after
    cluster = Cluster.objects.get(slug=SLUG)
    attachment = Attachment.objects.create(cluster=cluster, host="theirs.example", ip="10.0.0.1", port=6379)
    relocate(attachment, Target("10.0.0.9", 6379), guard=lambda: None)
    moved = event_at(cluster.stream_id, known(SLUG).v)
    assert moved is not None
    yield Step("external_moved", before, moved, known(SLUG).state)


def _look(
    third: str, slots: str, state_of_b: str, primary_of_c: str, place_of_c: str = "", of_b: str = "-"
) -> ClusterLook:
    taken = slots != "-"
    place = place_of_c or f"10.0.0.3:6379@16379 {'master' if taken else 'slave'}"
    lines = [
        f"{A} 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-8191",
        f"{B} 10.0.0.2:6379@16379 {state_of_b} {of_b} 0 0 2 connected "
        f"{'100-199' if of_b != '-' else '' if taken else '8192-16383'}",
        f"{third} {place} {primary_of_c} 0 0 2 connected {slots if taken else ''}",
    ]
    return ClusterLook(tuple(checked_members("\n".join(lines))), {})

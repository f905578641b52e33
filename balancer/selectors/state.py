"""What is asked of a cluster's balancer, and how its nodes stand, as the rows have it."""

from __future__ import annotations

from balancer.core.state import State, nothing, whole
from balancer.models import Balancer


def told_of_stream(stream_id: int) -> State | None:
    """By the stream of the cluster; None where nothing was ever asked. One query."""
    row = Balancer.objects.filter(cluster__stream_id=stream_id).first()
    return None if row is None else whole(State(traffic=row.traffic, standings=row.standings, compared=row.compared))


def state_of_stream(stream_id: int) -> State:
    """The same, with what is so before anything is asked."""
    return told_of_stream(stream_id) or nothing()

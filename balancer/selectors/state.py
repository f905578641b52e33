"""The requested state of a cluster's balancer and its nodes' health, from the database."""

from __future__ import annotations

from balancer.core.state import State, nothing, whole
from balancer.models import Balancer


def told_of_stream(stream_id: int) -> State | None:
    """By the cluster's stream. None if nothing was ever requested. One query."""
    row = Balancer.objects.filter(cluster__stream_id=stream_id).first()
    return None if row is None else whole(State(traffic=row.traffic, standings=row.standings, compared=row.compared))


def state_of_stream(stream_id: int) -> State:
    """The same, with the initial state as the default."""
    return told_of_stream(stream_id) or nothing()

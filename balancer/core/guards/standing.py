"""A node's health and the reason for it, as data. The wording module turns them into text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """A node's health. Up, starting and suspected nodes get requests."""

    UP = "up"
    STARTING = "starting"  # it is back, and its weight is still growing
    SUSPECTED = "suspected"  # a check failed or a heartbeat is late, but not enough to stop its requests
    EJECTED = "ejected"  # excluded for a while because of its answers
    DOWN = "down"  # its checks failed
    LEAVING = "leaving"  # gets no new requests, but still has some in flight
    GONE = "gone"


class Code(StrEnum):
    """Why a node has its health, or why a request is refused. Comments list the figures of each reason."""

    PRESENT = "present"  # a member from the beginning
    JOINED = "joined"
    CHECKS_PASSED = "checks_passed"  # passed: in a row; rise
    CHECKS_FAILED = "checks_failed"  # failed: in a row; fall
    FAILURES_IN_A_ROW = (
        "failures_in_a_row"  # failures; seconds: length of the ejection; times: its multiple of the base
    )
    SUCCESS_RATE = "success_rate"  # rate, bound, mean: from 0 to 1; requests; seconds and times as above
    EJECTION_OVER = "ejection_over"  # seconds
    HEARTBEAT_LATE = "heartbeat_late"  # phi; silent: seconds
    HEARTBEAT_LOST = "heartbeat_lost"  # silent: seconds; ttl: seconds
    HEARTBEAT_BACK = "heartbeat_back"  # silent: seconds
    ASKED = "asked"  # an operator took it out
    CONVICTED = "convicted"  # the watcher of the servers declared it dead
    TOO_MANY_REQUESTS = "too_many_requests"  # in_flight, limit
    NODE_FULL = "node_full"  # in_flight, limit
    NO_NODE = "no_node"  # known


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its figures, keyed by the names in the code's comment."""

    code: Code
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A node's state, the reason, and the time in seconds when it entered this state."""

    state: State
    reason: Reason
    since: float

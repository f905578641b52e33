"""How a node stands and why, as data. The words are said elsewhere, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How a node stands. Requests go to those that are up, starting or suspected."""

    UP = "up"
    STARTING = "starting"  # back, and its weight still grows
    SUSPECTED = "suspected"  # a check failed or a heartbeat is late; there is no verdict, so it keeps its requests
    EJECTED = "ejected"  # by its own answers, for a time
    DOWN = "down"  # by its checks
    LEAVING = "leaving"  # gets nothing new, and still has requests in flight
    GONE = "gone"


class Code(StrEnum):
    """Why a node stands as it does, or why a request is refused. Behind each are the figures that come with it."""

    PRESENT = "present"  # a member from the beginning
    JOINED = "joined"
    CHECKS_PASSED = "checks_passed"  # passed: in a row; rise
    CHECKS_FAILED = "checks_failed"  # failed: in a row; fall
    FAILURES_IN_A_ROW = "failures_in_a_row"  # failures; seconds: the ejection lasts; times: its multiple of the base
    SUCCESS_RATE = "success_rate"  # rate, bound, mean: from 0 to 1; requests; seconds and times as above
    EJECTION_OVER = "ejection_over"  # seconds
    HEARTBEAT_LATE = "heartbeat_late"  # phi; silent: seconds
    HEARTBEAT_LOST = "heartbeat_lost"  # silent: seconds; ttl: seconds
    HEARTBEAT_BACK = "heartbeat_back"  # silent: seconds
    ASKED = "asked"  # an operator took it out
    CONVICTED = "convicted"  # by the verdict of whoever watches the servers
    TOO_MANY_REQUESTS = "too_many_requests"  # in_flight, limit
    NODE_FULL = "node_full"  # in_flight, limit
    NO_NODE = "no_node"  # known


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its figures, by the names that stand behind the code."""

    code: Code
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a node, the reason, and the moment in seconds since which it is in this state."""

    state: State
    reason: Reason
    since: float

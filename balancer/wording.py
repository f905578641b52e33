"""Names and descriptions of policies and node health, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.core.guards.standing import Code, State
from balancer.core.named import POLICIES
from balancer.core.policy import Sight
from balancer.core.state import FIRST
from live.wording import grouped
from ringviz.strategies import OPTIONS as OF_STRATEGIES
from ringviz.strategies import option_told

NAMES: dict[str, Any] = {
    "random": gettext_lazy("random"),
    "round_robin": gettext_lazy("round robin"),
    "smooth_wrr": gettext_lazy("smooth weighted round robin"),
    "least_connections": gettext_lazy("least connections"),
    "jsq": gettext_lazy("shortest queue"),
    "p2c": gettext_lazy("two choices"),
    "p2c_distinct": gettext_lazy("two distinct choices"),
    "d_choices": gettext_lazy("d choices"),
    "peak_ewma": gettext_lazy("peak EWMA"),
    "least_time": gettext_lazy("least time"),
    "ring": gettext_lazy("hash ring"),
    "maglev": gettext_lazy("Maglev"),
    "bounded_ring": gettext_lazy("bounded ring"),
    "sticky": gettext_lazy("sticky"),
    "central": gettext_lazy("one central queue"),
}

RULES: dict[str, Any] = {
    "random": gettext_lazy("Each request goes to a random node."),
    "round_robin": gettext_lazy("Each request goes to the next node in turn."),
    "smooth_wrr": gettext_lazy("Nodes take turns by weight, and a heavy node's turns are spread out."),
    "least_connections": gettext_lazy(
        "Each request goes to the node with the fewest requests in flight for its weight."
    ),
    "jsq": gettext_lazy("Each request goes to the node with the fewest requests in flight."),
    "p2c": gettext_lazy("Draws twice, perhaps the same node, and takes the node with fewer requests in flight."),
    "p2c_distinct": gettext_lazy("Draws two different nodes and takes the one with fewer requests in flight."),
    "d_choices": gettext_lazy(
        "Draws several nodes and takes the one with the fewest requests in flight for its weight."
    ),
    "peak_ewma": gettext_lazy(
        "Draws two different nodes and takes the one with the lower product of recent latency and requests in flight."
    ),
    "least_time": gettext_lazy(
        "Each request goes to the node with the lowest average latency times requests in flight for its weight."
    ),
    "ring": gettext_lazy("Each key goes to the next ready node clockwise from its hash."),
    "maglev": gettext_lazy("Ready nodes take turns filling a table, and each key goes to the node in its entry."),
    "bounded_ring": gettext_lazy("Each key goes to the next ready node clockwise that is not full."),
    "sticky": gettext_lazy("A new key goes to the node with the fewest requests in flight, and stays there."),
    "central": gettext_lazy("All requests wait in one queue, and the first free node takes the next one."),
}

OPTIONS: dict[str, Any] = {
    "d": gettext_lazy("Draws per request"),
    "bias": gettext_lazy("Exponent of requests in flight (if weights differ)"),
    "decay": gettext_lazy("Decay time in seconds (simulator: mean service times)"),
    "kept": gettext_lazy("Share of the average kept at each answer"),
    "vnodes": gettext_lazy("Tokens per node of weight 1"),
    "table_size": OF_STRATEGIES["table_size"],
    "c": OF_STRATEGIES["c"],
    "size": gettext_lazy("Most keys remembered"),
}


# Shown by default: one of each way to pick.
SHOWN: tuple[str, ...] = (
    "random",
    "round_robin",
    "smooth_wrr",
    "least_connections",
    "p2c",
    "peak_ewma",
    "bounded_ring",
)

STATES: dict[str, Any] = {
    State.UP: gettext_lazy("up"),
    State.STARTING: gettext_lazy("starting slowly"),
    State.SUSPECTED: gettext_lazy("suspected"),
    State.EJECTED: gettext_lazy("ejected"),
    State.DOWN: gettext_lazy("down"),
    State.LEAVING: gettext_lazy("leaving"),
    State.GONE: gettext_lazy("gone"),
}

REASONS: dict[str, Any] = {
    Code.PRESENT: gettext_lazy("a member from the start"),
    Code.JOINED: gettext_lazy("joined"),
    Code.CHECKS_PASSED: gettext_lazy("%(passed)s checks passed in a row"),
    Code.CHECKS_FAILED: gettext_lazy("%(failed)s checks failed in a row"),
    Code.FAILURES_IN_A_ROW: gettext_lazy("%(failures)s failures in a row, out for %(seconds)s s"),
    Code.SUCCESS_RATE: gettext_lazy("success rate far below the other nodes, out for %(seconds)s s"),
    Code.EJECTION_OVER: gettext_lazy("back after an ejection of %(seconds)s s"),
    Code.HEARTBEAT_LATE: gettext_lazy("no heartbeat for %(silent)s s"),
    Code.HEARTBEAT_LOST: gettext_lazy("no heartbeat for %(silent)s s, no longer registered"),
    Code.HEARTBEAT_BACK: gettext_lazy("heartbeats resumed after %(silent)s s"),
    Code.ASKED: gettext_lazy("taken out by an operator"),
    Code.CONVICTED: gettext_lazy("its server was declared dead"),
    Code.TOO_MANY_REQUESTS: gettext_lazy("%(in_flight)s requests in flight, the limit"),
    Code.NODE_FULL: gettext_lazy("%(in_flight)s requests in flight to the node, the limit"),
    Code.NO_NODE: gettext_lazy("no node is ready"),
}


def name_of(policy: str) -> str:
    """ "two choices", for use inside a sentence."""
    return str(NAMES[policy])


def rule_of(policy: str) -> str:
    """One sentence on how it picks a node."""
    return str(RULES[policy])


def reason_words(code: str, figures: Mapping[str, float]) -> str:
    """ "5 failures in a row, out for 30 s". An unknown code, from a newer process, is shown as is."""
    return str(REASONS.get(code, code)) % {name: grouped(round(value, 1)) for name, value in figures.items()}


def state_words(state: str) -> str:
    """ "starting slowly". An unknown state, from a newer process, is shown as is."""
    return str(STATES.get(state, state))


def stand_words(stand: Mapping[str, Any]) -> str:
    """ "ejected (5 failures in a row, out for 30 s)"."""
    return _("%(state)s (%(reason)s)") % {
        "state": state_words(stand["state"]),
        "reason": reason_words(stand["code"], stand["figures"]),
    }


def described() -> dict[str, Any]:
    """What pages know about the balancer: `Told` in static/js/balancer/traffic/types.js.

    Contains every policy, including those that only run in the simulator, since events name them; texts for states and
    reasons; and the initial traffic.
    """
    return {
        "policies": {name: _described(name) for name in POLICIES},
        "states": {state: str(words) for state, words in STATES.items()},
        "reasons": {code: str(words) for code, words in REASONS.items()},
        "first": FIRST,
    }


def _described(policy: str) -> dict[str, Any]:
    kind = POLICIES[policy]
    return {
        "label": name_of(policy),
        "rule": rule_of(policy),
        "drives": Sight.WORK not in kind.sight,
        "shown": policy in SHOWN,
        "options": [option_told(one, OPTIONS[one.name]) for one in kind.options],
    }

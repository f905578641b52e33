"""The bounds of all input. Each refusal names the field and says what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Container

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from live.wording import grouped
from ringviz.bounds import (
    LEAST_MEMORY,
    MAX_ADDRESS,
    MAX_COPIES,
    MAX_KEYS,
    MAX_NAME,
    MAX_NODES,
    MAX_OPTIONS_TEXT,
    MAX_PATTERN,
    MAX_REPLICAS,
    MAX_SERVED_NODES,
    MAX_SLUG,
    MAX_STEPS,
    MAX_TOKENS,
    MAX_VNODES,
    MAX_WEIGHT,
    MIB,
    MOST_MEMORY,
)
from ringviz.core.abilities import Options, completed, read_options
from ringviz.core.errors import InvalidOption, NotAnOption, UnknownOption
from ringviz.core.placement import TOKEN_SPACE
from ringviz.core.state import WITHOUT_SERVER, NodeState, State
from ringviz.core.strategy import STRATEGIES
from ringviz.core.text import is_pattern
from ringviz.errors import Invalid
from ringviz.events import Settings
from ringviz.models import Cluster, KeySet, Node
from ringviz.selectors.placing import options_of, token_count
from ringviz.strategies import OPTIONS, bounds_words, name_of


def check_node(node: NodeState, taken: Container[str]) -> None:
    """Name, address, zone and weight of a node; `taken` are the names of the others."""
    check_name(node["name"])
    if node["name"] in taken:
        raise Invalid("name", node["name"], _("There is already a node named %(name)s.") % {"name": node["name"]})
    _check_text("address", node["address"], MAX_ADDRESS)
    _check_text("zone", node["zone"], MAX_NAME)
    check_weight(node["weight"])


def check_name(name: str) -> None:
    """A name must be visible text."""
    if not name:
        raise Invalid("name", name, _("Give it a name."))
    _check_text("name", name, MAX_NAME)


def check_slug(slug: str) -> None:
    """The slug: a cluster's own part of its address."""
    if len(slug) > MAX_SLUG or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise Invalid(
            "slug", slug, _("Use lowercase letters, digits and single hyphens, at most %(most)d.") % {"most": MAX_SLUG}
        )


def _check_text(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise Invalid(field, text, _("Use at most %(most)d characters.") % {"most": longest})
    if not text.isprintable():
        raise Invalid(field, text, _("Use printable characters only."))


def check_weight(weight: float) -> None:
    """A node of weight 0 has no keys."""
    if not (math.isfinite(weight) and 0 <= weight <= MAX_WEIGHT):
        text = _("Give a weight from 0 to %(most)s.")
        raise Invalid("weight", weight, text % {"most": grouped(MAX_WEIGHT)})


def check_seed(seed: int) -> None:
    """A seed that the hash function accepts."""
    if not 0 <= seed < TOKEN_SPACE:
        raise Invalid("seed", seed, _("Give a hash seed from 0 to %(most)d.") % {"most": TOKEN_SPACE - 1})


def check_strategy(strategy: str) -> None:
    """A strategy that a cluster can use."""
    if strategy not in STRATEGIES:
        raise Invalid("strategy", strategy, _("Choose one of: %(names)s.") % {"names": ", ".join(STRATEGIES)})


def checked_options(strategy: str, given: Options) -> dict[str, float]:
    """All parameters of a known strategy, with defaults for missing ones."""
    declared = STRATEGIES[strategy].options
    try:
        return completed(declared, given)
    except UnknownOption as unknown:
        names = ", ".join(unknown.known) or _("none")
        text = _("%(strategy)s has no parameter %(name)s. It has: %(names)s.")
        values = {"strategy": capfirst(name_of(strategy)), "name": ascii(unknown.name[:40]), "names": names}
        raise Invalid("options", unknown.name[:40], text % values) from unknown
    except InvalidOption as invalid:
        option = next(one for one in declared if one.name == invalid.name)
        text = _("%(label)s: %(bounds)s") % {"label": OPTIONS[option.name], "bounds": bounds_words(option)}
        raise Invalid("options", invalid.value, text) from invalid


def options_asked(text: str) -> dict[str, float]:
    """Parses parameters from a text such as `table_size=65537`."""
    _check_text("options", text, MAX_OPTIONS_TEXT)
    try:
        return read_options(text)
    except NotAnOption as wrong:
        raise Invalid("options", wrong.word[:40], _("Write NAME=NUMBER, as in table_size=65537.")) from wrong


def check_settings(now: Settings) -> None:
    """Checks that each setting is within bounds."""
    check_strategy(now["strategy"])
    if not 1 <= now["vnodes"] <= MAX_VNODES:
        raise Invalid("vnodes", now["vnodes"], _("Give 1 to %(most)d tokens per node.") % {"most": MAX_VNODES})
    if not 1 <= now["copies"] <= MAX_COPIES:
        raise Invalid("copies", now["copies"], _("Give 1 to %(most)d copies.") % {"most": MAX_COPIES})


def check_settings_change(before: Settings, now: Settings) -> None:
    """Requires a change. Copies must change separately, because their moves could not be told from the others."""
    if now == before:
        raise Invalid("strategy", now["strategy"], _("The cluster already has these settings."))
    if now["copies"] != before["copies"] and {**now, "copies": 0} != {**before, "copies": 0}:
        raise Invalid("copies", now["copies"], _("Change the number of copies separately from the other settings."))


def check_size(state: State) -> None:
    """Limits nodes and tokens to what a page can show. Uses the weights, before any token is made."""
    if len(state["nodes"]) > MAX_NODES:
        text = _("A cluster has at most %(most)s nodes. Remove one first.")
        raise Invalid("name", len(state["nodes"]), text % {"most": grouped(MAX_NODES)})
    tokens = sum(token_count(state["cluster"], node["weight"]) for node in state["nodes"])
    if tokens > MAX_TOKENS:
        text = _("That would make %(tokens)s tokens; the limit is %(most)s. Choose fewer tokens per node.")
        values = {"tokens": grouped(tokens), "most": grouped(MAX_TOKENS)}
        raise Invalid("vnodes", tokens, text % values)
    _check_steps(state)


def _check_steps(state: State) -> None:
    """Limits nodes times keys, because some strategies compare every node for every key."""
    cluster = state["cluster"]
    kind = STRATEGIES[cluster["strategy"]]
    steps = kind.steps_per_key(len(state["nodes"]), completed(kind.options, options_of(cluster)))
    most = MAX_STEPS // (steps * (cluster["copies"] if kind.abilities.lists else 1))
    if state["keys"]["count"] > most:
        text = _(
            "With %(strategy)s, a cluster like this has at most %(most)s keys. Choose another strategy or fewer keys."
        )
        values = {"strategy": name_of(cluster["strategy"]), "most": grouped(most)}
        raise Invalid("strategy", cluster["strategy"], text % values)


def check_servers(nodes: int, replicas: int, memory: int) -> None:
    """Limits the number of servers and their memory."""
    if not 1 <= nodes <= MAX_SERVED_NODES:
        raise Invalid("nodes", nodes, _("A managed cluster has 1 to %(most)d nodes.") % {"most": MAX_SERVED_NODES})
    if not 0 <= replicas <= MAX_REPLICAS:
        raise Invalid("replicas", replicas, _("A server has at most one replica."))
    if not LEAST_MEMORY <= memory <= MOST_MEMORY:
        values = {"least": LEAST_MEMORY // MIB, "most": MOST_MEMORY // MIB}
        raise Invalid("memory", memory, _("Give each server %(least)d to %(most)d MiB.") % values)
    check_memory(nodes * (1 + replicas) * memory)


def check_memory(more: int) -> None:
    """Checks that more servers fit into the memory limit for all servers."""
    running = Node.objects.filter(cluster__kind=Cluster.Kind.MANAGED).exclude(state__in=WITHOUT_SERVER)
    taken = sum(
        memory * (1 + replicas) for memory, replicas in running.values_list("cluster__memory", "cluster__replicas")
    )
    most = settings.SERVERS_MEMORY_MIB * MIB
    if taken + more > most:
        text = _("All servers together may take %(most)s MiB (SERVERS_MEMORY_MIB), and that would be %(wanted)s.")
        values = {"most": grouped(most // MIB), "wanted": grouped((taken + more) // MIB)}
        raise Invalid("memory", more, text % values)


def check_keys(key_set: KeySet) -> None:
    """Requires keys. An earlier version could store a file without any."""
    if key_set.kind == KeySet.Kind.FILE and not key_set.count:
        text = _("%(label)s has no keys. Choose other keys.")
        raise Invalid("key_set", key_set.label, text % {"label": key_set.label})


def check_pattern(pattern: str, count: int) -> None:
    """Requires exactly one place for the number."""
    if len(pattern) > MAX_PATTERN or not is_pattern(pattern):
        raise Invalid("pattern", pattern, _("Write a pattern with {n} once where the number goes, such as user:{n}."))
    if not 0 <= count <= MAX_KEYS:
        raise Invalid("count", count, _("Give a number of keys up to %(most)s.") % {"most": grouped(MAX_KEYS)})

"""Reads a race from a URL, within bounds, and writes the URL of a race."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.core.bounds import HIGHEST_SEED, HIGHEST_SKEW
from balancer.core.named import POLICIES, UnknownPolicy
from balancer.core.simulator.plan import HIGHEST_LOAD, MOST_REQUESTS
from balancer.refusals import sentence
from balancer.selectors.race import FEWEST, FIRST, MOST, MOST_NODES, Entry, Race
from balancer.wording import OPTIONS, name_of
from live.refusals import Invalid
from live.wording import grouped
from ringviz.core.abilities import Option, Wanted, completed, read_options
from ringviz.core.errors import InvalidOption, NotAnOption, UnknownOption
from ringviz.strategies import bounds_words

_FEWEST_REQUESTS: Final = 1_000
_LONGEST_TEXT: Final = 200

NUMBERS: Final = (
    Option("nodes", 10, 1, MOST_NODES),
    Option("load", 0.9, 0.05, HIGHEST_LOAD, Wanted.ANY),
    Option("seed", 42, 0, HIGHEST_SEED),
)
EXTRAS: Final = (
    Option("requests", 0, _FEWEST_REQUESTS, MOST_REQUESTS),
    Option("queue", 0, 1, 1_000),
    Option("skew", 0, 0, HIGHEST_SKEW, Wanted.ANY),
    Option("freeze", 0, 1, MOST_NODES),
)
# Expensive options have tighter bounds here than on the command line.
_HIGHEST: Final[dict[str, float]] = {"d": 10, "vnodes": 1_000, "table_size": 100_000}
LABELS: Final[dict[str, Any]] = {
    "nodes": gettext_lazy("Nodes"),
    "load": gettext_lazy("Load"),
    "seed": gettext_lazy("Seed"),
    "requests": gettext_lazy("Requests per policy"),
    "queue": gettext_lazy("Most requests in flight per node"),
    "skew": gettext_lazy("Key skew"),
    "freeze": gettext_lazy("Node to freeze"),
}


def asked(query: QueryDict) -> Race:
    """Reads `?p=POLICY[:NAME=NUMBER,...]`, once per policy, and the numbers. Raises Invalid.

    Missing fields get their defaults. A form's `POLICY.NAME=NUMBER` sets an option of a policy given without options.
    """
    numbers = {one.name: _number(query, one) for one in NUMBERS}
    extras = {one.name: _extra(query, one) for one in EXTRAS}
    race = Race(
        entries=_entries(query),
        nodes=int(numbers["nodes"]),
        load=numbers["load"],
        seed=int(numbers["seed"]),
        requests=_whole(extras["requests"]),
        queue=_whole(extras["queue"]),
        skew=extras["skew"] or 0.0,
        freeze=_whole(extras["freeze"]),
    )
    _check(race)
    return race


def address(race: Race) -> str:
    """The query string of this race."""
    fields: list[tuple[str, object]] = [("p", entry.text) for entry in race.entries]
    fields += [("nodes", race.nodes), ("load", f"{race.load:g}"), ("seed", race.seed)]
    more = {"requests": race.requests, "queue": race.queue, "skew": race.skew or None, "freeze": race.freeze}
    fields += [(name, f"{value:.10g}") for name, value in more.items() if value is not None]
    return f"?{urlencode(fields, safe=':=,')}"


def is_of_form(query: QueryDict) -> bool:
    """Whether the query came from a form: it has fields that our URLs leave out."""
    return any("." in name or not query[name] for name in query)


def _check(race: Race) -> None:
    """Checks that involve several fields."""
    if race.load > 1 and race.queue is None:
        text = _("At a load above 1 the queues grow forever. Lower the load or limit the requests per node.")
        raise Invalid("load", race.load, text)
    if race.freeze is not None and race.freeze > race.nodes:
        text = _("Node to freeze: Give a number from 1 to %(nodes)s.")
        raise Invalid("freeze", race.freeze, text % {"nodes": grouped(race.nodes)})
    if race.count > race.most_requests:
        text = _(
            "This race takes too long for a page. Use at most %(most)s requests per policy, or leave the field empty."
        )
        raise Invalid("requests", race.count, text % {"most": grouped(race.most_requests)})


def _entries(query: QueryDict) -> tuple[Entry, ...]:
    texts = query.getlist("p") or FIRST
    entries = tuple(dict.fromkeys(read_entry(text, query) for text in texts[: 2 * MOST]))
    if not FEWEST <= len(entries) <= MOST or len(texts) > 2 * MOST:
        text = _("Choose %(fewest)d to %(most)d different policies.")
        raise Invalid("p", len(texts), text % {"fewest": FEWEST, "most": MOST})
    return entries


def read_entry(text: str, query: QueryDict) -> Entry:
    """Reads a policy with its options, from the text itself or from separate fields. Raises Invalid."""
    policy, colon, options = text[:_LONGEST_TEXT].partition(":")
    if policy not in POLICIES:
        raise Invalid("p", policy, sentence(UnknownPolicy(policy[:40], (*POLICIES,))))
    if not colon:
        options = ",".join(_options_of_form(policy, query))
    return Entry(policy, tuple(_options(policy, options)))


def options_of(policy: str) -> list[Option]:
    """The options of a policy that a page offers."""
    declared = POLICIES[policy].options
    return [replace(one, highest=min(one.highest, _HIGHEST.get(one.name, one.highest))) for one in declared]


def _options_of_form(policy: str, query: QueryDict) -> Iterator[str]:
    for option in POLICIES[policy].options:
        if value := query.get(f"{policy}.{option.name}", "").strip():
            yield f"{option.name}={value}"


def _options(policy: str, text: str) -> Iterator[tuple[str, float]]:
    """The options that differ from their defaults, so that each race has only one URL."""
    declared = options_of(policy)
    try:
        chosen = completed(tuple(declared), read_options(text))
    except (NotAnOption, UnknownOption) as wrong:
        raise Invalid("p", text[:40], _labelled(capfirst(name_of(policy)), sentence(wrong))) from wrong
    except InvalidOption as invalid:
        option = next(one for one in declared if one.name == invalid.name)
        raise Invalid("p", invalid.value, _bounds(OPTIONS[option.name], option)) from invalid
    return ((one.name, chosen[one.name]) for one in declared if chosen[one.name] != one.default)


def _number(query: QueryDict, field: Option) -> float:
    found = _extra(query, field)
    return field.default if found is None else found


def _extra(query: QueryDict, field: Option) -> float | None:
    """The number in a field, None if it is empty."""
    text = query.get(field.name, "").strip().replace(",", "")
    if not text:
        return None
    try:
        return field.checked(float(text))
    except (ValueError, OverflowError) as wrong:  # InvalidOption is a ValueError
        raise Invalid(field.name, text[:40], _bounds(LABELS[field.name], field)) from wrong


def _bounds(label: object, option: Option) -> str:
    return _labelled(label, bounds_words(option))


def _labelled(label: object, said: str) -> str:
    return _("%(label)s: %(said)s") % {"label": label, "said": said}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)

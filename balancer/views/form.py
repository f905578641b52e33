"""The form of a race. It keeps what was typed, even if that was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.text import capfirst

from balancer.core.named import POLICIES
from balancer.selectors.race import FIRST
from balancer.views.asked import EXTRAS, LABELS, NUMBERS, read_entry
from balancer.views.shown import label_of
from balancer.wording import OPTIONS, name_of, rule_of
from live.refusals import Refused
from ringviz.core.abilities import Option


class Field(NamedTuple):
    """A number field and its content."""

    name: str
    label: str
    value: str


class Choice(NamedTuple):
    """A policy to choose: `text` is its form in URLs, and `fields` are the options not in it."""

    text: str
    label: str
    rule: str
    chosen: bool
    fields: Sequence[Field]


def form_of(query: QueryDict) -> dict[str, Any]:
    """Every field with its value from the query, else its default."""
    return {
        "numbers": [field_of(query, one) for one in NUMBERS],
        "extras": [_field(query, one, "") for one in EXTRAS],
        "choices": [*_chosen(query), *_others(query)],
    }


def _chosen(query: QueryDict) -> Iterator[Choice]:
    """The policies in the query that can be read, with their options."""
    for text in dict.fromkeys(query.getlist("p") or FIRST):
        try:
            entry = read_entry(text, query)
        except Refused:
            continue
        yield Choice(entry.text, capfirst(label_of(entry)), rule_of(entry.policy), True, ())


def _others(query: QueryDict) -> Iterator[Choice]:
    """The other policies. A policy with options can be chosen again with other values."""
    taken = set(query.getlist("p") or FIRST)
    for policy, kind in POLICIES.items():
        if policy not in taken or kind.options:
            fields = [_field(query, one, f"{one.default:g}", f"{policy}.") for one in kind.options]
            yield Choice(policy, capfirst(name_of(policy)), rule_of(policy), False, fields)


def field_of(query: QueryDict, option: Option) -> Field:
    """A field of the race with its value from the query, else its default."""
    return _field(query, option, f"{option.default:g}")


def _field(query: QueryDict, option: Option, otherwise: str, prefix: str = "") -> Field:
    name = prefix + option.name
    label = OPTIONS[option.name] if prefix else LABELS[option.name]
    return Field(name, str(label), query.get(name, otherwise))
